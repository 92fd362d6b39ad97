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

// LedgerInfo is the body of the first record: fixed at the ledger's birth and never changed.
type LedgerInfo struct {
	Namespace string `json:"namespace"` // absolute URI without trailing slash; identity, not address
	Version   int    `json:"version"`
}

// Organisation 主体 is a co-operative, processor, park, bureau or supplier. Never a natural person.
type Organisation struct {
	AdminCode string `json:"adminCode,omitempty"` // GB/T 2260 + 乡镇村 code, 6–12 digits
	Contact   string `json:"contact,omitempty"`   // a public service number of the organisation, for complaints
	ID        string `json:"id"`
	Kind      string `json:"kind"` // cooperative | processor | park | bureau | supplier
	Name      string `json:"name"`
	NameEn    string `json:"nameEn,omitempty"`
	Place     string `json:"place,omitempty"`
	Tier      Tier   `json:"tier"`
}

// Place 地点 is anything with a location: a county, town, village, group, plot, single tree, works or warehouse.
type Place struct {
	AdminCode string          `json:"adminCode,omitempty"`
	AreaMu    Amount          `json:"areaMu,omitempty"`   // 亩 = 666.67 m²
	Geometry  json.RawMessage `json:"geometry,omitempty"` // GeoJSON, WGS84; never on a public page for a plot
	ID        string          `json:"id"`
	Kind      string          `json:"kind"` // county | town | village | group | plot | tree | site
	Name      string          `json:"name"`
	NameEn    string          `json:"nameEn,omitempty"`
	Org       string          `json:"org,omitempty"`
	Parent    string          `json:"parent,omitempty"`
	Tier      Tier            `json:"tier"`
}

// Product 产品. GTIN only where the organisation really has one: we never invent a GS1 key.
type Product struct {
	Certificate bool   `json:"certificate,omitempty"` // 承诺达标合格证 is due (农业农村部令 2025年第4号)
	Chain       string `json:"chain,omitempty"`       // "pomelo"
	CountWord   string `json:"countWord,omitempty"`   // 个, 床, 株 for pieces
	GTIN        string `json:"gtin,omitempty"`        // 14 digits
	ID          string `json:"id"`
	Name        string `json:"name"`
	NameEn      string `json:"nameEn,omitempty"`
	NetMass     Amount `json:"netMass,omitempty"` // kg in one unit, for products counted in pieces, boxes, bags
	Unit        Unit   `json:"unit"`              // the unit its lots are kept in (a base unit)
}

// Chain is a chain template as it was when it took effect; internal/chain knows what is inside.
type Chain struct {
	Digest   string          `json:"digest"` // hex SHA-256 of Template
	ID       string          `json:"id"`     // "pomelo"
	Name     string          `json:"name"`
	Template json.RawMessage `json:"template"`
}

// Season 种植季/饲养批 is one growing season of a plot, a tree or a rearing: field work goes in, harvest lots come out.
type Season struct {
	From    Time   `json:"from"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Org     string `json:"org"`
	Place   string `json:"place"`
	Product string `json:"product,omitempty"`
	To      Time   `json:"to"`
}

// CanonicalJSON encodes master data or any of our own values with members as declared (all types above declare them sorted).
func CanonicalJSON(v any) ([]byte, error) { return encode(v) }

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
