package digitallink

import "testing"

// BenchmarkParse: the aim is 2 µs for a link as labels have the link.
func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, uri string }{
		{"product", "https://trace.example.cn/01/06901234567892"},
		{"serial", "https://trace.example.cn/01/06901234567892/10/LOT-2026-11/21/7K2M9QXR4TDA"},
		{"attributes", "https://trace.example.cn/r/01/06901234567892/10/LOT%2F1?17=261231&3103=000195&linkType=gs1:pip"},
		{"refused", "https://trace.example.cn/01/06901234567891"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if l, err := Parse(bench.uri); (l == nil) == (err == nil) {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCanonical(b *testing.B) {
	l := mustParse(b, "https://trace.example.cn/01/06901234567892/10/LOT-2026-11/21/7K2M9QXR4TDA")
	b.ReportAllocs()
	for b.Loop() {
		_ = l.Canonical()
	}
}

func BenchmarkFromURN(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromURN("urn:epc:id:sgtin:6901234.056789.7K2M9QXR4TDA"); err != nil {
			b.Fatal(err)
		}
	}
}
