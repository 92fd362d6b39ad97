package label

import (
	"strconv"
	"time"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// Item is what one label says. All but URL is text for people, already written in their language (locale.Printer's Date and Quantity); what
// is empty is left out.
type Item struct {
	URL         string       // what the code says: the whole address
	Code        string       // the lot's key 批次号 as it can be typed in; printed in groups of four
	Serial      string       // number of this one item 序列号; printed in groups of four, below the code
	Product     string       // 产品名称
	Grade       string       // 等级
	Quantity    string       // "5 千克"
	Date        string       // of harvest or making, "2026年11月3日"
	Place       string       // 产地; nothing personal
	Org         string       // who answers for it
	Contact     string       // telephone or the like, on a certificate
	Certificate *Certificate // where 承诺达标合格证 is due
}

// Certificate is a 承诺达标合格证 (农业农村部令 2025年第4号): who makes and sells the lot promises that no forbidden agents were used and that
// residues are within the limits. Product, quantity, place and contact are the Item's; labels of 60 × 40 mm and more carry all of it,
// smaller ones the words 承诺达标合格证 beside the code, which leads to the rest.
type Certificate struct {
	Issued   string  // 开具时间, as text for people
	Promisor string  // 承诺主体; Item.Org where empty
	Basis    []Basis // 承诺依据
}

// Basis is what a promise rests on.
type Basis string

// The grounds the rule knows.
const (
	BasisControl Basis = "control"  // 质量安全控制
	BasisOwnTest Basis = "own_test" // 自行检测
	BasisLabTest Basis = "lab_test" // 委托检测
)

// MaxLabels is the most that one file holds, copies included: some 15 s of work, and more than a label printer does in a day.
const MaxLabels = 20_000

// PDFOptions are how labels are printed.
type PDFOptions struct {
	Sheet   string          // id of the layout
	Copies  int             // of each label, one after the other; 1 where 0
	Skip    int             // places left free on the first page, where a sheet has been used in part
	Rough   bool            // error correction level Q, for rough or curved surfaces; else M
	Printer *locale.Printer // language of the captions
	Title   string          // of the file; may be empty
	Created time.Time       // kept in the file; the same labels printed with the same time give the same bytes
	Missing func(rune)      // told each character, once, that no font here has; it is printed as 〓. May be nil
}

// Check tells whether so many labels (before copies) can be printed like this, before anything is written. Errors, all Invalid, with
// the field "sheet", "copies", "skip" or "labels".
func (o PDFOptions) Check(labels int64) error {
	s, err := SheetByID(o.Sheet)
	if err != nil {
		return err
	}
	if o.Copies < 0 || o.Copies > MaxLabels {
		return trace.E(trace.Invalid, trace.CodeBadValue, "copies", "value", strconv.Itoa(o.Copies), "allowed", "1–"+strconv.Itoa(MaxLabels))
	}
	if o.Skip < 0 || o.Skip >= s.PerPage() {
		allowed := "0"
		if n := s.PerPage() - 1; n > 0 {
			allowed = "0–" + strconv.Itoa(n)
		}
		return trace.E(trace.Invalid, trace.CodeBadValue, "skip", "value", strconv.Itoa(o.Skip), "allowed", allowed)
	}
	if most := MaxLabels / int64(max(1, o.Copies)); labels < 1 || labels > most {
		return trace.E(trace.Invalid, trace.CodeBadValue, "labels", "value", strconv.FormatInt(labels, 10), "allowed", "1–"+strconv.FormatInt(most, 10))
	}
	return nil
}
