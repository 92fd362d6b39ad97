package story

import (
	"strconv"

	"github.com/yousang/yousang/internal/trace"
)

// mostShares is how many origins are named; the rest is one share.
const mostShares = 5

// Origin says where a lot comes from 产地: one address, or several villages with their shares 来源占比.
type Origin struct {
	Path   []string // names of one origin: county, town, village
	Joined string   // the same as one address
	Shares []OriginShare
	Made   string // where the lot itself was made, where that is another place
}

// OriginShare is one origin with its part. X and Width are per cent of a bar.
type OriginShare struct {
	Name    string
	Percent string
	Tone    int
	X       string
	Width   string
}

// Origin says where the lot comes from: one village, with its town and county, or several villages with their shares.
func (s *Story) Origin() Origin {
	w := Origin{}
	made := ""
	if s.Root.Made.Place != nil {
		made = s.Root.Made.Place.ID
	}
	ids, parts := s.sumOrigins()
	switch {
	case len(ids) == 0:
		w.setPlace(s, made)
		return w
	case len(ids) == 1:
		w.setPlace(s, ids[0])
		if len(s.Root.From) == 0 && made != "" {
			w.setPlace(s, made) // the group within the village
		}
	default:
		w.Shares = s.listShares(ids, parts)
	}
	if len(s.Root.From) > 0 {
		if at := s.NearbyAddress(made); at != "" && at != w.Joined {
			w.Made = at
		}
	}
	return w
}

// setPlace makes a place the one origin.
func (w *Origin) setPlace(s *Story, id string) {
	path := s.Ledger.PublicPath(id)
	w.Path, w.Joined = s.PlaceNames(path), s.JoinPlaces(path)
}

// sumOrigins sums the shares of the places of origin by the smallest place that may be shown, the largest first.
func (s *Story) sumOrigins() (ids []string, parts []float64) {
	at := map[string]int{}
	for _, o := range s.Trace.Origins {
		id := ""
		if path := s.Ledger.PublicPath(o.Place); len(path) > 0 {
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

// listShares names the largest origins with their shares.
func (s *Story) listShares(ids []string, parts []float64) []OriginShare {
	var out []OriginShare
	x := 0.0
	add := func(name string, part float64) {
		out = append(out, OriginShare{Name: name, Percent: s.Printer.Percent(min(part, 1)), Tone: len(out), X: formatPercent(x),
			Width: formatPercent(part)})
		x += part
	}
	n := len(ids)
	if n > mostShares {
		n = mostShares - 1
	}
	for i := range n {
		add(s.villageName(ids[i]), parts[i])
	}
	if n < len(ids) {
		rest := 0.0
		for _, p := range parts[n:] {
			rest += p
		}
		add(s.Printer.T("page.origin.others", "Count", len(ids)-n), rest)
	}
	return out
}

// formatPercent writes a part of a whole for an attribute of a drawing: "33.33%".
func formatPercent(x float64) string { return strconv.FormatFloat(100*x, 'f', 2, 64) + "%" }

// villageName is a village with its town: 合兴街道龙滩村.
func (s *Story) villageName(id string) string {
	path := s.Ledger.PublicPath(id)
	if len(path) > 1 && path[0].Kind == "county" {
		path = path[1:]
	}
	if n := len(path); n > 2 {
		path = path[n-2:]
	}
	return s.JoinPlaces(path)
}

// TierOf is the tier 层级 that a lot was made in.
func (s *Story) TierOf(n *trace.TraceNode) trace.Tier {
	if n.Place != nil && n.Place.Tier != "" {
		return n.Place.Tier
	}
	if o, ok := s.Ledger.Organisation(n.Org); ok {
		return o.Tier
	}
	return trace.Outside
}
