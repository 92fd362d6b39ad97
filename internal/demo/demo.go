// Package demo fills a ledger with one season of both chains, through the operations of internal/app that every edge calls. The figures are
// drawn from a fixed seed within published ranges; the organisations are invented, which their names say, and no person occurs.
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

// FillLedger records the season into an empty ledger. clock is the clock with which the application layer was opened:
// FillLedger sets the clock forward to the time of each report, so that the log is the same each time. progress is called with
// the number of records made, and the number expected.
func FillLedger(ctx context.Context, r *app.App, clock *Clock, progress func(done, total int64)) error {
	m := &seasonMaker{ctx: ctx, app: r, clock: clock, rng: rand.New(rand.NewPCG(2025, 11)), progress: progress}
	m.recordMasterData()
	m.recordPomelo()
	m.recordSilk()
	return m.err
}

// Clock is a clock that shows the time it was set to.
type Clock struct{ at time.Time }

// NewClock makes a clock that shows the beginning of the demo's season.
func NewClock() *Clock { return &Clock{time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time { return c.at }

// recordsExpected is about how many records a season makes, for the progress bar.
const recordsExpected = 5200

// seasonMaker records the season. After the first error no more is recorded, so that the functions of the season need no error
// handling.
type seasonMaker struct {
	ctx      context.Context
	app      *app.App
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

// lot is a lot as the season follows the lot.
type lot struct {
	id     string
	amount trace.Amount
	pieces int64
}

// newLot is a lot to be made.
type newLot struct {
	product string
	amount  trace.Amount
	unit    string
	grade   string
	pieces  int64
	dry     trace.Amount
	attrs   []app.Attribute
}

// drawKey draws a key of twelve characters from the seed.
func (m *seasonMaker) drawKey() string {
	return trace.MakeKey(func(b []byte) {
		for i := 0; i+8 <= len(b); i += 8 {
			binary.LittleEndian.PutUint64(b[i:], m.rng.Uint64())
		}
	})
}

// drawBetween draws a whole number from lo to hi.
func (m *seasonMaker) drawBetween(lo, hi int64) int64 { return lo + m.rng.Int64N(hi-lo+1) }

// percentOf is p per cent of an amount, rounded down to tenths of a kilogram.
func percentOf(a trace.Amount, p int64) trace.Amount {
	return a * trace.Amount(p) / 100 / 100_000 * 100_000
}

func (m *seasonMaker) actorOf(org string) trace.Actor {
	return trace.Actor{Org: m.app.CompleteID("org", org), Role: trace.Operator, User: "demo"}
}

// recordReport records a report; the clock shows two hours after the time of the report.
func (m *seasonMaker) recordReport(at time.Time, actor trace.Actor, report app.Report) {
	m.recordAt(at, func() error {
		_, err := m.app.RecordReport(m.ctx, actor, report)
		return err
	})
}

// recordAt makes one record; the clock shows two hours after the time of the fact.
func (m *seasonMaker) recordAt(at time.Time, operation func() error) {
	if m.err != nil {
		return
	}
	m.clock.at = at.Add(2 * time.Hour)
	if err := operation(); err != nil {
		m.err = fmt.Errorf("demo at %s: %w", at.Format(time.DateOnly), err)
		return
	}
	m.done++
	if m.progress != nil && m.done%50 == 0 {
		m.progress(min(m.done, recordsExpected), recordsExpected)
	}
}

// recordMaster records master data.
func (m *seasonMaker) recordMaster(v any) {
	m.recordAt(m.clock.at, func() error {
		_, err := m.app.PutMasterData(m.ctx, app.System, v)
		return err
	})
}

func newCommon(at time.Time, step string, evidence ...app.Attribute) app.Common {
	t := trace.NewTime(at)
	return app.Common{Time: &t, Step: step, Evidence: evidence}
}

// proposeLots proposes keys for new lots, and returns the lots as reports state them and as the season follows them.
func (m *seasonMaker) proposeLots(outs []newLot) ([]app.NewLot, []lot) {
	reported := make([]app.NewLot, len(outs))
	made := make([]lot, len(outs))
	for i, o := range outs {
		p, _ := m.app.ShowProduct(m.ctx, app.System, o.product)
		key := m.drawKey()
		reported[i] = app.NewLot{
			Key: key, Product: o.product, Quantity: o.amount, Unit: o.unit, Grade: o.grade, Pieces: trace.Whole(o.pieces),
			DryMass: o.dry, Attributes: o.attrs,
		}
		made[i] = lot{trace.LotURI(m.app.Namespace(), p, key), o.amount, o.pieces}
	}
	return reported, made
}

func (m *seasonMaker) recordHarvest(p plot, at time.Time, step string, o newLot) lot {
	reported, made := m.proposeLots([]newLot{o})
	m.recordReport(at, m.actorOf(p.org), &app.Harvest{Common: newCommon(at, step), Season: p.season, Lots: reported})
	return made[0]
}

// recordPurchase records a purchase from outside the county.
func (m *seasonMaker) recordPurchase(org string, at time.Time, o newLot) lot {
	reported, made := m.proposeLots([]newLot{o})
	c := newCommon(at, "")
	c.Place = "waidi"
	m.recordReport(at, m.actorOf(org), &app.Harvest{Common: c, Lots: reported})
	return made[0]
}

func (m *seasonMaker) recordTransformation(org string, at time.Time, c app.Common, in []lot, outs ...newLot) []lot {
	reported, made := m.proposeLots(outs)
	t := trace.NewTime(at)
	c.Time = &t
	m.recordReport(at, m.actorOf(org), &app.Transformation{Common: c, Inputs: listTaken(in), Outputs: reported})
	return made
}

func listTaken(list []lot) []app.Taken {
	in := make([]app.Taken, len(list))
	for i, l := range list {
		in[i] = app.Taken{Lot: l.id, Quantity: new(l.amount)}
	}
	return in
}

// deliverLots ships lots, which are received the next morning; now and then the scale of the receiver shows a little less.
func (m *seasonMaker) deliverLots(from, to string, at time.Time, list []lot) []lot {
	key := m.drawKey()
	m.recordReport(at, m.actorOf(from), &app.Shipment{Common: newCommon(at, ""), Key: key, To: to, Lots: listTaken(list)})
	in := app.Receipt{Common: newCommon(at.Add(15*time.Hour), ""), Shipment: key}
	if list[0].amount > trace.Whole(200) && m.rng.IntN(6) == 0 {
		list[0].amount -= trace.Whole(m.drawBetween(1, 4))
		for i, l := range list {
			in.Lots = append(in.Lots, app.Received{Lot: l.id, Quantity: new(l.amount)})
			if i == 0 {
				in.Lots[0].Reason = "运输途中失水"
			}
		}
	}
	m.recordReport(at.Add(15*time.Hour), m.actorOf(to), &in)
	return list
}

func (m *seasonMaker) recordLoss(org string, at time.Time, l lot, why string) {
	m.recordReport(at, m.actorOf(org), &app.Loss{Common: newCommon(at, ""), Lots: listTaken([]lot{l}), Reason: why})
}

func (m *seasonMaker) recordWork(p plot, season string, at time.Time, w app.Work) {
	w.Common, w.Season = newCommon(at, w.Step), season
	m.recordReport(at, m.actorOf(p.org), &w)
}

// chinaTime is a time of day in China.
func chinaTime(y int, mo time.Month, d, h int) time.Time {
	return time.Date(y, mo, d, h, 0, 0, 0, trace.ChinaTime)
}

func sumLots(list []lot) (total trace.Amount, pieces int64) {
	for _, l := range list {
		total += l.amount
		pieces += l.pieces
	}
	return total, pieces
}
