package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/trace"
)

// SheetView is a layout of labels on paper 标签纸.
type SheetView struct {
	label.Sheet
	Name    string `json:"name" doc:"In the language of Accept-Language."`
	PerPage int    `json:"perPage" doc:"Labels on a full page."`
}

// SheetList are the layouts there are.
type SheetList struct {
	Items    []SheetView `json:"items" doc:"Sheets of A4 first, large labels first. Lengths are millimetres."`
	Warnings []Warning   `json:"warnings" doc:"What somebody should mend before labels are printed."`
}

// PrintList are the print runs of a lot.
type PrintList struct {
	Items []trace.PrintView `json:"items" doc:"Oldest first, labels of the lot and of its items."`
}

type previewInput struct {
	Lot   string `query:"lot" required:"true" maxLength:"300" doc:"Lot key, URI or address."`
	Sheet string `query:"sheet" required:"true" maxLength:"40" doc:"Layout: an id of /labels/sheets."`
	Lang  string `query:"lang" enum:"zh,en" default:"zh" doc:"Language of the label."`
	Rough bool   `query:"rough" doc:"Error correction level Q instead of M."`
}

func (a *API) registerLabelReads() {
	huma.Register(a.huma, describeRead("/labels/sheets", "listSheets", tagCodes, "Layouts of labels 标签纸",
		"Sizes sold everywhere in China: A4 sheets and rolls for label printers."),
		func(ctx context.Context, _ *struct{}) (*body[SheetList], error) {
			say := callerOf(ctx).say
			list := SheetList{Items: []SheetView{}}
			for _, s := range label.Sheets() {
				list.Items = append(list.Items, SheetView{Sheet: s, Name: s.Name(say), PerPage: s.PerPage()})
			}
			_, list.Warnings = a.warnAboutAddress(say)
			return answerBody(list, nil)
		})
	huma.Register(a.huma, describeRead("/lots/{key}/prints", "listPrints", tagCodes, "Print runs of a lot's labels",
		"Who printed which labels when, and why again. Seen by whoever may see the lot."),
		func(ctx context.Context, in *LotRef) (*body[PrintList], error) {
			list, err := a.App().ListPrints(ctx, callerOf(ctx).Actor, unescapePath(in.Key))
			if list == nil {
				list = []trace.PrintView{}
			}
			return answerBody(PrintList{list}, err)
		})
	op := describeRead("/labels/preview", "previewLabel", tagCodes, "One label of a lot as SVG",
		"To look at before it is printed; nothing is recorded. Items' labels look alike, with the serial number below the lot's key.")
	op.Responses = describeFile("image/svg+xml")
	huma.Register(a.huma, op, func(ctx context.Context, in *previewInput) (*picture, error) {
		order := app.LabelOrder{
			LabelReport: app.LabelReport{Lot: in.Lot, Sheet: in.Sheet, Lang: in.Lang, Rough: in.Rough}, PublicURL: a.PublicURL, Locale: a.Locale,
		}
		b, err := a.App().PreviewLabel(ctx, callerOf(ctx).Actor, order)
		if err != nil {
			return nil, err
		}
		return &picture{Type: "image/svg+xml", Cache: "no-store", Body: b}, nil
	})
}
