package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// itemPage is the page of one item 一物一码: what its own number says, then its lot in short.
type itemPage struct {
	shell
	Band     StateWords
	Call     []contact // whom to call, above everything for a recalled lot
	Code     string    // in groups of four
	Says     []string  // sentences about the item, where the band speaks of its lot
	Count    string    // 本码已被查询 3 次
	Since    string    // when, and where, it was first seen
	Warnings []string  // signs that the code was copied
	Notes    []string  // such as have most likely a harmless cause
	Facts    []NamedValue
	Lot      lotShort
	Href     string // the lot's page
	Report   string // heading above the numbers to call
	Ask      string
	Contacts []contact
}

// lotShort is what an item's page says of its lot.
type lotShort struct {
	Band     StateWords
	Theme    string
	Name     string
	Grade    string
	Net      string // mass of one item
	Key      string
	Where    Origin
	Made     string
	Notices  []outward // recall notices
	Call     []contact // for a recalled lot
	Complain []contact
}

// shortOf is the short form of a lot's page; it is kept with it.
func shortOf(p *lotPage) *lotShort {
	return &lotShort{Band: p.Band, Theme: p.Theme, Name: p.Name, Grade: p.Grade, Net: p.Net, Key: p.Key, Where: p.Where, Made: p.Made, Notices: p.Notices,
		Call: p.Call, Complain: p.Complain}
}

// item answers for one item of a lot. A number that was never issued, or for another lot, gets a page that says so and shows nothing that
// could pass for genuine. What is told of the item is of this moment, so that nobody keeps the page.
func (s *site) item(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	typed := param(c, "serial")
	id := ""
	key, err := trace.ParseKey(param(c, "lotkey"))
	if err == nil {
		id, err = lotOf(r, key)
	}
	if err != nil {
		return s.unissued(c, typed)
	}
	v, err := r.FindItem(c.UserContext(), id, typed)
	if trace.IsCode(err, trace.CodeNotIssued) || trace.IsCode(err, trace.CodeBadKey) {
		return s.unissued(c, typed)
	}
	if err != nil {
		return err
	}
	code, err := r.Serials.MakeSerial(c.UserContext(), v.Batch.Key, v.Index)
	if err != nil {
		return err
	}
	return s.showItem(c, r, &v, code)
}

func (s *site) showItem(c *fiber.Ctx, r *app.App, v *trace.SerialView, code string) error {
	ch := languageOf(s.words, &s.heard, c)
	lot, err := s.pageOf(c, r, v.Batch.Lot, ch)
	if err != nil {
		return err
	}
	region, person := s.viewer(c)
	if person {
		s.deps.Scans.CountItem(code, v.Index, region, s.deps.Scans.Now())
	}
	b := &itemBuilder{itemPage: &itemPage{shell: shellFor(c, ch, s.url), Code: trace.GroupKey(code), Lot: *lot.lot}, v: v, counted: person,
		regions: s.deps.Scans.Regions()}
	if b.rows, b.known = s.views(c, r, code); b.known {
		if it, ok, err := s.deps.Scans.FindItem(c.UserContext(), code, v.Index); err == nil && ok { // else it has no signs, and is shown all the same
			b.found = s.suspicions(c, &it, b.rows)
		}
	}
	b.band()
	b.tell()
	b.facts()
	b.report(s)
	p := b.itemPage
	path := pathOf(v.Batch.Lot) + "/" + code
	p.Href, p.Other, p.Theme = pathOf(v.Batch.Lot)+ch.suffix(), path+"?lang="+short(p.OtherLang), p.Lot.Theme
	p.Canonical, p.Image, p.NoIndex = s.url+path, s.url+s.share, true
	p.Title = ch.p.T("page.card", "Name", p.Lot.Name, "State", p.Band.Word)
	p.Desc = p.Band.Say
	err = send(c, fiber.StatusOK, "item.html", p, ch)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderXRobotsTag, "noindex")
	return err
}

// manyViews is from how many views on a page without other signs asks its reader to look closer: a household, a shop and a few friends
// need no more.
const manyViews = 20

// itemBuilder puts an item's page together.
type itemBuilder struct {
	*itemPage
	v       *trace.SerialView
	rows    []trace.Scan // all views of it
	known   bool         // how many they are
	counted bool         // this one is among them
	found   []scan.Finding
	regions *scan.Regions
}

