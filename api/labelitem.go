package api

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// labeller says in one language what the ledger knows of a lot.
type labeller struct {
	r   *app.App
	say *locale.Printer
}

func (n labeller) either(zh, en string) string {
	if n.say.Lang() == locale.English && en != "" {
		return en
	}
	return zh
}

// lot is the label of a lot; its quantity is that of the lot, or of each item of it. A certificate is issued at a time. Errors: unknown lot.
func (n labeller) lot(id, url string, each bool, issued time.Time) (label.Item, error) {
	v, err := n.r.Ledger.Lot(id, originLimit)
	if err != nil {
		return label.Item{}, err
	}
	it := label.Item{URL: url, Code: v.Key, Product: n.either(v.Product.Name, v.Product.NameEn), Grade: n.grade(v), Quantity: n.quantity(v.Quantity, &v.Product),
		Date: n.say.Date(v.Made.Time), Place: n.origin(v), Org: v.Made.Org.Name}
	if o, ok := n.r.Ledger.Organisation(v.Made.Org.ID); ok {
		it.Org, it.Contact = n.either(o.Name, o.NameEn), o.Contact
	}
	if v.Product.Certificate {
		it.Certificate = &label.Certificate{Issued: n.say.Date(issued), Promisor: it.Org}
	}
	if each {
		it.Quantity = n.each(&v.Product)
	}
	return it, nil
}

func (n labeller) quantity(q trace.Quantity, pr *trace.Product) string {
	if n.say.Lang() == locale.English {
		return n.say.Quantity(q)
	}
	return n.say.Quantity(q, pr.CountWord)
}

// each is what one item of a product holds: its net mass where that is known, else one piece, box or bag.
func (n labeller) each(pr *trace.Product) string {
	one := trace.Whole(1)
	switch pr.Unit {
	case "KGM", "LTR": // counted besides being weighed
		return n.quantity(trace.Quantity{Amount: one, Unit: "H87"}, pr)
	}
	if pr.NetMass > 0 {
		return n.say.Quantity(trace.Quantity{Amount: pr.NetMass, Unit: "KGM"})
	}
	return n.quantity(trace.Quantity{Amount: one, Unit: pr.Unit}, pr)
}

// grade is the chain's word for a grade in the label's language; any other stays as the clerk wrote it.
func (n labeller) grade(v *trace.LotView) string {
	c, ok := n.r.Chains.Chain(v.Product.Chain)
	if !ok || v.Grade == "" {
		return v.Grade
	}
	for i := range c.Steps {
		for _, g := range c.Steps[i].Grades {
			if g.Zh == v.Grade || strings.EqualFold(g.En, v.Grade) {
				return n.either(g.Zh, g.En)
			}
		}
	}
	return v.Grade
}

// origin is where the goods come from 产地: the path that all their origins share, county, town, village; where there is none, the place the
// lot was made at. What is made in a town of fruit of one village comes from the village.
func (n labeller) origin(v *trace.LotView) string {
	var shared []trace.Place
	for i, o := range v.Origins {
		path := n.r.Ledger.PublicPath(o.Place)
		if i == 0 {
			shared = path
			continue
		}
		same := 0
		for same < min(len(shared), len(path)) && shared[same].ID == path[same].ID {
			same++
		}
		shared = shared[:same]
	}
	if len(shared) == 0 && v.Made.Place != nil {
		shared = n.r.Ledger.PublicPath(v.Made.Place.ID)
	}
	return n.address(shared)
}

// address joins the names of a path as the language does; a name that begins with that of the place around it is told without.
func (n labeller) address(path []trace.Place) string {
	names := make([]string, len(path))
	for i := range path {
		names[i] = n.either(path[i].Name, path[i].NameEn)
		if i == 0 {
			continue
		}
		if rest, ok := strings.CutPrefix(names[i], n.either(path[i-1].Name, path[i-1].NameEn)); ok && strings.TrimSpace(rest) != "" {
			names[i] = strings.TrimSpace(rest)
		}
	}
	if n.say.Lang() == locale.English {
		slices.Reverse(names)
		return strings.Join(names, ", ")
	}
	return strings.Join(names, "")
}

// one is a single label.
func one(it label.Item) iter.Seq2[label.Item, error] {
	return func(yield func(label.Item, error) bool) { yield(it, nil) }
}

// numbered are labels alike but for their serial numbers.
func numbered(it label.Item, codes iter.Seq[string]) iter.Seq2[label.Item, error] {
	lot := it.URL
	return func(yield func(label.Item, error) bool) {
		for code := range codes {
			it.Serial, it.URL = code, itemURL(lot, code)
			if !yield(it, nil) {
				return
			}
		}
	}
}

// itemURL is what the code of an item opens.
func itemURL(lot, code string) string { return lot + "/21/" + code }

// codesOf are the serial numbers of a part of a batch, ordinals from 1. Errors: the store's; CodeSerialKey.
func codesOf(ctx context.Context, r *app.App, b *trace.BatchView, from, to int64) (iter.Seq[string], error) {
	seq, err := r.Serials.Codes(ctx, b.Key, b.First+from-1, to-from+1)
	if err != nil {
		return nil, fmt.Errorf("make serial numbers: %w", err)
	}
	return seq, nil
}
