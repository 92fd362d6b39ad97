package demo

import (
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

const (
	works, candy, park, market = "hexing-works", "hexing-candy", "liangping-park", "market"
)

// pomelo is the autumn of 2025: field work in summer, 25 days of harvest, grading and packing in town, juice, tea, oil in the park.
func (m *maker) pomelo() {
	for _, v := range pomeloVillages {
		for _, p := range m.plots[v.slug] {
			m.work(p, p.season, day(2025, time.March, 10, 9), app.Work{Kind: "fertilise", Agent: "商品有机肥", Dose: "每株 15 千克"})
			m.work(p, p.season, day(2025, time.July, 20, 7), app.Work{Kind: "spray", Agent: "啶虫脒20%EC", Dose: "2000 倍液", Target: "蚜虫", IntervalDays: 14, MaxUses: 1})
		}
	}
	honey := m.buy(park, day(2025, time.October, 20, 9), out{product: "pomelo-honey", qty: trace.Whole(60_000)})
	sugar := m.buy(candy, day(2025, time.October, 20, 9), out{product: "pomelo-sugar", qty: trace.Whole(60_000)})
	var treated, culls []lot
	for d := range 25 {
		at := day(2025, time.October, 25, 8).AddDate(0, 0, d)
		for _, v := range pomeloVillages {
			t, c := m.pomeloDay(v, at, d)
			treated, culls = append(treated, t), append(culls, c)
		}
		if d%5 == 4 {
			last := at.AddDate(0, 0, 2)
			m.pack(last, treated, d)
			m.peeling(last, culls, &honey, &sugar)
			treated, culls = nil, nil
		}
	}
}

// pomeloDay is one village's harvest of a day and what the works in town make of it the next.
func (m *maker) pomeloDay(v village, at time.Time, d int) (treated, cull lot) {
	var fruit []lot
	for g, p := range m.plots[v.slug] {
		for n := range 3 {
			if n == 2 && (g+d)%4 == 0 {
				continue // not every team picks in the afternoon
			}
			pcs := m.between(700, 1900)
			qty := trace.Whole(pcs) * trace.Amount(m.between(95, 130)) / 100 / 500_000 * 500_000 // a platform scale shows half kilograms
			if g == 1 && d == 6 && n == 0 && v.slug == "longtan" {
				qty *= 2 // the slip everybody knows: 斤 written as kg
			}
			fruit = append(fruit, m.harvest(p, at.Add(time.Duration(2*n)*time.Hour), "pomelo/harvest", out{product: "pomelo-fruit", qty: qty, pcs: pcs}))
		}
	}
	fruit = m.deliver(v.slug, works, at.Add(9*time.Hour), fruit)
	next := at.AddDate(0, 0, 1).Add(4 * time.Hour)
	total, pcs := sum(fruit)
	prime := m.between(62, 69)
	g := m.transform(works, next, app.Common{Step: "pomelo/grade"}, fruit,
		out{product: "pomelo-fruit", grade: "优级", qty: pct(total, prime), pcs: pcs * prime / 100},
		out{product: "pomelo-fruit", grade: "其他", qty: pct(total, 20), pcs: pcs * 20 / 100},
		out{product: "pomelo-cull", grade: "等外", qty: pct(total, 99-prime-20-2), pcs: pcs * (99 - prime - 20 - 2) / 100},
		out{product: "pomelo-rot", grade: "腐烂", qty: pct(total, 2), pcs: pcs * 2 / 100})
	m.lose(works, next.Add(time.Hour), g[3], "腐烂，深埋处理")
	m.deliver(works, park, next.Add(5*time.Hour), g[1:2])
	w := m.transform(works, next.Add(3*time.Hour), app.Common{Step: "pomelo/wash", Evidence: []app.Attribute{{Name: "保鲜剂名称", Value: "抑霉唑"}, {Name: "保鲜剂用量", Value: "500 mg/L"}}},
		g[:1], out{product: "pomelo-treated", qty: pct(g[0].qty, 99), pcs: g[0].pcs})
	m.juice(next.AddDate(0, 0, 2), g[1])
	return w[0], g[2]
}

// juice presses the ordinary fruit in the county's park.
func (m *maker) juice(at time.Time, fruit lot) {
	j := m.transform(park, at, app.Common{Step: "pomelo/juice"}, []lot{fruit},
		out{product: "pomelo-juice", qty: pct(fruit.qty, m.between(50, 56))}, out{product: "pomelo-pomace", qty: pct(fruit.qty, 36)})
	m.lose(park, at.Add(2*time.Hour), j[1], "果渣外运作饲料")
}

// pack boxes the treated fruit of five days, splits some of it into gift boxes, and sends pallets to the park and the market.
func (m *maker) pack(at time.Time, treated []lot, d int) {
	for i, t := range treated {
		boxes := int64(pct(t.qty, 99)/trace.Whole(1)) / 10
		c := app.Common{Step: "pomelo/pack", Evidence: []app.Attribute{{Name: "承诺达标合格证", Value: "电子证随批次"}}}
		product, unit := "pomelo-box", boxes
		if i%4 == 3 {
			product, unit = "pomelo-box.gift", boxes*2
		}
		b := m.transform(works, at, c, []lot{t}, out{product: product, qty: trace.Whole(unit), pcs: t.pcs})[0]
		m.pallets(at.Add(2*time.Hour), b)
		switch {
		case d == 14 && i == 1:
			m.status(at.AddDate(0, 0, 3), "hold", "抽检复核中", b)
		case d == 19 && i == 2:
			m.status(at.AddDate(0, 0, 4), "recall", "标签保质期印错，请停止销售并退回购买处", b)
		}
	}
}

// pallets packs half of the boxes on pallets for the market, by way of the park; the rest stays with the works.
func (m *maker) pallets(at time.Time, b lot) {
	half := lot{id: b.id, qty: b.qty / 2 / trace.Whole(1) * trace.Whole(1)}
	unit, ship := m.key(), m.key()
	m.do(at, func() (trace.Command, error) {
		return m.r.Pack(m.actor(works), app.Packing{Common: common(at, ""), Key: unit, Kind: "pallet", Contents: taken([]lot{half})})
	})
	m.do(at.Add(time.Hour), func() (trace.Command, error) {
		return m.r.Ship(m.actor(works), app.Shipment{Common: common(at.Add(time.Hour), ""), Key: ship, To: park, Units: []string{unit}})
	})
	m.do(at.Add(8*time.Hour), func() (trace.Command, error) {
		return m.r.Receive(m.actor(park), app.Receipt{Common: common(at.Add(8*time.Hour), ""), Shipment: ship})
	})
}

func (m *maker) status(at time.Time, action, why string, l lot) {
	m.do(at, func() (trace.Command, error) {
		a := trace.Actor{Org: m.r.ID("org", "bureau"), Role: trace.Bureau, User: "demo"}
		return m.r.Status(a, app.Status{Common: common(at, ""), Lots: []string{l.id}, Action: action, Reason: why, Forward: true})
	})
}

// peeling makes flesh and peel of the culls, and of those candied peel, tea, oil and pectin.
func (m *maker) peeling(at time.Time, culls []lot, honey, sugar *lot) {
	total, _ := sum(culls)
	p := m.transform(works, at, app.Common{Step: "pomelo/peel"}, culls,
		out{product: "pomelo-flesh", qty: pct(total, 52)}, out{product: "pomelo-peel", qty: pct(total, 34)})
	flesh, peel := p[0], p[1]
	toCandy := lot{id: peel.id, qty: pct(peel.qty, 30)}
	m.deliver(works, candy, at.Add(3*time.Hour), []lot{toCandy})
	m.deliver(works, park, at.Add(3*time.Hour), []lot{flesh, {id: peel.id, qty: pct(peel.qty, 60)}})
	next := at.AddDate(0, 0, 2)
	s := take(sugar, toCandy.qty*14/10)
	c := m.transform(candy, next, app.Common{Step: "pomelo/candied"}, []lot{toCandy, s}, out{product: "pomelo-candied", qty: pct(toCandy.qty, 180)})
	m.deliver(candy, market, next.AddDate(0, 0, 1), c)
	forTea := lot{id: peel.id, qty: pct(peel.qty, 25)}
	teaFlesh := lot{id: flesh.id, qty: forTea.qty}
	h := take(honey, (forTea.qty+teaFlesh.qty)*9/11/100_000*100_000)
	t := m.transform(park, next, app.Common{Step: "pomelo/tea"}, []lot{forTea, teaFlesh, h}, out{product: "pomelo-tea", qty: pct(forTea.qty+teaFlesh.qty+h.qty, 96)})
	half := lot{id: t[0].id, qty: t[0].qty / 2 / 100_000 * 100_000}
	m.deliver(park, market, next.AddDate(0, 0, 2), []lot{half})
	forOil := lot{id: peel.id, qty: pct(peel.qty, 20)}
	o := m.transform(park, next.AddDate(0, 0, 1), app.Common{Step: "pomelo/oil"}, []lot{forOil}, out{product: "pomelo-oil", qty: pct(forOil.qty, 1)},
		out{product: "pomelo-residue", qty: pct(forOil.qty, 90)})
	m.transform(park, next.AddDate(0, 0, 2), app.Common{Step: "pomelo/pectin"}, o[1:], out{product: "pomelo-pectin", qty: pct(o[1].qty, 18)})
}

// take cuts an amount off a stock.
func take(stock *lot, qty trace.Amount) lot {
	qty = qty / 100_000 * 100_000
	stock.qty -= qty
	return lot{id: stock.id, qty: qty}
}
