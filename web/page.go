package web

import "html/template"

// lotPage is the provenance page 溯源页. What is not known is empty, and its part of the page is left out.
type lotPage struct {
	shell
	Band     StateWords
	Call     []contact // whom to call, above everything for a recalled lot
	Notices  []outward // recall notices
	Links    []outward // what else is registered for the lot and its product
	Name     string
	Grade    string
	Amount   string
	Grey     string // the same in 斤
	More     string // pieces, net mass
	Key      string // in groups of four
	Where    Origin
	Journey  *journey
	Days     []Day
	Rest     string // steps left out
	Gap      string // said where the steps cannot be read just now
	Evidence []EvidenceGroup
	People   []Party
	Others   string // organisations left out
	Proof    proof
	Complain []contact
	AsOf     string

	Made, Net string // day of its making, mass of one piece: for the pages of its items
}

// StateWords is the state of a lot, the first thing on its page.
type StateWords struct {
	State string // active | hold | recalled | void | unknown: class and icon
	Word  string // 正常
	Say   string
	Why   string // the reason on record, with its date
	Do    string // what to do now
}

// Origin says where a lot comes from.
type Origin struct {
	Path   []string // one origin: county, town, village
	Joined string
	Shares []OriginShare // several
	Made   string        // where the lot itself was made, if elsewhere
}

// OriginShare is one origin with its part. X and Width are per cent of the bar.
type OriginShare struct {
	Name    string
	Percent string
	Tone    int
	X       string
	Width   string
}

// Day is what happened on one day.
type Day struct {
	Date  string
	Late  string // all of it recorded later
	ISO   string
	Steps []Step
}

// Step is one thing that happened, in a sentence.
type Step struct {
	Text string
	Refs []Reference
	Late string // recorded later than it happened
	Asks []Question
}

// Reference is a link to another lot or unit.
type Reference struct{ Text, Href string }

// Question is a question 存疑 with what the operator said.
type Question struct{ Text, Answer string }

// EvidenceGroup is evidence of one kind.
type EvidenceGroup struct {
	Title string
	Items []NamedValue
}

// NamedValue is a named value.
type NamedValue struct{ Name, Value string }

// Party is an organisation behind a lot.
type Party struct{ Name, Kind, Place string }

// contact is a number to call.
type contact struct {
	Name, Number string
	Tel          template.URL // made of digits only
}

// proof is what one can check for oneself.
type proof struct {
	EventID   string
	Seq       string
	Recorded  string
	Namespace string
	Lot       string
}

// unitPage shows what is packed in a unit 箱/托.
type unitPage struct {
	shell
	Band   StateWords
	Key    string
	Holder string
	Rows   []packed
}

// packed is a lot in a unit, or a unit within it with the worst state of what it holds.
type packed struct {
	Reference
	Amount, Grey, Key string
	State             string
	Word              string
}

// findPage is the landing page, and the answer to a code that is unknown or mistyped.
type findPage struct {
	shell
	Band    *StateWords
	Heading string
	Say     string
	Means   []string
	Label   string // what Shown is: a lot, a serial number
	Shown   string // the code that is unknown
	Code    string // what the form is filled with
	Report  []contact
}

// errorPage says that something else went wrong.
type errorPage struct {
	shell
	Status  int
	Heading string
	Say     string
}
