package web

import (
	"strconv"

	"github.com/yousang/yousang/internal/trace"
)

// maxShares is how many origins are named; the rest is one share.
const maxShares = 5

// where says where a lot comes from: one village, with its town and county, or several with their shares.
func (b *builder) where() where {
	w := where{}
	made := ""
	if b.root.Made.Place != nil {
		made = b.root.Made.Place.ID
	}
	ids, parts := b.origins()
	switch {
	case len(ids) == 0:
		w.set(b, made)
		return w
	case len(ids) == 1:
		w.set(b, ids[0])
		if len(b.root.From) == 0 && made != "" {
			w.set(b, made) // the group within the village
		}
	default:
		w.Shares = b.shares(ids, parts)
	}
	if len(b.root.From) > 0 {
		if at := b.near(made); at != "" && at != w.Joined {
			w.Made = at
		}
	}
	return w
}

func (w *where) set(b *builder, id string) {
	path := b.l.PublicPath(id)
	w.Path, w.Joined = b.each(path), b.address(path)
}

// origins are the places of origin, rolled up to what may be told, with their shares, the largest first.
func (b *builder) origins() (ids []string, parts []float64) {
	at := map[string]int{}
	for _, o := range b.trace.Origins {
		id := ""
		if path := b.l.PublicPath(o.Place); len(path) > 0 {
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

func (b *builder) shares(ids []string, parts []float64) []share {
	var out []share
	x := 0.0
	add := func(name string, part float64) {
		s := share{Name: name, Percent: b.p.Percent(min(part, 1)), Tone: len(out), X: percent(x), Width: percent(part)}
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
		add(b.p.T("page.origin.others", "Count", len(ids)-n), rest)
	}
	return out
}

func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 2, 64) + "%" }

// villageName is a village with its town: 合兴街道龙滩村.
func (b *builder) villageName(id string) string {
	path := b.l.PublicPath(id)
	if len(path) > 1 && path[0].Kind == "county" {
		path = path[1:]
	}
	if n := len(path); n > 2 {
		path = path[n-2:]
	}
	return b.address(path)
}

// laneOf is the tier a lot was made in.
func (b *builder) laneOf(n *trace.TraceNode) trace.Tier {
	if n.Place != nil && n.Place.Tier != "" {
		return n.Place.Tier
	}
	if o, ok := b.l.Organisation(n.Org); ok {
		return o.Tier
	}
	return trace.Outside
}
