package bench

import (
	"strconv"
	"time"
)

// stage is a run of events of one kind, none of which needs another event of the same stage.
type stage struct {
	kind string // as in a batch
	n    int
	made int // lots that each event makes
	path func(i int) string
	body func(b []byte, i int) []byte
}

// eventStages are the events of a period, in an order in which they can be recorded.
func (p period) eventStages() []stage {
	harvests := func(int) string { return "/api/v1/harvests" }
	transformations := func(int) string { return "/api/v1/transformations" }
	out := []stage{
		{kind: "harvest", n: 1, made: 1, path: harvests, body: func(b []byte, _ int) []byte { return p.appendArrival(b) }},
		{kind: "work", n: villages, path: func(i int) string { return "/api/v1/seasons/" + p.seasonSlug(i) + "/work" }, body: p.appendFieldWork},
		{kind: "harvest", n: levels[0].a * p.days, made: 1, path: harvests, body: p.appendHarvest},
	}
	for lv := 1; lv < len(levels); lv++ {
		out = append(out, stage{kind: "transformation", n: levels[lv].a * p.days, made: 1, path: transformations,
			body: func(b []byte, i int) []byte { return p.appendTransformation(b, lv, i) }})
	}
	return append(out, stage{kind: "transformation", n: 1, made: 1, path: transformations,
		body: func(b []byte, _ int) []byte { return p.appendBlend(b) }})
}

// eventCount is the number of events of a period: one for each lot and one for each season's field work.
func (p period) eventCount() int { return p.lotCount() + villages }

func appendTime(b []byte, t time.Time) []byte {
	b = append(b, `"time":"`...)
	return append(t.AppendFormat(b, time.RFC3339), '"')
}

func appendKey(b []byte, name string, lot int) []byte {
	b = append(append(b, `{"`...), name...)
	b = append(append(b, `":"`...), lotKey(lot)...)
	return append(b, '"')
}

// appendOutput writes the list of the one lot that an event makes.
func appendOutput(b []byte, list string, lot int, product string, kilos int) []byte {
	b = append(append(append(b, `,"`...), list...), `":[`...)
	b = append(append(append(appendKey(b, "key", lot), `,"product":"`...), product...), `","quantity":`...)
	return append(strconv.AppendInt(b, int64(kilos), 10), `}]`...)
}

// appendArrival is the arrival of the agri-input, a day before the first harvest.
func (p period) appendArrival(b []byte) []byte {
	b = appendTime(append(b, '{'), p.lotTime(0, 0).Add(-20*time.Hour))
	return append(appendOutput(append(b, `,"place":"b-town"`...), "lots", p.inputLot(), inputProduct, inputKilos), '}')
}

// appendFieldWork is the field work of a village's season.
func (p period) appendFieldWork(b []byte, village int) []byte {
	b = appendTime(append(b, '{'), p.lotTime(0, 0).Add(-2*time.Hour))
	b = append(append(append(b, `,"season":"`...), p.seasonSlug(village)...), `","kind":"fertilise","agent":"有机肥","lots":[`...)
	b = append(appendKey(b, "lot", p.inputLot()), `,"quantity":`...)
	return append(strconv.AppendInt(b, inputKilos/villages, 10), `}]}`...)
}

func (p period) appendHarvest(b []byte, i int) []byte {
	b = appendTime(append(b, '{'), p.lotTime(0, i))
	b = append(append(append(b, `,"season":"`...), p.seasonSlug(villageOf(i))...), '"')
	return append(appendOutput(b, "lots", p.lotNumber(0, i), levels[0].product, levels[0].out), '}')
}

func (p period) appendTransformation(b []byte, lv, i int) []byte {
	l := levels[lv]
	b = appendTime(append(b, '{'), p.lotTime(lv, i))
	b = append(append(append(b, `,"place":"`...), l.place...), `","inputs":[`...)
	for k, parent := range p.parents(lv, i) {
		b = appendInput(b, k, p.lotNumber(lv-1, parent), l.in)
	}
	return append(appendOutput(append(b, ']'), "outputs", p.lotNumber(lv, i), l.product, l.out), '}')
}

// appendBlend is the blend of all consignments of the period.
func (p period) appendBlend(b []byte) []byte {
	last := len(levels) - 1
	n := levels[last].a * p.days
	b = appendTime(append(b, '{'), p.lotTime(last, n-1).Add(4*time.Hour))
	b = append(b, `,"place":"b-park","inputs":[`...)
	for i := range n {
		b = appendInput(b, i, p.lotNumber(last, i), consigned)
	}
	return append(appendOutput(append(b, ']'), "outputs", p.blendLot(), blendProduct, n*consigned), '}')
}

func appendInput(b []byte, k, lot, kilos int) []byte {
	if k > 0 {
		b = append(b, ',')
	}
	b = append(appendKey(b, "lot", lot), `,"quantity":`...)
	return append(strconv.AppendInt(b, int64(kilos), 10), '}')
}
