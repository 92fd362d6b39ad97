package label

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func TestSkipAndCopies(t *testing.T) {
	s, err := FindSheet("a4-40")
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	for _, serial := range makeSerials(9) {
		items = append(items, pomeloItem(serial))
	}
	pages := renderPages(t, printLabels(t, items, PDFOptions{Sheet: s.ID, Copies: 3, Skip: 17}))
	if len(pages) != 2 {
		t.Fatalf("%d pages, want 2: 17 free places and 27 labels on sheets of 40", len(pages))
	}
	for place := range 80 {
		n := place - 17
		there := cutLabel(pages[place/40], s, place%40)
		if n < 0 || n >= 27 {
			if slices.Min(there.Pix) < 255 {
				t.Errorf("place %d: something is printed on it, want it free", place)
			}
			continue
		}
		if got, _, err := scanLabel(there); got != items[n/3].URL {
			t.Errorf("place %d: read %q, want %q (%v)", place, got, items[n/3].URL, err)
		}
	}
}

func TestSameLabelsSameBytes(t *testing.T) {
	var items []Item
	for i, serial := range makeSerials(130) {
		it := pomeloItem(serial)
		it.Grade = string(rune('一' + i))
		items = append(items, addCertificate(it))
	}
	o := PDFOptions{Sheet: "a4-10", Title: "梁平柚"}
	if !bytes.Equal(printLabels(t, items, o), printLabels(t, items, o)) {
		t.Error("two prints differ")
	}
}

func TestRefusedOptions(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      PDFOptions
		labels int64
		field  string
	}{
		{"no sheet", PDFOptions{}, 1, "sheet"},
		{"unknown sheet", PDFOptions{Sheet: "a4-25"}, 1, "sheet"},
		{"copies below", PDFOptions{Sheet: "a4-24", Copies: -1}, 1, "copies"},
		{"copies above", PDFOptions{Sheet: "a4-24", Copies: MaxLabels + 1}, 1, "copies"},
		{"skip below", PDFOptions{Sheet: "a4-24", Skip: -1}, 1, "skip"},
		{"skip a page", PDFOptions{Sheet: "a4-24", Skip: 24}, 1, "skip"},
		{"skip on a roll", PDFOptions{Sheet: "roll-60x40", Skip: 1}, 1, "skip"},
		{"no labels", PDFOptions{Sheet: "a4-24"}, 0, "labels"},
		{"too many", PDFOptions{Sheet: "a4-24"}, MaxLabels + 1, "labels"},
		{"too many with copies", PDFOptions{Sheet: "a4-24", Copies: 1000}, 21, "labels"},
		{"as many as there may be", PDFOptions{Sheet: "a4-24", Copies: 1000, Skip: 23}, 20, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.o.CheckCount(c.labels)
			var e *trace.Error
			if errors.As(err, &e) != (c.field != "") || e != nil && (e.Field != c.field || e.Code != trace.CodeBadValue) {
				t.Errorf("got %v, want %s at %q", err, trace.CodeBadValue, c.field)
			}
		})
	}
}

// countingWriter is a file that fills up after limit bytes.
type countingWriter struct{ n, limit int }

var errFull = errors.New("disk full")

func (c *countingWriter) Write(b []byte) (int, error) {
	if c.n += len(b); c.limit > 0 && c.n > c.limit {
		return 0, errFull
	}
	return len(b), nil
}

func TestRefusedLabels(t *testing.T) {
	broken := errors.New("broken")
	failing := func(yield func(Item, error) bool) { _ = yield(pomeloItem(""), nil) && yield(Item{}, broken) }
	wide := pomeloItem("")
	wide.URL += strings.Repeat("/longer", 12)
	endless := pomeloItem("")
	endless.URL += strings.Repeat("a", 300)
	none := pomeloItem("")
	none.URL = ""
	for _, c := range []struct {
		name  string
		items func(func(Item, error) bool)
		sheet string
		want  error
		field string
	}{
		{"none", iterateItems(nil), "a4-24", &trace.Error{Code: trace.CodeBadValue}, "labels"},
		{"without an address", iterateItems([]Item{none}), "a4-24", &trace.Error{Code: trace.CodeRequired}, "url"},
		{"too long for any", iterateItems([]Item{endless}), "a4-10", &trace.Error{Code: trace.CodeTooLarge}, "url"},
		{"too long for small labels", iterateItems([]Item{wide}), "a4-65", &trace.Error{Code: trace.CodeBadValue}, "sheet"},
		{"an error of the items", failing, "a4-24", broken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w countingWriter
			err := WritePDF(&w, c.items, PDFOptions{Sheet: c.sheet, Printer: chinese})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			var e *trace.Error
			if errors.As(err, &e) && e.Field != c.field {
				t.Errorf("field %q, want %q", e.Field, c.field)
			}
			if e != nil && c.field == "sheet" && (!strings.Contains(e.Args["allowed"], "a4-24") || strings.Contains(e.Args["allowed"], "a4-65")) {
				t.Errorf("says it fits on %q", e.Args["allowed"])
			}
			if w.n > 0 {
				t.Errorf("%d bytes were written before the error", w.n)
			}
		})
	}
	t.Run("a full disk", func(t *testing.T) {
		for _, limit := range []int{1, 5000, 20000} {
			err := WritePDF(&countingWriter{limit: limit}, iterateItems([]Item{pomeloItem("")}), PDFOptions{Sheet: "a4-24", Printer: chinese})
			if limit < 20000 && !errors.Is(err, errFull) {
				t.Errorf("after %d bytes: %v, want %v", limit, err, errFull)
			}
		}
	})
}

