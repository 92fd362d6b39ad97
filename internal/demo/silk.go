package demo

import (
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

const (
	station, quilts, fungi, leafTea, silkPark = "shihui-station", "shihui-quilt", "shihui-fungi", "shihui-tea", "qianjiang-park"
)

// silk is the loop 桑养蚕、茧制丝、枝生菌、渣作肥、肥育桑: spring and autumn of 2025, and the spring of 2026 that the compost feeds.
func (m *maker) silk() {
	stock := map[string]*lot{}
	for _, v := range silkVillages {
		l := m.buy(v.slug, day(2025, time.April, 20, 9), out{product: "silk-eggs", qty: trace.Whole(200)})
		stock[v.slug] = &l
	}
	var frass []lot
	for _, start := range []time.Time{day(2025, time.May, 4, 6), day(2025, time.September, 2, 6)} {
		frass = append(frass, m.rearings(start, stock, false)...)
	}
	m.branches(frass)
	m.rearings(day(2026, time.May, 5, 6), stock, true)
}

// rearings is one season of silkworms: leaf is picked, worms are reared, the cocoon goes to the station. It returns the frass that is kept.
func (m *maker) rearings(start time.Time, eggs map[string]*lot, nextYear bool) (frass []lot) {
	for vi, v := range silkVillages {
		var cocoon, poor []lot
		for gi, p := range m.plots[v.slug] {
			if nextYear {
				p.season = p.next
			}
			for n := range 3 {
				at := start.AddDate(0, 0, 4*n+vi)
				c, f, pr := m.rear(p, at, eggs[v.slug])
				cocoon, poor = append(cocoon, c), append(poor, pr)
				if n == 0 && gi == 0 {
					m.pillows(v.slug, at.AddDate(0, 0, 30), f)
					continue
				}
				frass = append(frass, f)
			}
		}
		m.sell(v, start.AddDate(0, 0, 36+vi), cocoon, poor)
	}
	return frass
}

// rear picks leaf four times and makes cocoon of it: two sheets of eggs, about 80 kg.
func (m *maker) rear(p plot, at time.Time, eggs *lot) (cocoon, frass, poor lot) {
	var leaf []lot
	good := m.between(68, 84)
	for n := range 4 {
		qty := trace.Whole(good * m.between(135, 148) / 10 / 4)
		leaf = append(leaf, m.harvest(p, at.AddDate(0, 0, 6*n), "silk/leaf", out{product: "silk-leaf", qty: qty}))
	}
	sheets := take(eggs, trace.Whole(2))
	c := m.transform(p.org, at.AddDate(0, 0, 26), app.Common{Step: "silk/rear", Place: p.place}, append(leaf, sheets),
		out{product: "silk-cocoon", qty: trace.Whole(good)}, out{product: "silk-frass", qty: trace.Whole(m.between(110, 150))}, out{product: "silk-poor", qty: trace.Whole(m.between(2, 4))})
	return c[0], c[1], c[2]
}

// sell brings a village's cocoon to the station, which grades, dries and sends it on to be reeled; poor cocoon becomes quilts.
func (m *maker) sell(v village, at time.Time, cocoon, poor []lot) {
	cocoon = m.deliver(v.slug, station, at, cocoon)
	poor = m.deliver(v.slug, quilts, at.Add(time.Hour), poor)
	next := at.AddDate(0, 0, 1)
	total, _ := sum(cocoon)
	b := m.transform(station, next, app.Common{Step: "silk/buy", Evidence: []app.Attribute{{Name: "干壳量", Value: "9.4"}}}, cocoon,
		out{product: "silk-cocoon", grade: "上茧", qty: pct(total, 98), attrs: []app.Attribute{{Name: "干壳量", Value: "9.4"}, {Name: "上茧率", Value: "93"}, {Name: "茧层率", Value: "22"}}})
	dry := m.transform(station, next.AddDate(0, 0, 1), app.Common{Step: "silk/dry"}, b, out{product: "silk-drycocoon", qty: pct(b[0].qty, 40)})
	dry = m.deliver(station, silkPark, next.AddDate(0, 0, 3), dry)
	d := dry[0].qty
	s := m.transform(silkPark, next.AddDate(0, 0, 6), app.Common{Step: "silk/reel"}, dry, out{product: "silk-silk", qty: pct(d, 38)},
		out{product: "silk-pupae", qty: pct(d, 50)}, out{product: "silk-waste", qty: pct(d, 8)})
	m.deliver(silkPark, market, next.AddDate(0, 0, 12), s[:1])
	p, _ := sum(poor)
	f := m.transform(quilts, next.AddDate(0, 0, 4), app.Common{Step: "silk/quilt"}, poor, out{product: "silk-floss", qty: pct(p, 35)})
	m.transform(quilts, next.AddDate(0, 0, 8), app.Common{Step: "silk/quilt", Evidence: []app.Attribute{{Name: "成品净重", Value: "1.5 千克/床"}}}, f,
		out{product: "silk-quilt", qty: trace.Whole(max(1, int64(f[0].qty/trace.Whole(1))*10/16))})
}

func (m *maker) pillows(org string, at time.Time, frass lot) {
	m.transform(org, at, app.Common{Step: "silk/pillow", Evidence: []app.Attribute{{Name: "成品净重", Value: "3 千克/个"}}}, []lot{frass},
		out{product: "silk-pillow", qty: trace.Whole(int64(frass.qty/trace.Whole(1)) / 3)})
}

// branches cuts the mulberry in winter, grows mushrooms on it, and composts what is left for the same plots' next season.
func (m *maker) branches(frass []lot) {
	lime := m.buy(fungi, day(2025, time.November, 20, 9), out{product: "silk-lime", qty: trace.Whole(2000)})
	gypsum := m.buy(fungi, day(2025, time.November, 20, 9), out{product: "silk-gypsum", qty: trace.Whole(2000)})
	flour := m.buy(leafTea, day(2025, time.September, 20, 9), out{product: "silk-flour", qty: trace.Whole(3000)})
	per := len(frass) / len(silkVillages) / 2
	for vi, v := range silkVillages {
		at := day(2025, time.December, 1+vi, 8)
		var branch []lot
		for _, p := range m.plots[v.slug] {
			branch = append(branch, m.harvest(p, at, "silk/branch", out{product: "silk-branch", qty: trace.Whole(p.mu * m.between(300, 420))}))
			m.teaLeaf(p, at.AddDate(0, -2, 0))
		}
		m.noodles(m.plots[v.slug][0], at.AddDate(0, -2, 1), &flour)
		var own []lot
		for i := vi * per; i < (vi+1)*per; i++ {
			own = append(own, frass[i])
		}
		m.compost(v, at, branch, own, &lime, &gypsum)
	}
}

// teaLeaf sends a little autumn leaf to the tea works.
func (m *maker) teaLeaf(p plot, at time.Time) {
	leaf := m.deliver(p.org, leafTea, at.Add(6*time.Hour), []lot{m.harvest(p, at, "silk/leaf", out{product: "silk-leaf", qty: trace.Whole(m.between(80, 120))})})
	m.transform(leafTea, at.AddDate(0, 0, 3), app.Common{Step: "silk/leaftea"}, leaf, out{product: "silk-leaftea", qty: pct(leaf[0].qty, 22)})
}

// noodles mixes leaf and flour.
func (m *maker) noodles(p plot, at time.Time, flour *lot) {
	leaf := m.deliver(p.org, leafTea, at.Add(6*time.Hour), []lot{m.harvest(p, at, "silk/leaf", out{product: "silk-leaf", qty: trace.Whole(m.between(30, 50))})})
	m.transform(leafTea, at.AddDate(0, 0, 2), app.Common{Step: "silk/noodle", Evidence: []app.Attribute{{Name: "成品重量", Value: "已称重"}}},
		append(leaf, take(flour, trace.Whole(500))), out{product: "silk-noodle", qty: trace.Whole(520)})
}

func (m *maker) compost(v village, at time.Time, branch, frass []lot, lime, gypsum *lot) {
	m.deliver(v.slug, fungi, at.Add(5*time.Hour), branch)
	all, _ := sum(frass)
	wood, _ := sum(branch)
	share := min(all, wood*18/80)
	var mixed []lot
	for i := range frass { // what the bags need; the rest is composted at home
		if left := share - total(mixed); left >= trace.Whole(1) {
			mixed = append(mixed, take(&frass[i], min(left, frass[i].qty)))
		}
	}
	m.deliver(v.slug, fungi, at.Add(6*time.Hour), mixed)
	in := append(append([]lot{}, branch...), mixed...)
	in = append(in, take(lime, wood/80), take(gypsum, wood/80))
	mass := total(in)
	bags := trace.Whole(int64(mass/trace.Whole(1)) * 10 / 7)
	next := at.AddDate(0, 0, 3)
	b := m.transform(fungi, next, app.Common{Step: "silk/bag"}, in, out{product: "silk-bag", qty: bags, dry: pct(mass, 88)})
	g := m.transform(fungi, next.AddDate(0, 1, 20), app.Common{Step: "silk/mushroom"}, b,
		out{product: "silk-mushroom", qty: pct(mass, 78)}, out{product: "silk-spent", qty: pct(mass, 45), dry: pct(mass, 40)})
	m.deliver(fungi, market, next.AddDate(0, 1, 21), g[:1])
	back := m.deliver(fungi, v.slug, next.AddDate(0, 1, 22), g[1:])
	for _, f := range frass {
		if f.qty > 0 {
			back = append(back, f)
		}
	}
	spread := day(2026, time.March, 10, 8)
	f := m.transform(v.slug, spread.AddDate(0, 0, -20), app.Common{Step: "silk/compost"}, back, out{product: "silk-fertiliser", qty: pct(total(back), 75)})
	for _, p := range m.plots[v.slug] {
		part := lot{id: f[0].id, qty: f[0].qty / trace.Amount(len(m.plots[v.slug])) / 100_000 * 100_000}
		m.work(p, p.next, spread, app.Work{Common: app.Common{Step: "silk/fertilise"}, Kind: "fertilise", Agent: "菌渣蚕沙堆肥", Lots: taken([]lot{part})})
	}
}

func total(list []lot) trace.Amount {
	t, _ := sum(list)
	return t
}
