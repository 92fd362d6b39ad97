package label

import (
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/skip2/go-qrcode"

	"github.com/yousang/yousang/internal/trace"
)

// maxVersion bounds the code of a label: at 57 modules and their quiet zone it is 26 mm wide at the least, and no cheap phone likes it.
const maxVersion = 10

// WritePDF writes labels as a PDF: modules as vectors, text with fonts that are in the file. The copies of a label come one after the
// other. Labels are taken from items as they are needed and memory does not grow with their number. Errors: Check's, before anything is
// written; those of items, of w, and of a code that does not fit the layout, CodeBadValue at "sheet" with the layouts where it does, or
// is too long for any, CodeTooLarge at "url". The first labels are set before anything is written, so that what is wrong with all labels
// is found while a server can still answer with an error; after a later one the file is of no use.
func WritePDF(w io.Writer, items iter.Seq2[Item, error], o PDFOptions) error {
	if err := o.Check(1); err != nil {
		return err
	}
	f, err := theFaces()
	if err != nil {
		return err
	}
	s, err := SheetByID(o.Sheet)
	if err != nil {
		return err
	}
	r := run{o: o, sheet: s, f: f, w: w, place: o.Skip, told: map[rune]bool{}}
	for it, err := range items {
		if err != nil {
			return fmt.Errorf("next label: %w", err)
		}
		if r.ahead = append(r.ahead, it); len(r.ahead) == batch {
			if err := r.draw(); err != nil {
				return err
			}
		}
	}
	return r.finish()
}

// batch is how many labels are set at a time, in parallel: a page or two.
const batch = 64

// run is a file being written.
type run struct {
	o       PDFOptions
	sheet   Sheet
	f       *faces
	w       io.Writer
	file    *pdf // nil until the first labels are set
	ahead   []Item
	done    int64
	place   int // of the next label on its page
	content []byte
	told    map[rune]bool
}

// draw sets the labels that are waiting, in parallel, and puts them on their pages.
func (r *run) draw() error {
	r.done += int64(len(r.ahead))
	if err := r.o.Check(r.done); err != nil {
		return err
	}
	set := make([]*drawing, len(r.ahead))
	errs := make([]error, len(r.ahead))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(r.ahead)) {
		wg.Go(func() {
			for i := range next {
				set[i], errs[i] = setLabel(r.ahead[i], r.sheet, r.o, r.f)
			}
		})
	}
	for i := range r.ahead {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return err
		}
		r.tell(set[i])
	}
	if r.file == nil {
		r.file = newPDF(r.w, r.f)
	}
	for _, d := range set {
		for range max(1, r.o.Copies) {
			r.put(d)
		}
	}
	r.ahead = r.ahead[:0]
	return r.file.err
}

// setLabel makes the code of a label and sets its text.
func setLabel(it Item, s Sheet, o PDFOptions, f *faces) (*drawing, error) {
	code, err := codeOf(it.URL, o.Rough)
	if err != nil {
		return nil, err
	}
	return compose(it, code, s, o.Printer, f)
}

// codeOf makes the code of a label.
func codeOf(url string, rough bool) (*Code, error) {
	if url == "" {
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "url")
	}
	level := qrcode.Medium
	if rough {
		level = qrcode.High // level Q; the library calls level H highest
	}
	if len(url) > maxContent {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "url")
	}
	c, err := encode(url, level)
	if err != nil {
		return nil, err
	}
	if c.Size()-2*Quiet > 17+4*maxVersion {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "url")
	}
	return c, nil
}

// hardest are the serial numbers that take the most room: the widest signs, and a row of digits among letters, which the library packs worst.
var hardest = []string{"WWWWWWWWWWWW", "WW1111111WWW"}

// Proof reports whether all labels of a run can be set, of which it is one: the others differ in their serial numbers, so that some are wider
// and some need a larger code. Errors: WritePDF's.
func Proof(it Item, o PDFOptions) error {
	s, err := SheetByID(o.Sheet)
	if err != nil {
		return err
	}
	f, err := theFaces()
	if err != nil {
		return err
	}
	stem, same := strings.CutSuffix(it.URL, it.Serial)
	list := []Item{it}
	for _, serial := range hardest {
		if same && len(it.Serial) == len(serial) {
			other := it
			other.Serial, other.URL = serial, stem+serial
			list = append(list, other)
		}
	}
	for _, one := range list {
		if _, err := setLabel(one, s, o, f); err != nil {
			return err
		}
	}
	return nil
}

// put draws a label at the next place, on a new page where there is none left.
func (r *run) put(d *drawing) {
	if r.place == r.sheet.PerPage() {
		r.turn()
	}
	x, y := r.sheet.Place(r.place)
	r.content = r.file.label(r.content, d, x, y, r.sheet.PageHeight)
	r.place++
}

func (r *run) turn() {
	r.file.page(r.sheet.PageWidth, r.sheet.PageHeight, r.content)
	r.content, r.place = r.content[:0], 0
}

// finish sets the last labels and closes the file.
func (r *run) finish() error {
	if len(r.ahead) > 0 {
		if err := r.draw(); err != nil {
			return err
		}
	}
	if r.file == nil {
		return r.o.Check(0)
	}
	r.turn()
	return r.file.close(r.o.Title, r.o.Printer.Lang(), r.o.Created)
}

// tell reports the characters that no font has.
func (r *run) tell(d *drawing) {
	if r.o.Missing == nil {
		return
	}
	for _, t := range d.texts {
		for _, c := range t.text {
			if !r.told[c] && !r.f.has(c) {
				r.told[c] = true
				r.o.Missing(c)
			}
		}
	}
}

// Missing are the characters of a label that no font here has and that are printed as 〓, in order and each once: to be told before printing.
func Missing(it Item) ([]rune, error) {
	f, err := theFaces()
	if err != nil {
		return nil, err
	}
	it = it.tidied()
	all := it.Code + it.Serial + it.Product + it.Grade + it.Quantity + it.Date + it.Place + it.Org + it.Contact
	if c := it.Certificate; c != nil {
		all += c.Issued + c.Promisor
	}
	var list []rune
	for _, r := range all {
		if !f.has(r) && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list, nil
}
