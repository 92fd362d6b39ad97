package register

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// book finds the master data that a register's rows rely on, and lists what has to be recorded first: what the register itself states,
// and no more. Identifiers are made of the names, so that a second run finds the same things.
type book struct {
	rec     *app.App
	actor   trace.Actor // acts for org, once that is known
	profile *profile
	facts   *facts
	org     trace.Organisation
	product string
	village string // the register's own
	places  map[string][]trace.Place
	plots   map[string]string
	seasons map[string][]season
	missing []master
	absent  map[string]bool // ids of missing
}

type master struct {
	kind trace.RecordKind
	id   string
	body any
}

// season is one that a plot has, or shall have.
type season struct {
	id       string
	from, to time.Time
}

// slot is where a row goes.
type slot struct {
	place  string
	season string
	ready  bool // everything is on record already
	widen  bool // the season is, but has to begin earlier
}

// openBook resolves the organisation, its village and the product. station is whose cocoon ledger it is.
func openBook(rec *app.App, a trace.Actor, s *sheet, station string) (*book, *fault) {
	b := &book{rec: rec, actor: a, profile: s.profile, facts: &s.facts, places: map[string][]trace.Place{}, plots: map[string]string{},
		seasons: map[string][]season{}, absent: map[string]bool{}}
	if a.Role != trace.Admin && a.Role != trace.Operator {
		return nil, wrong(CodeNotAllowed)
	}
	for _, p := range rec.Ledger.Places() {
		b.places[p.Kind+norm(p.Name)] = append(b.places[p.Kind+norm(p.Name)], p)
	}
	names := []string{s.facts.org, s.facts.alias}
	if station != "" {
		names = []string{station}
	}
	found, bad := b.whose(names)
	if bad != nil {
		return nil, bad
	}
	if found != nil {
		b.org = *found
		b.actor.Org = found.ID
	}
	home := b.surroundings()
	if found == nil {
		b.newOrganisation(names, home)
	}
	if bad := b.goods(); bad != nil {
		return nil, bad
	}
	for _, v := range rec.Ledger.Seasons(b.org.ID) {
		b.seasons[v.Place] = append(b.seasons[v.Place], season{v.ID, v.From.Time, v.To.Time})
	}
	return b, nil
}

// whose finds the organisation by its names; nil means that an administrator's import makes it.
func (b *book) whose(names []string) (*trace.Organisation, *fault) {
	said := strings.Join(nonEmpty(names), "、")
	like := func(o trace.Organisation, same func(x, y string) bool) bool {
		for _, n := range nonEmpty(names) {
			if same(n, o.Name) {
				return true
			}
		}
		return false
	}
	own, ok := b.rec.Ledger.Organisation(b.actor.Org)
	if ok && (said == "" || like(own, sameName)) {
		return &own, nil
	}
	switch {
	case b.actor.Role != trace.Admin && !ok:
		return nil, wrong(CodeOrgMissing, "org", said)
	case b.actor.Role != trace.Admin:
		return nil, wrong(CodeOrgDiffers, "org", said, "own", own.Name)
	case said == "":
		return nil, wrong(CodeNoOrg)
	}
	all := b.rec.Ledger.Organisations()
	for _, same := range []func(x, y string) bool{func(x, y string) bool { return norm(x) == norm(y) }, sameName} {
		var hits []trace.Organisation
		for _, o := range all {
			if like(o, same) {
				hits = append(hits, o)
			}
		}
		if len(hits) > 1 {
			return nil, wrong(CodeOrgAmbiguous, "org", said)
		}
		if len(hits) == 1 {
			return &hits[0], nil
		}
	}
	return nil, nil
}

