package serial

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// makeTestKey makes a key that is the same in every run.
func makeTestKey(t testing.TB, number int) *key {
	t.Helper()
	k, err := newKey(number, []byte("柚桑 a secret of 32 bytes, or so"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// makeTestRing makes a ring with fixed keys over a store without keys.
func makeTestRing(t testing.TB, keys ...*key) *Ring {
	t.Helper()
	r := New(openStore(t))
	for _, k := range keys {
		r.keys[k.number] = append(r.keys[k.number], k)
	}
	r.readAt = time.Now()
	r.now = func() time.Time { return r.readAt }
	return r
}

func openStore(t testing.TB) trace.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestCodesStay: codes are printed on paper; a version that made other codes of the same key would turn every label into a forgery. The
// values were computed by another program.
func TestCodesStay(t *testing.T) {
	k := makeTestKey(t, 3)
	for _, row := range []struct {
		index int64
		code  string
	}{{0, "32Q0AENTADZ5"}, {1, "3TY70MMF1P1V"}, {999_999, "3ZRS1FZKQGDN"}, {trace.MaxSerials - 1, "381N34QYYEKT"}} {
		if got := k.encodeIndex(row.index); got != row.code {
			t.Errorf("code of %d = %s, want %s", row.index, got, row.code)
		}
	}
	if got, want := k.fingerprint, "6bba24277293b6b8"; got != want {
		t.Errorf("fingerprint = %s, want %s", got, want)
	}
}

// TestPermuteIsOneToOne: every index has its own number, and unpermute finds the index again.
func TestPermuteIsOneToOne(t *testing.T) {
	k := makeTestKey(t, 0)
	d := k.pool.Get().(*scratch)
	rapid.Check(t, func(rt *rapid.T) {
		index := rapid.Int64Range(0, trace.MaxSerials-1).Draw(rt, "index")
		n := k.permute(d, index)
		if n < 0 || n >= trace.MaxSerials {
			rt.Fatalf("%d goes to %d, outside 35 bits", index, n)
		}
		if back := k.unpermute(d, n); back != index {
			rt.Fatalf("%d goes to %d and comes back as %d", index, n, back)
		}
		if on := k.permute(d, k.unpermute(d, index)); on != index {
			rt.Fatalf("%d comes from a place that goes to %d", index, on)
		}
	})
	seen := make(map[int64]bool, 200_000)
	for i := range int64(200_000) {
		seen[k.permute(d, i)] = true
	}
	if len(seen) != 200_000 {
		t.Errorf("200,000 indexes have %d places", len(seen))
	}
}

// TestNeighboursLookUnlike: a serial number shows nothing of the next one.
func TestNeighboursLookUnlike(t *testing.T) {
	k := makeTestKey(t, 0)
	d := k.pool.Get().(*scratch)
	var same, flipped int
	for i := range int64(10_000) {
		a, b := k.permute(d, i), k.permute(d, i+1)
		if a>>20 == b>>20 { // the first three characters of seven
			same++
		}
		for x := a ^ b; x != 0; x &= x - 1 {
			flipped++
		}
	}
	if same > 10 {
		t.Errorf("%d of 10,000 neighbours begin alike", same)
	}
	if flipped < 170_000 || flipped > 180_000 { // 17.5 of 35 bits
		t.Errorf("neighbours differ in %d bits of 350,000", flipped)
	}
}

func TestParseReadsCodes(t *testing.T) {
	r := makeTestRing(t, makeTestKey(t, 0), makeTestKey(t, 31))
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		number := rapid.SampledFrom([]int{0, 31}).Draw(rt, "key")
		index := rapid.Int64Range(0, trace.MaxSerials-1).Draw(rt, "index")
		code, err := r.MakeSerial(ctx, number, index)
		if err != nil {
			rt.Fatal(err)
		}
		if len(code) != Length || strings.Trim(code, alphabet) != "" {
			rt.Fatalf("code %q", code)
		}
		for _, form := range []string{code, strings.ToLower(code), GroupSerial(code), " " + code[:5] + "-" + code[5:] + "\u3000",
			widenCharacters(code),
			strings.NewReplacer("0", "o", "1", "l").Replace(code), strings.NewReplacer("0", "O", "1", "I").Replace(code)} {
			if got, err := r.ParseSerial(ctx, form); err != nil || got != index {
				rt.Fatalf("%q is %d (%v), want %d", form, got, err, index)
			}
			if n, err := ReadKeyNumber(form); err != nil || n != number {
				rt.Fatalf("%q is of key %d (%v), want %d", form, n, err, number)
			}
		}
	})
}

// widenCharacters writes a code in the wide characters of Chinese input methods.
func widenCharacters(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

func TestParseRefuses(t *testing.T) {
	r := makeTestRing(t, makeTestKey(t, 0))
	good := makeTestKey(t, 0).encodeIndex(5)
	for _, row := range []struct {
		name, code string
		want       trace.Code
	}{
		{"nothing", "", trace.CodeBadKey},
		{"eleven characters", good[:11], trace.CodeBadKey},
		{"thirteen characters", good + "0", trace.CodeBadKey},
		{"a U", "U" + good[1:], trace.CodeBadKey},
		{"Chinese", "柚" + good[1:], trace.CodeBadKey},
		{"broken text", "\xff" + good[1:], trace.CodeBadKey},
		{"a character beyond the wide ones", "￠" + good[1:], trace.CodeBadKey},
		{"an endless text", strings.Repeat("柚", 10_000), trace.CodeBadKey},
		{"another key", "7" + good[1:], trace.CodeNotIssued},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := r.ParseSerial(context.Background(), row.code); !trace.IsCode(err, row.want) {
				t.Errorf("parsed as %d, %v; want %s", got, err, row.want)
			} else if len(err.Error()) > 400 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

// TestOneWrongCharacter: one wrong character is detected, but for about one case in a million.
func TestOneWrongCharacter(t *testing.T) {
	k := makeTestKey(t, 0)
	missed, tried := 0, 0
	for i := range int64(300) {
		code := []byte(k.encodeIndex(i * 7919))
		for at := range code {
			right := code[at]
			for _, wrong := range []byte(alphabet) {
				if code[at] = wrong; wrong == right {
					continue
				}
				tried++
				if _, ok := k.decodeIndex(string(code)); ok {
					missed++
				}
			}
			code[at] = right
		}
	}
	if tried != 300*12*31 || missed > 2 {
		t.Errorf("%d of %d wrong characters were not found", missed, tried)
	}
}

// TestGuesses: of 200,000 invented numbers at most a few have a correct check.
func TestGuesses(t *testing.T) {
	r := makeTestRing(t, makeTestKey(t, 0), makeTestKey(t, 1))
	rng := rand.New(rand.NewPCG(20, 26))
	passed := 0
	for range 200_000 {
		code := []byte{alphabet[rng.IntN(2)]}
		for len(code) < Length {
			code = append(code, alphabet[rng.IntN(32)])
		}
		if _, err := r.ParseSerial(context.Background(), string(code)); err == nil {
			passed++
		} else if !trace.IsCode(err, trace.CodeNotIssued) {
			t.Fatal(err)
		}
	}
	if passed > 3 {
		t.Errorf("%d guesses of 200,000 passed", passed)
	}
}

func TestCodes(t *testing.T) {
	r := makeTestRing(t, makeTestKey(t, 4))
	ctx := context.Background()
	list, err := r.MakeSerials(ctx, 4, 100, 50)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(100)
	for code := range list {
		if want, err := r.MakeSerial(ctx, 4, n); err != nil || code != want {
			t.Fatalf("code of %d = %s, want %s (%v)", n, code, want, err)
		}
		if n++; n == 140 {
			break
		}
	}
	if n != 140 {
		t.Errorf("stopped at %d", n)
	}
	for _, row := range []struct{ first, count int64 }{
		{-1, 1}, {0, -1}, {trace.MaxSerials, 1}, {trace.MaxSerials - 1, 2}, {1 << 62, 1 << 62},
	} {
		if _, err := r.MakeSerials(ctx, 4, row.first, row.count); !trace.IsCode(err, trace.CodeBadValue) {
			t.Errorf("codes %d + %d: %v", row.first, row.count, err)
		}
	}
	if _, err := r.MakeSerial(ctx, 4, trace.MaxSerials); !trace.IsCode(err, trace.CodeBadValue) {
		t.Errorf("a code beyond 35 bits: %v", err)
	}
	if _, err := r.MakeSerials(ctx, 5, 0, 1); !trace.IsCode(err, trace.CodeSerialKey) {
		t.Errorf("codes of an unknown key: %v", err)
	}
}

// FuzzParse: every text gets an answer, and an accepted text is a serial number that the key made.
func FuzzParse(f *testing.F) {
	k := makeTestKey(f, 0)
	r := makeTestRing(f, k)
	for _, s := range []string{
		"", k.encodeIndex(0), strings.ToLower(k.encodeIndex(1)), GroupSerial(k.encodeIndex(2)), widenCharacters(k.encodeIndex(3)),
		"000000000000", "0000-0000-000U", "\xff\xfe", "　", "！～",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		index, err := r.ParseSerial(context.Background(), s)
		switch {
		case err != nil && !trace.IsCode(err, trace.CodeBadKey) && !trace.IsCode(err, trace.CodeNotIssued):
			t.Fatalf("%q: %v", s, err)
		case err == nil:
			clean, err := CleanSerial(s)
			if err != nil || k.encodeIndex(index) != clean {
				t.Fatalf("%q is %d, whose number is %s (%v)", s, index, k.encodeIndex(index), err)
			}
		}
	})
}

func BenchmarkCode(b *testing.B) {
	k := makeTestKey(b, 0)
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		k.encodeIndex(i)
	}
}

func BenchmarkParse(b *testing.B) {
	r := makeTestRing(b, makeTestKey(b, 0))
	code := makeTestKey(b, 0).encodeIndex(12345)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.ParseSerial(context.Background(), code); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGuess is the cost of an attack: a serial number with a wrong check.
func BenchmarkGuess(b *testing.B) {
	r := makeTestRing(b, makeTestKey(b, 0))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.ParseSerial(context.Background(), "0ABCDEFGHJKM"); err == nil {
			b.Fatal("passed")
		}
	}
}

// TestNoSecretIsRevealed: neither fingerprints nor errors hold a part of the secret.
func TestNoSecretIsRevealed(t *testing.T) {
	secret := []byte("柚桑 a secret of 32 bytes, or so")
	k := makeTestKey(t, 0)
	told := []string{k.fingerprint, k.encodeIndex(0)}
	r := makeTestRing(t, k)
	for _, code := range []string{"x", "0ABCDEFGHJKM"} {
		_, err := r.ParseSerial(context.Background(), code)
		told = append(told, fmt.Sprint(err))
	}
	for _, doc := range []trace.Document{
		{Collection: collection, ID: "00." + k.fingerprint, Body: slices.Concat([]byte(`{"secret":"`), secret, []byte(`"}`))},
		{Collection: collection, ID: "00.x", Body: slices.Concat([]byte(`{"secret":`), secret)},
		{Collection: collection, ID: "99.x", Body: secret},
	} {
		_, _, err := decodeKey(doc, nil)
		if err == nil {
			t.Errorf("document %s was read", doc.ID)
		}
		told = append(told, fmt.Sprint(err))
	}
	for _, s := range told {
		if strings.Contains(s, string(secret[:8])) || strings.Contains(s, hex.EncodeToString(secret[:6])) {
			t.Errorf("revealed: %s", s)
		}
	}
}

// BenchmarkMillion is a batch of a million serial numbers, as for a printing house.
func BenchmarkMillion(b *testing.B) {
	r := makeTestRing(b, makeTestKey(b, 0))
	for b.Loop() {
		list, err := r.MakeSerials(context.Background(), 0, 0, 1_000_000)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for range list {
			n++
		}
		if n != 1_000_000 {
			b.Fatal(n)
		}
	}
}
