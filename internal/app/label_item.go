package app

import (
	"iter"
	"time"

	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// describeLabel is the label of a lot in the language of say; its code opens url. The quantity is that of the lot or, with each, of one
// item. issued is the date of a certificate. Errors: NotFound.
func (a *App) describeLabel(say *locale.Printer, lot, url string, each bool, issued time.Time) (label.Item, error) {
	v, err := a.Ledger.Lot(lot, originLimit)
	if err != nil {
		return label.Item{}, err
	}
	names := &story.Namer{Ledger: a.Ledger, Chains: a.Chains, Printer: say}
	it := label.Item{
		URL: url, Code: v.Key, Product: names.ProductName(&v.Product), Grade: names.GradeName(v.Product.Chain, v.Grade),
		Quantity: say.Quantity(v.Quantity, names.CountWord(&v.Product)), Date: say.Date(v.Made.Time), Place: names.SharedOrigin(v),
		Org: v.Made.Org.Name,
	}
	if o, ok := a.Ledger.Organisation(v.Made.Org.ID); ok {
		it.Org, it.Contact = names.PickName(o.Name, o.NameEn), o.Contact
	}
	if v.Product.Certificate {
		it.Certificate = &label.Certificate{Issued: say.Date(issued), Promisor: it.Org}
	}
	if each {
		it.Quantity = writeItemQuantity(names, &v.Product)
	}
	return it, nil
}

// writeItemQuantity is the content of one item of a product: its net mass where the net mass is known, else one piece, box or bag.
func writeItemQuantity(names *story.Namer, pr *trace.Product) string {
	one, word := trace.Whole(1), names.CountWord(pr)
	switch {
	case pr.Unit == trace.Kilogram || pr.Unit == trace.Litre: // counted besides being weighed
		return names.Printer.Quantity(trace.Quantity{Amount: one, Unit: trace.Piece}, word)
	case pr.NetMass > 0:
		return names.Printer.Quantity(trace.Quantity{Amount: pr.NetMass, Unit: trace.Kilogram})
	}
	return names.Printer.Quantity(trace.Quantity{Amount: one, Unit: pr.Unit}, word)
}

// oneLabel is a file with a single label.
func oneLabel(it label.Item) iter.Seq2[label.Item, error] {
	return func(yield func(label.Item, error) bool) { yield(it, nil) }
}

// numberedLabels are labels that differ in their serial numbers alone.
func numberedLabels(it label.Item, codes iter.Seq[string]) iter.Seq2[label.Item, error] {
	lotURL := it.URL
	return func(yield func(label.Item, error) bool) {
		for code := range codes {
			it.Serial, it.URL = code, itemURL(lotURL, code)
			if !yield(it, nil) {
				return
			}
		}
	}
}

// itemURL is the address that the code of an item opens, under the address that the code of its lot opens.
func itemURL(lotURL, code string) string { return lotURL + "/21/" + code }
