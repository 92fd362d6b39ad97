package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// masterFinder finds the master data that the rows of a register rely on, and lists the master data that must be recorded
// first: what the register itself states, and nothing more. Identifiers are made of the names, so that a second import finds
// the same things.
type masterFinder struct {
	application *app.App
	actor       trace.Actor // acts for org, once org is known
	profile     *profile
	facts       *titleFacts
	org         trace.Organisation
	product     string
	village     string                   // the register's own
	places      map[string][]trace.Place // by kind and normalised name
	placeOf     map[string]trace.Place   // on record, by id
	plots       map[string]string
	seasons     map[string][]seasonSpan // by plot
	seasonOf    map[string]bool         // on record, by id
	missing     []masterRecord
	absent      map[string]bool // ids of missing
}

type masterRecord struct {
	kind trace.RecordKind
	id   string
	body any
}

// seasonSpan is a season that a plot has, or will have.
type seasonSpan struct {
	id       string
	from, to time.Time
}

// rowTarget is the place and the season of a row.
type rowTarget struct {
	place  string
	season string
	ready  bool // everything is on record already
	widen  bool // the season is, but has to begin earlier
}

// newMasterFinder finds the organisation, its village and the product. station is the station whose cocoon ledger the sheet is.
func newMasterFinder(ctx context.Context, application *app.App, a trace.Actor, s *sheet, station string) (*masterFinder, *fileFault) {
	b := &masterFinder{
		application: application, actor: a, profile: s.profile, facts: &s.facts, places: map[string][]trace.Place{},
		placeOf: map[string]trace.Place{}, plots: map[string]string{}, seasons: map[string][]seasonSpan{}, seasonOf: map[string]bool{},
		absent: map[string]bool{},
	}
	if app.CheckImport(a) != nil {
		return nil, newFault(CodeNotAllowed)
	}
	for _, p := range application.ListPlaces(ctx, a, app.PlaceFilter{}).Items {
		b.places[p.Kind+normalizeName(p.Name)] = append(b.places[p.Kind+normalizeName(p.Name)], p)
		b.placeOf[p.ID] = p
	}
	names := []string{s.facts.org, s.facts.alias}
	if station != "" {
		names = []string{station}
	}
	found, bad := b.findOrganisation(ctx, names)
	if bad != nil {
		return nil, bad
	}
	if found != nil {
		b.org = *found
		b.actor.Org = found.ID
	}
	home := b.findSurroundings()
	if found == nil {
		b.addOrganisation(names, home)
	}
	if bad := b.findProduct(ctx); bad != nil {
		return nil, bad
	}
	for _, v := range application.FindSeasons(ctx, b.actor, b.org.ID) {
		b.seasons[v.Place] = append(b.seasons[v.Place], seasonSpan{v.ID, v.From.Time, v.To.Time})
		b.seasonOf[v.ID] = true
	}
	return b, nil
}

// findOrganisation finds the organisation by its names; nil means that the import of an administrator makes the organisation.
func (b *masterFinder) findOrganisation(ctx context.Context, names []string) (*trace.Organisation, *fileFault) {
	named := strings.Join(dropEmpty(names), "、")
	like := func(o trace.Organisation, same func(x, y string) bool) bool {
		for _, n := range dropEmpty(names) {
			if same(n, o.Name) {
				return true
			}
		}
		return false
	}
	own, err := b.application.ShowOrganisation(ctx, b.actor, b.actor.Org)
	known := err == nil
	if known && (named == "" || like(own, matchesName)) {
		return &own, nil
	}
	switch {
	case !app.RegistersShared(b.actor) && !known:
		return nil, newFault(CodeOrgMissing, "org", named)
	case !app.RegistersShared(b.actor):
		return nil, newFault(CodeOrgDiffers, "org", named, "own", own.Name)
	case named == "":
		return nil, newFault(CodeNoOrg)
	}
	all := b.application.ListOrganisations(ctx, b.actor, app.OrganisationFilter{}).Items
	for _, same := range []func(x, y string) bool{func(x, y string) bool { return normalizeName(x) == normalizeName(y) }, matchesName} {
		var hits []trace.Organisation
		for _, o := range all {
			if like(o, same) {
				hits = append(hits, o)
			}
		}
		if len(hits) > 1 {
			return nil, newFault(CodeOrgAmbiguous, "org", named)
		}
		if len(hits) == 1 {
			return &hits[0], nil
		}
	}
	return nil, nil
}

