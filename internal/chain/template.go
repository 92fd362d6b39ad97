package chain

import "github.com/yousang/yousang/internal/trace"

// Names is a name in the two languages of the pages.
type Names struct {
	En string `json:"en" yaml:"en"`
	Zh string `json:"zh" yaml:"zh"`
}

// Chain is one value chain as its file states the chain. A Chain is read-only: all users of the Set share the Chain.
type Chain struct {
	ID       string    `json:"id" yaml:"id"` // "pomelo"; the first part of Event.Step
	Name     Names     `json:"name" yaml:"name"`
	Products []Product `json:"products" yaml:"products"`
	Season   Names     `json:"season" yaml:"season"` // the chain's word: 种植季, 饲养批
	Steps    []Step    `json:"steps" yaml:"steps"`
	Theme    string    `json:"theme" yaml:"theme"` // key of the page's colours

	source   string // file the chain was read from, for messages
	products map[string]*Product
	steps    map[string]*Step
}

// Product is a product role: what a lot is within the chain ("fruit", "peel"). A product of the ledger has the role that the
// last segment of the product's id names, see Chain.Role.
type Product struct {
	Certificate bool    `json:"certificate,omitempty" yaml:"certificate"` // 承诺达标合格证 is due (农业农村部令 2025年第4号)
	CountWord   string  `json:"countWord,omitempty" yaml:"countWord"`     // 个, 床, 箱
	Name        Names   `json:"name" yaml:"name"`
	NetMass     Decimal `json:"netMass,omitzero" yaml:"netMass"` // kg in one piece, box or bag; unset where it is not fixed
	Role        string  `json:"role" yaml:"role"`
	Unit        string  `json:"unit" yaml:"unit"` // base unit of its lots, as a code or a usual spelling; a code once loaded
}

// Balance is the quantity in which a step is balanced.
type Balance string

// The balances. Count does not compare masses at all.
const (
	Fresh Balance = "fresh" // mass as weighed
	Dry   Balance = "dry"   // declared dry mass 干重
	Count Balance = "count"
)

// Step 环节 is one step of a chain: the products that may go in, the products that come out, and the usual figures.
type Step struct {
	Balance    Balance      `json:"balance" yaml:"balance"`
	CoProducts []string     `json:"coProducts,omitempty" yaml:"coProducts"` // roles of by-products 副产品; each gets a lot of its own
	Evidence   []Evidence   `json:"evidence,omitempty" yaml:"evidence"`
	Gain       bool         `json:"gain,omitempty" yaml:"gain"` // more mass may come out than goes in (water, or not comparable)
	Grades     []Names      `json:"grades,omitempty" yaml:"grades"`
	ID         string       `json:"id" yaml:"id"`
	Inputs     []string     `json:"inputs,omitempty" yaml:"inputs"` // roles; none for a harvest
	Limits     []Limit      `json:"limits,omitempty" yaml:"limits"`
	Name       Names        `json:"name" yaml:"name"`
	Note       string       `json:"note,omitempty" yaml:"note"` // for the readers of the file
	Outputs    []string     `json:"outputs,omitempty" yaml:"outputs"`
	Ratios     []Ratio      `json:"ratios,omitempty" yaml:"ratios"`
	Scale      *GradeScale  `json:"scale,omitempty" yaml:"scale"`
	Season     *Names       `json:"season,omitempty" yaml:"season"` // where it differs from the chain's word
	Slack      Decimal      `json:"slack,omitzero" yaml:"slack"`    // per cent by which nominal weights may exceed the input
	Tiers      []trace.Tier `json:"tiers" yaml:"tiers"`

	chain string
}

// Ratio is what is usual: Of divided by Per (or Of alone), in Unit. A value outside the tolerance is a question.
type Ratio struct {
	Complement bool      `json:"complement,omitempty" yaml:"complement"` // 100 % minus the share: a loss
	Each       bool      `json:"each,omitempty" yaml:"each"`             // lot by lot, not over the whole event
	From       Date      `json:"from" yaml:"from"`                       // first day it is in force, China time
	ID         string    `json:"id" yaml:"id"`
	Name       Names     `json:"name" yaml:"name"`
	Of         Term      `json:"of" yaml:"of"`
	Per        *Term     `json:"per,omitempty" yaml:"per"`
	Settles    int       `json:"settles,omitempty" yaml:"settles"` // days before the season's end from which the low side is judged
	Source     string    `json:"source" yaml:"source"`             // where the figures come from
	To         Date      `json:"to,omitzero" yaml:"to"`            // last day it is in force; unset while it has no end
	Tolerance  []Decimal `json:"tolerance" yaml:"tolerance"`       // low, high
	Typical    []Decimal `json:"typical" yaml:"typical"`           // one value, or from and to
	Unit       string    `json:"unit,omitempty" yaml:"unit"`       // "%" multiplies by 100; anything else is only shown
}

