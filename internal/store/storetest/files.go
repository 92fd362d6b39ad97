package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

var scanCases = []testCase{
	{"a code nobody looked at has none", func(t *testing.T, p *testStore) { wantScans(t, p, "none") }},
	{"counts add up; first is the earliest and last the latest", func(t *testing.T, p *testStore) {
		mustAddScans(t, p, makeScan("c", "2026-11-03", "", 2, 9, 10))
		mustAddScans(t, p, makeScan("c", "2026-11-03", "", 3, 4, 5))
		wantScans(t, p, "c", makeScan("c", "2026-11-03", "", 5, 4, 10))
		mustAddScans(t, p, makeScan("c", "2026-11-03", "", 1, 6, 12), makeScan("c", "2026-11-03", "", 1, 7, 7))
		wantScans(t, p, "c", makeScan("c", "2026-11-03", "", 7, 4, 12))
	}},
	{"in order of day and region, one code's only", func(t *testing.T, p *testStore) {
		mustAddScans(t, p, makeScan("c", "2026-11-04", "", 1, 0, 0), makeScan("c", "2026-11-03", "500154", 1, 0, 0),
			makeScan("d", "2026-11-03", "", 1, 0, 0),
			makeScan("c", "2026-11-03", "", 1, 0, 0), makeScan("C", "2026-11-03", "", 1, 0, 0), makeScan("c", "2026-11-03", "110000", 1, 0, 0))
		wantScans(t, p, "c", makeScan("c", "2026-11-03", "", 1, 0, 0), makeScan("c", "2026-11-03", "110000", 1, 0, 0),
			makeScan("c", "2026-11-03", "500154", 1, 0, 0), makeScan("c", "2026-11-04", "", 1, 0, 0))
	}},
	{"codes that look alike are counted apart", func(t *testing.T, p *testStore) {
		for i, s := range lookalikes {
			mustAddScans(t, p, makeScan(s, "2026-11-03", "", int64(i)+1, 0, 0))
		}
		for i, s := range lookalikes {
			wantScans(t, p, s, makeScan(s, "2026-11-03", "", int64(i)+1, 0, 0))
		}
	}},
	{"all counters are listed in pages, those of a code together", testAllScans},
	{"no scans are no error", func(t *testing.T, p *testStore) { mustAddScans(t, p) }},
}

func testAllScans(t *testing.T, p *testStore) {
	want := map[string]trace.Scan{}
	for i, code := range append(lookalikes, "", " ", "!") {
		for _, n := range []trace.Scan{makeScan(code, "2026-11-03", "500154", int64(i)+1, i, i+1), makeScan(code, "2026-11-03", "", 1, 0, 0),
			makeScan(code, "", "", 1, 0, 0)} {
			mustAddScans(t, p, n)
			want[n.Code+"\xff"+n.Day+"\xff"+n.Region] = n
		}
	}
	var after trace.Scan
	var codes []string
	for n := len(want); ; {
		page, err := p.AllScans(t.Context(), after, 7)
		if err != nil {
			t.Fatalf("AllScans after %+v: %v", after, err)
		}
		if len(page) == 0 {
			break
		}
		if len(page) > 7 {
			t.Errorf("a page of %d, want 7 at most", len(page))
		}
		for _, got := range page {
			id := got.Code + "\xff" + got.Day + "\xff" + got.Region
			if w, ok := want[id]; !ok || !reflect.DeepEqual(got, w) {
				t.Errorf("got %+v, want %+v, each once", got, w)
			}
			delete(want, id)
			if len(codes) == 0 || codes[len(codes)-1] != got.Code {
				codes = append(codes, got.Code)
			}
		}
		after = page[len(page)-1]
		if n--; n < 0 {
			t.Fatal("AllScans does not end")
		}
	}
	if len(want) > 0 || len(codes) != len(lookalikes)+3 {
		t.Errorf("%d counters were not listed; %d runs of codes, want %d", len(want), len(codes), len(lookalikes)+3)
	}
	for _, limit := range []int{0, -1} {
		_, err := p.AllScans(t.Context(), trace.Scan{}, limit)
		wantKind(t, "AllScans of a page of none", err, trace.Invalid)
	}
}

// makeScan makes a counter whose first and last views were so many seconds after base, as seen gives them.
func makeScan(code, day, region string, count int64, seen ...int) trace.Scan {
	return trace.Scan{Code: code, Day: day, Region: region, Count: count,
		First: base.Add(time.Duration(seen[0]) * time.Second), Last: base.Add(time.Duration(seen[1]) * time.Second)}
}

func mustAddScans(t *testing.T, s trace.Store, scans ...trace.Scan) {
	t.Helper()
	if err := s.AddScans(t.Context(), scans); err != nil {
		t.Fatalf("AddScans: %v", err)
	}
}

func wantScans(t *testing.T, s trace.Store, code string, want ...trace.Scan) {
	t.Helper()
	got, err := s.Scans(t.Context(), code)
	if err != nil || !reflect.DeepEqual(append([]trace.Scan{}, got...), append([]trace.Scan{}, want...)) {
		t.Errorf("Scans %q:\n got %+v, %v\nwant %+v", code, got, err, want)
	}
}

