package label

import (
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"

	"github.com/yousang/yousang/internal/pdf"
)

// WritePDF writes labels as a PDF: modules as vectors, text with fonts that are in the file. The copies of a label come one after the
// other. Labels are taken from items on demand, and memory does not grow with their number.
//
// Errors: those of PDFOptions.CheckCount, before anything is written; those of items and of w; for a code that does not fit the layout,
// CodeBadValue at "sheet" with the layouts that have room for the code; for an address too long for every layout, CodeTooLarge at "url".
// The first labels are composed before anything is written, so a mistake in all labels is found while a server can still answer with an
// error; after an error in a later label the file is of no use.
func WritePDF(w io.Writer, items iter.Seq2[Item, error], o PDFOptions) error {
	if err := o.CheckCount(1); err != nil {
		return err
	}
	fonts, err := pdf.LoadFonts()
	if err != nil {
		return err
	}
	sheet, err := FindSheet(o.Sheet)
	if err != nil {
		return err
	}
	run := printRun{options: o, sheet: sheet, fonts: fonts, out: w, place: o.Skip, reported: map[rune]bool{}}
	for item, err := range items {
		if err != nil {
			return fmt.Errorf("next label: %w", err)
		}
		if run.waiting = append(run.waiting, item); len(run.waiting) == composedAtOnce {
			if err := run.drawWaiting(); err != nil {
				return err
			}
		}
	}
	return run.finishFile()
}

// composedAtOnce is how many labels are composed in parallel before they are written: a page or two.
const composedAtOnce = 64

// printRun is a file of labels that is being written.
type printRun struct {
	options  PDFOptions
	sheet    Sheet
	fonts    *pdf.Fonts
	out      io.Writer
	file     *pdf.Document // nil until the first labels are composed
	page     *pdf.Page
	waiting  []Item
	drawn    int64 // labels, before copies
	place    int   // of the next label on its page
	reported map[rune]bool
}

// drawWaiting composes the labels that are waiting, in parallel, and puts them on their pages.
func (r *printRun) drawWaiting() error {
	r.drawn += int64(len(r.waiting))
	if err := r.options.CheckCount(r.drawn); err != nil {
		return err
	}
	drawings, err := r.composeWaiting()
	if err != nil {
		return err
	}
	if r.file == nil {
		r.file = pdf.NewDocument(r.out, r.fonts)
		r.page = r.file.NewPage(r.sheet.PageWidth, r.sheet.PageHeight)
	}
	for _, d := range drawings {
		for range max(1, r.options.Copies) {
			r.placeDrawing(d)
		}
	}
	r.waiting = r.waiting[:0]
	return r.file.Err()
}

// composeWaiting composes the waiting labels on all processors and reports their missing characters in the labels' order. The error is that
// of the first label that cannot be composed.
func (r *printRun) composeWaiting() ([]*drawing, error) {
	drawings := make([]*drawing, len(r.waiting))
	errs := make([]error, len(r.waiting))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(r.waiting)) {
		workers.Go(func() {
			for i := range next {
				drawings[i], errs[i] = composeLabel(r.waiting[i], r.sheet, r.options, r.fonts)
			}
		})
	}
	for i := range r.waiting {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, err
		}
		r.reportMissing(drawings[i])
	}
	return drawings, nil
}

// placeDrawing draws a label at the next place, on a new page where the current page is full.
func (r *printRun) placeDrawing(d *drawing) {
	if r.place == r.sheet.PerPage() {
		r.writePage()
	}
	x, y := r.sheet.Position(r.place)
	d.drawOn(r.page, x, y)
	r.place++
}

func (r *printRun) writePage() {
	r.file.WritePage(r.page)
	r.place = 0
}

// finishFile draws the last labels and closes the file.
func (r *printRun) finishFile() error {
	if len(r.waiting) > 0 {
		if err := r.drawWaiting(); err != nil {
			return err
		}
	}
	if r.file == nil {
		return r.options.CheckCount(0)
	}
	r.writePage()
	return r.file.Close(r.options.Title, r.options.Printer.Lang(), r.options.Created)
}

// reportMissing passes each character that no font has to the Missing option, once in a file.
func (r *printRun) reportMissing(d *drawing) {
	if r.options.Missing == nil {
		return
	}
	for _, t := range d.texts {
		for _, c := range t.text {
			if !r.reported[c] && !r.fonts.Has(c) {
				r.reported[c] = true
				r.options.Missing(c)
			}
		}
	}
}
