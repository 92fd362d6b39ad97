package api

import (
	"context"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// printedLabels is the file with what is known of its record.
type printedLabels struct {
	Status      int
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Cache       string `header:"Cache-Control"`
	Seq         int64  `header:"Yousang-Seq" doc:"Sequence number of the record of this print run."`
	Reprint     bool   `header:"Yousang-Reprint" doc:"Some of these labels had been printed before."`
	Warning     string `header:"Yousang-Warning"`
	Body        []byte
}

func (a *API) registerLabels() {
	op := a.describeWrite("/labels", "printLabels", tagCodes, "Print labels 打印标签",
		"A PDF of labels for a lot, or one for each item of a batch. The print run is recorded first, so that a reprint is known as one; the "+
			"same request under the same Idempotency-Key gives the same file again and records nothing. Serial numbers are printed again only for "+
			"a reason. At most 20,000 labels in a file. Labels of a lot that is recalled or withdrawn are refused. Print at true size (100 %).")
	op.Responses = describeFile("application/pdf")
	again := *op.Responses["200"]
	again.Description = "It had been recorded before; the same file again."
	op.Responses["200"] = &again
	op.Responses["201"] = describeFile("application/pdf")["200"]
	op.Responses["201"].Description = "Recorded; the file."
	rules := readRules(reflect.TypeFor[app.LabelReport]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*printedLabels, error) {
		b, err := readBody[app.LabelReport](in, rules)
		if err != nil {
			return nil, err
		}
		return a.printLabels(ctx, in.Key, b)
	})
	a.describeBody(op, reflect.TypeFor[app.LabelReport]())
	from, to := int64(1), int64(480)
	setExample(op, app.LabelReport{Batch: "7KXM2QH4T9WA", From: &from, To: &to, Sheet: "a4-24", Basis: []string{"own_test"}})
	op.Responses["201"].Headers["Yousang-Warning"].Description = warningDoc
	op.Responses["200"].Headers = op.Responses["201"].Headers
	a.registerLabelReads()
}

// printLabels records a run of labels and answers the file.
func (a *API) printLabels(ctx context.Context, clientID string, in *app.LabelReport) (*printedLabels, error) {
	c := callerOf(ctx)
	order := app.LabelOrder{LabelReport: *in, PublicURL: a.PublicURL, Locale: a.Locale}
	v, err := a.App().PrintLabels(ctx, c.Actor, clientID, order)
	if err != nil {
		return nil, err
	}
	warnings := v.Warnings
	if header, _ := a.warnAboutAddress(c.say); header != "" {
		warnings = append(warnings, header)
	}
	return &printedLabels{
		Status: statusOfWrite(v.Repeat), Type: "application/pdf", Cache: "no-store", Seq: v.Seq, Reprint: v.Reprint,
		Disposition: `inline; filename="labels-` + trace.KeyOf(v.Lot) + `.pdf"`, Warning: strings.Join(warnings, ","), Body: v.File,
	}, nil
}
