package label

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/locale"
)

// BenchmarkPDF1000 prints 1,000 labels, each with a code of its own; two seconds on two cores are allowed.
func BenchmarkPDF1000(b *testing.B) {
	p, err := locale.New()
	if err != nil {
		b.Fatal(err)
	}
	o := PDFOptions{Sheet: "a4-24", Printer: p, Created: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)}
	b.ReportAllocs()
	for b.Loop() {
		if err := WritePDF(io.Discard, generateItems(1000), o); err != nil {
			b.Fatal(err)
		}
	}
}

func generateItems(n int) func(func(Item, error) bool) {
	return func(yield func(Item, error) bool) {
		for i := range n {
			serial := fmt.Sprintf("7K2M9P%06d", i)
			it := Item{URL: "https://trace.example.cn/01/09506000134352/10/2A3C4D5E6F7G/21/" + serial, Code: "2A3C4D5E6F7G",
				Serial: serial, Product: "梁平柚", Grade: "特等", Quantity: "5 千克", Date: "2026年11月3日", Place: "重庆市梁平区合兴街道龙滩村", Org: "梁平区龙滩柚子专业合作社"}
			if !yield(it, nil) {
				return
			}
		}
	}
}
