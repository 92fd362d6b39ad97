package register

import (
	"context"
	"errors"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

// batch is how many commands are given to the writer at once.
const batch = 500

// importer brings the good rows of one sheet into the ledger.
type importer struct {
	rec *app.App
	o   *Options
	*reading
	rep    *Report
	book   *book
	rows   []*row
	shared *shared
}

// shared is what the sheets of one file have in common.
type shared struct {
	done      int             // rows finished
	masters   map[string]bool // ids recorded, or to be recorded
	accounted map[string]bool // lots on record that a row of the file tells of
}

// row is an entry on its way into the ledger.
type row struct {
	*entry
	slot      slot
	cmd       trace.Command
	nth       int // 2 where the first record of the same row was withdrawn
	status    status
	clashed   bool   // an id of it is taken by a record with other details
	lot       string // recorded before
	questions []trace.Question
}

type status uint8

const (
	fresh status = iota
	already
	reused  // recorded before with the same quantity and other details
	refused // reported
)

// prepare resolves what the rows rely on and asks the ledger about each of them.
func (im *importer) prepare(ctx context.Context) error {
	b, bad := openBook(im.rec, im.o.Actor, im.sheet, im.station())
	if bad != nil {
		return im.rep.fail(bad, im.tab)
	}
	im.book = b
	if im.rep.Kind == "" {
		im.rep.Kind, im.rep.KindName, im.rep.Org, im.rep.OrgName = im.profile.id, im.profile.name, b.org.ID, b.org.Name
	}
	im.rep.Ignored = append(im.rep.Ignored, im.ignored...)
	im.rows = im.candidates()
	im.shared.done += len(im.entries) - len(im.rows)
	if len(im.rows) == 0 {
		return nil
	}
	for _, m := range b.missing {
		im.shared.masters[m.id] = true
	}
	im.rep.Masters = len(im.shared.masters)
	if !im.o.DryRun {
		if err := im.masters(ctx); err != nil {
			return err
		}
		for _, r := range im.rows {
			r.slot.ready, r.slot.widen = true, false
		}
	}
	return im.judge(ctx, im.rows)
}

// station is whose ledger it is: the station most rows name. Rows of another one are refused.
func (im *importer) station() string {
	f := im.field(roleStation)
	if f == nil {
		return ""
	}
	count := map[string]int{}
	best := ""
	for _, e := range im.entries {
		if e.station == "" {
			continue
		}
		if count[e.station]++; count[e.station] > count[best] {
			best = e.station
		}
	}
	for _, e := range im.entries {
		if e.station != "" && norm(e.station) != norm(best) {
			im.spoil(e, f, e.station, CodeOtherStation, "station", best)
		}
	}
	return best
}

// candidates are the rows that are good as far as the register itself tells, each with its place.
func (im *importer) candidates() []*row {
	var good []*entry
	for _, e := range im.entries {
		if !e.bad {
			good = append(good, e)
		}
	}
	reach := spans(good)
	rows := make([]*row, len(good))
	for i, e := range good {
		rows[i] = &row{entry: e, slot: im.book.find(e, reach), nth: 1}
	}
	return rows
}

// masters records what the rows rely on.
func (im *importer) masters(ctx context.Context) error {
	cmds := make([]trace.Command, 0, len(im.book.missing))
	for _, m := range im.book.missing {
		cmd, err := im.rec.MasterCommand(im.book.actor, m.kind, m.body)
		if err != nil {
			return err
		}
		cmds = append(cmds, cmd)
	}
	for len(cmds) > 0 {
		n := min(batch, len(cmds))
		for _, res := range im.rec.Submit(ctx, cmds[:n]...) {
			if res.Err != nil {
				return res.Err
			}
		}
		cmds = cmds[n:]
	}
	return nil
}

// midday is when a dated fact is put: noon in China, or the day's beginning while noon is still to come.
func (im *importer) midday(day time.Time) *trace.Time {
	t := day.Add(12 * time.Hour)
	if t.After(im.o.Now()) {
		t = day
	}
	at := trace.NewTime(t)
	return &at
}

// harvest makes a row's command.
func (im *importer) harvest(r *row) (trace.Command, error) {
	cmd, err := im.rec.Harvest(im.book.actor, app.Harvest{
		Common: app.Common{Time: im.midday(r.on), Place: r.slot.place, Step: im.profile.step, Comment: clipCell(r.remark)},
		Season: r.slot.season,
		Lots: []app.NewLot{{Product: im.book.product, Quantity: r.weight, Unit: string(r.unit), Pieces: r.pieces, Grower: r.grower,
			Attributes: r.attrs}},
	})
	if err != nil {
		return cmd, err
	}
	return app.WithID(cmd, im.clientID(r), []byte(r.content())), nil
}

func (im *importer) clientID(r *row) string {
	return "register-" + digest(im.profile.id, im.book.org.ID, r.key(), itoa(r.nth))[:32]
}

// judge asks the ledger about every row without recording it: whether it was recorded before, and whether it may be.
func (im *importer) judge(ctx context.Context, rows []*row) error {
	for waiting := rows; len(waiting) > 0; {
		var cmds []trace.Command
		var asked, again []*row
		for _, r := range waiting {
			if !r.slot.ready {
				im.foresee(r)
				continue
			}
			cmd, err := im.harvest(r)
			if err != nil {
				if err := im.refuse(r, err); err != nil {
					return err
				}
				continue
			}
			cmd.DryRun = true
			cmds, asked = append(cmds, cmd), append(asked, r)
			if len(cmds) == batch {
				if err := im.ask(ctx, cmds, asked, &again); err != nil {
					return err
				}
				cmds, asked = nil, nil
			}
		}
		if err := im.ask(ctx, cmds, asked, &again); err != nil {
			return err
		}
		waiting = again
	}
	return nil
}

// ask gives one batch of trial commands to the writer. A row whose id is taken, by a record that was withdrawn or by one with other
// details, is tried again under its next id.
func (im *importer) ask(ctx context.Context, cmds []trace.Command, rows []*row, again *[]*row) error {
	if len(cmds) == 0 {
		return nil
	}
	for i, res := range im.rec.Submit(ctx, cmds...) {
		r := rows[i]
		switch {
		case errors.Is(res.Err, &trace.Error{Code: trace.CodeIDReused}):
			r.clashed = true
			r.nth++
			*again = append(*again, r)
		case r.slot.widen && errors.Is(res.Err, &trace.Error{Code: trace.CodeSeasonClosed}):
			im.foresee(r)
		case res.Err != nil:
			if err := im.refuse(r, res.Err); err != nil {
				return err
			}
		case res.Repeat:
			if r.lot = lotOf(&res.Record); im.withdrawn(r.lot) {
				r.nth++
				*again = append(*again, r)
				continue
			}
			r.status = already
			im.shared.accounted[r.lot] = true
		default:
			cmd := cmds[i]
			cmd.DryRun = false
			r.cmd, r.questions = cmd, res.Record.Questions
			if r.clashed {
				r.status = reused
			}
		}
	}
	return nil
}

func lotOf(rec *trace.Record) string {
	ev, err := trace.ParseEvent(rec.Body)
	if err != nil || len(ev.Quantities) == 0 {
		return ""
	}
	return ev.Quantities[0].Class
}

func (im *importer) withdrawn(lot string) bool {
	v, err := im.rec.Ledger.Lot(lot, 0)
	return err == nil && v.Status == trace.Void.String()
}

// foresee asks the chain alone about a row whose plot or season is not on record yet (in a dry run): such a row cannot have been recorded,
// and the ledger has nothing to say against it that the register's own checks have not said.
func (im *importer) foresee(r *row) {
	kg, unit, err := trace.Base(r.weight, r.unit)
	if err != nil {
		return
	}
	lot := trace.Flow{Product: trace.Product{ID: im.book.product, Chain: im.profile.chain, Unit: unit}, Quantity: trace.Quantity{Amount: kg, Unit: unit},
		Mass: kg, Pieces: r.pieces}
	for _, a := range r.attrs {
		lot.Attributes = append(lot.Attributes, trace.Attribute{Name: a.Name, Value: a.Value})
	}
	a := trace.Assessment{Event: &trace.Event{Step: im.profile.step, Time: *im.midday(r.on)}, Outputs: []trace.Flow{lot}, MakerTier: im.book.org.Tier}
	if r.slot.season != "" {
		span := spans([]*entry{r.entry})[seasonKey(r.entry)]
		a.Season = &trace.Season{From: trace.NewTime(span.from), To: trace.NewTime(span.to)}
	}
	r.questions = im.rec.Chains.Assess(a).Questions
}

// refuse reports what the ledger has against a row. Errors that are no fault of the row end the import.
func (im *importer) refuse(r *row, err error) error {
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind == trace.Internal || e.Kind == trace.Unavailable {
		return err
	}
	r.status = refused
	where := roleWeight
	switch e.Code {
	case trace.CodeInsideInterval:
		where = roleLastUse
	case trace.CodeFutureTime, trace.CodeSeasonClosed, trace.CodeBadTime:
		where = roleDate
	case trace.CodeWrongPlace, trace.CodeUnknownThing:
		where = im.profile.place()
	}
	im.report(r, im.field(where), e)
	return nil
}

func (im *importer) report(r *row, f *field, e *trace.Error) {
	im.spoil(r.entry, f, im.cellAt(r.row(), column0(f)), Code(e.Code))
	im.problems[len(im.problems)-1].err = e
	im.problems[len(im.problems)-1].Args = e.Args
}

func column0(f *field) int {
	if f == nil {
		return -1
	}
	return f.col
}

func (r *row) row() int { return r.entry.row }

// name is what the chain calls what a question is about.
func (im *importer) name(q trace.Question, at time.Time) ratioName {
	st, ok := im.rec.Chains.Step(q.Step)
	if !ok {
		return ratioName{}
	}
	if ratio, ok := st.RatioAt(q.What, at); ok {
		return ratioName{ratio.Name.Zh, ratio.Name.En, ratio.Unit}
	}
	for i := range st.Evidence {
		if e := &st.Evidence[i]; e.ID == q.What && q.Code == chain.QuestionEvidence {
			return ratioName{e.Name.Zh, e.Name.En, ""}
		}
	}
	return ratioName{}
}

// questioned reports the questions 存疑 that were recorded, or would be, with a row.
func (im *importer) questioned(r *row, list []trace.Question, lot string) {
	f := im.field(roleWeight)
	for i := range list {
		q := list[i]
		q.Lot = "" // one row, one lot: naming it adds nothing
		im.problem(Question, r.row(), f, im.cellAt(r.row(), f.col), Code(q.Code), "what", q.What, "value", q.Value, "low", q.Low, "high", q.High)
		p := &im.problems[len(im.problems)-1]
		p.asked, p.ratio, p.Lot = &q, im.name(q, r.on), lot
	}
}
