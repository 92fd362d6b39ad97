package trace

import (
	"encoding/json"
	"errors"
)

// Tier is where in the county an organisation or place stands: 村种 → 镇加工 → 县园区.
type Tier string

// The tiers; Outside is beyond the county (a bought honey lot).
const (
	Village Tier = "village" // 村
	Town    Tier = "town"    // 镇
	County  Tier = "county"  // 县
	Outside Tier = "outside" // 县外
)

// The tags doc, maxLength and enum of the types below describe a member to clients (they are those of huma) and bound what a client may
// send; a record that is read again is not measured by them. later:"true" marks a member that its use judges, not its reading.

// LedgerInfo is the body of the first record: fixed at the ledger's birth and never changed.
type LedgerInfo struct {
	Namespace string `json:"namespace"` // absolute URI without trailing slash; identity, not address
	Version   int    `json:"version"`
}

// Organisation 主体 is a co-operative, processor, park, bureau or supplier. Never a natural person.
type Organisation struct {
	AdminCode string `json:"adminCode,omitempty" maxLength:"12" doc:"GB/T 2260 code with township and village, 6–12 digits."`
	Contact   string `json:"contact,omitempty" maxLength:"100" doc:"A public service number of the organisation; never a person's."`
	ID        string `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. One that exists is changed."`
	Kind      string `json:"kind" enum:"cooperative,processor,park,bureau,supplier"`
	Name      string `json:"name" maxLength:"100"`
	NameEn    string `json:"nameEn,omitempty" maxLength:"100"`
	Place     string `json:"place,omitempty" maxLength:"300" doc:"Where it is: slug or URI of a place."`
	Tier      Tier   `json:"tier" enum:"village,town,county,outside"`
}

// Place 地点 is anything with a location: a county, town, village, group, plot, single tree, works or warehouse. Geometry is never on a
// public page for a plot.
type Place struct {
	AdminCode string          `json:"adminCode,omitempty" maxLength:"12" doc:"GB/T 2260 code with township and village, 6–12 digits."`
	AreaMu    Amount          `json:"areaMu,omitempty" doc:"Area in mu 亩 (666.67 m²)."`
	Geometry  json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON geometry, WGS84. A plot's is never shown to the public."`
	ID        string          `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. One that exists is changed."`
	Kind      string          `json:"kind" enum:"county,town,village,group,plot,tree,site"`
	Name      string          `json:"name" maxLength:"100"`
	NameEn    string          `json:"nameEn,omitempty" maxLength:"100"`
	Org       string          `json:"org,omitempty" maxLength:"300" doc:"Organisation it belongs to. An operator's own where absent."`
	Parent    string          `json:"parent,omitempty" maxLength:"300" doc:"The place around it: slug or URI."`
	Tier      Tier            `json:"tier" enum:"village,town,county,outside"`
}

// Product 产品. GTIN only where the organisation really has one: a GS1 key is never invented. Certificate 承诺达标合格证 follows the order
// 农业农村部令 2025年第4号.
type Product struct {
	Certificate bool   `json:"certificate,omitempty" doc:"A 承诺达标合格证 is due."`
	Chain       string `json:"chain,omitempty" maxLength:"60" doc:"Its chain, as in pomelo."`
	CountWord   string `json:"countWord,omitempty" maxLength:"4" doc:"Its count word (个、床、株、箱)."`
	GTIN        string `json:"gtin,omitempty" maxLength:"14" doc:"14 digits, only where the organisation really has one. Fixed for good."`
	ID          string `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. A chain knows a product by the last part of its id."`
	Name        string `json:"name" maxLength:"100"`
	NameEn      string `json:"nameEn,omitempty" maxLength:"100"`
	NetMass     Amount `json:"netMass,omitempty" doc:"kg in one piece, box or bag, where it is counted."`
	Unit        Unit   `json:"unit" maxLength:"10" doc:"Unit its lots are kept in: KGM, H87, LTR, ST, XBG, XBX or XPX, or a usual spelling of one. Fixed for good."`
}

// Chain is a chain template as it was when it took effect; internal/chain knows what is inside.
type Chain struct {
	Digest   string          `json:"digest"` // hex SHA-256 of Template
	ID       string          `json:"id"`     // "pomelo"
	Name     string          `json:"name"`
	Template json.RawMessage `json:"template"`
}

// Season 种植季/饲养批 is one growing season of a plot, a tree or a rearing: field work goes in, harvest lots come out. Org may be left out
// by a client, never in a record.
type Season struct {
	From    Time   `json:"from" doc:"First day."`
	ID      string `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI."`
	Name    string `json:"name" maxLength:"100"`
	Org     string `json:"org" required:"false" later:"true" maxLength:"300" doc:"Organisation that grows. An operator's own where absent."`
	Place   string `json:"place" maxLength:"300" doc:"The plot, tree or house: slug or URI. Fixed for good."`
	Product string `json:"product,omitempty" maxLength:"300" doc:"What is grown: slug or URI."`
	To      Time   `json:"to" doc:"Last day; work and harvests after it are refused."`
}

// CanonicalJSON encodes master data or any of our own values with members as declared (all types above declare them sorted).
func CanonicalJSON(v any) ([]byte, error) { return encodeJSON(v) }

func malformedJSON(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return E(Invalid, CodeBadValue, t.Field, "value", t.Value)
	}
	return E(Invalid, CodeMalformed, "", "why", err.Error())
}
