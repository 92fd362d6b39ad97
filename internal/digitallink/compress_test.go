package digitallink

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/trace"
)

// TestUncompress reads links that others compressed: the first two stand in the source of GS1's compression prototype, the next
// two are examples of its use.
func TestUncompress(t *testing.T) {
	rows := []struct{ name, path, query, canonical, rest string }{
		{"lot and time", "/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TQ", "expdt=1903061658&k1=v1",
			"https://id.gs1.org/01/05412345000013/10/ABC%26%2B123?7003=1903061658", "7003=1903061658&expdt=1903061658&k1=v1"},
		{"with parameters", "/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TXhXsaXbQKHFuaprwUmrBX6g", "",
			"https://id.gs1.org/01/05412345000013/10/ABC%26%2B123?7003=1903061658", "7003=1903061658&expdt=1903061658&k1=v1"},
		{"product", "/ARHKVAdpQg", "", "https://id.gs1.org/01/09780345418913", ""},
		{"lot", "/ARFKk4XB0CDKWcnpq", "", "https://id.gs1.org/01/09506000134376/10/LOT01", ""},
		{"slash at the end, query with an attribute", "/ARHKVAdpQg/", "17=271231&x=y", "https://id.gs1.org/01/09780345418913?17=271231",
			"17=271231&x=y"},
		{"after a path", "/r/s/ARHKVAdpQg", "", "https://id.gs1.org/01/09780345418913", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			l, err := Uncompress(row.path, row.query)
			if err != nil {
				t.Fatal(err)
			}
			if l.Canonical() != row.canonical || l.Query != row.rest {
				t.Errorf("got %s and query %s, want %s and %s", l.Canonical(), l.Query, row.canonical, row.rest)
			}
		})
	}
}

func TestUncompressRefuses(t *testing.T) {
	rows := []struct {
		name, path, query string
		code              trace.Code
	}{
		{"a word", "/about", "", trace.CodeMalformed}, {"nothing", "/", "", trace.CodeMalformed},
		{"no base64", "/AR.KVAdpQg", "", trace.CodeMalformed},
		{"cut short", "/ARHKVAdp", "", trace.CodeMalformed}, {"something after it", "/ARHKVAdpQgAA", "", trace.CodeMalformed},
		{"bits after it", "/ARHKVAdpQh", "", trace.CodeMalformed}, {"wrong check digit", "/ARHKVAdpQA", "", trace.CodeBadValue},
		{"no key", "/" + compressElements(t, Element{"10", "A1"}), "", trace.CodeBadValue},
		{"attribute said otherwise", "/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TQ", "7003=1903061659", trace.CodeBadValue},
		{"too long", "/" + strings.Repeat("A", 5000), "", trace.CodeTooLarge}, {"no URI", "/ARHKVAdpQg", "a= ", trace.CodeMalformed},
		{"percent sign alone", "/ARHKVAdpQg", "17=%2", trace.CodeMalformed},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			l, err := Uncompress(row.path, row.query)
			var e *trace.Error
			if !errors.As(err, &e) || e.Code != row.code {
				t.Errorf("got %+v, %v, want %s", l, err, row.code)
			}
		})
	}
}

func TestUncompressAfterItsKey(t *testing.T) {
	segment := compressElements(t, Element{"10", "L/1"}, Element{"21", "S1"}, Element{"17", "271231"})
	l, err := Uncompress("/01/06901234567892/"+segment, "a=b")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := l.Canonical(), "https://id.gs1.org/01/06901234567892/10/L%2F1/21/S1?17=271231"; got != want ||
		l.Query != "17=271231&a=b" || l.Stem != "" {
		t.Errorf("got %s, query %s, stem %s, want %s", got, l.Query, l.Stem, want)
	}
	if _, err := Uncompress("/01/06901234567891/"+segment, ""); !errors.Is(err, &trace.Error{Code: trace.CodeBadValue}) {
		t.Errorf("a wrong check digit: %v", err)
	}
}

// bitWriter writes for tests what bitReader reads.
type bitWriter struct{ bits []byte }

func (w *bitWriter) writeNumber(v *big.Int, n int) {
	for i := n - 1; i >= 0; i-- {
		w.bits = append(w.bits, byte(v.Bit(i)))
	}
}

func (w *bitWriter) writeBits(v, n int) { w.writeNumber(big.NewInt(int64(v)), n) }

func (w *bitWriter) writeDecimal(s string) {
	v := new(big.Int)
	v.SetString("0"+s, 10)
	w.writeNumber(v, digitBits(len(s)))
}

// writeCharacters writes text in the encoding that takes the fewest bits.
func (w *bitWriter) writeCharacters(s string, length int) {
	only := func(alphabet string) bool { return strings.Trim(s, alphabet) == "" }
	encoding, alphabet, bits := 4, "", 7
	for i, a := range []string{"0123456789", "0123456789abcdef", "0123456789ABCDEF", base64Alphabet} {
		if only(a) {
			encoding, alphabet, bits = i, a, []int{0, 4, 4, 6}[i]
			break
		}
	}
	w.writeBits(encoding, 3)
	w.writeBits(len(s), length)
	if encoding == 0 {
		w.writeDecimal(s)
		return
	}
	for i := range len(s) {
		v := int(s[i])
		if alphabet != "" {
			v = strings.IndexByte(alphabet, s[i])
		}
		w.writeBits(v, bits)
	}
}

