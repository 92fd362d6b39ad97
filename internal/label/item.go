package label

import (
	"time"

	"github.com/yousang/yousang/internal/locale"
)

// Item is the content of one label. All members but URL are text for people, already written in their language (locale.Printer's Date and
// Quantity); an empty member is left out.
type Item struct {
	URL         string       // what the code holds: the whole address
	Code        string       // the lot's key 批次号 as people type it; printed in groups of four
	Serial      string       // serial number 序列号 of this one item; printed in groups of four, below the code
	Product     string       // 产品名称
	Grade       string       // 等级
	Quantity    string       // "5 千克"
	Date        string       // of harvest or making, "2026年11月3日"
	Place       string       // 产地; nothing personal
	Org         string       // the organisation 主体 that answers for the goods
	Contact     string       // telephone or the like, on a certificate
	Certificate *Certificate // where 承诺达标合格证 is due
}

// Certificate is a 承诺达标合格证 (农业农村部令 2025年第4号): the producer and seller promises that no forbidden agents were used and that residues
// are within the limits. Product, quantity, place and contact are the Item's. Labels of 60 × 40 mm and more carry the whole certificate,
// smaller ones the words 承诺达标合格证 beside the code, which leads to the rest.
type Certificate struct {
	Issued   string  // 开具时间, as text for people
	Promisor string  // 承诺主体; Item.Org where empty
	Basis    []Basis // 承诺依据
}

// Basis is a ground that a promise rests on.
type Basis string

// The grounds the rule knows.
const (
	BasisControl Basis = "control"  // 质量安全控制
	BasisOwnTest Basis = "own_test" // 自行检测
	BasisLabTest Basis = "lab_test" // 委托检测
)

// MaxLabels is the most labels that one file holds, copies included: some 15 s of work, and more than a label printer prints in a day.
const MaxLabels = 20_000

// PDFOptions are how labels are printed.
type PDFOptions struct {
	Sheet   string          // id of the layout
	Copies  int             // of each label, one after the other; 1 where 0
	Skip    int             // places left free on the first page, where a sheet has been used in part
	Rough   bool            // error correction level Q, for rough or curved surfaces; else level M
	Printer *locale.Printer // language of the captions
	Title   string          // of the file; may be empty
	Created time.Time       // kept in the file; the same labels printed with the same time give the same bytes
	Missing func(rune)      // called once for each character that no font here has, which is printed as 〓; may be nil
}

// withoutLineBreaks makes each text of a label one line.
func (item Item) withoutLineBreaks() Item {
	for _, text := range []*string{
		&item.Code, &item.Serial, &item.Product, &item.Grade, &item.Quantity, &item.Date, &item.Place, &item.Org, &item.Contact,
	} {
		*text = joinLines(*text)
	}
	if item.Certificate != nil {
		c := *item.Certificate
		c.Issued, c.Promisor = joinLines(c.Issued), joinLines(c.Promisor)
		item.Certificate = &c
	}
	return item
}
