package label

import (
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/pdf"
	"github.com/yousang/yousang/internal/trace"
)

// CheckCount reports whether so many labels (before copies) can be printed with these options, before anything is written. Errors, all of
// the kind Invalid, are at the field "sheet", "copies", "skip" or "labels".
func (o PDFOptions) CheckCount(labels int64) error {
	sheet, err := FindSheet(o.Sheet)
	if err != nil {
		return err
	}
	if o.Copies < 0 || o.Copies > MaxLabels {
		return trace.E(trace.Invalid, trace.CodeBadValue, "copies", "value", strconv.Itoa(o.Copies), "allowed", "1–"+strconv.Itoa(MaxLabels))
	}
	if o.Skip < 0 || o.Skip >= sheet.PerPage() {
		allowed := "0"
		if n := sheet.PerPage() - 1; n > 0 {
			allowed = "0–" + strconv.Itoa(n)
		}
		return trace.E(trace.Invalid, trace.CodeBadValue, "skip", "value", strconv.Itoa(o.Skip), "allowed", allowed)
	}
	if most := MaxLabels / int64(max(1, o.Copies)); labels < 1 || labels > most {
		return trace.E(trace.Invalid, trace.CodeBadValue, "labels", "value", strconv.FormatInt(labels, 10),
			"allowed", "1–"+strconv.FormatInt(most, 10))
	}
	return nil
}

// hardestSerials are the serial numbers that take the most room: one of the widest characters, and one with a row of digits among letters,
// which the QR library packs worst.
var hardestSerials = []string{"WWWWWWWWWWWW", "WW1111111WWW"}

// CheckAllFit reports whether all labels of a print run can be composed, given one of them: the others differ in their serial numbers, so
// some are wider and some need a larger code. Errors: those of WritePDF.
func CheckAllFit(item Item, o PDFOptions) error {
	sheet, err := FindSheet(o.Sheet)
	if err != nil {
		return err
	}
	fonts, err := pdf.LoadFonts()
	if err != nil {
		return err
	}
	stem, endsInSerial := strings.CutSuffix(item.URL, item.Serial)
	tried := []Item{item}
	for _, serial := range hardestSerials {
		if endsInSerial && len(item.Serial) == len(serial) {
			other := item
			other.Serial, other.URL = serial, stem+serial
			tried = append(tried, other)
		}
	}
	for _, one := range tried {
		if _, err := composeLabel(one, sheet, o, fonts); err != nil {
			return err
		}
	}
	return nil
}