func nonEmpty(list []string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (b *book) newOrganisation(names []string, home string) {
	name := nonEmpty(names)[0]
	b.org = trace.Organisation{ID: b.id("org", "o-", name), Kind: b.profile.orgKind, Name: name, Place: home, Tier: b.profile.tier}
	b.actor.Org = b.org.ID
	b.want(trace.KindOrganisation, b.org.ID, b.org)
}

// surroundings finds county, town and village of the register and returns the innermost. An operator makes no county and no town: they
// belong to everybody.
func (b *book) surroundings() string {
	up := b.locate("county", trace.County, b.facts.county, "")
	up = b.locate("town", trace.Town, b.facts.town, up)
	b.village = up
	if b.facts.village != "" {
		b.village = b.locate("village", trace.Village, b.facts.village, up)
	}
	if b.village == "" {
		b.village = b.org.Place
	}
	return b.village
}

// locate finds a place by its name and what it lies in, or lists it as missing. "" where the name is empty; the parent where an operator
// may not make it.
func (b *book) locate(kind string, tier trace.Tier, name, parent string) string {
	if name == "" {
		return parent
	}
	var loose []trace.Place
	for _, p := range b.places[kind+norm(name)] {
		if p.Parent == parent {
			return p.ID
		}
		if p.Parent == "" || parent == "" {
			loose = append(loose, p)
		}
	}
	if len(loose) == 1 {
		return loose[0].ID
	}
	owner := ""
	if b.actor.Role != trace.Admin || kind == "plot" || kind == "group" {
		owner = b.org.ID
	}
	if b.actor.Role != trace.Admin && (kind == "county" || kind == "town") {
		return parent
	}
	p := trace.Place{ID: b.id("place", kind+"-", parent, name), Kind: kind, Name: name, Org: owner, Parent: parent, Tier: tier}
	b.want(trace.KindPlace, p.ID, p)
	b.places[kind+norm(name)] = append(b.places[kind+norm(name)], p)
	return p.ID
}

// goods finds the chain's product; an administrator's import makes the products of the chain.
func (b *book) goods() *fault {
	ns := b.rec.Ledger.Namespace()
	b.product = ns + "/product/" + b.profile.chain + "-" + b.profile.product
	if _, ok := b.rec.Ledger.Product(b.product); ok {
		return nil
	}
	c, ok := b.rec.Chains.Chain(b.profile.chain)
	if !ok || b.actor.Role != trace.Admin {
		return wrong(CodeNoProduct, "product", b.profile.chain+"-"+b.profile.product)
	}
	for _, p := range c.MasterProducts(ns) {
		if _, ok := b.rec.Ledger.Product(p.ID); !ok {
			b.want(trace.KindProduct, p.ID, p)
		}
	}
	return nil
}

func (b *book) want(kind trace.RecordKind, id string, body any) {
	if b.absent[id] {
		return
	}
	b.absent[id] = true
	b.missing = append(b.missing, master{kind, id, body})
}

// id makes an identifier of names, which are Chinese, as checkID of the ledger wants it.
func (b *book) id(dir, prefix string, parts ...string) string {
	for i := range parts {
		parts[i] = norm(parts[i])
	}
	return b.rec.ID(dir, prefix+digest(parts...)[:12])
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return hex.EncodeToString(sum[:])
}

var groupName = regexp.MustCompile(`^([一二三四五六七八九十0-9]{1,3}[组社队]).+`)

// find resolves where a row goes.
func (b *book) find(e *entry, spans map[string]season) slot {
	var s slot
	if !b.profile.seasonal {
		parent := ""
		if p, ok := b.place(b.village); ok && p.Kind == "town" {
			parent = b.village
		}
		s.place = b.locate("village", trace.Village, e.place, parent)
	} else {
		s.place = b.plot(e.place)
		s.season = b.season(e, s.place, spans[seasonKey(e)])
	}
	if b.absent[s.season] {
		_, s.widen = b.rec.Ledger.Season(s.season)
	}
	s.ready = !b.absent[s.place] && (!b.absent[s.season] || s.widen) && !b.absent[b.org.ID] && !b.absent[b.product]
	return s
}

func (b *book) place(id string) (trace.Place, bool) {
	if p, ok := b.rec.Ledger.Place(id); ok {
		return p, true
	}
	for _, m := range b.missing {
		if p, ok := m.body.(trace.Place); ok && m.id == id {
			return p, true
		}
	}
	return trace.Place{}, false
}

// plot finds a plot or single tree of the organisation by its name, or lists it under its group 组.
func (b *book) plot(name string) string {
	key := norm(name)
	if id, ok := b.plots[key]; ok {
		return id
	}
	for _, kind := range []string{"plot", "tree"} {
		for _, p := range b.places[kind+key] {
			if p.Org == b.org.ID {
				b.plots[key] = p.ID
				return p.ID
			}
		}
	}
	parent := b.village
	if m := groupName.FindStringSubmatch(name); m != nil {
		parent = b.locate("group", trace.Village, m[1], parent)
	}
	p := trace.Place{ID: b.id("place", "plot-", b.org.ID, name), Kind: "plot", Name: name, Org: b.org.ID, Parent: parent, Tier: trace.Village}
	b.want(trace.KindPlace, p.ID, p)
	b.plots[key] = p.ID
	return p.ID
}

func seasonKey(e *entry) string { return norm(e.place) + "\x1f" + itoa(e.on.Year()) }

// spans finds how far each plot's season has to reach: over the calendar year, and the last uses before it.
func spans(list []*entry) map[string]season {
	out := map[string]season{}
	for _, e := range list {
		s, ok := out[seasonKey(e)]
		if !ok {
			s = season{from: time.Date(e.on.Year(), 1, 1, 0, 0, 0, 0, trace.ChinaTime), to: time.Date(e.on.Year(), 12, 31, 0, 0, 0, 0, trace.ChinaTime)}
		}
		if !e.lastUse.IsZero() && e.lastUse.Before(s.from) {
			s.from = e.lastUse
		}
		out[seasonKey(e)] = s
	}
	return out
}

// season finds the plot's season that a row's harvest falls into, or lists one. One of an earlier import that begins too late is widened.
func (b *book) season(e *entry, plot string, span season) string {
	id := b.rec.ID("season", "s-"+digest(plot)[:12]+"-"+itoa(e.on.Year()))
	if b.absent[id] {
		return id
	}
	for _, s := range b.seasons[plot] {
		covers := iso(e.on) >= iso(s.from.In(trace.ChinaTime)) && iso(e.on) <= iso(s.to.In(trace.ChinaTime))
		if covers && (s.id != id || iso(span.from) >= iso(s.from.In(trace.ChinaTime))) {
			return s.id
		}
	}
	b.want(trace.KindSeason, id, trace.Season{From: trace.NewTime(span.from), ID: id, Name: e.place + " " + itoa(e.on.Year()) + "年", Org: b.org.ID,
		Place: plot, Product: b.product, To: trace.NewTime(span.to)})
	return id
}
