package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/trace"
)

// labelJob is a run of labels that can be printed, but is not yet.
type labelJob struct {
	order   *LabelOrder
	options label.PDFOptions
	lot     string
	batch   *trace.BatchView // nil for labels of the lot as such
	item    label.Item       // what all labels say; the serial number is missing
}

// prepareLabels checks whether labels can be printed as asked, before anything is recorded. Errors: NotFound; CodeNotAllowed for codes that
// the actor may not have; those of the members; CodeLotRecalled and CodeLotVoid; those of the layout.
func (a *App) prepareLabels(ctx context.Context, actor trace.Actor, order *LabelOrder) (*labelJob, error) {
	job := &labelJob{order: order, options: label.PDFOptions{
		Sheet: order.Sheet, Copies: 1, Skip: order.Skip, Rough: order.Rough, Printer: order.printer(),
	}}
	for _, s := range order.Basis {
		if !slices.Contains(trace.CertificateBases, s) {
			allowed := strings.Join(trace.CertificateBases, " ")
			return nil, trace.E(trace.Invalid, trace.CodeBadValue, "basis", "value", trace.Clip(s), "allowed", allowed)
		}
	}
	labels, err := a.findLabelled(actor, job)
	if err != nil {
		return nil, err
	}
	if order.Copies != nil {
		if *order.Copies < 1 || *order.Copies > trace.MaxCopies {
			value, allowed := strconv.FormatInt(*order.Copies, 10), "1–"+strconv.Itoa(trace.MaxCopies)
			return nil, trace.E(trace.Invalid, trace.CodeBadValue, "copies", "value", value, "allowed", allowed)
		}
		job.options.Copies = int(*order.Copies)
	}
	if labels*int64(job.options.Copies) > label.MaxLabels {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "labels", "limit", strconv.Itoa(label.MaxLabels))
	}
	if err := job.options.CheckCount(labels); err != nil {
		return nil, err
	}
	if err := a.checkPrintable(job.lot); err != nil {
		return nil, err
	}
	return job, a.proofLabels(ctx, job)
}

// findLabelled finds what the labels are of, and how many the labels are before copies.
func (a *App) findLabelled(actor trace.Actor, job *labelJob) (labels int64, err error) {
	order := job.order
	if order.Batch == "" {
		if order.Lot == "" {
			return 0, trace.E(trace.Invalid, trace.CodeRequired, "lot")
		}
		if order.From != nil || order.To != nil {
			return 0, trace.E(trace.Invalid, trace.CodeRequired, "batch")
		}
		job.lot, err = a.findShownLot(actor, "lot", order.Lot)
		return 1, err
	}
	b, err := a.findBatch(actor, order.Batch)
	if err != nil {
		return 0, err
	}
	if err := a.checkCodesRight(actor, &b.SerialBatch); err != nil {
		return 0, err
	}
	if order.Lot != "" { // the batch must be of the lot that the sender has in mind
		lot, err := a.findShownLot(actor, "lot", order.Lot)
		if err != nil {
			return 0, err
		}
		if lot != b.Lot {
			return 0, trace.E(trace.Invalid, trace.CodeBadValue, "lot", "value", trace.KeyOf(lot), "allowed", trace.KeyOf(b.Lot))
		}
	}
	job.batch, job.lot = &b, b.Lot
	from, to := job.ordinals()
	return to - from + 1, b.CheckOrdinals(from, to)
}

// ordinals are the first and the last item of the batch whose labels are asked for.
func (j *labelJob) ordinals() (from, to int64) {
	from, to = 1, j.batch.Count
	if j.order.From != nil {
		from = *j.order.From
	}
	if j.order.To != nil {
		to = *j.order.To
	}
	return from, to
}

// checkPrintable refuses labels of goods that must not come on the market, as the ledger does for a new run: a request that is sent again
// is not judged again, and the standing of the lot may have changed since.
func (a *App) checkPrintable(lot string) error {
	standing, err := a.Ledger.Standing(lot)
	if err != nil {
		return err
	}
	if code := standing.Refusal(trace.ActionPrint); code != "" {
		return trace.E(trace.Conflict, code, "lot", "lot", trace.KeyOf(lot))
	}
	return nil
}

// proofLabels sets the first label, and the labels that would take the most room, so that a code which does not fit the layout is refused
// before the run is recorded.
func (a *App) proofLabels(ctx context.Context, job *labelJob) error {
	lotURL := job.order.PublicURL + digitallink.LotPath(job.lot)
	it, err := a.describeLabel(job.options.Printer, job.lot, lotURL, job.batch != nil, a.now())
	if err != nil {
		return err
	}
	if it.Certificate != nil {
		for _, s := range job.order.Basis {
			it.Certificate.Basis = append(it.Certificate.Basis, label.Basis(s))
		}
	}
	job.item = it
	job.options.Title = it.Product + " " + trace.GroupKey(it.Code)
	if job.batch != nil {
		from, _ := job.ordinals()
		if it.Serial, err = a.Serials.MakeSerial(ctx, job.batch.Key, job.batch.First+from-1); err != nil {
			return err
		}
		it.URL = itemURL(it.URL, it.Serial)
	}
	return label.CheckAllFit(it, job.options)
}

// setTime sets when the run was recorded. This is the only time in the file, so that the same run gives the same file.
func (j *labelJob) setTime(recorded time.Time) {
	j.options.Created = recorded
	if j.item.Certificate != nil {
		c := *j.item.Certificate
		c.Issued = j.options.Printer.Date(recorded)
		j.item.Certificate = &c
	}
}

// printRun is the record of the run.
func (a *App) printRun(actor trace.Actor, job *labelJob) trace.PrintRun {
	v := trace.PrintRun{
		Copies: int64(job.options.Copies), ID: a.CompleteID("print", trace.NewKey()), Lot: job.lot,
		Org:    a.actingOrganisation(actor, job.order.Org),
		Reason: strings.TrimSpace(job.order.Reason), Sheet: job.order.Sheet,
	}
	if job.item.Certificate != nil { // the labels make a promise
		v.Basis = job.order.Basis
	}
	if job.batch != nil {
		v.Batch = job.batch.ID
		v.From, v.To = job.ordinals()
	}
	return v
}

// writeLabels makes the file, and names faults of single labels that the reader of the answer should know. Faults of all labels were found
// by prepareLabels.
func (a *App) writeLabels(ctx context.Context, job *labelJob) (file []byte, warnings []string, err error) {
	items := oneLabel(job.item)
	if job.batch != nil {
		from, to := job.ordinals()
		codes, err := a.makeCodes(ctx, job.batch, from, to)
		if err != nil {
			return nil, nil, err
		}
		items = numberedLabels(job.item, codes)
	}
	if job.item.Certificate != nil && job.item.Contact == "" {
		warnings = append(warnings, "no_contact")
	}
	missing := false
	job.options.Missing = func(rune) { missing = true }
	var b bytes.Buffer
	if err := label.WritePDF(&b, items, job.options); err != nil {
		return nil, nil, fmt.Errorf("write labels of %s: %w", trace.KeyOf(job.lot), err)
	}
	if missing {
		warnings = append(warnings, "missing_characters")
	}
	return b.Bytes(), warnings, nil
}
