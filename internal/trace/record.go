package trace

import "time"

// Record is one immutable fact. Seq, RecordTime and Questions are set by the writer, the rest by the maker of the command. The fields after
// Body are derived from it, for indexes and people; a store keeps them but never interprets them.
type Record struct {
	Seq        int64
	Kind       RecordKind
	RecordTime time.Time // UTC, whole milliseconds
	Org        string    // acting organisation's URI; "" for the system
	User       string    // id of the key or account that acted; never a name
	ClientID   string    // made by the client, unique within Org; "" where there is none
	Digest     string    // lower-case hex of the SHA-256 of what the client sent, to tell a repeat from a clash
	Questions  []Question
	Body       []byte // canonical JSON (sorted members, no white space)

	EventID   string
	EventType EventType
	BizStep   string
	EventTime time.Time // UTC, milliseconds; zero for master data
	Lots      []string  // every identifier of lot, season or unit the event names
	Places    []string
}

// Question 存疑 is raised where a value is outside a chain's tolerance: recorded with the event, explained by the operator, seen by the
// county; never a refusal.
type Question struct {
	// stable: "ratio_low", "ratio_high", "evidence_missing", "unknown_step", "late_field_work", "receipt_differs" …
	Code    string `json:"code"`
	Step    string `json:"step"`    // "pomelo/juice"; "" where no chain is meant
	What    string `json:"what"`    // id of the ratio or evidence within the step
	Value   string `json:"value"`   // as measured, in the ratio's unit
	Low     string `json:"low"`     // tolerance
	High    string `json:"high"`    // tolerance
	Lot     string `json:"lot"`     // the lot it is about; "" for the whole event
	Comment string `json:"comment"` // remark of the operator, if any
}
