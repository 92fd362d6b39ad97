package api

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/trace"
)

// LabelReport 打印标签 asks for labels.
type LabelReport struct {
	Lot    string   `json:"lot,omitempty" maxLength:"300" doc:"Lot key, URI or address; not needed beside batch."`
	Batch  string   `json:"batch,omitempty" maxLength:"300" doc:"Serial batch, key or URI: a label for each item; voided ones are refused. Labels of the lot as such, where absent."`
	From   *int64   `json:"from,omitempty" doc:"First item of the batch, by its ordinal from 1; the whole batch where from and to are absent."`
	To     *int64   `json:"to,omitempty" doc:"Last item of the batch."`
	Sheet  string   `json:"sheet" maxLength:"40" doc:"Layout: an id of /labels/sheets, as in a4-24."`
	Copies *int64   `json:"copies,omitempty" doc:"Of each label, 1 to 1000; one, where absent."`
	Skip   int      `json:"skip,omitempty" doc:"Places left free on the first page, where a sheet has been used in part."`
	Rough  bool     `json:"rough,omitempty" doc:"Error correction level Q instead of M, for rough or curved surfaces."`
	Lang   string   `json:"lang,omitempty" enum:"zh,en" doc:"Language of the labels; zh where absent."`
	Basis  []string `json:"basis,omitempty" maxItems:"3" doc:"What a 承诺达标合格证 rests on: control 质量安全控制, own_test 自行检测, lab_test 委托检测. The report is kept by whoever promises."`
	Reason string   `json:"reason,omitempty" maxLength:"160" doc:"Why serial numbers are printed again; needed then."`
	Org    string   `json:"org,omitempty" maxLength:"300" doc:"Who prints, where an admin writes; the acting organisation where absent."`
}

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
	op := a.operation("/labels", "printLabels", tagCodes, "Print labels 打印标签",
		"A PDF of labels for a lot, or one for each item of a batch. The print run is recorded first, so that a reprint is known as one; the same request under the same Idempotency-Key gives the same file again and records nothing. Serial numbers are printed again only for a reason. At most 20,000 labels in a file. Labels of a lot that is recalled or withdrawn are refused. Print at true size (100 %).")
	op.Responses = file("application/pdf")
	again := *op.Responses["200"]
	again.Description = "It had been recorded before; the same file again."
	op.Responses["200"] = &again
	op.Responses["201"] = file("application/pdf")["200"]
	op.Responses["201"].Description = "Recorded; the file."
	read := readerOf[LabelReport](trace.KindPrint)
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*printedLabels, error) {
		b, sent, err := read.read(in)
		if err != nil {
			return nil, err
		}
		return a.print(ctx, in.Key, sent, b)
	})
	a.documented(op, reflect.TypeFor[LabelReport]())
	from, to := int64(1), int64(480)
	example(op, LabelReport{Batch: "7KXM2QH4T9WA", From: &from, To: &to, Sheet: "a4-24", Basis: []string{"own_test"}})
	op.Responses["201"].Headers["Yousang-Warning"].Description = warningDoc
	op.Responses["200"].Headers = op.Responses["201"].Headers
	a.registerLabelReads()
}

// print records a run of labels and makes the file.
func (a *API) print(ctx context.Context, id string, sent []byte, in *LabelReport) (*printedLabels, error) {
	c, r := callerOf(ctx), a.Recorder()
	p, err := a.press(ctx, in)
	if err != nil {
		return nil, err
	}
	res, err := a.submit(ctx, id, sent, func() (trace.Command, error) { return r.Print(c.Actor, p.report()) })
	if err != nil {
		return nil, err
	}
	p.at(res.Record.RecordTime)
	select {
	case a.presses <- struct{}{}:
		defer func() { <-a.presses }()
	case <-ctx.Done():
		return nil, trace.E(trace.Unavailable, trace.CodeClosed, "")
	}
	out := &printedLabels{Status: status(res.Repeat), Type: "application/pdf", Cache: "no-store", Seq: res.Record.Seq,
		Disposition: `inline; filename="labels-` + trace.KeyOf(p.lot) + `.pdf"`, Reprint: a.reprint(p.lot, res.Record.Seq)}
	body, warnings, err := a.pdf(ctx, p)
	if header, _ := a.warned(c.say); header != "" {
		warnings = append(warnings, header)
	}
	out.Body, out.Warning = body, strings.Join(warnings, ",")
	return out, err
}

// reprint reports whether a recorded run printed labels again.
func (a *API) reprint(lot string, seq int64) bool {
	list := a.Recorder().Ledger.Prints(lot)
	at := slices.IndexFunc(list, func(v trace.PrintView) bool { return v.Seq == seq })
	return at >= 0 && list[at].Reprint
}

// pdf makes the file, and says what somebody should know of it. What is wrong with all labels was found by press.
func (a *API) pdf(ctx context.Context, p *press) (file []byte, warnings []string, err error) {
	items := one(p.item)
	if p.b != nil {
		from, to := p.items()
		codes, err := codesOf(ctx, a.Recorder(), p.b, from, to)
		if err != nil {
			return nil, nil, err
		}
		items = numbered(p.item, codes)
	}
	if p.item.Certificate != nil && p.item.Contact == "" {
		warnings = append(warnings, "no_contact")
	}
	odd := false
	p.opts.Missing = func(rune) { odd = true }
	var b bytes.Buffer
	if err := label.WritePDF(&b, items, p.opts); err != nil {
		return nil, nil, fmt.Errorf("write labels of %s: %w", trace.KeyOf(p.lot), err)
	}
	if odd {
		warnings = append(warnings, "missing_characters")
	}
	return b.Bytes(), warnings, nil
}
