package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/label"
)

type svgInput struct {
	LotRef
	Size float64 `query:"mm" minimum:"8" maximum:"300" default:"25" doc:"Width in millimetres, the white margin included."`
}

type pngInput struct {
	LotRef
	Size int `query:"px" minimum:"1" maximum:"4096" default:"512" doc:"Least width in pixels; a module is always a whole number of them."`
}

// picture is a code as a file.
type picture struct {
	Type  string `header:"Content-Type"`
	Cache string `header:"Cache-Control"`
	Body  []byte
}

func (a *API) registerCodes() {
	svg := describeRead("/lots/{key}/qr.svg", "getCodeSVG", tagLots, "A lot's QR code as SVG",
		"For print. Opens the lot's page on the public address. Needs no key.")
	svg.Security, svg.Responses = public, describeFile("image/svg+xml")
	huma.Register(a.huma, svg, func(ctx context.Context, in *svgInput) (*picture, error) {
		return a.drawLotCode(ctx, in.Key, "image/svg+xml", func(s string) ([]byte, error) { return label.DrawCodeSVG(s, in.Size) })
	})
	png := describeRead("/lots/{key}/qr.png", "getCodePNG", tagLots, "A lot's QR code as PNG",
		"For screens and label printers. Opens the lot's page on the public address. Needs no key.")
	png.Security, png.Responses = public, describeFile("image/png")
	huma.Register(a.huma, png, func(ctx context.Context, in *pngInput) (*picture, error) {
		return a.drawLotCode(ctx, in.Key, "image/png", func(s string) ([]byte, error) { return label.DrawCodePNG(s, in.Size) })
	})
}

func describeFile(mime string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "OK",
		Content: map[string]*huma.MediaType{mime: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
}

// drawLotCode draws the code on a lot's label. The picture is the same for all callers, and changes only with the public address.
func (a *API) drawLotCode(ctx context.Context, key, mime string, draw func(string) ([]byte, error)) (*picture, error) {
	id, err := a.App().FindLot(ctx, unescapePath(key))
	if err != nil {
		return nil, err
	}
	b, err := draw(a.lotURL(id))
	if err != nil {
		return nil, err
	}
	return &picture{Type: mime, Cache: "public, max-age=86400", Body: b}, nil
}
