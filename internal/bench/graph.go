package bench

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// The lineage graph of the measurements. A day is 285 lots in five levels; one agri-input lot 农资 feeds every harvest of a period and
// one blend lot 拼配 merges every consignment of it.
const (
	firstDays = 4  // of the first period: 285·4 + 1 = 1,141 ancestors of its blend
	laterDays = 36 // of each later one: 10,261
	villages  = 5  // seasons of a period, on one plot each
	dayLots   = 285
)

// level is one of the five steps of a day.
type level struct {
	product string
	place   string // "" for harvests, which are made where their season is
	a       int    // lots a day
	takes   int    // inputs of each
	split   bool   // each input lot is split over two children
	in, out int    // kg taken of each input, kg made
	hour    int    // of the day, UTC
}

// levels are harvest 采收, grade 分级, process 加工, pack 装箱 and consign 发运. Half of a split lot goes to each child.
var levels = [5]level{
	{product: "b-fruit", a: 200, out: 100, hour: 0},
	{product: "b-graded", place: "b-mill", a: 50, takes: 4, in: 100, out: 396, hour: 3},
	{product: "b-juice", place: "b-mill", a: 20, takes: 5, split: true, in: 198, out: 900, hour: 6},
	{product: "b-pack", place: "b-park", a: 10, takes: 4, split: true, in: 450, out: 1800, hour: 9},
	{product: "b-load", place: "b-park", a: 5, takes: 4, split: true, in: 900, out: 3600, hour: 12},
}

const (
	inputProduct, blendProduct = "b-input", "b-blend"
	inputKilos                 = 1000 // of one agri-input lot; an equal part is spread on each season
	consigned                  = 3600
)

// birth is the first day of the graph; ten years of days end before the day on which this was written.
var birth = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// period is a run of days with its agri-input lot and its blend lot.
type period struct {
	number   int
	firstDay int // days since birth
	days     int
	firstLot int // number of its first lot in the graph
}

// lotCount are how many lots a period has.
func (p period) lotCount() int { return dayLots*p.days + 2 }

// edgeCount are how many edges end in a lot of the period, feeding through the season counted as one for each harvest.
func (p period) edgeCount() int {
	n := levels[0].a * p.days // agri-input to harvest
	for _, lv := range levels[1:] {
		n += lv.a * lv.takes * p.days
	}
	return n + levels[4].a*p.days
}

// nextPeriod is the period that follows.
func (p period) nextPeriod(days int) period {
	return period{number: p.number + 1, firstDay: p.firstDay + p.days, days: days, firstLot: p.firstLot + p.lotCount()}
}

// makePeriods is the first n periods.
func makePeriods(n int) []period {
	out := []period{{days: firstDays}}
	for len(out) < n {
		out = append(out, out[len(out)-1].nextPeriod(laterDays))
	}
	return out
}

// periodsFor is how many periods come closest to a number of lots; never fewer than two, so that both traces can be asked for.
func periodsFor(lots int) int {
	first, later := period{days: firstDays}.lotCount(), period{days: laterDays}.lotCount()
	return max(2, 1+(lots-first+later/2)/later)
}

// The lots of a period are numbered level by level: the agri-input, all harvests, all grades and so on, the blend.

func (p period) inputLot() int { return p.firstLot }

func (p period) blendLot() int { return p.firstLot + p.lotCount() - 1 }

// lotNumber is the number of the i-th lot of a level, counted through the days.
func (p period) lotNumber(lv, i int) int {
	n := p.firstLot + 1
	for _, l := range levels[:lv] {
		n += l.a * p.days
	}
	return n + i
}

// parents lists the lots that the i-th lot of a level is made of, by their place in the level before.
func (p period) parents(lv, i int) []int {
	l, above := levels[lv], levels[lv-1].a
	day, c := i/l.a, i%l.a
	out := make([]int, l.takes)
	for k := range out {
		slot := c*l.takes + k
		if l.split && slot >= above { // the second halves go round in another order, so that the days' lots mix
			slot = ((slot-above)*7 + 3) % above
		}
		out[k] = day*above + slot
	}
	return out
}

// lotTime is when the i-th lot of a level is made.
func (p period) lotTime(lv, i int) time.Time {
	l := levels[lv]
	within := time.Duration(i%l.a) * 2 * time.Hour / time.Duration(l.a)
	return birth.AddDate(0, 0, p.firstDay+i/l.a).Add(time.Duration(l.hour)*time.Hour + within.Truncate(time.Second))
}

// seasonSlug is the slug of a period's season in a village.
func (p period) seasonSlug(village int) string {
	return "b-" + strconv.Itoa(p.number) + "-" + strconv.Itoa(village)
}

// villageOf is where the i-th harvest of a period was grown.
func villageOf(i int) int { return i % levels[0].a * villages / levels[0].a }

// lotKey is the key of a lot, the same in every run.
func lotKey(lot int) string {
	rng := rand.NewPCG(20260101, uint64(lot))
	return trace.MakeKey(func(b []byte) {
		for i := 0; i+8 <= len(b); i += 8 {
			v := rng.Uint64()
			for j := range 8 {
				b[i+j] = byte(v >> (8 * j))
			}
		}
	})
}
