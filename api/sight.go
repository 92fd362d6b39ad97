package api

import (
	"encoding/json"

	"github.com/yousang/yousang/internal/trace"
)

// seesPlace reports whether a caller may see a place: the plots and trees of an organisation, whose names and outlines may tell of a family,
// are its own; whatever has a public name or no owner is everybody's.
func (c *caller) seesPlace(p *trace.Place) bool {
	return c.all() || p.Org == "" || p.Org == c.Org || p.Kind != "plot" && p.Kind != "tree"
}

// shown is a place as a caller sees it: the outline only for its owner, the bureau and the admin.
func (c *caller) shown(p trace.Place) trace.Place {
	if !c.all() && (p.Org == "" || p.Org != c.Org) {
		p.Geometry = nil
	}
	return p
}

// master shows a record of master data to a caller as its list would: false where it would not.
func (a *API) master(c *caller, rec *trace.Record) (json.RawMessage, bool) {
	if c.all() || rec.Org == c.Org {
		return rec.Body, true
	}
	switch rec.Kind {
	case trace.KindPlace:
		var p trace.Place
		if json.Unmarshal(rec.Body, &p) != nil || !c.seesPlace(&p) {
			return nil, false
		}
		if len(p.Geometry) == 0 || len(c.shown(p).Geometry) > 0 {
			return rec.Body, true
		}
		body, err := trace.CanonicalJSON(c.shown(p))
		return body, err == nil
	case trace.KindSeason:
		var s trace.Season
		return rec.Body, json.Unmarshal(rec.Body, &s) == nil && s.Org == c.Org
	case trace.KindSerials, trace.KindSerialChange, trace.KindPrint, trace.KindLinks:
		return rec.Body, a.seesCodes(c, rec)
	}
	return rec.Body, true
}

// seesCodes reports whether a caller may see a record about codes: those of a product are everybody's, those of a lot and its items for
// whoever may see the lot.
func (a *API) seesCodes(c *caller, rec *trace.Record) bool {
	var v struct{ ID, Lot string }
	if json.Unmarshal(rec.Body, &v) != nil {
		return false
	}
	l := a.Recorder().Ledger
	if rec.Kind == trace.KindLinks {
		if _, ok := l.Product(v.ID); ok {
			return true
		}
		v.Lot, _, _ = trace.SplitItem(v.ID)
	}
	return l.Visible(c.Org, v.Lot)
}