var blobCases = []testCase{
	{"bytes come back under their hash", func(t *testing.T, p *testStore) {
		for _, size := range []int{0, 1, 255 << 10, 256 << 10, 256<<10 + 1, 3 << 20} {
			want := makePattern(size)
			sum := mustPutBlob(t, p, want, int64(size))
			if hash := sha256.Sum256(want); sum != hex.EncodeToString(hash[:]) {
				t.Errorf("%d bytes: sum %q, want %x", size, sum, hash)
			}
			wantBlob(t, p, sum, want)
		}
	}},
	{"the same bytes twice are no error", func(t *testing.T, p *testStore) {
		a, b := mustPutBlob(t, p, []byte("photo"), 100), mustPutBlob(t, p, []byte("photo"), 100)
		if a != b {
			t.Errorf("sums %s and %s", a, b)
		}
		wantBlob(t, p, a, []byte("photo"))
	}},
	{"more than the limit is too large and not kept", testBlobLimit},
	{"a reader that fails keeps nothing", func(t *testing.T, p *testStore) {
		broken := errors.New("the line is cut")
		_, err := p.PutBlob(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 100)
		if !errors.Is(err, broken) {
			t.Errorf("got error %v, want %v", err, broken)
		}
		hash := sha256.Sum256([]byte("half"))
		_, err = p.Blob(t.Context(), hex.EncodeToString(hash[:]))
		wantKind(t, "Blob", err, trace.NotFound)
	}},
	{"a reader that gives a byte at a time", func(t *testing.T, p *testStore) {
		sum, err := p.PutBlob(t.Context(), iotest.OneByteReader(strings.NewReader("slowly")), 6)
		if err != nil {
			t.Fatalf("PutBlob: %v", err)
		}
		wantBlob(t, p, sum, []byte("slowly"))
	}},
	{"an unknown or upper-case sum is not found", func(t *testing.T, p *testStore) {
		sum := mustPutBlob(t, p, []byte("photo"), 100)
		for _, unknown := range []string{"", "no sum", strings.Repeat("0", 64), strings.ToUpper(sum), sum + " "} {
			_, err := p.Blob(t.Context(), unknown)
			wantKind(t, "Blob "+unknown, err, trace.NotFound)
		}
	}},
	{"their sums are listed in order and in pages", testListBlobs},
	{"an ended context keeps nothing", func(t *testing.T, p *testStore) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.PutBlob(ctx, strings.NewReader("photo"), 100); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want context.Canceled", err)
		}
	}},
}

func testListBlobs(t *testing.T, p *testStore) {
	var want []string
	for i := range 5 {
		want = append(want, mustPutBlob(t, p, makePattern(i), 100))
	}
	slices.Sort(want)
	for _, row := range []struct {
		after string
		limit int
		want  []string
	}{{"", 10, want}, {"", 2, want[:2]}, {want[1], 2, want[2:4]}, {want[1] + "0", 10, want[2:]}, {want[4], 1, nil}} {
		got, err := p.Blobs(t.Context(), row.after, row.limit)
		if err != nil || !slices.Equal(got, row.want) {
			t.Errorf("after %q, limit %d: got %q, %v, want %q", row.after, row.limit, got, err, row.want)
		}
	}
	for _, limit := range []int{0, -1} {
		_, err := p.Blobs(t.Context(), "", limit)
		wantKind(t, "Blobs of a page of none", err, trace.Invalid)
	}
}

func testBlobLimit(t *testing.T, p *testStore) {
	for _, size := range []int{101, 300 << 10} {
		content := makePattern(size)
		_, err := p.PutBlob(t.Context(), bytes.NewReader(content), 100)
		wantKind(t, "PutBlob", err, trace.TooLarge)
		for _, part := range [][]byte{content, content[:100]} {
			hash := sha256.Sum256(part)
			_, err = p.Blob(t.Context(), hex.EncodeToString(hash[:]))
			wantKind(t, "Blob", err, trace.NotFound)
		}
	}
	endless := &countingReader{}
	_, err := p.PutBlob(t.Context(), endless, 1000)
	wantKind(t, "PutBlob of an endless reader", err, trace.TooLarge)
	if endless.read > 1000+64<<10 {
		t.Errorf("%d bytes were read of an endless reader, the limit was 1,000", endless.read)
	}
}

// countingReader is an endless reader that counts.
type countingReader struct{ read int }

func (c *countingReader) Read(p []byte) (int, error) {
	c.read += len(p)
	return len(p), nil
}

// makePattern makes bytes of which no two pieces are alike.
func makePattern(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16*7)
	}
	return b
}

func mustPutBlob(t *testing.T, s trace.Store, content []byte, limit int64) string {
	t.Helper()
	sum, err := s.PutBlob(t.Context(), bytes.NewReader(content), limit)
	if err != nil {
		t.Fatalf("PutBlob of %d bytes: %v", len(content), err)
	}
	return sum
}

func wantBlob(t *testing.T, s trace.Store, sum string, want []byte) {
	t.Helper()
	r, err := s.Blob(t.Context(), sum)
	if err != nil {
		t.Errorf("Blob of %d bytes: %v", len(want), err)
		return
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Blob: got %d bytes, %v, want %d", len(got), err, len(want))
	}
	if err := r.Close(); err != nil {
		t.Errorf("close blob: %v", err)
	}
}
