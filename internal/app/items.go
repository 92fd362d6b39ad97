package app

import (
	"context"
	"strings"

	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

// FindItem finds the item that bears a serial number, given as printed, as people type the number, or as the address that the item's code
// opens. of says whose item is meant: a lot (URI, key or address), a product (URI, slug or address) or a GTIN; "" for any. Errors:
// CodeBadKey for a text that cannot be a serial number; NotFound CodeNotIssued for a number that was never issued, or was issued for
// something else; those of ResolveLot; the store's.
func (a *App) FindItem(ctx context.Context, of, code string) (trace.SerialView, error) {
	at, code := cutSerialNumber(code)
	if of == "" {
		of = at
	}
	clean, err := serial.CleanSerial(code)
	if err != nil {
		return trace.SerialView{}, err
	}
	index, err := a.Serials.ParseSerial(ctx, clean)
	if err != nil {
		return trace.SerialView{}, err
	}
	v, ok := a.Ledger.Serial(index)
	if !ok { // the check is right: another server may have issued it a moment ago
		if err := a.WaitCurrent(ctx); err != nil {
			return trace.SerialView{}, err
		}
		v, ok = a.Ledger.Serial(index)
	}
	number, err := serial.ReadKeyNumber(clean)
	if err != nil {
		return trace.SerialView{}, err
	}
	if !ok || v.Batch.Key != number {
		return trace.SerialView{}, serial.NotIssued(clean)
	}
	fits, err := a.isItemOf(&v, of)
	if err != nil {
		return trace.SerialView{}, err
	}
	if !fits {
		return trace.SerialView{}, serial.NotIssued(clean)
	}
	return v, nil
}

// cutSerialNumber cuts the serial number out of a scanned or pasted text: the address that a code opens, or that of its page in a browser,
// with the query either may have. of is the lot, product or GTIN that the address names, "" for a text that is no address.
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
func (a *App) isItemOf(v *trace.SerialView, of string) (bool, error) {
	if of = strings.TrimRight(strings.TrimSpace(of), "/"); of == "" {
		return true, nil
	}
	if p, ok := a.findProduct(of); ok {
		lot, err := a.Ledger.Lot(v.Batch.Lot, 0)
		return err == nil && lot.Product.ID == p.ID, err
	}
	lot, err := a.ResolveLot(of)
	return lot == v.Batch.Lot, err
}

// findProduct finds a product by its URI, slug, GTIN, or the address of either.
func (a *App) findProduct(s string) (trace.Product, bool) {
	if p, ok := a.Ledger.Product(a.CompleteID("product", s)); ok {
		return p, true
	}
	last := trace.KeyOf(s)
	before := strings.TrimSuffix(s, last)
	switch {
	case before == "" || strings.HasSuffix(before, "/01/"):
		return a.Ledger.ProductByGTIN(last)
	case strings.HasSuffix(before, "/product/"):
		return a.Ledger.Product(a.CompleteID("product", last))
	}
	return trace.Product{}, false
}

// visibleItem finds an item that the actor may act on, and puts an error at the field the number stood in.
func (a *App) visibleItem(ctx context.Context, actor trace.Actor, field, code string) (trace.SerialView, error) {
	if strings.TrimSpace(code) == "" {
		return trace.SerialView{}, trace.E(trace.Invalid, trace.CodeRequired, field)
	}
	v, err := a.FindItem(ctx, "", code)
	if err != nil {
		return trace.SerialView{}, withField(field, err)
	}
	if _, err := a.visibleLot(actor, v.Batch.Lot); err != nil { // an item that may not be seen was never issued
		return trace.SerialView{}, withField(field, itemNotIssued(code))
	}
	return v, nil
}

// itemNotIssued is the error for an item that the actor may not see, word for word as for a number that was never issued.
func itemNotIssued(code string) error {
	_, code = cutSerialNumber(code)
	if clean, err := serial.CleanSerial(code); err == nil {
		code = clean
	}
	return serial.NotIssued(code)
}

// ShownItem is an item that an actor may see.
type ShownItem struct {
	trace.SerialView
	Code string // the serial number as printed
}

// URI is the identifier of the item.
func (it *ShownItem) URI() string { return trace.ItemURI(it.Batch.Lot, it.Code) }

// findShownItem finds an item of a lot that the actor may see, by its serial number or address. For an actor that may not see the lot the
// number was never issued, word for word. Errors: NotFound, also for what cannot be a serial number; the store's.
func (a *App) findShownItem(ctx context.Context, actor trace.Actor, code string) (*ShownItem, error) {
	if _, number, ok := trace.SplitItem(code); ok {
		code = number
	}
	clean, err := serial.CleanSerial(code)
	if err != nil {
		return nil, trace.At("code", asNotFound(err))
	}
	v, err := a.FindItem(ctx, "", clean)
	if err == nil && !a.seesLot(actor, v.Batch.Lot) {
		err = serial.NotIssued(clean)
	}
	if IsNotFound(err) {
		return nil, trace.At("code", asNotFound(err))
	}
	if err != nil {
		return nil, err
	}
	return &ShownItem{v, clean}, nil
}

// ItemDetails is an item with its lot and how often its code was looked up.
type ItemDetails struct {
	ShownItem
	LotStatus string
	LotKey    string
	Product   string // name of the product
	Scans     ScanSum
}

// ShowItem shows an item of a lot that the actor may see. source is nil where this server counts no look-ups. Errors: NotFound; the
// store's.
func (a *App) ShowItem(ctx context.Context, actor trace.Actor, code string, source ScanSource) (*ItemDetails, error) {
	it, err := a.findShownItem(ctx, actor, code)
	if err != nil {
		return nil, err
	}
	lot, err := a.Ledger.Lot(it.Batch.Lot, 0)
	if err != nil {
		return nil, err
	}
	scans, err := a.readScans(ctx, it.Code, source)
	if err != nil {
		return nil, err
	}
	return &ItemDetails{ShownItem: *it, LotStatus: lot.Status, LotKey: lot.Key, Product: lot.Product.Name, Scans: scans.ScanSum}, nil
}

// ShowItemCode is an item whose code the actor may have: a picture of the code is enough to make another label. Errors: NotFound;
// CodeNotAllowed; the store's.
func (a *App) ShowItemCode(ctx context.Context, actor trace.Actor, code string) (*ShownItem, error) {
	it, err := a.findShownItem(ctx, actor, code)
	if err != nil {
		return nil, err
	}
	return it, a.checkCodesRight(actor, &it.Batch)
}