func (b *itemBuilder) total() (n int) {
	for i := range b.rows {
		n += int(b.rows[i].Count)
	}
	return n
}

// band says the worst first: what is wrong with the lot, then with the number, then what points to a copy. Signs of a copy never take the
// item away from its owner: they ask the reader to compare.
func (b *itemBuilder) band() {
	n := b.total()
	id, state := "active", "active"
	switch {
	case b.Lot.Band.State != "active":
		b.Band, b.Call = b.Lot.Band, b.Lot.Call
		return
	case b.v.State == trace.SerialVoided:
		id, state = "voided", "void"
	case b.v.State == trace.SerialPrinted:
		id, state = "printed", "hold"
	case b.doubtful():
		id, state = "doubt", "hold"
	case !b.known:
	case n == 0:
		id = "none"
	case n == 1 && b.counted:
		id = "first"
	default:
		id = "seen"
	}
	b.Band = StateWords{State: state, Word: b.p.T("page.item."+id, "Count", n), Say: b.p.T("page.item." + id + ".text")}
	switch {
	case state != "active":
		b.Band.Do = b.p.T("page.item." + id + ".do")
	case n >= manyViews:
		b.Band.State, b.Band.Say = "unknown", b.p.T("page.item.often.text")
	}
}

// doubtful reports whether anything points to a copy that has not most likely a harmless cause.
func (b *itemBuilder) doubtful() bool {
	return slices.ContainsFunc(b.found, func(f scan.Finding) bool { return !f.IsMild() })
}

// tell says how often the item was seen, and what is wrong with it.
func (b *itemBuilder) tell() {
	if b.Lot.Band.State != "active" { // the band speaks of the lot
		switch b.v.State {
		case trace.SerialVoided:
			b.Says = append(b.Says, b.p.T("page.item.voided.text"))
		case trace.SerialPrinted:
			b.Says = append(b.Says, b.p.T("page.item.printed.text"))
		}
	}
	n := b.total()
	switch {
	case !b.known:
		b.Count = b.p.T("page.item.nocount")
	case n > 0 && b.counted:
		b.Count = b.p.T("page.item.count", "Count", n)
	case n > 0:
		b.Count = b.p.T("page.item.count.others", "Count", n)
	}
	if at, region := b.first(); !at.IsZero() {
		b.Since = b.p.Tell("page.item.since", "Date", at, "Place", b.regions.Name(region))
	}
	for i := range b.found {
		say := b.p.Tell(b.found[i].Rule.MessageID(), b.found[i].MessageValues(b.regions, b.glue())...)
		if b.found[i].IsMild() {
			b.Notes = append(b.Notes, say)
			continue
		}
		b.Warnings = append(b.Warnings, say)
	}
}

func (b *itemBuilder) glue() string { return (&story.Namer{Printer: b.p}).PickSeparator("、", ", ") }

// first is when and where the item was first seen.
func (b *itemBuilder) first() (at time.Time, region string) {
	for i := range b.rows {
		if n := &b.rows[i]; at.IsZero() || n.First.Before(at) {
			at, region = n.First, n.Region
		}
	}
	return at, region
}

func (b *itemBuilder) facts() {
	add := func(id, value string) {
		if value != "" {
			b.Facts = append(b.Facts, NamedValue{b.p.T("page.item." + id), value})
		}
	}
	switch b.v.State {
	case trace.SerialActivated:
		add("activated", b.p.Date(b.v.Since))
	case trace.SerialSold:
		add("sold", b.p.Date(b.v.Since))
	case trace.SerialVoided:
		add("voidedon", b.p.Date(b.v.Since))
	}
	add("sales", scan.JoinRegionNames(b.regions, b.v.Batch.Regions, b.glue()))
}

// report is whom to call: about something false, or about something that is wrong.
func (b *itemBuilder) report(s *site) {
	if len(b.Call) > 0 { // they stand above everything
		return
	}
	b.Report, b.Ask, b.Contacts = b.p.T("page.section.complain"), b.p.T("page.complain.text"), b.Lot.Complain
	if b.doubtful() || b.v.State == trace.SerialPrinted || b.v.State == trace.SerialVoided {
		b.Report, b.Ask = b.p.T("page.unknown.report"), b.p.T("page.unknown.report.text")
	}
	if len(b.Contacts) == 0 {
		b.Contacts = s.hotlines(b.p, true)
	}
}
