package register

import (
	"context"
	"errors"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// batchSize is how many reports are given to the writer at once.
const batchSize = 500

// importer records the good rows of one sheet.
type importer struct {
	app     *app.App
	options *Options
	*reading
	report  *Report
	masters *masterFinder
	rows    []*row
	shared  *fileState
}

// fileState is what the sheets of one file have in common.
type fileState struct {
	done      int             // rows finished
	masters   map[string]bool // ids recorded, or to be recorded
	accounted map[string]bool // lots on record that a row of the file accounts for
}

// row is an entry on its way into the ledger.
type row struct {
	*entry
	target    rowTarget
	prepared  *app.Prepared
	attempt   int // 2 where the first record of the same row was withdrawn
	status    rowStatus
	clashed   bool   // a client id of the row is taken by a record with other details
	lot       string // recorded before
	questions []trace.Question
}

type rowStatus uint8

const (
	statusNew rowStatus = iota
	statusAlready
	statusReused  // recorded before with the same quantity and other details
	statusRefused // reported
)

// prepareRows finds or makes the master data that the rows rely on, and asks the ledger about each row.
func (im *importer) prepareRows(ctx context.Context) error {
	b, bad := newMasterFinder(ctx, im.app, im.options.Actor, im.sheet, im.findStation())
	if bad != nil {
		return im.report.addFault(bad, im.name)
	}
	im.masters = b
	if im.report.Kind == "" {
		im.report.Kind, im.report.KindName, im.report.Org, im.report.OrgName = im.profile.id, im.profile.name, b.org.ID, b.org.Name
	}
	im.report.Ignored = append(im.report.Ignored, im.ignored...)
	im.rows = im.listCandidates()
	im.shared.done += len(im.entries) - len(im.rows)
	if len(im.rows) == 0 {
		return nil
	}
	for _, m := range b.missing {
		im.shared.masters[m.id] = true
	}
	im.report.Masters = len(im.shared.masters)
	if !im.options.DryRun {
		if err := im.recordMasters(ctx); err != nil {
			return err
		}
		for _, r := range im.rows {
			r.target.ready, r.target.widen = true, false
		}
	}
	return im.judgeRows(ctx, im.rows)
}

// findStation finds the station whose ledger the sheet is: the station that most rows name. Rows of another station are
// refused.
func (im *importer) findStation() string {
	f := im.findField(roleStation)
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
		if e.station != "" && normalizeName(e.station) != normalizeName(best) {
			im.refuseEntry(e, f, e.station, CodeOtherStation, "station", best)
		}
	}
	return best
}

// listCandidates lists the rows that are good as far as the register itself shows, each with its place.
func (im *importer) listCandidates() []*row {
	var good []*entry
	for _, e := range im.entries {
		if !e.bad {
			good = append(good, e)
		}
	}
	reach := computeSpans(good)
	rows := make([]*row, len(good))
	for i, e := range good {
		rows[i] = &row{entry: e, target: im.masters.resolveRow(e, reach), attempt: 1}
	}
	return rows
}

