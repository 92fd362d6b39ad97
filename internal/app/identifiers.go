package app

import (
	"errors"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// CompleteID completes the identifier of a thing: a URI stays, a bare slug or key is put under the namespace. dir is the folder of the
// things of its kind: org, place, product, season, unit, shipment, serials or print.
func (a *App) CompleteID(dir, s string) string {
	if s == "" || strings.Contains(s, "://") {
		return s
	}
	return a.Ledger.Namespace() + "/" + dir + "/" + strings.Trim(s, "/ ")
}

// ResolveLot finds the URI of a lot from its URI, its key as typed, or the address its code opens. Errors: NotFound, CodeBadKey.
func (a *App) ResolveLot(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", trace.E(trace.Invalid, trace.CodeRequired, "lot")
	}
	if _, ok := a.Ledger.UnitOf(s); ok {
		return s, nil
	}
	if strings.Contains(s, "/") {
		key := trace.KeyOf(strings.TrimRight(s, "/"))
		if _, err := trace.ParseKey(key); err != nil {
			return "", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", key)
		}
		id, err := a.Ledger.ResolveKey(key)
		if err == nil && !hasGTINOf(id, s) {
			return "", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", key)
		}
		return id, err
	}
	return a.Ledger.ResolveKey(s)
}

// hasGTINOf reports whether a lot's URI has the GTIN that an address names; an address without a GTIN fits any lot.
func hasGTINOf(lot, address string) bool {
	start := strings.Index(address, "/01/")
	if start < 0 {
		return true
	}
	end := strings.LastIndexByte(strings.TrimRight(address, "/"), '/')
	return strings.Contains(lot, address[start:end+1])
}

// resolveLots resolves lots that are named without amounts.
func (a *App) resolveLots(actor trace.Actor, field string, list []string) ([]string, error) {
	out := make([]string, len(list))
	for i, s := range list {
		id, err := a.visibleLot(actor, s)
		if err != nil {
			return nil, withField(trace.IndexedField(field, i), err)
		}
		out[i] = id
	}
	return out, nil
}

// resolveTaken resolves amounts of lots; an amount that is left out means the whole holding of the organisation.
func (a *App) resolveTaken(actor trace.Actor, field string, list []Taken) ([]trace.EventQuantity, error) {
	out := make([]trace.EventQuantity, len(list))
	for i, t := range list {
		id, err := a.visibleLot(actor, t.Lot)
		if err != nil {
			return nil, withField(trace.IndexedField(field, i)+".lot", err)
		}
		unit, _ := a.Ledger.UnitOf(id)
		q := trace.EventQuantity{Class: id}
		if t.Quantity != nil {
			q.Amount = *t.Quantity
		} else {
			h, _ := a.Ledger.HeldBy(actor.Org, id)
			if h.Amount == 0 {
				return nil, trace.E(trace.Forbidden, trace.CodeNotHolder, trace.IndexedField(field, i)+".lot", "lot", trace.KeyOf(id))
			}
			q.Amount = h.Amount
		}
		if q.Amount, q.Unit, err = toBaseUnit(q.Amount, t.Unit, unit); err != nil {
			return nil, trace.At(trace.IndexedField(field, i), err)
		}
		out[i] = q
	}
	return out, nil
}

// toBaseUnit reads a quantity with the unit a person gave; events keep base units, so that 斤 never reaches a partner's system.
func toBaseUnit(q trace.Amount, named string, usual trace.Unit) (trace.Amount, trace.Unit, error) {
	u := usual
	if named != "" {
		var err error
		if u, err = trace.ParseUnit(named); err != nil {
			return 0, "", trace.At("unit", err)
		}
	}
	n, base, err := trace.ToBaseUnit(q, u)
	if err != nil {
		return 0, "", trace.At("quantity", err)
	}
	return n, base, nil
}

// resolveNewLots resolves new lots: their keys, products and amounts.
func (a *App) resolveNewLots(field string, list []NewLot) ([]trace.EventQuantity, []trace.LotFacts, error) {
	q := make([]trace.EventQuantity, len(list))
	f := make([]trace.LotFacts, len(list))
	for i := range list {
		n := &list[i]
		pr, ok := a.Ledger.Product(a.CompleteID("product", n.Product))
		if !ok {
			if n.Product == "" {
				return nil, nil, trace.E(trace.Invalid, trace.CodeRequired, trace.IndexedField(field, i)+".product")
			}
			return nil, nil, trace.E(trace.Invalid, trace.CodeUnknownThing, trace.IndexedField(field, i)+".product", "thing", "product", "value",
				n.Product)
		}
		key := trace.NewKey()
		if n.Key != "" {
			var err error
			if key, err = trace.ParseKey(n.Key); err != nil {
				return nil, nil, trace.At(trace.IndexedField(field, i)+".key", err)
			}
		}
		amt, unit, err := toBaseUnit(n.Quantity, n.Unit, pr.Unit)
		if err != nil {
			return nil, nil, trace.At(trace.IndexedField(field, i), err)
		}
		id := trace.LotURI(a.Ledger.Namespace(), pr, key)
		q[i] = trace.EventQuantity{Class: id, Amount: amt, Unit: unit}
		f[i] = trace.LotFacts{Lot: id, Product: pr.ID, Grade: n.Grade, Pieces: n.Pieces, DryMass: n.DryMass, Grower: n.Grower,
			Attributes: newAttributes(n.Attributes)}
	}
	return q, f, nil
}

func newAttributes(list []Attribute) []trace.Attribute {
	var out []trace.Attribute
	for _, a := range list {
		out = append(out, trace.Attribute{Name: a.Name, Value: a.Value})
	}
	return out
}

// withField gives an error the field of the report that the error is about.
func withField(field string, err error) error {
	var e *trace.Error
	if errors.As(err, &e) {
		c := *e
		c.Field = field
		return &c
	}
	return err
}
