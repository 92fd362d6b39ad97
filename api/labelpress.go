package api

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// press is a run of labels that can be printed, but is not yet.
type press struct {
	opts label.PDFOptions
	lot  string
	b    *trace.BatchView // nil for labels of the lot as such
	in   *LabelReport
	item label.Item // but for the serial number
}

// press looks whether labels can be printed as asked, before anything is recorded.
func (a *API) press(ctx context.Context, in *LabelReport) (*press, error) {
	p := &press{in: in, opts: label.PDFOptions{Sheet: in.Sheet, Copies: 1, Skip: in.Skip, Rough: in.Rough, Printer: a.speaks(in.Lang)}}
	for _, s := range in.Basis {
		if !slices.Contains(bases, label.Basis(s)) {
			return nil, trace.E(trace.Invalid, trace.CodeBadValue, "basis", "value", trace.Clip(s), "allowed", "control own_test lab_test")
		}
	}
	labels, err := a.named(callerOf(ctx), p)
	if err != nil {
		return nil, err
	}
	if in.Copies != nil {
		if p.opts.Copies = int(*in.Copies); *in.Copies < 1 || *in.Copies > maxCopies {
			return nil, trace.E(trace.Invalid, trace.CodeBadValue, "copies", "value", strconv.FormatInt(*in.Copies, 10), "allowed", "1–"+strconv.Itoa(maxCopies))
		}
	}
	if labels*int64(p.opts.Copies) > label.MaxLabels {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "labels", "limit", strconv.Itoa(label.MaxLabels))
	}
	if err := p.opts.CheckCount(labels); err != nil {
		return nil, err
	}
	if err := a.printable(p.lot); err != nil {
		return nil, err
	}
	return p, a.proof(ctx, p)
}

// maxCopies is how many copies of each label the ledger lets one record state.
const maxCopies = 1000

// bases are the grounds a promise may rest on.
var bases = []label.Basis{label.BasisControl, label.BasisOwnTest, label.BasisLabTest}

// speaks is the language of labels: Chinese unless another is asked for, whatever the clerk's own.
func (a *API) speaks(lang string) *locale.Printer {
	if lang == "" {
		lang = "zh"
	}
	return a.Locale.In(lang)
}

// proof sets the first label, and those that would take the most room, so that a code which does not fit the layout is refused before the run
// is recorded.
func (a *API) proof(ctx context.Context, p *press) error {
	it, err := labeller{a.Recorder(), p.opts.Printer}.lot(p.lot, a.url(p.lot), p.b != nil, time.Now())
	if err != nil {
		return err
	}
	if it.Certificate != nil {
		for _, s := range p.in.Basis {
			it.Certificate.Basis = append(it.Certificate.Basis, label.Basis(s))
		}
	}
	p.item = it
	p.opts.Title = it.Product + " " + trace.GroupKey(it.Code)
	if p.b != nil {
		from, _ := p.items()
		if it.Serial, err = a.Recorder().Serials.Code(ctx, p.b.Key, p.b.First+from-1); err != nil {
			return err
		}
		it.URL = itemURL(it.URL, it.Serial)
	}
	return label.CheckAllFit(it, p.opts)
}

// at is when the run was recorded. It is the only time in the file, so that the same run gives the same file.
func (p *press) at(t time.Time) {
	p.opts.Created = t
	if p.item.Certificate != nil {
		c := *p.item.Certificate
		c.Issued = p.opts.Printer.Date(t)
		p.item.Certificate = &c
	}
}

// named finds what the labels are of, and how many they are before copies.
func (a *API) named(c *caller, p *press) (labels int64, err error) {
	in := p.in
	if in.Batch == "" {
		if in.Lot == "" {
			return 0, trace.E(trace.Invalid, trace.CodeRequired, "lot")
		}
		if in.From != nil || in.To != nil {
			return 0, trace.E(trace.Invalid, trace.CodeRequired, "batch")
		}
		p.lot, err = a.visibleAt(c, "lot", in.Lot)
		return 1, err
	}
	b, err := a.batchAt(c, "batch", in.Batch)
	if err != nil {
		return 0, err
	}
	if err := a.entitled(c, &b.SerialBatch); err != nil {
		return 0, err
	}
	if in.Lot != "" { // whose batch it is must be what the sender thinks
		if lot, err := a.visibleAt(c, "lot", in.Lot); err != nil {
			return 0, err
		} else if lot != b.Lot {
			return 0, trace.E(trace.Invalid, trace.CodeBadValue, "lot", "value", trace.KeyOf(lot), "allowed", trace.KeyOf(b.Lot))
		}
	}
	p.b, p.lot = &b, b.Lot
	from, to := p.items()
	return to - from + 1, within(&b, from, to)
}

// items are the ordinals of the items whose labels are asked for.
func (p *press) items() (from, to int64) {
	from, to = 1, p.b.Count
	if p.in.From != nil {
		from = *p.in.From
	}
	if p.in.To != nil {
		to = *p.in.To
	}
	return from, to
}

// printable refuses labels of what must not come on the market, as the ledger does for a new run: a request that is sent again is not
// judged again, and the lot may have been recalled since.
func (a *API) printable(lot string) error {
	v, err := a.Recorder().Ledger.Lot(lot, 0)
	if err != nil {
		return err
	}
	switch v.Status {
	case "recalled":
		return trace.E(trace.Conflict, trace.CodeLotRecalled, "lot", "lot", v.Key)
	case "void":
		return trace.E(trace.Conflict, trace.CodeLotVoid, "lot", "lot", v.Key)
	}
	return nil
}

// basis is what the promise rests on, where the labels make one.
func (p *press) basis() []string {
	if p.item.Certificate == nil {
		return nil
	}
	return p.in.Basis
}

// report is what is recorded of the run.
func (p *press) report() app.PrintReport {
	out := app.PrintReport{Lot: p.lot, Copies: int64(p.opts.Copies), Sheet: p.in.Sheet, Reason: p.in.Reason, Basis: p.basis(), Org: p.in.Org}
	if p.b != nil {
		out.Batch = p.b.ID
		out.From, out.To = p.items()
	}
	return out
}
