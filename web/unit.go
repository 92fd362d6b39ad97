package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// Bounds of what is looked at for one unit's page. Where there is more, the page says so, and calls nothing all right that it has not seen.
const (
	maxPacked  = 400     // lots and inner units
	maxBehind  = 100_000 // lots behind them
	maxNesting = 8       // box on pallet on truck; deeper is nobody's
)

// unit shows what is packed in a box or on a pallet.
func (s *site) unit(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	ch := languageOf(s.words, &s.heard, c)
	if p := s.kept(c, r, ch); p != nil {
		return s.answer(c, p)
	}
	typed := param(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return s.notFound(c, typed, err)
	}
	head := r.Ledger.Head() // before what is read: a record that comes meanwhile makes the page stale
	v, ok := r.Ledger.Unit(r.ID("unit", key))
	if !ok {
		return s.notFound(c, key, trace.E(trace.NotFound, trace.CodeUnknownThing, "unit"))
	}
	data := s.unitPage(c, r, v, ch)
	body, err := render("unit.html", data)
	if err != nil {
		return err
	}
	p := newPage(v.Seq, body, ch)
	p.checked.Store(head)
	s.cache.put(pageKey{pages + "/unit/" + key, ch.voice()}, p)
	return s.answer(c, p)
}

func (s *site) unitPage(c *fiber.Ctx, r *app.App, v trace.UnitView, ch choice) *unitPage {
	path := pages + "/unit/" + trace.KeyOf(v.Unit)
	p := &unitPage{shell: shellFor(c, ch, s.url), Key: trace.GroupKey(trace.KeyOf(v.Unit))}
	p.Title, p.Other = ch.p.T("page.unit.title"), path+"?lang="+short(p.OtherLang)
	p.Canonical, p.Image = s.url+path, s.url+s.share
	x := &unpacker{Namer: story.Namer{Ledger: r.Ledger, Chains: r.Chains, Printer: ch.p}, q: ch.suffix(), lots: map[string]StateWords{}, behind: maxBehind, left: maxPacked}
	if v.Holder != nil {
		p.Holder = x.OrganisationName(v.Holder.ID)
	}
	p.Rows, p.Band = x.open(&v, 0)
	if b := &p.Band; RankState(b.State) >= RankState("hold") {
		b.Say, b.Do = ch.p.T("page.unit.alert"), ch.p.T("page.state."+b.State+".do")
	}
	if len(p.Rows) == 0 {
		p.Band = StateWords{State: "void", Word: ch.p.T("page.unit.none"), Say: ch.p.T("page.unit.empty")}
	}
	p.Desc = p.Band.Say
	return p
}

// unpacker looks into units, down to the last box, within its bounds.
type unpacker struct {
	story.Namer
	q      string                // suffix of links
	lots   map[string]StateWords // state of lots already looked at
	left   int                   // lots and units that may still be looked at
	behind int                   // lots behind them that may still be looked at
}

// open lists what is in a unit, and says the worst of it.
func (x *unpacker) open(v *trace.UnitView, depth int) ([]packed, StateWords) {
	worst := describeState(&x.Namer, "active", "")
	var rows []packed
	add := func(row packed, b StateWords) {
		row.State, row.Word = b.State, b.Word
		rows = append(rows, row)
		if RankState(b.State) > RankState(worst.State) {
			worst = b
		}
	}
	for _, q := range v.Lots {
		if x.left--; x.left < 0 {
			return rows, x.more(worst)
		}
		row, b := x.lotRow(q)
		add(row, b)
	}
	for _, id := range v.Units {
		if x.left--; x.left < 0 {
			return rows, x.more(worst)
		}
		row := packed{Reference: Reference{Text: x.Printer.T("page.unit.inner"), Href: pages + "/unit/" + trace.KeyOf(id) + x.q}, Key: trace.GroupKey(trace.KeyOf(id))}
		add(row, x.inner(id, depth+1))
	}
	return rows, worst
}

// inner is the worst of what is in a unit inside.
func (x *unpacker) inner(id string, depth int) StateWords {
	v, ok := x.Ledger.Unit(id)
	if !ok || depth > maxNesting {
		return x.more(describeState(&x.Namer, "active", ""))
	}
	_, worst := x.open(&v, depth)
	return worst
}

// more is the state where not everything was looked at: what is bad stays bad, what seemed good is not known.
func (x *unpacker) more(worst StateWords) StateWords {
	if RankState(worst.State) > RankState("unknown") {
		return worst
	}
	return StateWords{State: "unknown", Word: x.Printer.T("page.unit.part"), Say: x.Printer.T("page.unit.part.text")}
}

func (x *unpacker) lotRow(q trace.EventQuantity) (packed, StateWords) {
	amount := trace.Quantity{Amount: q.Amount, Unit: q.Unit}
	row := packed{Reference: Reference{Href: pathOf(q.Class) + x.q}, Key: trace.GroupKey(trace.KeyOf(q.Class))}
	v, err := x.Ledger.Lot(q.Class, 0)
	if err != nil {
		return row, x.more(describeState(&x.Namer, "active", ""))
	}
	row.Text = x.LotName(v)
	row.Amount, row.Grey = x.Printer.Quantity(amount, x.CountWord(&v.Product)), x.Printer.Jin(amount)
	b, known := x.lots[q.Class]
	if !known {
		b = x.lotState(v)
		x.lots[q.Class] = b
	}
	return row, b
}

// lotState is the state that the lot's own page shows: what it was made of counts.
func (x *unpacker) lotState(v *trace.LotView) StateWords {
	if v.Status != "active" || len(v.From) == 0 {
		return describeState(&x.Namer, v.Status, "")
	}
	if x.behind <= 0 {
		return x.more(describeState(&x.Namer, v.Status, ""))
	}
	t, err := x.Ledger.Trace(v.Lot, trace.Back, 0, min(x.behind, trace.DefaultTraceLimit))
	if err != nil {
		return x.more(describeState(&x.Namer, v.Status, ""))
	}
	whole := !t.Truncated || len(t.Nodes) >= trace.DefaultTraceLimit // the lot's own page looks no farther
	x.behind -= len(t.Nodes)
	b := describeState(&x.Namer, v.Status, WorstUpstream(t, MaterialAncestors(t)))
	if !whole {
		return x.more(b)
	}
	return b
}

// RankState orders states from good to bad.
func RankState(state string) int {
	switch state {
	case "recalled":
		return 4
	case "hold":
		return 3
	case "void":
		return 2
	case "unknown":
		return 1
	}
	return 0
}
