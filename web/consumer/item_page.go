package consumer

import (
	"slices"
	"time"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// itemPage is the page of one item 一物一码: the standing of the item's own number, then the item's lot in short.
type itemPage struct {
	shell.Frame
	Band     story.StandingWords
	Call     []contact // whom to call, above everything for a recalled lot
	Code     string    // in groups of four
	Says     []string  // sentences about the item, where the band speaks of its lot
	Count    string    // 本码已被查询 3 次
	Since    string    // when, and where, the item was first looked up
	Warnings []string  // signs that the code was copied
	Notes    []string  // signs that have most likely a harmless cause
	Facts    []story.NamedValue
	Lot      lotShort
	Href     string // the lot's page
	Report   string // heading above the numbers to call
	Ask      string
	Contacts []contact
}

// lotShort is the part of a lot's page that an item's page shows.
type lotShort struct {
	Band     story.StandingWords
	Theme    string
	Name     string
	Grade    string
	Net      string // mass of one item
	Key      string
	Where    story.Origin
	Made     string
	Notices  []OutwardLink // recall notices
	Call     []contact     // for a recalled lot
	Complain []contact
}

// shortenLotPage is the short form of a lot's page; the short form is kept beside the page.
func shortenLotPage(p *lotPage) *lotShort {
	return &lotShort{Band: p.Band, Theme: p.Theme, Name: p.Name, Grade: p.Grade, Net: p.Net, Key: p.Key, Where: p.Where, Made: p.Made,
		Notices: p.Notices, Call: p.Call, Complain: p.Complain}
}

// manyViews is from how many views on a page without other signs asks its reader to look closer: a household, a shop and a few friends
// need no more.
const manyViews = 20

// itemBuilder puts an item's page together.
type itemBuilder struct {
	*itemPage
	v       *trace.SerialView
	rows    []trace.Scan // all views of the item
	known   bool         // whether rows could be read
	counted bool         // whether this view is among rows
	found   []scan.Finding
	regions *scan.Regions
	words   *locale.Printer
}

// countViews is how often the item was looked up.
func (b *itemBuilder) countViews() (n int) {
	for i := range b.rows {
		n += int(b.rows[i].Count)
	}
	return n
}

// chooseBand shows the worst first: a fault of the lot, then a fault of the number, then signs of a copy. Signs of a copy never take the
// item away from its owner: the reader is asked to compare.
func (b *itemBuilder) chooseBand() {
	if b.Lot.Band.State != "active" {
		b.Band, b.Call = b.Lot.Band, b.Lot.Call
		return
	}
	views := b.countViews()
	message, state := b.bandMessage(views)
	b.Band = story.StandingWords{State: state, Word: b.words.T("page.item."+message, "Count", views),
		Say: b.words.T("page.item." + message + ".text")}
	switch {
	case state != "active":
		b.Band.Do = b.words.T("page.item." + message + ".do")
	case views >= manyViews:
		b.Band.State, b.Band.Say = "unknown", b.words.T("page.item.often.text")
	}
}

// bandMessage is the message of the catalog, and the state, for an item of a lot that is all right.
func (b *itemBuilder) bandMessage(views int) (message, state string) {
	switch {
	case b.v.State == trace.SerialVoided:
		return "voided", "void"
	case b.v.State == trace.SerialPrinted:
		return "printed", "hold"
	case b.looksCopied():
		return "doubt", "hold"
	case !b.known:
		return "active", "active"
	case views == 0:
		return "none", "active"
	case views == 1 && b.counted:
		return "first", "active"
	}
	return "seen", "active"
}

// looksCopied reports whether anything points to a copy that has not most likely a harmless cause.
func (b *itemBuilder) looksCopied() bool {
	return slices.ContainsFunc(b.found, func(f scan.Finding) bool { return !f.IsMild() })
}

// describeViews says how often the item was looked up, and which rules the views break.
func (b *itemBuilder) describeViews() {
	if b.Lot.Band.State != "active" { // the band speaks of the lot
		switch b.v.State {
		case trace.SerialVoided:
			b.Says = append(b.Says, b.words.T("page.item.voided.text"))
		case trace.SerialPrinted:
			b.Says = append(b.Says, b.words.T("page.item.printed.text"))
		}
	}
	views := b.countViews()
	switch {
	case !b.known:
		b.Count = b.words.T("page.item.nocount")
	case views > 0 && b.counted:
		b.Count = b.words.T("page.item.count", "Count", views)
	case views > 0:
		b.Count = b.words.T("page.item.count.others", "Count", views)
	}
	if at, region := b.findFirstView(); !at.IsZero() {
		b.Since = b.words.Tell("page.item.since", "Date", at, "Place", b.regions.Name(region))
	}
	for i := range b.found {
		sentence := b.words.Tell(b.found[i].Rule.MessageID(), b.found[i].MessageValues(b.regions, b.separator())...)
		if b.found[i].IsMild() {
			b.Notes = append(b.Notes, sentence)
			continue
		}
		b.Warnings = append(b.Warnings, sentence)
	}
}

// separator stands between the names of regions.
func (b *itemBuilder) separator() string {
	return (&story.Namer{Printer: b.words}).PickSeparator("、", ", ")
}

// findFirstView is when and where the item was first looked up.
func (b *itemBuilder) findFirstView() (at time.Time, region string) {
	for i := range b.rows {
		if n := &b.rows[i]; at.IsZero() || n.First.Before(at) {
			at, region = n.First, n.Region
		}
	}
	return at, region
}

func (b *itemBuilder) listFacts() {
	add := func(id, value string) {
		if value != "" {
			b.Facts = append(b.Facts, story.NamedValue{Name: b.words.T("page.item." + id), Value: value})
		}
	}
	switch b.v.State {
	case trace.SerialActivated:
		add("activated", b.words.Date(b.v.Since))
	case trace.SerialSold:
		add("sold", b.words.Date(b.v.Since))
	case trace.SerialVoided:
		add("voidedon", b.words.Date(b.v.Since))
	}
	add("sales", scan.JoinRegionNames(b.regions, b.v.Batch.Regions, b.separator()))
}

// chooseContacts says whom to call: about something false, or about something that is wrong.
func (b *itemBuilder) chooseContacts() {
	if len(b.Call) > 0 { // the numbers stand above everything
		return
	}
	b.Report, b.Ask, b.Contacts = b.words.T("page.section.complain"), b.words.T("page.complain.text"), b.Lot.Complain
	if b.looksCopied() || b.v.State == trace.SerialPrinted || b.v.State == trace.SerialVoided {
		b.Report, b.Ask = b.words.T("page.unknown.report"), b.words.T("page.unknown.report.text")
	}
	if len(b.Contacts) == 0 {
		b.Contacts = listHotlines(b.words, true)
	}
}
