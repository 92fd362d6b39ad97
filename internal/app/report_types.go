package app

import "github.com/yousang/yousang/internal/trace"

// Common is the part that all reports have.
type Common struct {
	ID       string      `json:"id,omitempty" maxLength:"100"`
	Time     *trace.Time `json:"time,omitempty" doc:"When it happened (RFC 3339). Now, where absent; a phone without signal sends it later."`
	Offset   string      `json:"timeZoneOffset,omitempty" doc:"Offset of the place from UTC, as in +08:00, which it is where absent."`
	Place    string      `json:"place,omitempty" doc:"Where it happened: a place's key or URI. The organisation's own place where absent."`
	Step     string      `json:"step,omitempty"`
	Evidence []Attribute `json:"evidence,omitempty" maxItems:"50"`
	Comment  string      `json:"comment,omitempty" maxLength:"500" doc:"What the operator says about a question (存疑). No personal data."`
}

// Attribute is a named value.
type Attribute struct {
	Name  string `json:"name" minLength:"1" maxLength:"60"`
	Value string `json:"value" maxLength:"200"`
}

// NewLot is a lot that a report makes.
type NewLot struct {
	Key        string       `json:"key,omitempty"`
	Product    string       `json:"product" doc:"Product key or URI."`
	Quantity   trace.Amount `json:"quantity" doc:"Decimal with at most six places."`
	Unit       string       `json:"unit,omitempty" doc:"kg, g, t, 斤, 个, 袋, 箱, 张, L … or its UN/ECE code; the product's unit where absent."`
	Grade      string       `json:"grade,omitempty" maxLength:"40"`
	Pieces     trace.Amount `json:"pieces,omitempty" doc:"How many, where both are counted and weighed."`
	DryMass    trace.Amount `json:"dryMass,omitempty" doc:"Dry mass in kg, where the chain balances on it."`
	Grower     string       `json:"grower,omitempty" maxLength:"40" doc:"Pseudonymous code of the grower; never a name."`
	Attributes []Attribute  `json:"attributes,omitempty" maxItems:"50"`
}

// Taken is an amount of a lot that exists.
type Taken struct {
	Lot      string        `json:"lot" doc:"Lot key, URI or the address its code opens."`
	Quantity *trace.Amount `json:"quantity,omitempty" doc:"All that the organisation holds, where absent; null is refused."`
	Unit     string        `json:"unit,omitempty" doc:"The lot's unit where absent."`
}

// Harvest 采收 makes lots out of a season, or, without one, of something bought outside (place names its origin).
type Harvest struct {
	Common
	Season string   `json:"season,omitempty" doc:"The growing season the lots come from."`
	Lots   []NewLot `json:"lots" minItems:"1" maxItems:"1000"`
}

// Transformation 分级, 分装, 合并, 加工 takes lots and makes lots.
type Transformation struct {
	Common
	Inputs  []Taken  `json:"inputs" minItems:"1" maxItems:"2000"`
	Outputs []NewLot `json:"outputs" minItems:"1" maxItems:"1000"`
}

// Packing 装箱, 码托 puts amounts of lots, and packed units, into a new unit.
type Packing struct {
	Common
	Key      string   `json:"key,omitempty" doc:"Key of the unit, proposed by the client."`
	Kind     string   `json:"kind,omitempty" enum:"box,pallet" doc:"box 箱 or pallet 托."`
	Contents []Taken  `json:"contents,omitempty" maxItems:"2000"`
	Units    []string `json:"units,omitempty" maxItems:"2000" doc:"Units that go in whole."`
}

// Unpacking 拆箱 empties a unit into its holder's hands.
type Unpacking struct {
	Common
	Unit string `json:"unit"`
}

// Shipment 发货 sends lots and units to another organisation.
type Shipment struct {
	Common
	Key   string   `json:"key,omitempty" doc:"Key of the shipment, proposed by the client."`
	To    string   `json:"to" doc:"Organisation that will receive it."`
	Lots  []Taken  `json:"lots,omitempty" maxItems:"2000"`
	Units []string `json:"units,omitempty" maxItems:"2000"`
}

