package register

import (
	"context"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// changed finds rows that look like changed ones of an earlier import: the ledger has a lot of the same day, grower and place that no row
// of this file accounts for. Rows that are new beside the recorded ones (a second delivery of the day) pass.
func (im *importer) changed(rows []*row) {
	wanted := map[string]bool{}
	for _, r := range rows {
		if r.status == fresh || r.status == reused {
			wanted[dayPlace(r.on, r.slot.place)] = true
		}
	}
	if len(wanted) == 0 {
		return
	}
	held := im.recorded(rows, wanted)
	for _, r := range rows {
		if r.status != fresh && r.status != reused {
			continue
		}
		left := im.left(r, held[dayPlace(r.on, r.slot.place)+r.grower])
		switch {
		case left == nil: // where other details were recorded, that was withdrawn since
			r.status = fresh
			continue
		case r.status == reused:
			im.spoil(r.entry, nil, "", CodeChangedDetails, "lot", groupedKey(left.Lot))
		default:
			f := im.field(roleWeight)
			im.spoil(r.entry, f, im.cellAt(r.row(), f.col), CodeChanged, "lot", groupedKey(left.Lot), "recorded", left.Quantity.Amount.String())
		}
		r.status = refused
	}
}

// left is a lot among those of the row's day, place and grower that no row of the file accounts for, best one of the same quantity.
func (im *importer) left(r *row, held []*trace.LotView) (found *trace.LotView) {
	kg, _, _ := trace.Base(r.weight, r.unit) // it was read with this unit
	for _, v := range held {
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

func dayPlace(day time.Time, place string) string { return iso(day) + "\x1f" + place + "\x1f" }

// recorded collects the organisation's lots of the rows' days and places that stand, by day, place and grower.
func (im *importer) recorded(rows []*row, wanted map[string]bool) map[string][]*trace.LotView {
	from, to := rows[0].on, rows[0].on
	for _, r := range rows {
		if r.on.Before(from) {
			from = r.on
		}
		if r.on.After(to) {
			to = r.on
		}
	}
	out := map[string][]*trace.LotView{}
	q := trace.LotQuery{Maker: im.book.org.ID, Product: im.book.product, Since: from, Until: to.AddDate(0, 0, 1), Limit: 500}
	for {
		list, next, err := im.rec.Ledger.Lots(q)
		if err != nil { // the cursor is the ledger's own
			return out
		}
		for i := range list {
			key := dayPlace(list[i].Time.In(trace.ChinaTime), list[i].Place)
			if !wanted[key] || list[i].Status == trace.Void.String() {
				continue
			}
			if v, err := im.rec.Ledger.Lot(list[i].Lot, 0); err == nil {
				out[key+v.Grower] = append(out[key+v.Grower], v)
			}
		}
		if next == "" {
			return out
		}
		q.Before = next
	}
}

// use is one last use of a pesticide on a plot's season, stated by one or more rows.
type use struct {
	cmd  trace.Command
	rows []*row
}

// sprays records the last uses that the rows to be recorded state, before their harvests. What agent it was is recorded where the remark
// names it, with its interval; without a name the interval is not known and none is made up.
func (im *importer) sprays(ctx context.Context, rows []*row) error {
	uses := map[string]*use{}
	var order []*use
	for _, r := range rows {
		if r.status != fresh || r.lastUse.IsZero() || r.slot.season == "" {
			continue
		}
		w := app.Work{Common: app.Common{Time: im.midday(r.lastUse)}, Season: r.slot.season, Kind: "spray"}
		if r.agent != nil {
			w.Agent, w.IntervalDays, w.MaxUses = r.agent.name, r.agent.days, r.agent.uses
		}
		id := "register-" + digest("last-use", r.slot.season, iso(r.lastUse), w.Agent)[:32]
		u := uses[id]
		if u == nil {
			u = &use{}
			uses[id] = u
			order = append(order, u)
			if r.slot.ready && !r.slot.widen {
				cmd, err := im.rec.Work(im.book.actor, w)
				if err != nil {
					return err
				}
				u.cmd = app.WithID(cmd, id, []byte(id))
				u.cmd.DryRun = im.o.DryRun
			}
		}
		u.rows = append(u.rows, r)
	}
	for len(order) > 0 {
		n := min(batch, len(order))
		if err := im.spray(ctx, order[:n]); err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

func (im *importer) spray(ctx context.Context, list []*use) error {
	var cmds []trace.Command
	var sent []*use
	for _, u := range list {
		if u.cmd.Event == nil { // in a dry run, of a season still to be made
			im.rep.Sprays++
			continue
		}
		cmds, sent = append(cmds, u.cmd), append(sent, u)
	}
	if len(cmds) == 0 {
		return nil
	}
	for i, res := range im.rec.Submit(ctx, cmds...) {
		if res.Err == nil {
			if !res.Repeat {
				im.rep.Sprays++
				im.questioned(sent[i].rows[0], res.Record.Questions, "")
			}
			continue
		}
		for _, r := range sent[i].rows {
			if err := im.refuse(r, res.Err); err != nil {
				return err
			}
			p := &im.problems[len(im.problems)-1]
			if f := im.field(roleLastUse); f != nil && p.Header != f.header {
				p.Header, p.Value = clipCell(f.header), shown(im.cellAt(r.row(), f.col), r.lastUse)
				if p.Column = p.Header; im.tab != "" {
					p.Column = letter(f.col)
				}
			}
		}
	}
	return nil
}

// harvests records what is new; in a dry run it counts.
func (im *importer) harvests(ctx context.Context, rows []*row) error {
	var todo []*row
	for _, r := range rows {
		switch r.status {
		case fresh:
			todo = append(todo, r)
			continue
		case already:
			im.rep.Already++
		}
		im.shared.done++
	}
	im.o.Progress(im.shared.done, im.rep.Rows)
	for len(todo) > 0 {
		n := min(batch, len(todo))
		if err := im.submit(ctx, todo[:n]); err != nil {
			return err
		}
		todo = todo[n:]
		im.shared.done += n
		im.o.Progress(im.shared.done, im.rep.Rows)
	}
	return nil
}

func (im *importer) submit(ctx context.Context, rows []*row) error {
	if im.o.DryRun {
		for _, r := range rows {
			im.rep.Added++
			im.questioned(r, r.questions, "")
		}
		return nil
	}
	cmds := make([]trace.Command, len(rows))
	for i, r := range rows {
		cmds[i] = r.cmd
	}
	var last error
	for i, res := range im.rec.Submit(ctx, cmds...) {
		r := rows[i]
		switch {
		case res.Err != nil:
			if err := im.refuse(r, res.Err); err != nil {
				last = err // what else of the batch was recorded still counts
			}
		case res.Repeat: // recorded by another import in the meantime
			im.rep.Already++
		default:
			im.rep.Added++
			im.questioned(r, res.Record.Questions, lotOf(&res.Record))
		}
	}
	return last
}
