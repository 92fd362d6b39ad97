package trace

import (
	"bytes"
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// EventType is one of the five types of EPCIS 2.0.
type EventType string

// The five event types.
const (
	ObjectEvent         EventType = "ObjectEvent"
	AggregationEvent    EventType = "AggregationEvent"
	TransactionEvent    EventType = "TransactionEvent"
	TransformationEvent EventType = "TransformationEvent"
	AssociationEvent    EventType = "AssociationEvent"
)

// Business steps (CBV 2.0) the ledger gives a meaning to.
const (
	StepCommissioning = "commissioning"
	StepTransforming  = "creating_class_instance"
	StepPacking       = "packing"
	StepUnpacking     = "unpacking"
	StepShipping      = "shipping"
	StepReceiving     = "receiving"
	StepDestroying    = "destroying"
	StepInspecting    = "inspecting"
	StepStoring       = "storing"
	StepHolding       = "holding"
)

// Dispositions (CBV 2.0) that are states of a lot here.
const (
	DispositionHold     = "non_sellable_other" // 暂停
	DispositionRecalled = "recalled"           // 召回
)

// Event is what the ledger reads of an EPCIS 2.0 event. The whole event, with every field, is the record's Body; this is a view of it.
// Members beginning with "yousang:" are our extension, in the vocabulary {namespace}/voc/. The fields stand in the order of
// their JSON names, so that encoding gives canonical member order.
type Event struct {
	Action           string           `json:"action,omitempty"`
	BizLocation      *ID              `json:"bizLocation,omitempty"`
	BizStep          string           `json:"bizStep,omitempty"`
	BizTransactions  []BizTransaction `json:"bizTransactionList,omitempty"`
	ChildEPCs        []string         `json:"childEPCs,omitempty"`
	Children         []EventQuantity  `json:"childQuantityList,omitempty"`
	Destinations     []Destination    `json:"destinationList,omitempty"`
	Disposition      string           `json:"disposition,omitempty"`
	EPCs             []string         `json:"epcList,omitempty"`
	Declaration      *Declaration     `json:"errorDeclaration,omitempty"`
	EventID          string           `json:"eventID,omitempty"`
	Time             Time             `json:"eventTime"`
	Offset           string           `json:"eventTimeZoneOffset"`
	Ilmd             *Ilmd            `json:"ilmd,omitempty"`
	InputEPCs        []string         `json:"inputEPCList,omitempty"`
	Inputs           []EventQuantity  `json:"inputQuantityList,omitempty"`
	OutputEPCs       []string         `json:"outputEPCList,omitempty"`
	Outputs          []EventQuantity  `json:"outputQuantityList,omitempty"`
	ParentID         string           `json:"parentID,omitempty"`
	Persistent       *Persistent      `json:"persistentDisposition,omitempty"`
	Quantities       []EventQuantity  `json:"quantityList,omitempty"`
	ReadPoint        *ID              `json:"readPoint,omitempty"`
	Sensors          json.RawMessage  `json:"sensorElementList,omitempty"`
	Sources          []Source         `json:"sourceList,omitempty"`
	TransformationID string           `json:"transformationID,omitempty"`
	Type             EventType        `json:"type"`
	Comment          string           `json:"yousang:comment,omitempty"`     // the operator's explanation of a question
	Differences      []Difference     `json:"yousang:differences,omitempty"` // receipts only
	Evidence         []Attribute      `json:"yousang:evidence,omitempty"`    // "preservative" → "…", report numbers, certificate serials
	Final            bool             `json:"yousang:final,omitempty"`       // a receipt that closes its shipment: missing amounts are losses
	Reason           string           `json:"yousang:reason,omitempty"`      // of a loss, a hold, a recall
	// the client's id of the report: two reports alike in all else stay two
	Report string     `json:"yousang:report,omitempty"`
	Step   string     `json:"yousang:step,omitempty"` // the chain's step: "pomelo/juice"
	Work   *FieldWork `json:"yousang:work,omitempty"` // field work on the season in epcList or outputEPCList
}

// ID wraps an identifier as EPCIS does for places.
type ID struct {
	ID string `json:"id"`
}

// EventQuantity is one element of a quantity list; Class is the lot's URI.
type EventQuantity struct {
	Class  string `json:"epcClass"`
	Amount Amount `json:"quantity"`
	Unit   Unit   `json:"uom,omitempty"` // none means pieces, as EPCIS has it
}

// BizTransaction links an event to a document; a shipment is a "desadv".
type BizTransaction struct {
	ID   string `json:"bizTransaction"`
	Type string `json:"type,omitempty"`
}

// Source and Destination name parties ("possessing_party", "owning_party") or places ("location").
type Source struct {
	ID   string `json:"source"`
	Type string `json:"type"`
}

// Destination is the other end of a Source.
type Destination struct {
	ID   string `json:"destination"`
	Type string `json:"type"`
}

// Persistent is a persistentDisposition: states that stay until unset.
type Persistent struct {
	Set   []string `json:"set,omitempty"`
	Unset []string `json:"unset,omitempty"`
}

// Declaration is an errorDeclaration 更正: the event of the same eventID is withdrawn.
type Declaration struct {
	CorrectiveIDs []string `json:"correctiveEventIDs,omitempty"`
	Time          Time     `json:"declarationTime"`
	Reason        string   `json:"reason,omitempty"`
}

// Ilmd is the instance/lot master data of what an event makes.
type Ilmd struct {
	Lots   []LotFacts `json:"yousang:lots,omitempty"`
	Season string     `json:"yousang:season,omitempty"` // the season a harvest comes from
}

// LotFacts is the description of a lot at its making.
type LotFacts struct {
	Attributes []Attribute `json:"yousang:attributes,omitempty"`
	DryMass    Amount      `json:"yousang:dryMass,omitempty"` // kg, where a chain balances on dry mass
	Grade      string      `json:"yousang:grade,omitempty"`
	Grower     string      `json:"yousang:grower,omitempty"` // pseudonymous code; never shown to the public
	Lot        string      `json:"yousang:lot"`
	Pieces     Amount      `json:"yousang:pieces,omitempty"` // how many fruits, where both are counted and weighed
	Product    string      `json:"yousang:product"`
}

// Attribute is a named value as the clerk wrote it ("干壳量" → "9.4").
type Attribute struct {
	Name  string `json:"yousang:name"`
	Value string `json:"yousang:value"`
}

// Difference explains why a received quantity is not the shipped one.
type Difference struct {
	Lot    string `json:"yousang:lot"`
	Reason string `json:"yousang:reason"`
}

// FieldWork is work on a plot's season: fertilising, spraying, pruning, feeding. Kept by law for two years and never falsified
// (农产品质量安全法 §27, 农药管理条例 §36).
type FieldWork struct {
	Agent        string `json:"yousang:agent,omitempty"`        // 药剂或肥料
	Dose         string `json:"yousang:dose,omitempty"`         // as on the label: "1500 倍液"
	IntervalDays int    `json:"yousang:intervalDays,omitempty"` // 安全间隔期; the label governs
	Kind         string `json:"yousang:kind"`                   // spray | fertilise | irrigate | prune | feed | other
	MaxUses      int    `json:"yousang:maxUses,omitempty"`      // per season; 0 where the label has none
	Stop         Time   `json:"yousang:stop,omitzero"`          // the last day of use; the event time where absent
	Target       string `json:"yousang:target,omitempty"`       // pest or disease
}

// JSON encodes the event with members in canonical order. It never fails for an event built of valid UTF-8.
func (e *Event) JSON() ([]byte, error) { return encodeJSON(e) }

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// eventReading are the rules by which a body is read: those of encoding/json, so that a log of before reads as before, but for the names of
// members, which are compared exactly, as everywhere in EPCIS. ADR 14 has the figures.
var eventReading = jsonv2.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
	jsonv1.MergeWithLegacySemantics(true))

// decodeEvent reads an event; nil where the text is no JSON or a value does not fit its field.
func decodeEvent(body []byte) *Event {
	e := new(Event)
	if jsonv2.Unmarshal(body, e, eventReading) != nil {
		return nil
	}
	return e
}

// ParseEvent reads a record's body. Errors: CodeMalformed and the codes of the fields.
func ParseEvent(body []byte) (*Event, error) {
	if e := decodeEvent(body); e != nil {
		return e, nil
	}
	var e Event // encoding/json says what is wrong, and where
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, malformedJSON(err)
	}
	return &e, nil
}
