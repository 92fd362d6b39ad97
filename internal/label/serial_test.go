package label

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"
)

// TestAnyNumberFitsWhereOneFits: the numbers of a batch differ in width, and a print run that was recorded must not fail at one of them.
func TestAnyNumberFitsWhereOneFits(t *testing.T) {
	fonts := loadFonts(t)
	const narrowest = "111111111111"
	for _, base := range []string{
		"https://t.example", "https://trace.liangping.gov.example", "https://trace.liangping.chongqing.gov.example",
	} {
		for _, s := range Sheets() {
			for _, rough := range []bool{false, true} {
				o := PDFOptions{Sheet: s.ID, Rough: rough, Printer: chinese}
				set := func(serial string) error {
					it := pomeloItem(serial)
					it.URL = base + "/01/09520123456788/10/XCHTPA332QYD/21/" + serial
					d, err := composeLabel(it, s, o, fonts)
					if err == nil {
						for _, wrong := range findMisplaced(d, s) {
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

// TestHardestSerials: no serial number needs a larger code than the hardestSerials ones.
func TestHardestSerials(t *testing.T) {
	version := func(text string) int {
		q, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		return q.VersionNumber
	}
	const characters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	r := rand.New(rand.NewPCG(1, 2))
	for range 600 {
		path := []string{"/lot/XCHTPA332QYD/21/", "/01/09520123456788/10/XCHTPA332QYD/21/"}[r.IntN(2)]
		base := "https://" + strings.Repeat("a", 1+r.IntN(40)) + ".cn" + path
		serial := make([]byte, 12)
		for i := range serial {
			serial[i] = characters[r.IntN([]int{10, len(characters)}[r.IntN(2)])]
		}
		most := 0
		for _, h := range hardestSerials {
			most = max(most, version(base+h))
		}
		if v := version(base + string(serial)); v > most {
			t.Errorf("%s%s needs version %d, the hardestSerials %d", base, serial, v, most)
		}
	}
}

// TestCheckAllFit: a layout on which the first label fits and another would not is refused at once.
func TestCheckAllFit(t *testing.T) {
	one := pomeloItem("111111111111")
	one.URL = "https://" + strings.Repeat("a", 50) + ".example/lot/XCHTPA332QYD/21/111111111111"
	for _, s := range Sheets() {
		o := PDFOptions{Sheet: s.ID, Printer: chinese}
		want := true
		for _, serial := range []string{one.Serial, hardestSerials[0], hardestSerials[1]} {
			it := one
			it.Serial, it.URL = serial, strings.TrimSuffix(one.URL, one.Serial)+serial
			_, err := DrawLabelSVG(it, o)
			want = want && err == nil
		}
		if got := CheckAllFit(one, o); (got == nil) != want {
			t.Errorf("%s: %v, want it to pass: %v", s.ID, got, want)
		}
	}
	if err := CheckAllFit(one, PDFOptions{Sheet: "a4-9", Printer: chinese}); err == nil {
		t.Error("an unknown layout passes")
	}
}
