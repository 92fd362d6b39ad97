package trace

import (
	"strings"
	"time"
)

// PrintRun 打印 is the body of a record: labels that were printed, so that a reprint is known as one.
type PrintRun struct {
	Basis  []string `json:"basis,omitempty"` // what the promise of a 承诺达标合格证 rests on: control, own_test, lab_test
	Batch  string   `json:"batch,omitempty"` // serial batch; "" for labels of the lot as such
	Copies int64    `json:"copies"`          // of each label
	From   int64    `json:"from,omitempty"`  // ordinals within the batch
	ID     string   `json:"id"`              // {namespace}/print/{key}
	Lot    string   `json:"lot"`
	Org    string   `json:"org"`
	Reason string   `json:"reason,omitempty"` // needed where serial numbers are printed again
	Sheet  string   `json:"sheet"`            // id of the layout: "a4-24"
	To     int64    `json:"to,omitempty"`
}

// PrintView is a print run with its place in the log.
type PrintView struct {
	PrintRun
	Seq     int64     `json:"seq"`
	Time    time.Time `json:"time"`
	Reprint bool      `json:"reprint"` // some of these labels had been printed before
}

// recordedPrint is a print run as the ledger keeps it.
type recordedPrint struct {
	id, org, sheet, reason string
	basis                  []string
	time                   int64 // Unix milliseconds
	lot, batch             int32 // batch is -1 for labels of the lot as such
	from, to, copies       int32
	seq                    uint32
	reprint                bool
}

// Prints are the print runs of a lot, oldest first; nil for none.
func (l *Ledger) Prints(lot string) []PrintView {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.findLot(lot)
	if !ok {
		return nil
	}
	var out []PrintView
	for _, i := range l.codes.printsOf[n] {
		out = append(out, l.printView(&l.codes.prints[i]))
	}
	return out
}

func (l *Ledger) printView(p *recordedPrint) PrintView {
	v := PrintView{PrintRun: PrintRun{Basis: p.basis, Copies: int64(p.copies), From: int64(p.from), ID: l.info.Namespace + "/print/" + p.id,
		Lot: l.idOf(&l.lots[p.lot]),
		Org: p.org, Reason: p.reason, Sheet: p.sheet, To: int64(p.to)}, Seq: int64(p.seq), Time: time.UnixMilli(p.time).UTC(), Reprint: p.reprint}
	if p.batch >= 0 {
		v.Batch = l.codes.batches[p.batch].ID
	}
	return v
}

// commitPrint applies a print run.
func (l *Ledger) commitPrint(v *PrintRun, r *Record) error {
	n, b, err := l.findPrintedBatch(v)
	if err != nil {
		return err
	}
	c := &l.codes
	p := recordedPrint{id: KeyOf(v.ID), org: c.internText(v.Org), sheet: c.internText(v.Sheet), reason: v.Reason, basis: v.Basis,
		time: toMillis(r.RecordTime), lot: n, batch: -1,
		from: int32(v.From), to: int32(v.To), copies: int32(v.Copies), seq: uint32(r.Seq)}
	if b != nil {
		p.batch = c.batchOf[v.Batch]
		p.reprint = b.printed.overlap(p.from, p.to)
		b.printed = b.printed.withSpan(p.from, p.to)
	} else {
		for _, i := range c.printsOf[n] {
			p.reprint = p.reprint || c.prints[i].batch < 0
		}
	}
	c.use(v.ID, p.seq)
	c.printsOf[n] = append(c.printsOf[n], int32(len(c.prints)))
	c.prints = append(c.prints, p)
	return nil
}

// internText keeps one copy of a text that comes again and again.
func (c *codeState) internText(s string) string {
	if w, ok := c.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	c.words[s] = s
	return s
}

// findPrintedBatch finds the lot and the batch that a print run refers to; b is nil for labels of the lot as such. Also checked during
// replay.
func (l *Ledger) findPrintedBatch(v *PrintRun) (n int32, b *issuedBatch, err error) {
	if n, err = l.findLotAt("lot", v.Lot); err != nil {
		return 0, nil, err
	}
	if v.Batch == "" {
		if v.From != 0 || v.To != 0 { // ordinals of which batch?
			return 0, nil, E(Invalid, CodeRequired, "batch")
		}
		return n, nil, nil
	}
	b, err = l.batchRange(v.Batch, v.Lot, v.From, v.To)
	return n, b, err
}