// Receipt 签收 takes goods from a shipment: the whole shipment where lots and units are absent, else the named goods.
type Receipt struct {
	Common
	Shipment string     `json:"shipment,omitempty" doc:"The shipment; where absent it is found by the lots."`
	Lots     []Received `json:"lots,omitempty" maxItems:"2000"`
	Units    []string   `json:"units,omitempty" maxItems:"2000"`
	Lost     []LostUnit `json:"lostUnits,omitempty" maxItems:"2000" doc:"Units that did not arrive: a loss of all that is in them."`
	Partial  bool       `json:"partial,omitempty" doc:"More is still to come: what is not received stays under way."`
}

// Received is the amount of one lot that arrived.
type Received struct {
	Lot      string        `json:"lot"`
	Quantity *trace.Amount `json:"quantity,omitempty"`
	Unit     string        `json:"unit,omitempty"`
	Reason   string        `json:"reason,omitempty" maxLength:"200" doc:"Why it differs from what was shipped."`
}

// LostUnit is a packed unit that did not arrive.
type LostUnit struct {
	Unit   string `json:"unit"`
	Reason string `json:"reason" minLength:"1" maxLength:"200"`
}

// Loss 损耗 takes amounts out for good, with a reason.
type Loss struct {
	Common
	Lots   []Taken `json:"lots" minItems:"1" maxItems:"1000"`
	Reason string  `json:"reason" maxLength:"200"`
}

// Work 田间作业 is done on a season; lots (fertiliser, feed) may be used up by it.
type Work struct {
	Common
	Season       string      `json:"season"`
	Kind         string      `json:"kind" enum:"spray,fertilise,irrigate,prune,feed,other"`
	Agent        string      `json:"agent,omitempty" maxLength:"100" doc:"What was applied (药剂、肥料)."`
	Dose         string      `json:"dose,omitempty" maxLength:"100"`
	Target       string      `json:"target,omitempty" maxLength:"100" doc:"Pest or disease."`
	IntervalDays int         `json:"intervalDays,omitempty" minimum:"0" maximum:"400" doc:"Safety interval 安全间隔期 in days; the label governs."`
	MaxUses      int         `json:"maxUses,omitempty" minimum:"0" maximum:"100" doc:"Uses allowed in a season; 0 for no limit."`
	Stop         *trace.Time `json:"stop,omitempty" doc:"Last day of use, where it went on for days."`
	Lots         []Taken     `json:"lots,omitempty" maxItems:"100"`
}

// Observation 检验, 贮藏 says something about lots and changes no amount.
type Observation struct {
	Common
	Kind    string   `json:"kind" enum:"inspecting,storing"`
	Lots    []string `json:"lots" minItems:"1" maxItems:"1000"`
	Sensors []Sensor `json:"sensors,omitempty" maxItems:"500"`
}

// Sensor is a reading, as EPCIS has it: a value, or the least and the most of a while.
type Sensor struct {
	Type  string      `json:"type" enum:"Temperature,RelativeHumidity,Mass,Speed,Illuminance,Dimensionless" doc:"What was measured."`
	Unit  string      `json:"uom" minLength:"2" maxLength:"3" doc:"UN/ECE code: CEL for °C, A93 or P1 for percent."`
	Value *float64    `json:"value,omitempty"`
	Min   *float64    `json:"minValue,omitempty"`
	Max   *float64    `json:"maxValue,omitempty"`
	Time  *trace.Time `json:"time,omitempty"`
}

// Status 暂停, 解除, 召回 holds, releases or recalls lots.
type Status struct {
	Common
	Lots    []string `json:"lots" minItems:"1" maxItems:"1000"`
	Action  string   `json:"action" enum:"hold,release,recall,unrecall"`
	Reason  string   `json:"reason,omitempty" maxLength:"500"`
	Forward bool     `json:"forward,omitempty" doc:"Everything made of them as well."`
}

// Correction 更正 withdraws an event that was a mistake.
type Correction struct {
	Common
	Event  string `json:"event" doc:"Sequence number or event id."`
	Reason string `json:"reason" maxLength:"200"`
}
