package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/trace"
)

// unit shows what is packed in a box or on a pallet.
func (s *site) unit(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	typed := param(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return s.notFound(c, typed, err)
	}
	v, ok := r.Ledger.Unit(r.ID("unit", key))
	if !ok {
		return s.notFound(c, key, trace.E(trace.NotFound, trace.CodeUnknownThing, "unit"))
	}
	ch := language(s.words, c)
	p := &unitPage{shell: shellFor(c, ch, s.url), Key: trace.GroupKey(key)}
	p.Title = ch.p.T("page.unit.title")
	p.Canonical, p.Image = s.url+"/unit/"+key, s.url+s.share
	n := &namer{l: r.Ledger, set: r.Chains, p: ch.p}
	if v.Holder != nil {
		p.Holder = n.org(v.Holder.ID)
	}
	worst := "active"
	for _, q := range v.Lots {
		row, state := unitRow(n, ch, q)
		p.Rows = append(p.Rows, row)
		if rank(state) > rank(worst) {
			worst = state
		}
	}
	for _, u := range v.Units {
		p.Units = append(p.Units, ref{Text: trace.GroupKey(trace.KeyOf(u)), Href: "/unit/" + trace.KeyOf(u) + ch.suffix()})
	}
	p.Band = band{State: worst, Word: ch.p.T("page.state." + worst), Say: ch.p.T("page.state." + worst + ".text")}
	if worst != "active" {
		p.Band.Say = ch.p.T("page.unit.alert")
	}
	if len(p.Rows)+len(p.Units) == 0 {
		p.Band = band{State: "void", Word: ch.p.T("page.unit.none"), Say: ch.p.T("page.unit.empty")}
	}
	p.Desc = p.Band.Say
	return send(c, fiber.StatusOK, "unit.html", p, ch)
}

func unitRow(n *namer, ch choice, q trace.EventQuantity) (packed, string) {
	amount := trace.Quantity{Amount: q.Amount, Unit: q.Unit}
	row := packed{ref: ref{Href: pathOf(q.Class) + ch.suffix()}, Key: trace.GroupKey(trace.KeyOf(q.Class)), State: "active"}
	word := ""
	if v, err := n.l.Lot(q.Class, 0); err == nil {
		row.Text, row.State, word = n.lot(v), v.Status, n.countWord(&v.Product)
	}
	row.Amount, row.Grey = ch.p.Quantity(amount, word), ch.p.Jin(amount)
	row.Word = ch.p.T("page.state." + row.State)
	return row, row.State
}

// rank orders states from good to bad.
func rank(state string) int {
	switch state {
	case "recalled":
		return 3
	case "void":
		return 1
	case "hold":
		return 2
	}
	return 0
}
