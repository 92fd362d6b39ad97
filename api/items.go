package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/trace"
)

// ItemRef names one item.
type ItemRef struct {
	Code string `path:"code"`
}

// ItemAnswer is one item.
type ItemAnswer struct {
	Code      string            `json:"code" doc:"The serial number as it is printed."`
	Item      string            `json:"item" doc:"URI of the item."`
	URL       string            `json:"url" doc:"What its code opens."`
	State     trace.SerialState `json:"state" enum:"printed,activated,sold,voided"`
	Since     time.Time         `json:"since" doc:"When it came into the state."`
	Seq       int64             `json:"seq" doc:"Record of the state."`
	Activated time.Time         `json:"activated,omitzero"`
	Lot       string            `json:"lot" doc:"URI of the lot."`
	LotKey    string            `json:"lotKey"`
	LotStatus string            `json:"lotStatus" enum:"active,hold,recalled,void"`
	Product   string            `json:"product" doc:"Name of the product."`
	Batch     string            `json:"batch" doc:"Key of the batch of serial numbers."`
	Ordinal   int64             `json:"ordinal" doc:"Place in the batch, from 1."`
	Org       string            `json:"org,omitempty" doc:"URI of the organisation that issued it."`
	Regions   []string          `json:"regions" doc:"Where it is to be sold. Empty for anywhere."`
	Scans     app.ScanSum       `json:"scans"`
}

type itemSVGInput struct {
	ItemRef
	Size float64 `query:"mm" minimum:"8" maximum:"300" default:"25" doc:"Width in millimetres, the white margin included."`
}

type itemPNGInput struct {
	ItemRef
	Size int `query:"px" minimum:"1" maximum:"4096" default:"512" doc:"Least width in pixels; a module is always a whole number of them."`
}

func (a *API) registerItems() {
	huma.Register(a.huma, describeRead("/items/{code}", "getItem", tagCodes, "One item by its serial number 一物一码",
		"Its state, its lot, and how often its code was looked up. For those who may see the lot; to others it was never issued. What the "+
			"public sees is the page that the code opens."),
		func(ctx context.Context, in *ItemRef) (*body[ItemAnswer], error) {
			it, err := a.App().ShowItem(ctx, callerOf(ctx).Actor, unescapePath(in.Code), a.scanSource())
			if err != nil {
				return nil, err
			}
			return answerBody(a.itemAnswer(it), nil)
		})
	svg := describeRead("/items/{code}/qr.svg", "getItemSVG", tagCodes, "An item's QR code as SVG",
		"For print, by those who may have the codes of its batch.")
	svg.Responses = describeFile("image/svg+xml")
	huma.Register(a.huma, svg, func(ctx context.Context, in *itemSVGInput) (*picture, error) {
		return a.drawItemCode(ctx, in.Code, "image/svg+xml", func(s string) ([]byte, error) { return label.DrawCodeSVG(s, in.Size) })
	})
	png := describeRead("/items/{code}/qr.png", "getItemPNG", tagCodes, "An item's QR code as PNG",
		"For label printers, by those who may have the codes of its batch.")
	png.Responses = describeFile("image/png")
	huma.Register(a.huma, png, func(ctx context.Context, in *itemPNGInput) (*picture, error) {
		return a.drawItemCode(ctx, in.Code, "image/png", func(s string) ([]byte, error) { return label.DrawCodePNG(s, in.Size) })
	})
}

// itemAnswer writes an item as the API answers it.
func (a *API) itemAnswer(it *app.ItemDetails) ItemAnswer {
	out := ItemAnswer{
		Code: it.Code, Item: it.URI(), URL: a.itemURL(&it.ShownItem), State: it.State, Since: it.Since, Seq: it.Seq, Activated: it.Activated,
		Lot:    it.Batch.Lot,
		LotKey: it.LotKey, LotStatus: it.LotStatus, Product: it.Product, Batch: trace.KeyOf(it.Batch.ID), Ordinal: it.Ordinal,
		Org: it.Batch.Org, Regions: it.Batch.Regions, Scans: it.Scans,
	}
	if out.Regions == nil {
		out.Regions = []string{}
	}
	return out
}

// itemURL is the address that the code of an item opens.
func (a *API) itemURL(it *app.ShownItem) string {
	return a.PublicURL + digitallink.ItemPath(it.Batch.Lot, it.Code)
}

// drawItemCode draws an item's code, for those who may have the code.
func (a *API) drawItemCode(ctx context.Context, code, mime string, draw func(string) ([]byte, error)) (*picture, error) {
	it, err := a.App().ShowItemCode(ctx, callerOf(ctx).Actor, unescapePath(code))
	if err != nil {
		return nil, err
	}
	b, err := draw(a.itemURL(it))
	if err != nil {
		return nil, err
	}
	return &picture{Type: mime, Cache: "no-store", Body: b}, nil
}
