package web

import (
	"strconv"

	"github.com/yousang/yousang/internal/trace"
)

// maxShares is how many origins are named; the rest is one share.
const maxShares = 5

// findOrigin says where a lot comes from: one village, with its town and county, or several with their shares.
func (b *lotStory) findOrigin() Origin {
	w := Origin{}
	made := ""
	if b.Root.Made.Place != nil {
		made = b.Root.Made.Place.ID
	}
	ids, parts := b.sumOrigins()
	switch {
	case len(ids) == 0:
		w.setPlace(b, made)
		return w
	case len(ids) == 1:
		w.setPlace(b, ids[0])
		if len(b.Root.From) == 0 && made != "" {
			w.setPlace(b, made) // the group within the village
		}
	default:
		w.Shares = b.listShares(ids, parts)
	}
	if len(b.Root.From) > 0 {
		if at := b.NearbyAddress(made); at != "" && at != w.Joined {
			w.Made = at
		}
	}
	return w
}

func (w *Origin) setPlace(b *lotStory, id string) {
	path := b.Ledger.PublicPath(id)
	w.Path, w.Joined = b.PlaceNames(path), b.JoinPlaces(path)
}

// sumOrigins are the places of origin, rolled up to what may be told, with their shares, the largest first.
func (b *lotStory) sumOrigins() (ids []string, parts []float64) {
	at := map[string]int{}
	for _, o := range b.Trace.Origins {
		id := ""
		if path := b.Ledger.PublicPath(o.Place); len(path) > 0 {
			id = path[len(path)-1].ID
		}
		if id == "" {
			continue
		}
		i, ok := at[id]
		if !ok {
			i = len(ids)
			at[id] = i
			ids, parts = append(ids, id), append(parts, 0)
		}
		parts[i] += o.Share
	}
	return ids, parts
}

func (b *lotStory) listShares(ids []string, parts []float64) []OriginShare {
	var out []OriginShare
	x := 0.0
	add := func(name string, part float64) {
		s := OriginShare{Name: name, Percent: b.Printer.Percent(min(part, 1)), Tone: len(out), X: formatPercent(x), Width: formatPercent(part)}
		x += part
		out = append(out, s)
	}
	n := len(ids)
	if n > maxShares {
		n = maxShares - 1
	}
	for i := range n {
		add(b.villageName(ids[i]), parts[i])
	}
	if n < len(ids) {
		rest := 0.0
		for _, p := range parts[n:] {
			rest += p
		}
		add(b.Printer.T("page.origin.others", "Count", len(ids)-n), rest)
	}
	return out
}

func formatPercent(x float64) string { return strconv.FormatFloat(100*x, 'f', 2, 64) + "%" }

// villageName is a village with its town: 合兴街道龙滩村.
func (b *lotStory) villageName(id string) string {
	path := b.Ledger.PublicPath(id)
	if len(path) > 1 && path[0].Kind == "county" {
		path = path[1:]
	}
	if n := len(path); n > 2 {
		path = path[n-2:]
	}
	return b.JoinPlaces(path)
}

// TierOf is the tier a lot was made in.
func (b *lotStory) TierOf(n *trace.TraceNode) trace.Tier {
	if n.Place != nil && n.Place.Tier != "" {
		return n.Place.Tier
	}
	if o, ok := b.Ledger.Organisation(n.Org); ok {
		return o.Tier
	}
	return trace.Outside
}