// TestLabelsAreNotKept: a file of any length is written while labels are read, so that memory holds only the labels of one step.
func TestLabelsAreNotKept(t *testing.T) {
	var w countingWriter
	n, before := 0, 0
	items := func(yield func(Item, error) bool) {
		for it, err := range generateItems(500) {
			if n++; n == 400 {
				before = w.n
			}
			if !yield(it, err) {
				return
			}
		}
	}
	if err := WritePDF(&w, items, PDFOptions{Sheet: "roll-40x30", Printer: chinese}); err != nil {
		t.Fatal(err)
	}
	if least := w.n / 3; before < least {
		t.Errorf("at label 400 of 500 %d bytes of %d were written, want %d at least", before, w.n, least)
	}
}

// TestRough: the level for rough surfaces spends more modules on error correction, and readers read the code as well.
func TestRough(t *testing.T) {
	fonts := loadFonts(t)
	s, err := FindSheet("a4-10")
	if err != nil {
		t.Fatal(err)
	}
	size := map[bool]int{}
	for _, rough := range []bool{false, true} {
		d, err := composeLabel(pomeloItem("7K2M9P4QX3TZ"), s, PDFOptions{Printer: chinese, Rough: rough}, fonts)
		if err != nil {
			t.Fatal(err)
		}
		size[rough] = d.code.size()
		page := renderPages(t, printLabels(t, []Item{pomeloItem("7K2M9P4QX3TZ")}, PDFOptions{Sheet: s.ID, Rough: rough}))[0]
		if got, _, err := scanLabel(cutLabel(page, s, 0)); got != pomeloItem("7K2M9P4QX3TZ").URL {
			t.Errorf("rough %v: read %q (%v)", rough, got, err)
		}
	}
	if size[true] <= size[false] {
		t.Errorf("%d modules a side for rough surfaces, %d else", size[true], size[false])
	}
}

func TestMissingCharacters(t *testing.T) {
	print := func(item Item) (missing []rune, file []byte) {
		file = printLabels(t, []Item{item, item}, PDFOptions{Sheet: "roll-60x40", Missing: func(r rune) { missing = append(missing, r) }})
		slices.Sort(missing)
		return missing, file
	}
	item := addCertificate(pomeloItem("7K2M9P4QX3TZ"))
	item.Product, item.Org, item.Certificate.Promisor = "柚😀柚𠮷", "合作社😀", "ش"
	missing, file := print(item)
	if want := []rune("ش😀𠮷"); !slices.Equal(missing, want) {
		t.Errorf("reported %q, want %q", missing, want)
	}
	if text := runPoppler(t, "pdftotext", file, "-", "-"); !strings.Contains(text, "柚〓柚〓") {
		t.Errorf("no 柚〓柚〓 in\n%s", text)
	}
	if missing, _ := print(addCertificate(lengthenTexts(pomeloItem("7K2M9P4QX3TZ")))); len(missing) > 0 {
		t.Errorf("reported %q of an ordinary label", missing)
	}
}

func TestLabelSVG(t *testing.T) {
	for _, s := range Sheets() {
		it := addCertificate(pomeloItem("7K2M9P4QX3TZ"))
		it.Product = `<柚> & "子"`
		svg, err := DrawLabelSVG(it, PDFOptions{Sheet: s.ID, Printer: chinese})
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", s.ID, err)
			}
			if c, ok := token.(xml.CharData); ok {
				text.Write(c)
			}
		}
		for _, want := range []string{`<柚> & "子"`, "7K2M 9P4Q X3TZ", CertificateWords} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: no %s in %s", s.ID, want, text.String())
			}
		}
		size := fmt.Sprintf(`width="%smm" height="%smm" viewBox="0 0 %[1]s %[2]s"`, formatMillimetres(s.Width), formatMillimetres(s.Height))
		if !bytes.Contains(svg, []byte(size)) {
			t.Errorf("%s: no %s", s.ID, size)
		}
		code := regexp.MustCompile(`viewBox="0 0 [^"]*"`).ReplaceAll(svg, []byte(`viewBox="0 0 60 60"`))
		if got := readCode(t, paintSVG(t, code, 4)); got != it.URL {
			t.Errorf("%s: read %q, want %q", s.ID, got, it.URL)
		}
	}
}

func TestSheets(t *testing.T) {
	for _, s := range Sheets() {
		last := s.PerPage() - 1
		x, y := s.Position(last)
		if x+s.Width > s.PageWidth+1e-9 || y+s.Height > s.PageHeight+1e-9 {
			t.Errorf("%s: the last label ends at %.2f × %.2f mm, the page at %.2f × %.2f", s.ID, x+s.Width, y+s.Height, s.PageWidth, s.PageHeight)
		}
		if left, bottom := s.Left+s.Inset, s.PageHeight-y-s.Height+s.Inset; !s.Roll && (left < 4.2 || bottom < 4.2) {
			t.Errorf("%s: ink at %.2f and %.2f mm from the edge of the paper, where office printers do not reach", s.ID, left, bottom)
		}
		if s.Module < WantedModule || s.Module > MaxModule {
			t.Errorf("%s: modules of %.3f mm", s.ID, s.Module)
		}
		if got, err := FindSheet(s.ID); err != nil || got != s {
			t.Errorf("%s is found as %+v, %v", s.ID, got, err)
		}
	}
	s, err := FindSheet("a4-24")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Name(chinese), "A4，24 格，70×37 毫米"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
}