func dropEmpty(list []string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (b *masterFinder) addOrganisation(names []string, home string) {
	name := dropEmpty(names)[0]
	b.org = trace.Organisation{ID: b.makeID("org", "o-", name), Kind: b.profile.orgKind, Name: name, Place: home, Tier: b.profile.tier}
	b.actor.Org = b.org.ID
	b.addMissing(trace.KindOrganisation, b.org.ID, b.org)
}

// findSurroundings finds the county, town and village of the register and returns the innermost of them. The import of an operator makes no
// county and no town: all organisations share counties and towns.
func (b *masterFinder) findSurroundings() string {
	up := b.findOrAddPlace("county", trace.County, b.facts.county, "")
	up = b.findOrAddPlace("town", trace.Town, b.facts.town, up)
	b.village = up
	if b.facts.village != "" {
		b.village = b.findOrAddPlace("village", trace.Village, b.facts.village, up)
	}
	if b.village == "" {
		b.village = b.org.Place
	}
	return b.village
}

// findOrAddPlace finds a place by its name and its parent, or adds the place to what is missing. The result is "" where the
// name is empty, and the parent where an operator may not make the place.
func (b *masterFinder) findOrAddPlace(kind string, tier trace.Tier, name, parent string) string {
	if name == "" {
		return parent
	}
	var loose []trace.Place
	for _, p := range b.places[kind+normalizeName(name)] {
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
	if !app.RegistersShared(b.actor) || kind == "plot" || kind == "group" {
		owner = b.org.ID
	}
	if !app.RegistersShared(b.actor) && (kind == "county" || kind == "town") {
		return parent
	}
	p := trace.Place{ID: b.makeID("place", kind+"-", parent, name), Kind: kind, Name: name, Org: owner, Parent: parent, Tier: tier}
	b.addMissing(trace.KindPlace, p.ID, p)
	b.places[kind+normalizeName(name)] = append(b.places[kind+normalizeName(name)], p)
	return p.ID
}

// findProduct finds the chain's product; the import of an administrator makes the products of the chain.
func (b *masterFinder) findProduct(ctx context.Context) *fileFault {
	b.product = b.application.CompleteID("product", b.profile.chain+"-"+b.profile.product)
	if b.isProductKnown(ctx, b.product) {
		return nil
	}
	c, ok := b.application.Chains.Chain(b.profile.chain)
	if !ok || !app.RegistersShared(b.actor) {
		return newFault(CodeNoProduct, "product", b.profile.chain+"-"+b.profile.product)
	}
	for _, p := range c.MasterProducts(b.application.Namespace()) {
		if !b.isProductKnown(ctx, p.ID) {
			b.addMissing(trace.KindProduct, p.ID, p)
		}
	}
	return nil
}

func (b *masterFinder) isProductKnown(ctx context.Context, id string) bool {
	_, err := b.application.ShowProduct(ctx, b.actor, id)
	return err == nil
}

func (b *masterFinder) addMissing(kind trace.RecordKind, id string, body any) {
	if b.absent[id] {
		return
	}
	b.absent[id] = true
	b.missing = append(b.missing, masterRecord{kind, id, body})
}

// makeID makes an identifier of names. The names are Chinese and the ledger takes Latin letters and digits only, so the
// identifier holds their hash.
func (b *masterFinder) makeID(dir, prefix string, parts ...string) string {
	for i := range parts {
		parts[i] = normalizeName(parts[i])
	}
	return b.application.CompleteID(dir, prefix+hashParts(parts...)[:12])
}

func hashParts(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return hex.EncodeToString(sum[:])
}

var groupName = regexp.MustCompile(`^([一二三四五六七八九十0-9]{1,3}[组社队]).+`)

// resolveRow finds the place and the season of a row.
func (b *masterFinder) resolveRow(e *entry, spans map[string]seasonSpan) rowTarget {
	var s rowTarget
	if !b.profile.seasonal {
		parent := ""
		if p, ok := b.lookUpPlace(b.village); ok && p.Kind == "town" {
			parent = b.village
		}
		s.place = b.findOrAddPlace("village", trace.Village, e.place, parent)
	} else {
		s.place = b.findOrAddPlot(e.place)
		s.season = b.findOrAddSeason(e, s.place, spans[seasonKey(e)])
	}
	if b.absent[s.season] {
		s.widen = b.seasonOf[s.season]
	}
	s.ready = !b.absent[s.place] && (!b.absent[s.season] || s.widen) && !b.absent[b.org.ID] && !b.absent[b.product]
	return s
}

func (b *masterFinder) lookUpPlace(id string) (trace.Place, bool) {
	if p, ok := b.placeOf[id]; ok {
		return p, true
	}
	for _, m := range b.missing {
		if p, ok := m.body.(trace.Place); ok && m.id == id {
			return p, true
		}
	}
	return trace.Place{}, false
}

// findOrAddPlot finds a plot or a single tree of the organisation by its name, or adds the plot below its group 组 to what is
// missing.
func (b *masterFinder) findOrAddPlot(name string) string {
	key := normalizeName(name)
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
		parent = b.findOrAddPlace("group", trace.Village, m[1], parent)
	}
	p := trace.Place{ID: b.makeID("place", "plot-", b.org.ID, name), Kind: "plot", Name: name, Org: b.org.ID, Parent: parent,
		Tier: trace.Village}
	b.addMissing(trace.KindPlace, p.ID, p)
	b.plots[key] = p.ID
	return p.ID
}

func seasonKey(e *entry) string { return normalizeName(e.place) + "\x1f" + formatInt(e.on.Year()) }

// computeSpans computes how far the season of each plot must reach: over the calendar year, and back to the last uses before
// that year.
func computeSpans(list []*entry) map[string]seasonSpan {
	out := map[string]seasonSpan{}
	for _, e := range list {
		s, ok := out[seasonKey(e)]
		if !ok {
			s = seasonSpan{from: time.Date(e.on.Year(), 1, 1, 0, 0, 0, 0, trace.ChinaTime),
				to: time.Date(e.on.Year(), 12, 31, 0, 0, 0, 0, trace.ChinaTime)}
		}
		if !e.lastUse.IsZero() && e.lastUse.Before(s.from) {
			s.from = e.lastUse
		}
		out[seasonKey(e)] = s
	}
	return out
}

// findOrAddSeason finds the plot's season that a row's harvest falls into, or adds a season to what is missing. A season of an
// earlier import that begins too late is widened.
func (b *masterFinder) findOrAddSeason(e *entry, plot string, span seasonSpan) string {
	id := b.application.CompleteID("season", "s-"+hashParts(plot)[:12]+"-"+formatInt(e.on.Year()))
	if b.absent[id] {
		return id
	}
	for _, s := range b.seasons[plot] {
		covers := formatDay(e.on) >= formatDay(s.from.In(trace.ChinaTime)) && formatDay(e.on) <= formatDay(s.to.In(trace.ChinaTime))
		if covers && (s.id != id || formatDay(span.from) >= formatDay(s.from.In(trace.ChinaTime))) {
			return s.id
		}
	}
	b.addMissing(trace.KindSeason, id, trace.Season{
		ID: id, Name: e.place + " " + formatInt(e.on.Year()) + "年", Org: b.org.ID, Place: plot, Product: b.product,
		From: trace.NewTime(span.from), To: trace.NewTime(span.to),
	})
	return id
}
