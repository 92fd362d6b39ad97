package bench

import (
	"strconv"
	"time"
)

// stage is a run of events of one kind, none of which needs another of the same stage.
type stage struct {
	kind string // as in a batch
	n    int
	made int // lots that each event makes
	path func(i int) string
	body func(b []byte, i int) []byte
}

// stages are the events of a period, in an order in which they can be recorded.
func (p period) stages() []stage {
	harvests := func(int) string { return "/api/v1/harvests" }
	transformations := func(int) string { return "/api/v1/transformations" }
	out := []stage{
		{kind: "harvest", n: 1, made: 1, path: harvests, body: func(b []byte, _ int) []byte { return p.buy(b) }},
		{kind: "work", n: villages, path: func(i int) string { return "/api/v1/seasons/" + p.season(i) + "/work" }, body: p.spread},
		{kind: "harvest", n: levels[0].a * p.days, made: 1, path: harvests, body: p.harvest},
	}
	for lv := 1; lv < len(levels); lv++ {
		out = append(out, stage{kind: "transformation", n: levels[lv].a * p.days, made: 1, path: transformations,
			body: func(b []byte, i int) []byte { return p.transform(b, lv, i) }})
	}
	return append(out, stage{kind: "transformation", n: 1, made: 1, path: transformations, body: func(b []byte, _ int) []byte { return p.merge(b) }})
}

// events are how many events a period has: one for each lot and one for each season's field work.
func (p period) events() int { return p.lots() + villages }

func when(b []byte, t time.Time) []byte {
	b = append(b, `"time":"`...)
	return append(t.AppendFormat(b, time.RFC3339), '"')
}

func appendKey(b []byte, name string, lot int) []byte {
	b = append(append(b, `{"`...), name...)
	b = append(append(b, `":"`...), key(lot)...)
	return append(b, '"')
}

// made writes the list of the one lot that an event makes.
func made(b []byte, list string, lot int, product string, kilos int) []byte {
	b = append(append(append(b, `,"`...), list...), `":[`...)
	b = append(append(append(appendKey(b, "key", lot), `,"product":"`...), product...), `","quantity":`...)
	return append(strconv.AppendInt(b, int64(kilos), 10), `}]`...)
}

// buy is the arrival of the agri-input, a day before the first harvest.
func (p period) buy(b []byte) []byte {
	b = when(append(b, '{'), p.at(0, 0).Add(-20*time.Hour))
	return append(made(append(b, `,"place":"b-town"`...), "lots", p.input(), inputProduct, inputKilos), '}')
}

// spread is the field work of a village's season.
func (p period) spread(b []byte, village int) []byte {
	b = when(append(b, '{'), p.at(0, 0).Add(-2*time.Hour))
	b = append(append(append(b, `,"season":"`...), p.season(village)...), `","kind":"fertilise","agent":"有机肥","lots":[`...)
	b = append(appendKey(b, "lot", p.input()), `,"quantity":`...)
	return append(strconv.AppendInt(b, inputKilos/villages, 10), `}]}`...)
}

func (p period) harvest(b []byte, i int) []byte {
	b = when(append(b, '{'), p.at(0, i))
	b = append(append(append(b, `,"season":"`...), p.season(village(i))...), '"')
	return append(made(b, "lots", p.lot(0, i), levels[0].product, levels[0].out), '}')
}

func (p period) transform(b []byte, lv, i int) []byte {
	l := levels[lv]
	b = when(append(b, '{'), p.at(lv, i))
	b = append(append(append(b, `,"place":"`...), l.place...), `","inputs":[`...)
	for k, parent := range p.parents(lv, i) {
		b = taken(b, k, p.lot(lv-1, parent), l.in)
	}
	return append(made(append(b, ']'), "outputs", p.lot(lv, i), l.product, l.out), '}')
}

// merge is the blend of all consignments of the period.
func (p period) merge(b []byte) []byte {
	last := len(levels) - 1
	n := levels[last].a * p.days
	b = when(append(b, '{'), p.at(last, n-1).Add(4*time.Hour))
	b = append(b, `,"place":"b-park","inputs":[`...)
	for i := range n {
		b = taken(b, i, p.lot(last, i), consigned)
	}
	return append(made(append(b, ']'), "outputs", p.blend(), blendProduct, n*consigned), '}')
}

func taken(b []byte, k, lot, kilos int) []byte {
	if k > 0 {
		b = append(b, ',')
	}
	b = append(appendKey(b, "lot", lot), `,"quantity":`...)
	return append(strconv.AppendInt(b, int64(kilos), 10), '}')
}
