package register

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// findChangedRows finds rows that look like changed rows of an earlier import: the ledger has a lot of the same day, grower and
// place that no row of this file accounts for. New rows beside the recorded rows (a second delivery of the day) are not
// affected.
func (im *importer) findChangedRows(ctx context.Context, rows []*row) error {
	var fresh []*row
	for _, r := range rows {
		if r.status == statusNew || r.status == statusReused {
			fresh = append(fresh, r)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	recorded, err := im.listRecordedLots(ctx, fresh)
	if err != nil {
		return err
	}
	for _, r := range fresh {
		left := im.findUnaccounted(r, recorded[deliveryKey(r.on, r.target.place, r.grower)])
		switch {
		case left == nil: // a record with other details was withdrawn since
			r.status = statusNew
			continue
		case r.status == statusReused:
			im.refuseEntry(r.entry, nil, "", CodeChangedDetails, "lot", groupedKey(left.Lot))
		default:
			f := im.findField(roleWeight)
			im.refuseEntry(r.entry, f, im.cellAt(r.rowNumber(), f.col), CodeChanged, "lot", groupedKey(left.Lot), "recorded",
				left.Quantity.Amount.String())
		}
		r.status = statusRefused
	}
	return nil
}

// findUnaccounted finds a lot of the row's day, place and grower that no row of the file accounts for; a lot of the row's own
// quantity is preferred.
func (im *importer) findUnaccounted(r *row, recorded []*app.MadeLot) (found *app.MadeLot) {
	kg, _, _ := trace.ToBaseUnit(r.weight, r.unit) // no error: the unit was checked when the row was read
	for _, v := range recorded {
		if im.shared.accounted[v.Lot] {
			continue
		}
		if found == nil || v.Quantity.Amount == kg && v.Pieces == r.pieces {
			found = v
		}
	}
	return found
}

func groupedKey(lot string) string { return trace.GroupKey(trace.KeyOf(lot)) }

// deliveryKey is the key of a grower's deliveries from one place on one day.
func deliveryKey(day time.Time, place, grower string) string {
	return formatDay(day) + "\x1f" + place + "\x1f" + grower
}

// listRecordedLots lists the standing lots of the organisation from the days and places of the rows, by deliveryKey.
func (im *importer) listRecordedLots(ctx context.Context, rows []*row) (map[string][]*app.MadeLot, error) {
	from, to := rows[0].on, rows[0].on
	places := map[string]bool{}
	for _, r := range rows {
		if r.on.Before(from) {
			from = r.on
		}
		if r.on.After(to) {
			to = r.on
		}
		places[r.target.place] = true
	}
	list, err := im.app.ListMadeLots(ctx, im.masters.actor, app.MadeFilter{
		Maker: im.masters.org.ID, Product: im.masters.product, Places: slices.Collect(maps.Keys(places)), Since: from, Until: to.AddDate(0, 0, 1),
	})
	if err != nil {
		return nil, err
	}
	recorded := map[string][]*app.MadeLot{}
	for i := range list {
		key := deliveryKey(list[i].Time.In(trace.ChinaTime), list[i].Place, list[i].Grower)
		recorded[key] = append(recorded[key], &list[i])
	}
	return recorded, nil
}

// agentUse is one last use of a pesticide in a plot's season, stated by one or more rows.
type agentUse struct {
	prepared *app.Prepared // nil in a dry run, of a season still to be made
	rows     []*row
}

// recordSprays records the last uses that the new rows state, before the harvests of the rows. The agent is recorded with its
// interval where the remark names the agent; without a name the interval is unknown and none is made up.
func (im *importer) recordSprays(ctx context.Context, rows []*row) error {
	uses := map[string]*agentUse{}
	var order []*agentUse
	for _, r := range rows {
		if r.status != statusNew || r.lastUse.IsZero() || r.target.season == "" {
			continue
		}
		w := app.Work{Common: app.Common{Time: im.noonOf(r.lastUse)}, Season: r.target.season, Kind: "spray"}
		if r.agent != nil {
			w.Agent, w.IntervalDays, w.MaxUses = r.agent.name, r.agent.days, r.agent.uses
		}
		id := "register-" + hashParts("last-use", r.target.season, formatDay(r.lastUse), w.Agent)[:32]
		u := uses[id]
		if u == nil {
			u = &agentUse{}
			uses[id] = u
			order = append(order, u)
			if r.target.ready && !r.target.widen {
				var err error
				if u.prepared, err = im.app.PrepareReport(ctx, im.masters.actor, &w, id, []byte(id)); err != nil {
					return err
				}
			}
		}
		u.rows = append(u.rows, r)
	}
	for len(order) > 0 {
		n := min(batchSize, len(order))
		if err := im.recordSprayBatch(ctx, order[:n]); err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

func (im *importer) recordSprayBatch(ctx context.Context, list []*agentUse) error {
	var prepared []*app.Prepared
	var sent []*agentUse
	for _, u := range list {
		if u.prepared == nil {
			im.report.Sprays++
			continue
		}
		prepared, sent = append(prepared, u.prepared), append(sent, u)
	}
	if len(prepared) == 0 {
		return nil
	}
	submit := im.app.RecordPrepared
	if im.options.DryRun {
		submit = im.app.TryPrepared
	}
	for i, res := range submit(ctx, prepared) {
		if res.Err == nil {
			if !res.Repeat {
				im.report.Sprays++
				im.reportQuestions(sent[i].rows[0], res.Record.Questions, "")
			}
			continue
		}
		for _, r := range sent[i].rows {
			if err := im.reportRefusal(r, res.Err); err != nil {
				return err
			}
			p := &im.problems[len(im.problems)-1]
			if f := im.findField(roleLastUse); f != nil && p.Header != f.header {
				p.Header, p.Value = clipCell(f.header), displayDate(im.cellAt(r.rowNumber(), f.col), r.lastUse)
				if p.Column = p.Header; im.name != "" {
					p.Column = columnLetter(f.col)
				}
			}
		}
	}
	return nil
}

// recordHarvests records the new rows; a dry run only counts the rows.
func (im *importer) recordHarvests(ctx context.Context, rows []*row) error {
	var todo []*row
	for _, r := range rows {
		switch r.status {
		case statusNew:
			todo = append(todo, r)
			continue
		case statusAlready:
			im.report.Already++
		}
		im.shared.done++
	}
	im.options.Progress(im.shared.done, im.report.Rows)
	for len(todo) > 0 {
		n := min(batchSize, len(todo))
		if err := im.submitHarvests(ctx, todo[:n]); err != nil {
			return err
		}
		todo = todo[n:]
		im.shared.done += n
		im.options.Progress(im.shared.done, im.report.Rows)
	}
	return nil
}

func (im *importer) submitHarvests(ctx context.Context, rows []*row) error {
	if im.options.DryRun {
		for _, r := range rows {
			im.report.Added++
			im.reportQuestions(r, r.questions, "")
		}
		return nil
	}
	prepared := make([]*app.Prepared, len(rows))
	for i, r := range rows {
		prepared[i] = r.prepared
	}
	var last error
	for i, res := range im.app.RecordPrepared(ctx, prepared) {
		r := rows[i]
		switch {
		case res.Err != nil:
			if err := im.reportRefusal(r, res.Err); err != nil {
				last = err // the rows of the batch that were recorded still count
			}
		case res.Repeat: // recorded by another import in the meantime
			im.report.Already++
		default:
			im.report.Added++
			im.reportQuestions(r, res.Record.Questions, firstLot(&res))
		}
	}
	return last
}
