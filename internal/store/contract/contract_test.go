package contract

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

func TestSeqsAfter(t *testing.T) {
	for _, row := range []struct {
		seqs  []int64
		after int64
		want  []int64
	}{
		{[]int64{5, 1, 5, 3}, 0, []int64{1, 3, 5}}, {[]int64{5, 1, 3}, 3, []int64{5}}, {[]int64{5, 1, 3}, 4, []int64{5}}, {[]int64{1}, 1, nil},
		{nil, 0, nil},
	} {
		if got := SeqsAfter(row.seqs, row.after); !slices.Equal(got, row.want) {
			t.Errorf("%v after %d: got %v, want %v", row.seqs, row.after, got, row.want)
		}
	}
}

// TestReadPieces: a blob is read whole in any steps, a piece that is missing or too long is an error, and a closed reader reads nothing.
func TestReadPieces(t *testing.T) {
	pieces := [][]byte{[]byte("abc"), []byte("de")}
	fetch := func(number int64) ([]byte, error) {
		if number >= int64(len(pieces)) {
			return nil, nil
		}
		return pieces[number], nil
	}
	for _, step := range []int{1, 2, 3, 100} {
		r := ReadPieces(5, fetch)
		var out bytes.Buffer
		if _, err := io.CopyBuffer(struct{ io.Writer }{&out}, struct{ io.Reader }{r}, make([]byte, step)); err != nil || out.String() != "abcde" {
			t.Errorf("step %d: got %q, %v", step, out.String(), err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("read after Close: %v", err)
		}
	}
	for name, size := range map[string]int64{"a piece is missing": 6, "a piece is too long": 4} {
		if _, err := io.ReadAll(ReadPieces(size, fetch)); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestCeilMillis(t *testing.T) {
	whole := time.UnixMilli(1234)
	for d, want := range map[time.Duration]int64{0: 1234, 1: 1235, time.Millisecond - 1: 1235, time.Millisecond: 1235} {
		if got := CeilMillis(whole.Add(d)); got != want {
			t.Errorf("%v later: got %d, want %d", d, got, want)
		}
	}
}

func TestFindLimit(t *testing.T) {
	for limit, want := range map[int]int{0: 1000, 1: 1, 9999: 9999, 10_000: 10_000, 10_001: 10_000} {
		if got, err := FindLimit(trace.Query{Limit: limit}); got != want || err != nil {
			t.Errorf("limit %d: got %d, %v, want %d", limit, got, err, want)
		}
	}
	if _, err := FindLimit(trace.Query{Limit: -1}); !trace.IsCode(err, trace.CodeBadValue) {
		t.Errorf("limit -1: got %v", err)
	}
}
