package label

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"
)

// TestAnyNumberFitsWhereOneDoes: the numbers of a batch differ in width, and a run that was recorded must not fail at one of them.
func TestAnyNumberFitsWhereOneDoes(t *testing.T) {
	f, err := theFaces()
	if err != nil {
		t.Fatal(err)
	}
	const narrowest = "111111111111"
	for _, base := range []string{"https://t.example", "https://trace.liangping.gov.example", "https://trace.liangping.chongqing.gov.example"} {
		for _, s := range Sheets() {
			for _, rough := range []bool{false, true} {
				o := PDFOptions{Sheet: s.ID, Rough: rough, Printer: printer(t)}
				set := func(serial string) error {
					it := pomelo(serial)
					it.URL = base + "/01/09520123456788/10/XCHTPA332QYD/21/" + serial
					d, err := setLabel(it, s, o, f)
					if err == nil {
						for _, wrong := range misplaced(d, s) {
							t.Errorf("%s %s: %s", s.ID, serial, wrong)
						}
					}
					return err
				}
				if set(narrowest) != nil {
					continue
				}
				for _, serial := range []string{"Z6WMHWNWDMW5", "WWWWWWWWWWWW", "MMMMMMMMMMMM"} {
					if err := set(serial); err != nil {
						t.Errorf("%s, rough %v, %s: %s fits, %s does not: %v", s.ID, rough, base, narrowest, serial, err)
					}
				}
			}
		}
	}
}

// TestHardest: no serial number needs a larger code than the hardest ones.
func TestHardest(t *testing.T) {
	version := func(text string) int {
		q, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		return q.VersionNumber
	}
	const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	r := rand.New(rand.NewPCG(1, 2))
	for range 600 {
		base := "https://" + strings.Repeat("a", 1+r.IntN(40)) + ".cn" + []string{"/lot/XCHTPA332QYD/21/", "/01/09520123456788/10/XCHTPA332QYD/21/"}[r.IntN(2)]
		serial := make([]byte, 12)
		for i := range serial {
			serial[i] = signs[r.IntN([]int{10, len(signs)}[r.IntN(2)])]
		}
		most := 0
		for _, h := range hardest {
			most = max(most, version(base+h))
		}
		if v := version(base + string(serial)); v > most {
			t.Errorf("%s%s needs version %d, the hardest %d", base, serial, v, most)
		}
	}
}

// TestProof: a layout on which the first label fits and another would not is refused at once.
func TestProof(t *testing.T) {
	one := pomelo("111111111111")
	one.URL = "https://" + strings.Repeat("a", 50) + ".example/lot/XCHTPA332QYD/21/111111111111"
	for _, s := range Sheets() {
		o := PDFOptions{Sheet: s.ID, Printer: printer(t)}
		want := true
		for _, serial := range []string{one.Serial, hardest[0], hardest[1]} {
			it := one
			it.Serial, it.URL = serial, strings.TrimSuffix(one.URL, one.Serial)+serial
			_, err := LabelSVG(it, o)
			want = want && err == nil
		}
		if got := Proof(one, o); (got == nil) != want {
			t.Errorf("%s: %v, want it to pass: %v", s.ID, got, want)
		}
	}
	if err := Proof(one, PDFOptions{Sheet: "a4-9", Printer: printer(t)}); err == nil {
		t.Error("a layout that there is not passes")
	}
}
