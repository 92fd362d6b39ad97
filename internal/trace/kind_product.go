package trace

import "strings"

// KindProduct 产品 are products.
const KindProduct RecordKind = "product"

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
	Unit        Unit   `json:"unit" maxLength:"10"` // unit that lots of the product are kept in; fixed for good
}

var productKind = KindOf[Product]{
	Name: KindProduct, Number: 4,
	Names:      func(v *Product) (changes, refersTo []string) { return []string{v.ID, v.GTIN}, nil },
	Judge:      (*Ledger).judgeProduct,
	Commit:     (*Ledger).commitProduct,
	Visibility: VisibleToAll[Product](),
}.Register()

func (l *Ledger) judgeProduct(v *Product, a Actor) error {
	if f, ok := units[v.Unit]; !ok || f.base != v.Unit {
		return E(Invalid, CodeUnknownUnit, "unit", "value", Clip(string(v.Unit)))
	}
	if v.GTIN != "" && !ValidGTIN14(v.GTIN) {
		return E(Invalid, CodeBadValue, "gtin", "value", Clip(v.GTIN), "allowed", "GTIN-14")
	}
	if other, ok := l.gtins[v.GTIN]; ok && l.products[other].ID != v.ID { // a Digital Link must lead to one product
		return E(Conflict, CodeKeyTaken, "gtin", "value", v.GTIN)
	}
	if n, ok := l.productOf[v.ID]; ok {
		if old := l.products[n]; old.Unit != v.Unit { // its lots are kept in it
			return E(Conflict, CodeUnitMismatch, "unit", "value", string(v.Unit), "unit", string(old.Unit))
		} else if old.GTIN != v.GTIN { // its lots are named by it
			return E(Conflict, CodeBadValue, "gtin", "value", v.GTIN)
		}
	}
	if err := requireText("id", v.ID, "name", v.Name); err != nil {
		return err
	}
	if err := l.checkID(v.ID, "product"); err != nil {
		return err
	}
	return requireAdmin(a)
}

func (l *Ledger) commitProduct(v *Product, r *Record) error {
	if n, ok := l.productOf[v.ID]; ok {
		l.products[n] = v
		l.noteMasterChange(productMark(n), r.Seq)
		return nil
	}
	n := int32(len(l.products))
	l.productOf[v.ID] = n
	if v.GTIN != "" { // a product's GTIN never changes
		l.gtins[v.GTIN] = n
	}
	l.products = append(l.products, v)
	return nil
}

// ValidGTIN14 reports whether s is 14 digits with a right check digit (GS1 General Specifications 7.9).
func ValidGTIN14(s string) bool {
	if len(s) != 14 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range 13 {
		d := int(s[i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return int(s[13]-'0') == (10-sum%10)%10
}