// recordMasters records the master data that the rows rely on.
func (im *importer) recordMasters(ctx context.Context) error {
	list := make([]any, len(im.masters.missing))
	for i, m := range im.masters.missing {
		list[i] = m.body
	}
	for len(list) > 0 {
		n := min(batchSize, len(list))
		if _, err := im.app.PutMasterData(ctx, im.masters.actor, list[:n]...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// noonOf is the time at which a dated fact is recorded: noon in China, or the beginning of the day while noon is still to come.
func (im *importer) noonOf(day time.Time) *trace.Time {
	t := day.Add(12 * time.Hour)
	if t.After(im.options.Now()) {
		t = day
	}
	at := trace.NewTime(t)
	return &at
}

// newHarvest is the report of a row.
func (im *importer) newHarvest(r *row) *app.Harvest {
	return &app.Harvest{
		Common: app.Common{Time: im.noonOf(r.on), Place: r.target.place, Step: im.profile.step, Comment: clipCell(r.remark)},
		Season: r.target.season,
		Lots: []app.NewLot{{Product: im.masters.product, Quantity: r.weight, Unit: string(r.unit), Pieces: r.pieces, Grower: r.grower,
			Attributes: r.attrs}},
	}
}

// prepareHarvest makes the report of a row ready.
func (im *importer) prepareHarvest(ctx context.Context, r *row) (*app.Prepared, error) {
	return im.app.PrepareReport(ctx, im.masters.actor, im.newHarvest(r), im.makeClientID(r), []byte(r.contentKey()))
}

func (im *importer) makeClientID(r *row) string {
	return "register-" + hashParts(im.profile.id, im.masters.org.ID, r.identityKey(), formatInt(r.attempt))[:32]
}

// judgeRows asks the ledger about every row without recording the row: whether the row was recorded before, and whether the row
// may be recorded.
func (im *importer) judgeRows(ctx context.Context, rows []*row) error {
	for waiting := rows; len(waiting) > 0; {
		var list []*app.Prepared
		var asked, again []*row
		for _, r := range waiting {
			if !r.target.ready {
				im.predictQuestions(r)
				continue
			}
			prepared, err := im.prepareHarvest(ctx, r)
			if err != nil {
				if err := im.reportRefusal(r, err); err != nil {
					return err
				}
				continue
			}
			list, asked = append(list, prepared), append(asked, r)
			if len(list) == batchSize {
				if err := im.judgeBatch(ctx, list, asked, &again); err != nil {
					return err
				}
				list, asked = nil, nil
			}
		}
		if err := im.judgeBatch(ctx, list, asked, &again); err != nil {
			return err
		}
		waiting = again
	}
	return nil
}

// judgeBatch gives one batch of prepared rows to the writer. Where the client id of a row is taken, by a record that was
// withdrawn or by a record with other details, the row is tried again under its next client id.
func (im *importer) judgeBatch(ctx context.Context, list []*app.Prepared, rows []*row, again *[]*row) error {
	if len(list) == 0 {
		return nil
	}
	for i, res := range im.app.TryPrepared(ctx, list) {
		r := rows[i]
		switch {
		case errors.Is(res.Err, &trace.Error{Code: trace.CodeIDReused}):
			r.clashed = true
			r.attempt++
			*again = append(*again, r)
		case r.target.widen && errors.Is(res.Err, &trace.Error{Code: trace.CodeSeasonClosed}):
			im.predictQuestions(r)
		case res.Err != nil:
			if err := im.reportRefusal(r, res.Err); err != nil {
				return err
			}
		case res.Repeat:
			if r.lot = firstLot(&res); im.isWithdrawn(ctx, r.lot) {
				r.attempt++
				*again = append(*again, r)
				continue
			}
			r.status = statusAlready
			im.shared.accounted[r.lot] = true
		default:
			r.prepared, r.questions = list[i], res.Record.Questions
			if r.clashed {
				r.status = statusReused
			}
		}
	}
	return nil
}

// firstLot is the lot that a row's harvest made.
func firstLot(out *app.Outcome) string {
	if len(out.Lots) == 0 {
		return ""
	}
	return out.Lots[0]
}

func (im *importer) isWithdrawn(ctx context.Context, lot string) bool {
	withdrawn, err := im.app.IsWithdrawn(ctx, im.masters.actor, lot)
	return err == nil && withdrawn
}

// predictQuestions predicts the questions about a row whose plot or season is not on record yet (in a dry run). Such a row cannot have been
// recorded, and the ledger has no rule against the row beyond the checks of the register itself.
func (im *importer) predictQuestions(r *row) {
	basis := app.HarvestBasis{Product: trace.Product{ID: im.masters.product, Chain: im.profile.chain}, MakerTier: im.masters.org.Tier}
	if r.target.season != "" {
		span := computeSpans([]*entry{r.entry})[seasonKey(r.entry)]
		basis.Season = &trace.Season{From: trace.NewTime(span.from), To: trace.NewTime(span.to)}
	}
	r.questions = im.app.PredictQuestions(im.newHarvest(r), basis)
}

// reportRefusal reports what the ledger has against a row. An error that is no fault of the row ends the import.
func (im *importer) reportRefusal(r *row, err error) error {
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind == trace.Internal || e.Kind == trace.Unavailable {
		return err
	}
	r.status = statusRefused
	where := roleWeight
	switch e.Code {
	case trace.CodeInsideInterval:
		where = roleLastUse
	case trace.CodeFutureTime, trace.CodeSeasonClosed, trace.CodeBadTime:
		where = roleDate
	case trace.CodeWrongPlace, trace.CodeUnknownThing:
		where = im.profile.placeRole()
	}
	im.addLedgerError(r, im.findField(where), e)
	return nil
}

func (im *importer) addLedgerError(r *row, f *field, e *trace.Error) {
	im.refuseEntry(r.entry, f, im.cellAt(r.rowNumber(), columnOf(f)), Code(e.Code))
	im.problems[len(im.problems)-1].err = e
	im.problems[len(im.problems)-1].Args = e.Args
}

func columnOf(f *field) int {
	if f == nil {
		return -1
	}
	return f.col
}

func (r *row) rowNumber() int { return r.row }

// reportQuestions reports the questions 存疑 that were recorded with a row, or would be recorded.
func (im *importer) reportQuestions(r *row, list []trace.Question, lot string) {
	f := im.findField(roleWeight)
	for i := range list {
		q := list[i]
		q.Lot = "" // one row, one lot: the name of the lot adds nothing
		im.addProblem(Question, cellValue{r.rowNumber(), f, im.cellAt(r.rowNumber(), f.col)}, Code(q.Code),
			"what", q.What, "value", q.Value, "low", q.Low, "high", q.High)
		p := &im.problems[len(im.problems)-1]
		p.question, p.Lot = &q, lot
		p.subject, _ = story.SubjectOf(im.app.Chains, q, r.on)
	}
}
