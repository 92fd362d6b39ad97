package app

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

// FindItem finds the item that bears a serial number, given as it is printed, as people type it, or as the address its code opens. of says whose
// item it has to be: a lot (URI, key or address), a product (URI, slug or address) or a GTIN; "" for any. Errors: CodeBadKey for what cannot
// be a serial number; NotFound CodeNotIssued for one that was never issued, or for something else; those of Lot.
func (r *App) FindItem(ctx context.Context, of, code string) (trace.SerialView, error) {
	at, code := cutSerialNumber(code)
	if of == "" {
		of = at
	}
	clean, err := serial.Clean(code)
	if err != nil {
		return trace.SerialView{}, err
	}
	index, err := r.Serials.Parse(ctx, clean)
	if err != nil {
		return trace.SerialView{}, err
	}
	v, ok := r.Ledger.Serial(index)
	if !ok { // the check is right: another server may have issued it a moment ago
		if err := r.WaitCurrent(ctx); err != nil {
			return trace.SerialView{}, err
		}
		v, ok = r.Ledger.Serial(index)
	}
	number, err := serial.KeyNumber(clean)
	if err != nil {
		return trace.SerialView{}, err
	}
	if !ok || v.Batch.Key != number {
		return trace.SerialView{}, serial.NotIssued(clean)
	}
	fits, err := r.isItemOf(&v, of)
	if err != nil {
		return trace.SerialView{}, err
	}
	if !fits {
		return trace.SerialView{}, serial.NotIssued(clean)
	}
	return v, nil
}

// cutSerialNumber cuts the serial number out of what was scanned or pasted: the address that a code opens, or that of its page in a browser, with the
// query either may have. of is whose item the address says it is, "" where it is none.
func cutSerialNumber(s string) (of, code string) {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "/") {
		if end := strings.IndexAny(s, "?#"); end >= 0 {
			s = s[:end]
		}
		s = strings.TrimRight(s, "/")
	}
	if lot, number, ok := trace.SplitItem(s); ok {
		return lot, number
	}
	if i := strings.LastIndex(s, "/trace/"); i >= 0 {
		if lot, number, ok := strings.Cut(s[i+len("/trace/"):], "/"); ok {
			return lot, number
		}
	}
	return "", s
}

// isItemOf reports whether an item is of a lot or a product.
func (r *App) isItemOf(v *trace.SerialView, of string) (bool, error) {
	if of = strings.TrimRight(strings.TrimSpace(of), "/"); of == "" {
		return true, nil
	}
	if p, ok := r.findProduct(of); ok {
		lot, err := r.Ledger.Lot(v.Batch.Lot, 0)
		return err == nil && lot.Product.ID == p.ID, err
	}
	lot, err := r.ResolveLot(of)
	return lot == v.Batch.Lot, err
}

// findProduct finds a product by its URI, slug, GTIN, or the address of either.
func (r *App) findProduct(s string) (trace.Product, bool) {
	if p, ok := r.Ledger.Product(r.ID("product", s)); ok {
		return p, true
	}
	last := trace.KeyOf(s)
	before := strings.TrimSuffix(s, last)
	switch {
	case before == "" || strings.HasSuffix(before, "/01/"):
		return r.Ledger.ProductByGTIN(last)
	case strings.HasSuffix(before, "/product/"):
		return r.Ledger.Product(r.ID("product", last))
	}
	return trace.Product{}, false
}

// visibleItem finds an item that the actor may act on, and puts an error at the field the number stood in.
func (r *App) visibleItem(ctx context.Context, a trace.Actor, field, code string) (trace.SerialView, error) {
	if strings.TrimSpace(code) == "" {
		return trace.SerialView{}, trace.E(trace.Invalid, trace.CodeRequired, field)
	}
	v, err := r.FindItem(ctx, "", code)
	if err != nil {
		return trace.SerialView{}, withField(field, err)
	}
	if _, err := r.visibleLot(a, v.Batch.Lot); err != nil { // what is not to be seen was never issued
		return trace.SerialView{}, withField(field, itemNotIssued(code))
	}
	return v, nil
}

// itemNotIssued is the error for an item that the actor may not see, word for word as for a number that was never issued.
func itemNotIssued(code string) error {
	_, code = cutSerialNumber(code)
	if clean, err := serial.Clean(code); err == nil {
		code = clean
	}
	return serial.NotIssued(code)
}

// vocabularies are the spellings of GS1's in which link types come.
var vocabularies = []string{"https://gs1.org/voc/", "https://ref.gs1.org/voc/", "https://www.gs1.org/voc/", "http://gs1.org/voc/", "http://ref.gs1.org/voc/", "http://www.gs1.org/voc/", "gs1:"}

// LinkType writes a link type as a CURIE: "https://ref.gs1.org/voc/pip" is "gs1:pip". What is no type of GS1's passes as it is.
func LinkType(s string) string {
	s = strings.TrimSpace(s)
	for _, v := range vocabularies {
		if name, ok := strings.CutPrefix(s, v); ok {
			return "gs1:" + name
		}
	}
	return s
}

// escape percent-encodes the signs of an address that are not ASCII, as a browser does; in a host name they stay wrong.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b.WriteByte(s[i])
			continue
		}
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// tidy writes a link as the ledger wants it where what is meant is clear: the type as a CURIE, languages as zh-CN, Chinese signs of an
// address percent-encoded.
func tidy(w trace.WebLink) trace.WebLink {
	w.LinkType, w.Type, w.Title, w.Href = LinkType(w.LinkType), strings.ToLower(strings.TrimSpace(w.Type)), strings.TrimSpace(w.Title), escape(strings.TrimSpace(w.Href))
	var tags []string
	for _, tag := range w.Hreflang {
		language, region, two := strings.Cut(strings.TrimSpace(tag), "-")
		tag = strings.ToLower(language)
		if two && len(region) == 2 {
			region = strings.ToUpper(region)
		}
		if two {
			tag += "-" + region
		}
		tags = append(tags, tag)
	}
	w.Hreflang = tags
	return w
}
