package demo

import (
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

const (
	works, candy, park, market = "hexing-works", "hexing-candy", "liangping-park", "market"
)

// recordPomelo records the pomelo season, the autumn of 2025: field work in summer, 25 days of harvest, grading and packing in
// town, juice, tea and oil in the park.
func (m *seasonMaker) recordPomelo() {
	for _, home := range pomeloVillages {
		for _, land := range m.plots[home.slug] {
			m.recordWork(land, land.season, chinaTime(2025, time.March, 10, 9), app.Work{Kind: "fertilise", Agent: "商品有机肥",
				Dose: "每株 15 千克"})
			m.recordWork(land, land.season, chinaTime(2025, time.July, 20, 7), app.Work{Kind: "spray", Agent: "啶虫脒20%EC", Dose: "2000 倍液",
				Target: "蚜虫", IntervalDays: 14, MaxUses: 1})
		}
	}
	honey := m.recordPurchase(park, chinaTime(2025, time.October, 20, 9), newLot{product: "pomelo-honey", amount: trace.Whole(60_000)})
	sugar := m.recordPurchase(candy, chinaTime(2025, time.October, 20, 9), newLot{product: "pomelo-sugar", amount: trace.Whole(60_000)})
	var treated, culls []lot
	for day := range 25 {
		at := chinaTime(2025, time.October, 25, 8).AddDate(0, 0, day)
		for _, home := range pomeloVillages {
			dayTreated, dayCulls := m.recordPomeloDay(home, at, day)
			treated, culls = append(treated, dayTreated), append(culls, dayCulls)
		}
		if day%5 == 4 {
			last := at.AddDate(0, 0, 2)
			m.packBoxes(last, treated, day)
			m.peelCulls(last, culls, &honey, &sugar)
			treated, culls = nil, nil
		}
	}
}

// recordPomeloDay records the harvest of one village on one day, and the work of the processor in town on the next day.
func (m *seasonMaker) recordPomeloDay(home village, at time.Time, day int) (treated, cull lot) {
	var fruit []lot
	for team, land := range m.plots[home.slug] {
		for picking := range 3 {
			if picking == 2 && (team+day)%4 == 0 {
				continue // not every team picks in the afternoon
			}
			pieces := m.drawBetween(700, 1900)
			// a platform scale shows half kilograms
			amount := trace.Whole(pieces) * trace.Amount(m.drawBetween(95, 130)) / 100 / 500_000 * 500_000
			if team == 1 && day == 6 && picking == 0 && home.slug == "longtan" {
				amount *= 2 // a common slip: 斤 written as kg
			}
			fruit = append(fruit, m.recordHarvest(land, at.Add(time.Duration(2*picking)*time.Hour), "pomelo/harvest",
				newLot{product: "pomelo-fruit", amount: amount, pieces: pieces}))
		}
	}
	fruit = m.deliverLots(home.slug, works, at.Add(9*time.Hour), fruit)
	next := at.AddDate(0, 0, 1).Add(4 * time.Hour)
	total, pieces := sumLots(fruit)
	prime := m.drawBetween(62, 69)
	graded := m.recordTransformation(works, next, app.Common{Step: "pomelo/grade"}, fruit,
		newLot{product: "pomelo-fruit", grade: "优级", amount: percentOf(total, prime), pieces: pieces * prime / 100},
		newLot{product: "pomelo-fruit", grade: "其他", amount: percentOf(total, 20), pieces: pieces * 20 / 100},
		newLot{product: "pomelo-cull", grade: "等外", amount: percentOf(total, 99-prime-20-2), pieces: pieces * (99 - prime - 20 - 2) / 100},
		newLot{product: "pomelo-rot", grade: "腐烂", amount: percentOf(total, 2), pieces: pieces * 2 / 100})
	m.recordLoss(works, next.Add(time.Hour), graded[3], "腐烂，深埋处理")
	m.deliverLots(works, park, next.Add(5*time.Hour), graded[1:2])
	washed := m.recordTransformation(works, next.Add(3*time.Hour), app.Common{Step: "pomelo/wash",
		Evidence: []app.Attribute{{Name: "保鲜剂名称", Value: "抑霉唑"}, {Name: "保鲜剂用量", Value: "500 mg/L"}}},
		graded[:1], newLot{product: "pomelo-treated", amount: percentOf(graded[0].amount, 99), pieces: graded[0].pieces})
	m.pressJuice(next.AddDate(0, 0, 2), graded[1])
	return washed[0], graded[2]
}

// pressJuice presses the ordinary fruit in the county's park.
func (m *seasonMaker) pressJuice(at time.Time, fruit lot) {
	pressed := m.recordTransformation(park, at, app.Common{Step: "pomelo/juice"}, []lot{fruit},
		newLot{product: "pomelo-juice", amount: percentOf(fruit.amount, m.drawBetween(50, 56))},
		newLot{product: "pomelo-pomace", amount: percentOf(fruit.amount, 36)})
	m.recordLoss(park, at.Add(2*time.Hour), pressed[1], "果渣外运作饲料")
}

// packBoxes packs the treated fruit of five days in boxes, splits some of the boxes into gift boxes, and sends pallets to the
// park and the market.
func (m *seasonMaker) packBoxes(at time.Time, treated []lot, day int) {
	for i, fruit := range treated {
		boxes := int64(percentOf(fruit.amount, 99)/trace.Whole(1)) / 10
		step := app.Common{Step: "pomelo/pack", Evidence: []app.Attribute{{Name: "承诺达标合格证", Value: "电子证随批次"}}}
		product, unit := "pomelo-box", boxes
		if i%4 == 3 {
			product, unit = "pomelo-box.gift", boxes*2
		}
		boxed := m.recordTransformation(works, at, step, []lot{fruit}, newLot{product: product, amount: trace.Whole(unit),
			pieces: fruit.pieces})[0]
		m.shipPallets(at.Add(2*time.Hour), boxed)
		switch {
		case day == 14 && i == 1:
			m.recordStatus(at.AddDate(0, 0, 3), "hold", "抽检复核中", boxed)
		case day == 19 && i == 2:
			m.recordStatus(at.AddDate(0, 0, 4), "recall", "标签保质期印错，请停止销售并退回购买处", boxed)
		}
	}
}

// shipPallets packs half of the boxes on pallets for the market, by way of the park; the other boxes stay at the processor.
func (m *seasonMaker) shipPallets(at time.Time, boxed lot) {
	half := lot{id: boxed.id, amount: boxed.amount / 2 / trace.Whole(1) * trace.Whole(1)}
	unit, ship := m.drawKey(), m.drawKey()
	m.recordReport(at, m.actorOf(works), &app.Packing{Common: newCommon(at, ""), Key: unit, Kind: "pallet",
		Contents: listTaken([]lot{half})})
	m.recordReport(at.Add(time.Hour), m.actorOf(works), &app.Shipment{Common: newCommon(at.Add(time.Hour), ""), Key: ship, To: park,
		Units: []string{unit}})
	m.recordReport(at.Add(8*time.Hour), m.actorOf(park), &app.Receipt{Common: newCommon(at.Add(8*time.Hour), ""), Shipment: ship})
}

func (m *seasonMaker) recordStatus(at time.Time, action, why string, affected lot) {
	bureau := trace.Actor{Org: m.app.CompleteID("org", "bureau"), Role: trace.Bureau, User: "demo"}
	m.recordReport(at, bureau, &app.Status{Common: newCommon(at, ""), Lots: []string{affected.id}, Action: action, Reason: why,
		Forward: true})
}

// peelCulls makes flesh and peel of the culls, and of flesh and peel candied peel, tea, oil and pectin.
func (m *seasonMaker) peelCulls(at time.Time, culls []lot, honey, sugar *lot) {
	total, _ := sumLots(culls)
	peeled := m.recordTransformation(works, at, app.Common{Step: "pomelo/peel"}, culls,
		newLot{product: "pomelo-flesh", amount: percentOf(total, 52)}, newLot{product: "pomelo-peel", amount: percentOf(total, 34)})
	flesh, peel := peeled[0], peeled[1]
	toCandy := lot{id: peel.id, amount: percentOf(peel.amount, 30)}
	m.deliverLots(works, candy, at.Add(3*time.Hour), []lot{toCandy})
	m.deliverLots(works, park, at.Add(3*time.Hour), []lot{flesh, {id: peel.id, amount: percentOf(peel.amount, 60)}})
	next := at.AddDate(0, 0, 2)
	forCandy := cutAmount(sugar, toCandy.amount*14/10)
	candied := m.recordTransformation(candy, next, app.Common{Step: "pomelo/candied"}, []lot{toCandy, forCandy},
		newLot{product: "pomelo-candied", amount: percentOf(toCandy.amount, 180)})
	m.deliverLots(candy, market, next.AddDate(0, 0, 1), candied)
	forTea := lot{id: peel.id, amount: percentOf(peel.amount, 25)}
	teaFlesh := lot{id: flesh.id, amount: forTea.amount}
	forTeaHoney := cutAmount(honey, (forTea.amount+teaFlesh.amount)*9/11/100_000*100_000)
	tea := m.recordTransformation(park, next, app.Common{Step: "pomelo/tea"}, []lot{forTea, teaFlesh, forTeaHoney},
		newLot{product: "pomelo-tea", amount: percentOf(forTea.amount+teaFlesh.amount+forTeaHoney.amount, 96)})
	half := lot{id: tea[0].id, amount: tea[0].amount / 2 / 100_000 * 100_000}
	m.deliverLots(park, market, next.AddDate(0, 0, 2), []lot{half})
	forOil := lot{id: peel.id, amount: percentOf(peel.amount, 20)}
	pressed := m.recordTransformation(park, next.AddDate(0, 0, 1), app.Common{Step: "pomelo/oil"}, []lot{forOil},
		newLot{product: "pomelo-oil", amount: percentOf(forOil.amount, 1)},
		newLot{product: "pomelo-residue", amount: percentOf(forOil.amount, 90)})
	m.recordTransformation(park, next.AddDate(0, 0, 2), app.Common{Step: "pomelo/pectin"}, pressed[1:],
		newLot{product: "pomelo-pectin", amount: percentOf(pressed[1].amount, 18)})
}

// cutAmount takes an amount from a stock.
func cutAmount(stock *lot, amount trace.Amount) lot {
	amount = amount / 100_000 * 100_000
	stock.amount -= amount
	return lot{id: stock.id, amount: amount}
}
