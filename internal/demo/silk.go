package demo

import (
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

const (
	station, quilts, fungi, leafTea, silkPark = "shihui-station", "shihui-quilt", "shihui-fungi", "shihui-tea", "qianjiang-park"
)

// recordSilk records the loop 桑养蚕、茧制丝、枝生菌、渣作肥、肥育桑: spring and autumn of 2025, and the spring of 2026 that the compost feeds.
func (m *seasonMaker) recordSilk() {
	stock := map[string]*lot{}
	for _, home := range silkVillages {
		eggs := m.recordPurchase(home.slug, chinaTime(2025, time.April, 20, 9), newLot{product: "silk-eggs", amount: trace.Whole(200)})
		stock[home.slug] = &eggs
	}
	var frass []lot
	for _, start := range []time.Time{chinaTime(2025, time.May, 4, 6), chinaTime(2025, time.September, 2, 6)} {
		frass = append(frass, m.recordRearings(start, stock, false)...)
	}
	m.processBranches(frass)
	m.recordRearings(chinaTime(2026, time.May, 5, 6), stock, true)
}

// recordRearings records one season of silkworms: leaf is picked, worms are reared, the cocoons go to the station. The result
// is the frass that is kept.
func (m *seasonMaker) recordRearings(start time.Time, eggs map[string]*lot, nextYear bool) (frass []lot) {
	for villageIndex, home := range silkVillages {
		var cocoon, poor []lot
		for plotIndex, land := range m.plots[home.slug] {
			if nextYear {
				land.season = land.next
			}
			for batch := range 3 {
				at := start.AddDate(0, 0, 4*batch+villageIndex)
				batchCocoon, batchFrass, batchPoor := m.rearSilkworms(land, at, eggs[home.slug])
				cocoon, poor = append(cocoon, batchCocoon), append(poor, batchPoor)
				if batch == 0 && plotIndex == 0 {
					m.makePillows(home.slug, at.AddDate(0, 0, 30), batchFrass)
					continue
				}
				frass = append(frass, batchFrass)
			}
		}
		m.sellCocoons(home, start.AddDate(0, 0, 36+villageIndex), cocoon, poor)
	}
	return frass
}

// rearSilkworms records four pickings of leaf and the cocoons reared on the leaf: two sheets of eggs, about 80 kg.
func (m *seasonMaker) rearSilkworms(land plot, at time.Time, eggs *lot) (cocoon, frass, poor lot) {
	var leaf []lot
	good := m.drawBetween(68, 84)
	for picking := range 4 {
		amount := trace.Whole(good * m.drawBetween(135, 148) / 10 / 4)
		leaf = append(leaf, m.recordHarvest(land, at.AddDate(0, 0, 6*picking), "silk/leaf", newLot{product: "silk-leaf", amount: amount}))
	}
	sheets := cutAmount(eggs, trace.Whole(2))
	reared := m.recordTransformation(land.org, at.AddDate(0, 0, 26), app.Common{Step: "silk/rear", Place: land.place}, append(leaf, sheets),
		newLot{product: "silk-cocoon", amount: trace.Whole(good)}, newLot{product: "silk-frass",
			amount: trace.Whole(m.drawBetween(110, 150))}, newLot{product: "silk-poor", amount: trace.Whole(m.drawBetween(2, 4))})
	return reared[0], reared[1], reared[2]
}

// sellCocoons records the delivery of a village's cocoons to the station, which grades and dries the cocoons and sends them on
// for reeling; poor cocoons become quilts.
func (m *seasonMaker) sellCocoons(home village, at time.Time, cocoon, poor []lot) {
	cocoon = m.deliverLots(home.slug, station, at, cocoon)
	poor = m.deliverLots(home.slug, quilts, at.Add(time.Hour), poor)
	next := at.AddDate(0, 0, 1)
	total, _ := sumLots(cocoon)
	graded := m.recordTransformation(station, next, app.Common{Step: "silk/buy", Evidence: []app.Attribute{{Name: "干壳量", Value: "9.4"}}},
		cocoon,
		newLot{product: "silk-cocoon", grade: "上茧", amount: percentOf(total, 98), attrs: []app.Attribute{{Name: "干壳量", Value: "9.4"},
			{Name: "上茧率", Value: "93"}, {Name: "茧层率", Value: "22"}}})
	dry := m.recordTransformation(station, next.AddDate(0, 0, 1), app.Common{Step: "silk/dry"}, graded,
		newLot{product: "silk-drycocoon", amount: percentOf(graded[0].amount, 40)})
	dry = m.deliverLots(station, silkPark, next.AddDate(0, 0, 3), dry)
	dryMass := dry[0].amount
	reeled := m.recordTransformation(silkPark, next.AddDate(0, 0, 6), app.Common{Step: "silk/reel"}, dry,
		newLot{product: "silk-silk", amount: percentOf(dryMass, 38)},
		newLot{product: "silk-pupae", amount: percentOf(dryMass, 50)}, newLot{product: "silk-waste", amount: percentOf(dryMass, 8)})
	m.deliverLots(silkPark, market, next.AddDate(0, 0, 12), reeled[:1])
	poorMass, _ := sumLots(poor)
	floss := m.recordTransformation(quilts, next.AddDate(0, 0, 4), app.Common{Step: "silk/quilt"}, poor,
		newLot{product: "silk-floss", amount: percentOf(poorMass, 35)})
	m.recordTransformation(quilts, next.AddDate(0, 0, 8), app.Common{Step: "silk/quilt",
		Evidence: []app.Attribute{{Name: "成品净重", Value: "1.5 千克/床"}}}, floss,
		newLot{product: "silk-quilt", amount: trace.Whole(max(1, int64(floss[0].amount/trace.Whole(1))*10/16))})
}

func (m *seasonMaker) makePillows(org string, at time.Time, frass lot) {
	m.recordTransformation(org, at, app.Common{Step: "silk/pillow", Evidence: []app.Attribute{{Name: "成品净重", Value: "3 千克/个"}}},
		[]lot{frass},
		newLot{product: "silk-pillow", amount: trace.Whole(int64(frass.amount/trace.Whole(1)) / 3)})
}

// mushroomAdditives are minerals that are mixed into mushroom bags.
type mushroomAdditives struct{ lime, gypsum lot }

// processBranches records the mulberry pruning in winter, the mushrooms grown on the branches, and the compost of the rest for
// the next season of the same plots.
func (m *seasonMaker) processBranches(frass []lot) {
	additives := mushroomAdditives{
		lime:   m.recordPurchase(fungi, chinaTime(2025, time.November, 20, 9), newLot{product: "silk-lime", amount: trace.Whole(2000)}),
		gypsum: m.recordPurchase(fungi, chinaTime(2025, time.November, 20, 9), newLot{product: "silk-gypsum", amount: trace.Whole(2000)}),
	}
	flour := m.recordPurchase(leafTea, chinaTime(2025, time.September, 20, 9), newLot{product: "silk-flour", amount: trace.Whole(3000)})
	perVillage := len(frass) / len(silkVillages) / 2
	for villageIndex, home := range silkVillages {
		at := chinaTime(2025, time.December, 1+villageIndex, 8)
		var branch []lot
		for _, land := range m.plots[home.slug] {
			branch = append(branch, m.recordHarvest(land, at, "silk/branch", newLot{product: "silk-branch",
				amount: trace.Whole(land.mu * m.drawBetween(300, 420))}))
			m.sendTeaLeaf(land, at.AddDate(0, -2, 0))
		}
		m.makeNoodles(m.plots[home.slug][0], at.AddDate(0, -2, 1), &flour)
		var own []lot
		for i := villageIndex * perVillage; i < (villageIndex+1)*perVillage; i++ {
			own = append(own, frass[i])
		}
		m.makeCompost(home, at, branch, own, &additives)
	}
}

// sendTeaLeaf sends a little autumn leaf to the tea processor.
func (m *seasonMaker) sendTeaLeaf(land plot, at time.Time) {
	leaf := m.deliverLots(land.org, leafTea, at.Add(6*time.Hour), []lot{m.recordHarvest(land, at, "silk/leaf",
		newLot{product: "silk-leaf", amount: trace.Whole(m.drawBetween(80, 120))})})
	m.recordTransformation(leafTea, at.AddDate(0, 0, 3), app.Common{Step: "silk/leaftea"}, leaf,
		newLot{product: "silk-leaftea", amount: percentOf(leaf[0].amount, 22)})
}

// makeNoodles mixes leaf and flour.
func (m *seasonMaker) makeNoodles(land plot, at time.Time, flour *lot) {
	leaf := m.deliverLots(land.org, leafTea, at.Add(6*time.Hour), []lot{m.recordHarvest(land, at, "silk/leaf",
		newLot{product: "silk-leaf", amount: trace.Whole(m.drawBetween(30, 50))})})
	m.recordTransformation(leafTea, at.AddDate(0, 0, 2), app.Common{Step: "silk/noodle",
		Evidence: []app.Attribute{{Name: "成品重量", Value: "已称重"}}},
		append(leaf, cutAmount(flour, trace.Whole(500))), newLot{product: "silk-noodle", amount: trace.Whole(520)})
}

// makeCompost grows mushrooms on the branches and the frass of a village, and spreads the compost of the rest on the village's plots.
func (m *seasonMaker) makeCompost(home village, at time.Time, branch, frass []lot, additives *mushroomAdditives) {
	m.deliverLots(home.slug, fungi, at.Add(5*time.Hour), branch)
	all, _ := sumLots(frass)
	wood, _ := sumLots(branch)
	share := min(all, wood*18/80)
	var mixed []lot
	for i := range frass { // what the bags need; the rest is composted at home
		if left := share - sumAmounts(mixed); left >= trace.Whole(1) {
			mixed = append(mixed, cutAmount(&frass[i], min(left, frass[i].amount)))
		}
	}
	m.deliverLots(home.slug, fungi, at.Add(6*time.Hour), mixed)
	in := append(append([]lot{}, branch...), mixed...)
	in = append(in, cutAmount(&additives.lime, wood/80), cutAmount(&additives.gypsum, wood/80))
	mass := sumAmounts(in)
	bags := trace.Whole(int64(mass/trace.Whole(1)) * 10 / 7)
	next := at.AddDate(0, 0, 3)
	bagged := m.recordTransformation(fungi, next, app.Common{Step: "silk/bag"}, in, newLot{product: "silk-bag", amount: bags,
		dry: percentOf(mass, 88)})
	grown := m.recordTransformation(fungi, next.AddDate(0, 1, 20), app.Common{Step: "silk/mushroom"}, bagged,
		newLot{product: "silk-mushroom", amount: percentOf(mass, 78)}, newLot{product: "silk-spent", amount: percentOf(mass, 45),
			dry: percentOf(mass, 40)})
	m.deliverLots(fungi, market, next.AddDate(0, 1, 21), grown[:1])
	back := m.deliverLots(fungi, home.slug, next.AddDate(0, 1, 22), grown[1:])
	for _, rest := range frass {
		if rest.amount > 0 {
			back = append(back, rest)
		}
	}
	spread := chinaTime(2026, time.March, 10, 8)
	fertiliser := m.recordTransformation(home.slug, spread.AddDate(0, 0, -20), app.Common{Step: "silk/compost"}, back,
		newLot{product: "silk-fertiliser", amount: percentOf(sumAmounts(back), 75)})
	for _, land := range m.plots[home.slug] {
		part := lot{id: fertiliser[0].id, amount: fertiliser[0].amount / trace.Amount(len(m.plots[home.slug])) / 100_000 * 100_000}
		m.recordWork(land, land.next, spread, app.Work{Common: app.Common{Step: "silk/fertilise"}, Kind: "fertilise", Agent: "菌渣蚕沙堆肥",
			Lots: listTaken([]lot{part})})
	}
}

func sumAmounts(list []lot) trace.Amount {
	total, _ := sumLots(list)
	return total
}
