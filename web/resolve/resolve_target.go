package resolve

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/consumer"
	"github.com/yousang/yousang/web/shell"
)

// target is the thing that an identifier names, as far as the ledger knows the thing. Paths are percent-encoded.
type target struct {
	ident   string // path of the identifier itself, in its one form
	page    string // path of the page that the code leads to; the path may have a query
	lot     string // URI
	serial  string // serial number of an item of the lot, in its one form
	unit    string // URI
	product string // URI, of a product alone
}

// errNotIssued is a serial number that was never issued. The answer must not look like that of a genuine item, so that such a number never
// walks up to the lot or the product.
var errNotIssued = errors.New("serial number not issued")

// findLinkTarget finds the thing that a Digital Link names. Errors: NotFound; errNotIssued.
//
// An unknown lot walks up to its product, as the resolver standard asks, but to a page that says first of all that this lot is not known: a
// printer of false labels knows genuine GTINs.
func findLinkTarget(ctx context.Context, r *app.App, l *digitallink.Link) (target, error) {
	if l.Key.AI != "01" {
		return target{}, trace.E(trace.NotFound, trace.CodeNotFound, "", "value", l.Key.Value)
	}
	gtin, lot, number, thirdParty := l.Key.Value, "", "", false
	for _, q := range l.Qualifiers {
		switch q.AI {
		case "10":
			lot = q.Value
		case "21":
			number = q.Value
		case "235":
			thirdParty = true // a serial number of a third party: the ledger issues none
		}
	}
	switch {
	case thirdParty:
		return target{}, errNotIssued
	case number != "":
		return findGTINItem(ctx, r, gtin, lot, number)
	case lot == "":
		return findGTINProduct(r, gtin)
	}
	if id, ok := findGTINLot(r, gtin, lot); ok {
		return lotTarget(id), nil
	}
	t, err := findGTINProduct(r, gtin)
	if err != nil {
		return target{}, trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", trace.Clip(lot))
	}
	t.page += "?lot=" + url.QueryEscape(trace.Clip(lot))
	return t, nil
}

// findGTINProduct finds a product by its GTIN. Errors: NotFound.
func findGTINProduct(r *app.App, gtin string) (target, error) {
	p, ok := r.Ledger.ProductByGTIN(gtin)
	if !ok {
		return target{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "", "thing", "product", "value", gtin)
	}
	return productTarget(&p), nil
}

// gtinPrefix begins the identifiers of the lots of a GTIN.
func gtinPrefix(gtin string) string { return "https://id.gs1.org/01/" + gtin + "/" }

// findGTINLot finds a lot by GTIN and lot number, as the number is printed or as people type the number.
func findGTINLot(r *app.App, gtin, lot string) (string, bool) {
	prefix := gtinPrefix(gtin) + "10/"
	if id := prefix + lot; hasLot(r, id) {
		return id, true
	}
	key, err := trace.ParseKey(shell.PlainInput(lot))
	if err != nil {
		return "", false
	}
	return prefix + key, hasLot(r, prefix+key)
}

// hasLot reports whether there is a lot of this identifier.
func hasLot(r *app.App, id string) bool {
	_, ok := r.Ledger.PageSeq(id)
	return ok
}

// findGTINItem finds an item by its serial number, and by its lot where the link names one. Errors: errNotIssued; the store's.
func findGTINItem(ctx context.Context, r *app.App, gtin, lot, number string) (target, error) {
	id := ""
	if lot != "" {
		var ok bool
		if id, ok = findGTINLot(r, gtin, lot); !ok {
			return target{}, errNotIssued
		}
	}
	t, err := findItem(ctx, r, id, number)
	if err == nil && !strings.HasPrefix(t.lot, gtinPrefix(gtin)) {
		return target{}, errNotIssued
	}
	return t, err
}

// findItem finds an issued item by its serial number as people type the number, and by its lot, which may be "". Errors: errNotIssued; the
// store's.
func findItem(ctx context.Context, r *app.App, lot, typed string) (target, error) {
	v, err := r.FindItem(ctx, lot, typed)
	var number string
	if err == nil {
		number, err = serial.CleanSerial(typed)
	}
	switch {
	case trace.IsCode(err, trace.CodeNotIssued), trace.IsCode(err, trace.CodeBadKey):
		return target{}, errNotIssued
	case err != nil:
		return target{}, err
	}
	t := lotTarget(v.Batch.Lot)
	t.serial = number
	t.ident = digitallink.ItemPath(v.Batch.Lot, url.PathEscape(number))
	t.page = consumer.ItemPath(v.Batch.Lot, url.PathEscape(number))
	return t, nil
}

func lotTarget(id string) target {
	return target{ident: digitallink.LotPath(id), page: consumer.LotPath(id), lot: id}
}

func unitTarget(id string) target {
	return target{ident: "/unit/" + trace.KeyOf(id), page: consumer.UnitPath(id), unit: id}
}

func productTarget(p *trace.Product) target {
	return target{ident: digitallink.ProductPath(p), page: consumer.ProductPath(p.ID), product: p.ID}
}

// findOwnTarget finds the thing that one of the ledger's own identifiers names; kind is the first segment of its path, rest the raw path
// after that segment. Errors: NotFound; errNotIssued; Invalid for a path that is no identifier of the ledger.
func findOwnTarget(ctx context.Context, r *app.App, kind, rest string) (target, error) {
	if kind == "lot" && len(rest) == trace.KeyLength { // as the code is printed: nearly always
		if id := r.Ledger.Namespace() + "/lot/" + rest; hasLot(r, id) {
			return lotTarget(id), nil
		}
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	if len(parts) != 1 && (kind != "lot" || len(parts) != 3 || parts[1] != "21") {
		return target{}, trace.E(trace.Invalid, trace.CodeBadValue, "", "value", trace.Clip(rest),
			"allowed", "/lot/… /lot/…/21/… /unit/… /product/…")
	}
	for i := range parts {
		parts[i] = shell.PlainSegment(parts[i])
	}
	if kind == "product" {
		p, ok := r.Ledger.Product(r.Ledger.Namespace() + "/product/" + parts[0])
		if !ok {
			return target{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "", "thing", "product", "value", trace.Clip(parts[0]))
		}
		return productTarget(&p), nil
	}
	key, err := trace.ParseKey(parts[0])
	if err != nil {
		return target{}, err
	}
	if kind == "unit" {
		id := r.CompleteID("unit", key)
		if _, ok := r.Ledger.Unit(id); !ok {
			return target{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "unit", "thing", "unit", "value", key)
		}
		return unitTarget(id), nil
	}
	id, err := r.Ledger.ResolveKey(key)
	switch {
	case len(parts) == 1 && err != nil:
		return target{}, err
	case len(parts) == 1:
		return lotTarget(id), nil
	case err != nil:
		return target{}, errNotIssued
	}
	return findItem(ctx, r, id, parts[2])
}