func (w *bitWriter) writeValue(e Element) {
	rest := e.Value
	for _, p := range findEntry(e.AI).joinParts() {
		n := min(len(rest), p.most)
		text, length := rest[:n], 0
		rest = rest[n:]
		if !p.fixed {
			length = lengthBits(p.most)
		}
		if !p.numeric {
			w.writeCharacters(text, length)
			continue
		}
		w.writeBits(len(text), length)
		w.writeDecimal(text)
	}
}

func (w *bitWriter) writeHex(code string) {
	for _, c := range code {
		w.writeBits(strings.IndexRune("0123456789ABCDEF", c), 4)
	}
}

func (w *bitWriter) encodeBase64() string {
	for len(w.bits)%6 != 0 {
		w.bits = append(w.bits, 0)
	}
	var b strings.Builder
	for i := 0; i < len(w.bits); i += 6 {
		v := 0
		for _, bit := range w.bits[i : i+6] {
			v = v<<1 | int(bit)
		}
		b.WriteByte(base64Alphabet[v])
	}
	return b.String()
}

// compressElements writes elements one after the other.
func compressElements(t testing.TB, elements ...Element) string {
	t.Helper()
	w := &bitWriter{}
	for _, e := range elements {
		w.writeHex(e.AI)
		w.writeValue(e)
	}
	return w.encodeBase64()
}

// TestCompressedAsOthersDo: the writer of these tests compresses the elements of other people's links to the same text, so
// tests may rely on the writer.
func TestCompressedAsOthersDo(t *testing.T) {
	for want, elements := range map[string][]Element{
		"AQnYUc1gmiERBhQ0ytiyZuAGOLc1TQ": {{"01", "05412345000013"}, {"10", "ABC&+123"}, {"7003", "1903061658"}},
		"ARHKVAdpQg":                     {{"01", "09780345418913"}},
		"ARFKk4XB0CDKWcnpq":              {{"01", "09506000134376"}, {"10", "LOT01"}},
	} {
		if got := compressElements(t, elements...); got != want {
			t.Errorf("%v: got %s, want %s", elements, got, want)
		}
	}
}

// TestSequences: identifiers under one code of a sequence mean the same as the identifiers one after the other.
func TestSequences(t *testing.T) {
	if len(aiSequences) != 6*2+12+4*2+10*2 {
		t.Errorf("%d sequences", len(aiSequences))
	}
	values := map[string]string{"01": "06901234567892", "22": "V1", "10": "L1", "21": "s1", "17": "271231", "7003": "2712311200",
		"30": "12", "15": "271231", "11": "261231",
		"16": "271231", "91": "x", "8010": "6901234A1", "8011": "7", "8017": "690123456789000018", "8018": "690123456789000018",
		"8019": "9", "414": "6901234567892", "254": "X",
		"255": "6901234567892"}
	for code, ais := range aiSequences {
		w := &bitWriter{}
		w.writeHex(code)
		var want []Element
		for _, ai := range ais {
			value, known := values[ai]
			if !known {
				value = "1234"
				if findEntry(ai).parts[0].least == 6 {
					value = "000195"
				}
			}
			want = append(want, Element{ai, value})
			w.writeValue(Element{ai, value})
		}
		if digits.containsAll(code) {
			t.Errorf("%s could be an identifier", code)
		}
		if got, query, good := uncompressSegment(w.encodeBase64()); !good || query != "" || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", code, got, good, want)
		}
	}
}

// TestCompressionProperty: a compressed value comes back unchanged, whatever the value, for every identifier.
func TestCompressionProperty(t *testing.T) {
	const set82Characters = alphanumerics + "!\"%&'()*+,-./:;<=>?_"
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(table[:]).Draw(t, "line")
		ai := fmt.Sprintf("%0*d", int(e.width), rapid.IntRange(int(e.first), int(e.last)).Draw(t, "ai"))
		value := ""
		for _, p := range e.parts {
			if p.optional && rapid.Bool().Draw(t, "ends") {
				break
			}
			alphabet := map[charset]string{digits: "0123456789", set39: alphanumerics[:36] + "#-/", set64: base64Alphabet}[p.set]
			if alphabet == "" {
				alphabet = rapid.SampledFrom([]string{set82Characters, "0123456789", "0123456789abcdef", "0123456789ABCDEF",
					base64Alphabet}).Draw(t, "alphabet")
			}
			value += rapid.StringOfN(rapid.SampledFrom([]rune(alphabet)), int(p.least), int(p.most), -1).Draw(t, "part")
		}
		before := Element{"01", "06901234567892"}
		w := &bitWriter{}
		for _, x := range []Element{before, {ai, value}} {
			w.writeHex(x.AI)
			w.writeValue(x)
		}
		got, _, good := uncompressSegment(w.encodeBase64())
		if !good || !slices.Equal(got, []Element{before, {ai, value}}) {
			t.Fatalf("%s %q: got %v, %v", ai, value, got, good)
		}
	})
}

func FuzzUncompress(f *testing.F) {
	for _, s := range []string{"/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TXhXsaXbQKHFuaprwUmrBX6g", "/ARHKVAdpQg", "/01/06901234567892/EA",
		"/_____________", "/9Pz8_Pz8_Pz8", "//", "/A"} {
		f.Add(s, "17=271231&a=b")
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		l, err := Uncompress(path, query)
		if err != nil {
			return
		}
		again, err := Parse(l.Canonical())
		if err != nil || again.Canonical() != l.Canonical() {
			t.Errorf("%s gives %s, which is read as %v, %v", path, l.Canonical(), again, err)
		}
		if !inURI.containsAll(l.Query) {
			t.Errorf("query %q", l.Query)
		}
	})
}

func BenchmarkUncompress(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Uncompress("/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TQ", ""); err != nil {
			b.Fatal(err)
		}
	}
}
