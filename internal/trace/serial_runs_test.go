package trace

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// TestRunsAreAnArray: runs answer as a plain array of states would, whatever is changed in them.
func TestRunsAreAnArray(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		count := rapid.Int32Range(1, 3000).Draw(rt, "count")
		r, plain := newRuns(int64(count), 0, 1), make([]serialRun, count+1)
		for i := range plain {
			plain[i].seq = 1
		}
		steps := rapid.IntRange(1, 60).Draw(rt, "steps")
		for step := range steps {
			from := rapid.Int32Range(1, count).Draw(rt, "from")
			to := rapid.Int32Range(from, count).Draw(rt, "to")
			if rapid.Bool().Draw(rt, "short") {
				to = min(to, from+3)
			}
			x := serialRun{since: int64(step), from: from, seq: uint32(step + 2), state: stateCode(rapid.IntRange(0, 3).Draw(rt, "state"))}
			if rapid.IntRange(0, 9).Draw(rt, "many") == 0 { // one after the other, so that the pieces fill and are cut
				for n := from; n <= min(to, from+1200); n++ {
					x.from = n
					r.setRun(x, n)
					plain[n] = x
				}
				continue
			}
			r.setRun(x, to)
			for n := from; n <= to; n++ {
				plain[n] = x
			}
		}
		checkRuns(rt, &r)
		from := rapid.Int32Range(1, count).Draw(rt, "read from")
		expectRuns(rt, &r, from, plain)
		for _, n := range []int32{1, from, count} {
			if c, at := r.findRun(n); r.chunks[c][at].seq != plain[n].seq {
				rt.Fatalf("item %d = %+v, want %+v", n, r.chunks[c][at], plain[n])
			}
		}
	})
}

// expectRuns reads runs from an item on and compares them with a plain array of states.
func expectRuns(t *rapid.T, r *runs, from int32, plain []serialRun) {
	next := from
	r.forEachRun(from, func(x serialRun, to int32) bool {
		if x.from != next || to < x.from {
			t.Fatalf("a run from %d to %d, want one from %d", x.from, to, next)
		}
		for ; next <= to; next++ {
			if p := plain[next]; p.seq != x.seq || p.state != x.state || p.since != x.since {
				t.Fatalf("item %d = %+v, want %+v", next, x, p)
			}
		}
		return true
	})
	if int(next) != len(plain) {
		t.Fatalf("read up to %d of %d", next-1, len(plain)-1)
	}
}

// checkRuns checks that the runs are in order, from 1, in pieces that are neither empty nor too long.
func checkRuns(t *rapid.T, r *runs) {
	var last int32
	for _, c := range r.chunks {
		if len(c) == 0 || len(c) > maxChunk {
			t.Fatalf("a piece of %d", len(c))
		}
		for _, x := range c {
			if last == 0 && x.from != 1 || x.from <= last || x.from > r.count {
				t.Fatalf("a run from %d after %d", x.from, last)
			}
			last = x.from
		}
	}
}

// TestSpansAreASet: spans say of each range whether something in it was marked.
func TestSpansAreASet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const count = 60
		var s spans
		var plain [count + 2]bool
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			from := rapid.Int32Range(1, count).Draw(rt, "from")
			to := rapid.Int32Range(from, min(count, from+5)).Draw(rt, "to")
			want := false
			for n := from; n <= to; n++ {
				want = want || plain[n]
			}
			if got := s.overlap(from, to); got != want {
				rt.Fatalf("%v meets %d–%d: %v, want %v", s, from, to, got, want)
			}
			s = s.withSpan(from, to)
			for n := from; n <= to; n++ {
				plain[n] = true
			}
		}
		pieces := 0
		for n := 1; n <= count; n++ {
			if plain[n] && !plain[n-1] {
				pieces++
			}
		}
		if len(s) != pieces {
			rt.Fatalf("%v has %d pieces, want %d", s, len(s), pieces)
		}
	})
}

// TestAMillionItemsAreSmall: a batch that is activated and sold by the box costs bytes by the box, and one sold item by item 24 bytes an
// item.
func TestAMillionItemsAreSmall(t *testing.T) {
	const million = 1_000_000
	size := func(r *runs) (bytes int) {
		for _, c := range r.chunks {
			bytes += cap(c)*int(unsafe.Sizeof(serialRun{})) + int(unsafe.Sizeof(c))
		}
		return bytes
	}
	r := newRuns(million, 0, 1)
	r.setRun(serialRun{from: 1, seq: 2, state: codeActivated}, million)
	if got := size(&r); got > 500 {
		t.Errorf("a million activated at once: %d bytes", got)
	}
	order := rand.New(rand.NewPCG(4, 4)).Perm(million)
	for i, n := range order {
		r.setRun(serialRun{from: int32(n + 1), seq: uint32(i + 3), state: codeSold}, int32(n+1))
	}
	if got := size(&r); got > 100*million {
		t.Errorf("a million sold one by one: %d bytes", got)
	}
}

func BenchmarkSellOneByOne(b *testing.B) {
	const million = 1_000_000
	order := rand.New(rand.NewPCG(4, 4)).Perm(million)
	r := newRuns(million, 0, 1)
	for i := 0; b.Loop(); i++ {
		n := int32(order[i%million] + 1)
		r.setRun(serialRun{from: n, seq: uint32(i + 3), state: codeSold}, n)
	}
}
