package app

import (
	"context"
	"slices"
	"time"

	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// LabelReport 打印标签 asks for labels.
type LabelReport struct {
	Lot    string   `json:"lot,omitempty" maxLength:"300" doc:"Lot key, URI or address; not needed beside batch."`
	Batch  string   `json:"batch,omitempty" maxLength:"300"`
	From   *int64   `json:"from,omitempty" doc:"First item of the batch, by its ordinal from 1; the whole batch where from and to are absent."`
	To     *int64   `json:"to,omitempty" doc:"Last item of the batch."`
	Sheet  string   `json:"sheet" maxLength:"40" doc:"Layout: an id of /labels/sheets, as in a4-24."`
	Copies *int64   `json:"copies,omitempty" doc:"Of each label, 1 to 1000; one, where absent."`
	Skip   int      `json:"skip,omitempty" doc:"Places left free on the first page, where a sheet has been used in part."`
	Rough  bool     `json:"rough,omitempty" doc:"Error correction level Q instead of M, for rough or curved surfaces."`
	Lang   string   `json:"lang,omitempty" enum:"zh,en" doc:"Language of the labels; zh where absent."`
	Basis  []string `json:"basis,omitempty" maxItems:"3"`
	Reason string   `json:"reason,omitempty" maxLength:"160" doc:"Why serial numbers are printed again; needed then."`
	Org    string   `json:"org,omitempty" maxLength:"300" doc:"Who prints, where an admin writes; the acting organisation where absent."`
}

// LabelOrder is a LabelReport with what the edge knows: the public address and the languages.
type LabelOrder struct {
	LabelReport
	PublicURL string // that codes open, without trailing slash
	Locale    *locale.Printer
}

// printer writes in the language of the labels: Chinese unless another language is asked for, whatever the language of the clerk.
func (o *LabelOrder) printer() *locale.Printer {
	if o.Lang == "" {
		return o.Locale.In("zh")
	}
	return o.Locale.In(o.Lang)
}

// PrintedLabels is a file of labels with the record of its print run.
type PrintedLabels struct {
	Lot      string
	Seq      int64    // of the record
	Repeat   bool     // the run had been recorded before; the file is the same as the first time
	Reprint  bool     // some of the labels had been printed before, by another run
	File     []byte   // PDF
	Warnings []string // no_contact, missing_characters
}

// PrintLabels records a run of labels and makes the file, so that a reprint is known as one. The same report under the same client's id
// gives the same file again and records nothing. Errors: those of prepareLabels and of the ledger's rules; CodeClosed.
func (a *App) PrintLabels(ctx context.Context, actor trace.Actor, clientID string, order LabelOrder) (*PrintedLabels, error) {
	sent, err := sentContent(string(trace.KindPrint), order.LabelReport)
	if err != nil {
		return nil, err
	}
	job, err := a.prepareLabels(ctx, actor, &order)
	if err != nil {
		return nil, err
	}
	res, err := a.recordSubmission(ctx, &submission{actor: actor, clientID: clientID, sent: sent,
		prepareCommand: func() (trace.Command, error) {
			return a.masterCommand(actor, trace.KindPrint, a.printRun(actor, job))
		}})
	if err != nil {
		return nil, err
	}
	out := &PrintedLabels{Lot: job.lot, Seq: res.Record.Seq, Repeat: res.Repeat, Reprint: a.isReprint(job.lot, res.Record.Seq)}
	out.File, out.Warnings, err = a.makeFile(ctx, job, res.Record.RecordTime)
	return out, err
}

// maxLabelJobs is how many files of labels are made at the same time: each keeps all processors busy.
const maxLabelJobs = 2

// makeFile makes the file of a run that was recorded. Errors: CodeClosed where the client went away before the file's turn came.
func (a *App) makeFile(ctx context.Context, job *labelJob, recorded time.Time) (file []byte, warnings []string, err error) {
	select {
	case a.labelSlots <- struct{}{}:
		defer func() { <-a.labelSlots }()
	case <-ctx.Done():
		return nil, nil, trace.E(trace.Unavailable, trace.CodeClosed, "")
	}
	job.setTime(recorded)
	return a.writeLabels(ctx, job)
}

// isReprint reports whether a recorded run printed labels again.
func (a *App) isReprint(lot string, seq int64) bool {
	list := a.Ledger.Prints(lot)
	i := slices.IndexFunc(list, func(v trace.PrintView) bool { return v.Seq == seq })
	return i >= 0 && list[i].Reprint
}

// ListPrints lists the print runs of a lot that the actor may see, oldest first. Errors: NotFound.
func (a *App) ListPrints(_ context.Context, actor trace.Actor, lot string) ([]trace.PrintView, error) {
	id, err := a.findShownLot(actor, "key", lot)
	if err != nil {
		return nil, err
	}
	return a.Ledger.Prints(id), nil
}

// PreviewLabel draws one label of a lot that the actor may see, as SVG; nothing is recorded. Errors: NotFound; those of the layout.
func (a *App) PreviewLabel(_ context.Context, actor trace.Actor, order LabelOrder) ([]byte, error) {
	id, err := a.findShownLot(actor, "lot", order.Lot)
	if err != nil {
		return nil, err
	}
	say := order.printer()
	it, err := a.describeLabel(say, id, order.PublicURL+digitallink.LotPath(id), false, a.now())
	if err != nil {
		return nil, err
	}
	return label.DrawLabelSVG(it, label.PDFOptions{Sheet: order.Sheet, Rough: order.Rough, Printer: say})
}
