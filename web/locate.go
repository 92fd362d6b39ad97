package web

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

// gs1 begins the identifiers of lots whose product has a GTIN.
const gs1 = "https://id.gs1.org"

// target is what an identifier names, as far as the ledger knows it. Paths are percent-encoded.
type target struct {
	ident   string // path of the identifier itself, in its one form
	page    string // path of its page, which its code leads to; a query may be in it
	lot     string // URI
	serial  string // serial number of an item of the lot, in its one form
	unit    string // URI
	product string // URI, of a product alone
}

// errUnissued is a serial number that was never issued. Its page must not look like that of a genuine item, so that it never walks up to
// the lot or the product.
var errUnissued = errors.New("serial number not issued")

// locate finds what a Digital Link names. Errors: NotFound; errUnissued.
//
// A lot that nobody knows walks up to its product, as the resolver standard wants, but to a page that says first of all that this lot is
// not known: whoever prints false labels knows genuine GTINs.
func (s *site) locate(ctx context.Context, r *app.App, l *digitallink.Link) (target, error) {
	if l.Key.AI != "01" {
		return target{}, trace.E(trace.NotFound, trace.CodeNotFound, "", "value", l.Key.Value)
	}
	gtin, lot, number, third := l.Key.Value, "", "", false
	for _, q := range l.Qualifiers {
		switch q.AI {
		case "10":
			lot = q.Value
		case "21":
			number = q.Value
		case "235":
			third = true // a serial number of a third party: we issue none
		}
	}
	switch {
	case third:
		return target{}, errUnissued
	case number != "":
		return s.locateItem(ctx, r, gtin, lot, number)
	case lot == "":
		p, ok := r.Ledger.ProductByGTIN(gtin)
		if !ok {
			return target{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "", "thing", "product", "value", gtin)
		}
		return productTarget(&p), nil
	}
	if id, ok := gtinLot(r, gtin, lot); ok {
		return lotTarget(id), nil
	}
	p, ok := r.Ledger.ProductByGTIN(gtin)
	if !ok {
		return target{}, trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", trace.Clip(lot))
	}
	t := productTarget(&p)
	t.page += "?lot=" + url.QueryEscape(trace.Clip(lot))
	return t, nil
}

// gtinLot finds a lot by GTIN and lot number, as it is printed or as people type it.
func gtinLot(r *app.App, gtin, lot string) (string, bool) {
	begin := gs1 + "/01/" + gtin + "/10/"
	if id := begin + lot; has(r, id) {
		return id, true
	}
	key, err := trace.ParseKey(fold(lot))
	if err != nil {
		return "", false
	}
	return begin + key, has(r, begin+key)
}

// has reports whether there is a lot of this identifier.
func has(r *app.App, id string) bool {
	_, ok := r.Ledger.PageSeq(id)
	return ok
}

// locateItem finds an item by its serial number, and by its lot where that is said.
func (s *site) locateItem(ctx context.Context, r *app.App, gtin, lot, number string) (target, error) {
	id := ""
	if lot != "" {
		var ok bool
		if id, ok = gtinLot(r, gtin, lot); !ok {
			return target{}, errUnissued
		}
	}
	return itemTarget(ctx, r, id, number, func(id string) bool { return strings.HasPrefix(id, gs1+"/01/"+gtin+"/") })
}

// itemTarget is an issued item of a lot; where no lot is said, of the lot that fits.
func itemTarget(ctx context.Context, r *app.App, lot, number string, fits func(lot string) bool) (target, error) {
	of, code, err := issued(ctx, r, lot, number)
	switch {
	case errors.Is(err, &trace.Error{Code: trace.CodeNotIssued}), errors.Is(err, &trace.Error{Code: trace.CodeBadKey}):
		return target{}, errUnissued
	case err != nil:
		return target{}, err
	case !fits(of):
		return target{}, errUnissued
	}
	t := lotTarget(of)
	t.serial = code
	t.ident += "/21/" + url.PathEscape(code)
	t.page += "/" + url.PathEscape(code)
	return t, nil
}

func lotTarget(id string) target { return target{ident: identPath(id), page: pathOf(id), lot: id} }

func unitTarget(id string) target {
	path := "/unit/" + trace.KeyOf(id)
	return target{ident: path, page: pages + path, unit: id}
}

func productTarget(p *trace.Product) target {
	return target{ident: productPath(p), page: pages + "/product/" + trace.KeyOf(p.ID), product: p.ID}
}

// pages begins the paths of pages; what is printed in a code is the path of the identifier, which redirects there.
const pages = "/trace"

// pathOf is where a lot's page is.
func pathOf(id string) string { return pages + "/" + trace.KeyOf(id) }

// identPath is the path of a lot's identifier on this server.
func identPath(id string) string {
	if rest, ok := strings.CutPrefix(id, gs1); ok {
		return rest
	}
	return "/lot/" + trace.KeyOf(id)
}

// productPath is the path of a product's identifier: its GTIN where it has one.
func productPath(p *trace.Product) string {
	if p.GTIN != "" {
		return "/01/" + p.GTIN
	}
	return "/product/" + trace.KeyOf(p.ID)
}

// locatePrivate finds what one of our own identifiers names; kind is its first segment, rest the raw path after it. Errors: NotFound,
// errUnissued; Invalid for what is no identifier of ours.
func (s *site) locatePrivate(ctx context.Context, r *app.App, kind, rest string) (target, error) {
	if kind == "lot" && len(rest) == trace.KeyLength { // as it is printed: nearly always
		if id := r.Ledger.Namespace() + "/lot/" + rest; has(r, id) {
			return target{ident: id[len(id)-len("/lot/")-len(rest):], page: pages + "/" + rest, lot: id}, nil
		}
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	if len(parts) != 1 && (kind != "lot" || len(parts) != 3 || parts[1] != "21") {
		return target{}, trace.E(trace.Invalid, trace.CodeBadValue, "", "value", trace.Clip(rest), "allowed", "/lot/… /lot/…/21/… /unit/… /product/…")
	}
	for i := range parts {
		parts[i] = typedSegment(parts[i])
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
		id := r.ID("unit", key)
		if _, ok := r.Ledger.Unit(id); !ok {
			return target{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "unit", "thing", "unit", "value", key)
		}
		return unitTarget(id), nil
	}
	id, err := lotOf(r, key)
	switch {
	case len(parts) == 1 && err != nil:
		return target{}, err
	case len(parts) == 1:
		return lotTarget(id), nil
	case err != nil:
		return target{}, errUnissued
	}
	return itemTarget(ctx, r, id, parts[2], func(string) bool { return true })
}

// lotOf finds a lot by its key: one of the namespace, or any.
func lotOf(r *app.App, key string) (string, error) {
	id := r.Ledger.Namespace() + "/lot/" + key
	if has(r, id) {
		return id, nil
	}
	return r.Ledger.ResolveKey(key)
}

// param is a path segment as the browser meant it, with the signs of a Chinese keyboard made plain.
func param(c *fiber.Ctx, name string) string { return typedSegment(strings.Clone(c.Params(name))) }

func typedSegment(raw string) string {
	if v, err := url.PathUnescape(raw); err == nil {
		raw = v
	}
	return fold(raw)
}

// issued finds the lot of an item, and its serial number in its one form.
func issued(ctx context.Context, r *app.App, lot, typed string) (of, code string, err error) {
	v, err := r.FindItem(ctx, lot, typed)
	if err != nil {
		return "", "", err
	}
	code, err = serial.CleanSerial(typed)
	return v.Batch.Lot, code, err
}