// Limit is what physics forbids: Of divided by Per above Max is refused.
type Limit struct {
	ID     string  `json:"id" yaml:"id"`
	Max    Decimal `json:"max" yaml:"max"`
	Name   Names   `json:"name" yaml:"name"`
	Of     Term    `json:"of" yaml:"of"`
	Per    Term    `json:"per" yaml:"per"`
	Source string  `json:"source" yaml:"source"`
	Unit   string  `json:"unit,omitempty" yaml:"unit"`
}

// The measures of a Term.
const (
	ByMass         = "mass"           // kg; the default
	ByPieces       = "pieces"         // how many were counted
	ByDry          = "dry"            // declared dry mass, kg
	ByQuantity     = "quantity"       // in the lot's own unit: 张, 袋, 箱
	ByPiecesOrMass = "pieces_or_mass" // pieces where every lot on both sides is counted, else kg
)

// AnyRole in In or Out means every lot of that side.
const AnyRole = "*"

// Term is one side of a ratio. Exactly one of In, Out, Area, Attribute and Sensor says where the value is read.
type Term struct {
	Area      bool               `json:"area,omitempty" yaml:"area"`           // 亩 of the season's place
	Attribute []string           `json:"attribute,omitempty" yaml:"attribute"` // names under which a lot or the evidence may state it
	By        string             `json:"by,omitempty" yaml:"by"`
	Else      *Term              `json:"else,omitempty" yaml:"else"`     // read instead where this one is unknown
	Grades    []string           `json:"grades,omitempty" yaml:"grades"` // only lots of these grades
	In        []string           `json:"in,omitempty" yaml:"in"`
	Out       []string           `json:"out,omitempty" yaml:"out"`
	Season    bool               `json:"season,omitempty" yaml:"season"` // with what the season has yielded before
	Sensor    string             `json:"sensor,omitempty" yaml:"sensor"` // type of an EPCIS sensor report: Temperature
	Share     *Share             `json:"share,omitempty" yaml:"share"`
	Weights   map[string]Decimal `json:"weights,omitempty" yaml:"weights"` // by role: 1 kg of it counts as so much
}

// Share takes a percentage of each lot's measure: the percentage that the lot states, or Default where the lot states none or
// an incredible one.
type Share struct {
	Attribute []string `json:"attribute" yaml:"attribute"`
	Default   Decimal  `json:"default" yaml:"default"`
	High      Decimal  `json:"high" yaml:"high"`
	Low       Decimal  `json:"low" yaml:"low"`
}

// Evidence is what must be recorded with a step. Exactly one of Attribute, Sensor, Input, Mass and Dry says what the evidence
// is.
type Evidence struct {
	Attribute []string `json:"attribute,omitempty" yaml:"attribute"` // any of these names, on the event or on every lot made
	Dry       string   `json:"dry,omitempty" yaml:"dry"`             // "in" or "out": dry mass declared for every lot of that side
	ID        string   `json:"id" yaml:"id"`
	Input     string   `json:"input,omitempty" yaml:"input"` // a lot of this role goes in
	Mass      string   `json:"mass,omitempty" yaml:"mass"`   // "in" or "out": every lot of that side is weighed
	Name      Names    `json:"name" yaml:"name"`
	Sensor    string   `json:"sensor,omitempty" yaml:"sensor"`
}

// GradeScale turns a measured attribute into grades: Base is grade 0 and every Step is one grade up or down (干壳量 9.2 g, ±0.2 g).
type GradeScale struct {
	Attribute []string `json:"attribute" yaml:"attribute"`
	Base      Decimal  `json:"base" yaml:"base"`
	Step      Decimal  `json:"step" yaml:"step"`
	Unit      string   `json:"unit,omitempty" yaml:"unit"`
}
