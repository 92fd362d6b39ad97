// Package demo fills a ledger with one season of both chains, through the same verbs as everybody else. The figures are drawn from a fixed
// seed within published ranges; the organisations are invented and say so, and there are no persons.
package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Fill records the season into an empty ledger. clock is the clock the recorder was opened with: Fill sets it forward to when things happened, so that
// the log is the same each time. progress hears how many of about how many records are made.
func Fill(ctx context.Context, r *app.App, clock *Clock, progress func(done, total int64)) error {
	m := &maker{ctx: ctx, r: r, clock: clock, rng: rand.New(rand.NewPCG(2025, 11)), progress: progress}
	m.world()
	m.pomelo()
	m.silk()
	return m.err
}

// Clock is a clock that stands where it is put.
type Clock struct{ at time.Time }

// NewClock makes a clock that stands at the beginning of the demo's season.
func NewClock() *Clock { return &Clock{time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)} }

// Now is the time it shows.
func (c *Clock) Now() time.Time { return c.at }

// about is how many records a season makes, for the progress bar.
const about = 5200

// maker keeps the first error and does nothing after it, so that the season reads as a story.
type maker struct {
	ctx      context.Context
	r        *app.App
	clock    *Clock
	rng      *rand.Rand
	progress func(done, total int64)
	done     int64
	err      error
	plots    map[string][]plot // by village
}

// plot is a village group's land with its season.
type plot struct {
	place, org, season, next string
	mu                       int64
}

// lot is a lot as the maker follows it.
type lot struct {
	id  string
	qty trace.Amount
	pcs int64
}

// out is a lot to be made.
type out struct {
	product string
	qty     trace.Amount
	unit    string
	grade   string
	pcs     int64
	dry     trace.Amount
	attrs   []app.Attribute
}

// key draws twelve signs from the seed.
func (m *maker) key() string {
	return trace.MakeKey(func(b []byte) {
		for i := 0; i+8 <= len(b); i += 8 {
			binary.LittleEndian.PutUint64(b[i:], m.rng.Uint64())
		}
	})
}

// between draws a whole number from lo to hi.
func (m *maker) between(lo, hi int64) int64 { return lo + m.rng.Int64N(hi-lo+1) }

// pct is p per cent of an amount, in whole tenths of a kilogram.
func pct(a trace.Amount, p int64) trace.Amount { return a * trace.Amount(p) / 100 / 100_000 * 100_000 }

func (m *maker) actor(org string) trace.Actor {
	return trace.Actor{Org: m.r.ID("org", org), Role: trace.Operator, User: "demo"}
}

// do records one command; the clock stands two hours after what happened.
func (m *maker) do(at time.Time, cmd func() (trace.Command, error)) {
	if m.err != nil {
		return
	}
	m.clock.at = at.Add(2 * time.Hour)
	c, err := cmd()
	if err == nil {
		err = m.r.Submit(m.ctx, c)[0].Err
	}
	if err != nil {
		m.err = fmt.Errorf("demo at %s: %w", at.Format(time.DateOnly), err)
		return
	}
	m.done++
	if m.progress != nil && m.done%50 == 0 {
		m.progress(min(m.done, about), about)
	}
}

func (m *maker) master(kind trace.RecordKind, v any) {
	m.do(m.clock.at, func() (trace.Command, error) { return m.r.MasterCommand(app.System, kind, v) })
}

func common(at time.Time, step string, evidence ...app.Attribute) app.Common {
	t := trace.NewTime(at)
	return app.Common{Time: &t, Step: step, Evidence: evidence}
}

// lots proposes keys for what is to be made and says what it will be.
func (m *maker) lots(outs []out) ([]app.NewLot, []lot) {
	said := make([]app.NewLot, len(outs))
	made := make([]lot, len(outs))
	for i, o := range outs {
		p, _ := m.r.Ledger.Product(m.r.ID("product", o.product))
		key := m.key()
		said[i] = app.NewLot{Key: key, Product: o.product, Quantity: o.qty, Unit: o.unit, Grade: o.grade, Pieces: trace.Whole(o.pcs), DryMass: o.dry, Attributes: o.attrs}
		made[i] = lot{trace.LotURI(m.r.Ledger.Namespace(), p, key), o.qty, o.pcs}
	}
	return said, made
}

func (m *maker) harvest(p plot, at time.Time, step string, o out) lot {
	said, made := m.lots([]out{o})
	m.do(at, func() (trace.Command, error) {
		return m.r.Harvest(m.actor(p.org), app.Harvest{Common: common(at, step), Season: p.season, Lots: said})
	})
	return made[0]
}

// buy records something from outside the county.
func (m *maker) buy(org string, at time.Time, o out) lot {
	said, made := m.lots([]out{o})
	m.do(at, func() (trace.Command, error) {
		c := common(at, "")
		c.Place = "waidi"
		return m.r.Harvest(m.actor(org), app.Harvest{Common: c, Lots: said})
	})
	return made[0]
}

func (m *maker) transform(org string, at time.Time, c app.Common, in []lot, outs ...out) []lot {
	said, made := m.lots(outs)
	t := trace.NewTime(at)
	c.Time = &t
	m.do(at, func() (trace.Command, error) {
		return m.r.Transform(m.actor(org), app.Transformation{Common: c, Inputs: taken(in), Outputs: said})
	})
	return made
}

func taken(list []lot) []app.Taken {
	in := make([]app.Taken, len(list))
	for i, l := range list {
		in[i] = app.Taken{Lot: l.id, Quantity: new(l.qty)}
	}
	return in
}

// deliver ships lots and has them received the next morning; now and then the scale there says a little less.
func (m *maker) deliver(from, to string, at time.Time, list []lot) []lot {
	key := m.key()
	m.do(at, func() (trace.Command, error) {
		return m.r.Ship(m.actor(from), app.Shipment{Common: common(at, ""), Key: key, To: to, Lots: taken(list)})
	})
	in := app.Receipt{Common: common(at.Add(15*time.Hour), ""), Shipment: key}
	if list[0].qty > trace.Whole(200) && m.rng.IntN(6) == 0 {
		list[0].qty -= trace.Whole(m.between(1, 4))
		for i, l := range list {
			in.Lots = append(in.Lots, app.Received{Lot: l.id, Quantity: new(l.qty)})
			if i == 0 {
				in.Lots[0].Reason = "运输途中失水"
			}
		}
	}
	m.do(at.Add(15*time.Hour), func() (trace.Command, error) { return m.r.Receive(m.actor(to), in) })
	return list
}

func (m *maker) lose(org string, at time.Time, l lot, why string) {
	m.do(at, func() (trace.Command, error) {
		return m.r.Lose(m.actor(org), app.Loss{Common: common(at, ""), Lots: taken([]lot{l}), Reason: why})
	})
}

func (m *maker) work(p plot, season string, at time.Time, w app.Work) {
	w.Common, w.Season = common(at, w.Step), season
	m.do(at, func() (trace.Command, error) { return m.r.Work(m.actor(p.org), w) })
}

// day is a moment in China's time.
func day(y int, mo time.Month, d, h int) time.Time {
	return time.Date(y, mo, d, h, 0, 0, 0, trace.ChinaTime)
}

func sum(list []lot) (total trace.Amount, pcs int64) {
	for _, l := range list {
		total += l.qty
		pcs += l.pcs
	}
	return total, pcs
}
