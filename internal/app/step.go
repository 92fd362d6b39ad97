package app

import (
	"slices"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

// inferStep writes into an event the one step of a chain that its products fit, where the report names none: a slip of 斤 for kg must not
// pass because an optional member was left out. Where several steps fit, or none, the event stays without.
func (a *App) inferStep(ev *trace.Event) {
	if ev.Step != "" || ev.Ilmd == nil {
		return
	}
	out := make([]trace.Product, 0, len(ev.Ilmd.Lots))
	for i := range ev.Ilmd.Lots {
		p, ok := a.Ledger.Product(ev.Ilmd.Lots[i].Product)
		if !ok {
			return
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return
	}
	c, ok := a.Chains.Chain(out[0].Chain)
	if !ok {
		return
	}
	in := make([]trace.Product, 0, len(ev.Inputs))
	for i := range ev.Inputs {
		v, err := a.Ledger.Lot(ev.Inputs[i].Class, 0)
		if err != nil {
			return
		}
		in = append(in, v.Product)
	}
	ev.Step = findOnlyStep(c, in, out)
}

// findOnlyStep is the step of a chain that takes products in and gives products out, "" where there is none or more than one. A harvest,
// which takes nothing in, is a step without inputs, and its lots are of the step's own product; a step with inputs may give by-products
// alone.
func findOnlyStep(c *chain.Chain, in, out []trace.Product) string {
	found := ""
	for i := range c.Steps {
		st := &c.Steps[i]
		gives := st.Outputs
		if len(in) > 0 {
			gives = slices.Concat(st.Outputs, st.CoProducts)
		}
		if (len(in) == 0) != (len(st.Inputs) == 0) || !haveRoles(c, st.Inputs, in) || !haveRoles(c, gives, out) {
			continue
		}
		if found != "" {
			return ""
		}
		found = st.FullID()
	}
	return found
}

// haveRoles reports whether every product has one of the roles.
func haveRoles(c *chain.Chain, roles []string, products []trace.Product) bool {
	return !slices.ContainsFunc(products, func(p trace.Product) bool { return !slices.Contains(roles, c.Role(p)) })
}
