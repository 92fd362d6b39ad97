package trace

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// judgeSeason: only the season's organisation works and harvests, between its dates.
func (l *Ledger) judgeSeason(p *plan, _ Actor) error {
	if p.season < 0 {
		return nil
	}
	s := &l.seasons[p.season]
	if l.locationOf[s.Org] != p.org {
		return E(Forbidden, CodeNotAllowed, "season")
	}
	if t := p.event.Time; dayOf(t.Time) < dayOf(s.From.Time) || dayOf(t.Time) > dayOf(s.To.Time) {
		return E(Invalid, CodeSeasonClosed, "eventTime", "from", s.From.In(ChinaTime).Format(time.DateOnly), "to",
			s.To.In(ChinaTime).Format(time.DateOnly))
	}
	if p.kind == planWork {
		return s.judgeMaximumUses(p.work)
	}
	if p.place.ID != s.Place && p.place.Parent != s.Place {
		return E(Invalid, CodeWrongPlace, "bizLocation", "value", p.place.Name)
	}
	return nil
}

// judgeInterval: no harvest inside a safety interval 安全间隔期 (农药管理条例 §34; the label governs the days), whatever season the work
// belongs to: the work counts at its season's place and at all places in it, for harvests with a season or without.
func (l *Ledger) judgeInterval(p *plan, _ Actor) error {
	if p.kind != planHarvest {
		return nil
	}
	on := dayOf(p.event.Time.Time)
	for pl := p.place; pl != nil; pl = l.places[pl.Parent] {
		for _, n := range l.intervalSeasonsByPlace[pl.ID] {
			s := &l.seasons[n]
			if pl.isArea() && l.locationOf[s.Org] != p.org { // a village has many fields; a plot is one
				continue
			}
			for i := range s.works {
				if w := &s.works[i]; w.forbidsHarvest(on) {
					return E(Conflict, CodeInsideInterval, "eventTime", "agent", w.Agent, "days", strconv.Itoa(w.IntervalDays),
						"until", time.UnixMilli((w.stopDay()+int64(w.IntervalDays))*dayMillis).UTC().Format(time.DateOnly))
				}
			}
		}
	}
	return nil
}

// isArea reports whether a place is a division of the county, not ground that is worked as one.
func (p *Place) isArea() bool {
	return p.Kind == "county" || p.Kind == "town" || p.Kind == "village" || p.Kind == "group"
}

// judgeMaximumUses: the least number of uses that any report of the season stated binds, also where a later report leaves it out.
func (s *season) judgeMaximumUses(w *seasonWork) error {
	uses, limit := 1, w.MaxUses
	for i := range s.works {
		o := &s.works[i]
		if !o.hasSameAgent(w) {
			continue
		}
		if i == 0 || s.works[i-1].seq != o.seq { // a work with several lots is one use
			uses++
		}
		if o.MaxUses > 0 && (limit == 0 || o.MaxUses < limit) {
			limit = o.MaxUses
		}
	}
	if limit > 0 && uses > limit {
		return E(Conflict, CodeImpossible, "work.maxUses", "what", strings.TrimSpace(w.Agent), "value", strconv.Itoa(uses), "limit",
			strconv.Itoa(limit))
	}
	return nil
}

// hasSameAgent compares names as people write them; work without an agent is distinguished by its kind.
func (w *seasonWork) hasSameAgent(o *seasonWork) bool {
	name := strings.TrimSpace(w.Agent)
	return strings.EqualFold(name, strings.TrimSpace(o.Agent)) && (name != "" || w.Kind == o.Kind)
}

func (w *seasonWork) stopDay() int64 {
	if !w.Stop.IsZero() {
		return dayOf(w.Stop.Time)
	}
	return dayOf(time.UnixMilli(w.time))
}

// forbidsHarvest reports whether a harvest on a day falls between the first use and the end of the safety interval.
func (w *seasonWork) forbidsHarvest(on int64) bool {
	return w.IntervalDays > 0 && on >= dayOf(time.UnixMilli(w.time)) && on-w.stopDay() < int64(w.IntervalDays)
}

// findLateWork asks about harvests already recorded that fall inside the interval of field work reported only now.
func (l *Ledger) findLateWork(p *plan) (out []Question) {
	if p.kind != planWork || p.work.IntervalDays == 0 {
		return nil
	}
	end := p.work.stopDay()
	s := &l.seasons[p.season]
	area := l.places[s.Place] != nil && l.places[s.Place].isArea()
	others := slices.DeleteFunc(slices.Clone(l.harvestsByPlace[s.Place]), func(n int32) bool {
		return l.lots[n].season == p.season || area && l.lots[n].maker != p.org
	})
	for _, h := range slices.Concat(s.harvests, others) {
		on := dayOf(time.UnixMilli(l.madeAt(h)))
		if !l.lots[h].state.Has(Void) && p.work.forbidsHarvest(on) {
			out = append(out, Question{Code: "late_field_work", What: p.work.Agent, Value: strconv.FormatInt(on-end, 10),
				Low: strconv.Itoa(p.work.IntervalDays), Lot: l.idOf(&l.lots[h])})
		}
	}
	return out
}

// findOtherChain asks about a harvest of a season that was sown for something else: fruit of a mulberry field.
func (l *Ledger) findOtherChain(p *plan) (out []Question) {
	if p.kind != planHarvest || p.season < 0 {
		return nil
	}
	sown, ok := l.productOf[l.seasons[p.season].Product]
	if !ok || l.products[sown].Chain == "" {
		return nil
	}
	for i := range p.newLots {
		pr := l.products[p.newLots[i].product]
		asked := slices.ContainsFunc(out, func(q Question) bool { return q.What == pr.Name })
		if pr.Chain != "" && pr.Chain != l.products[sown].Chain && !asked {
			out = append(out, Question{Code: "unexpected_product", What: pr.Name, Lot: p.newLots[i].id})
		}
	}
	return out
}
