package trace

import "time"

// RecordKind says what a record's body is.
type RecordKind string

// The kinds of records. Master data are records too; personal data never are.
const (
	KindLedger       RecordKind = "ledger"       // the first record: the namespace
	KindOrganisation RecordKind = "organisation" // 主体
	KindPlace        RecordKind = "place"        // 地点, 地块
	KindProduct      RecordKind = "product"      // 产品
	KindChain        RecordKind = "chain"        // 产业链
	KindSeason       RecordKind = "season"       // 种植季, 饲养批
	KindLinks        RecordKind = "links"        // 链接 of a code besides its page
	KindSerials      RecordKind = "serials"      // 一物一码: serial numbers issued for a lot
	KindSerialChange RecordKind = "serialChange" // serial numbers activated, sold or voided
	KindPrint        RecordKind = "print"        // labels printed
	KindEvent        RecordKind = "event"        // an EPCIS 2.0 event
)

// Record is one immutable fact. Seq, RecordTime and Questions are set by the writer, the rest by whoever made the command.
// The fields after Body are derived from it, for indexes and people; a store keeps them but never interprets them.
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
	Code    string `json:"code"`    // stable: "ratio_low", "ratio_high", "evidence_missing", "unknown_step", "late_field_work", "receipt_differs" …
	Step    string `json:"step"`    // "pomelo/juice"; "" where no chain is meant
	What    string `json:"what"`    // id of the ratio or evidence within the step
	Value   string `json:"value"`   // as measured, in the ratio's unit
	Low     string `json:"low"`     // tolerance
	High    string `json:"high"`    // tolerance
	Lot     string `json:"lot"`     // the lot it is about; "" for the whole event
	Comment string `json:"comment"` // what the operator said, if anything
}
