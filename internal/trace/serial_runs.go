package trace

import (
	"slices"
	"sort"
)

// serialRun says that items from an ordinal up to the next run are in a state; 24 bytes. Two runs side by side differ in the record they
// came from, so that each item keeps the day of its own change.
type serialRun struct {
	since int64 // Unix milliseconds
	from  int32
	seq   uint32
	state stateCode
}

// stateCode is a SerialState in one byte.
type stateCode uint8

// serialStates are the states in the order of their life; a stateCode is a place in it.
var serialStates = [...]SerialState{SerialPrinted, SerialActivated, SerialSold, SerialVoided}

const (
	codePrinted stateCode = iota
	codeActivated
	codeSold
	codeVoided
)

func stateCodeOf(s SerialState) (stateCode, bool) {
	i := slices.Index(serialStates[:], s)
	return stateCode(max(i, 0)), i >= 0
}

// maxChunk bounds the pieces of a runs: what an insertion moves.
const maxChunk = 512

// runs are the states of a batch's items, 1 to count: sorted by ordinal and without a gap, in pieces, so that a change in the midst of a
// million single ones moves some kilobytes and not all of them.
type runs struct {
	chunks [][]serialRun
	count  int32
}

func newRuns(count int64, since int64, seq uint32) runs {
	return runs{chunks: [][]serialRun{{{since: since, from: 1, seq: seq}}}, count: int32(count)}
}

// findRun finds the run an ordinal is in: its chunk and its place there.
func (r *runs) findRun(ordinal int32) (chunk, at int) {
	chunk = sort.Search(len(r.chunks), func(i int) bool { return r.chunks[i][0].from > ordinal }) - 1
	c := r.chunks[chunk]
	return chunk, sort.Search(len(c), func(i int) bool { return c[i].from > ordinal }) - 1
}

// forEachRun calls f with the runs from the one an ordinal is in, clipped to it, until f says no more.
func (r *runs) forEachRun(from int32, f func(x serialRun, to int32) bool) {
	chunk, at := r.findRun(from)
	for ; chunk < len(r.chunks); chunk, at = chunk+1, 0 {
		for ; at < len(r.chunks[chunk]); at++ {
			x := r.chunks[chunk][at]
			x.from = max(x.from, from)
			if !f(x, r.endOfRun(chunk, at)) {
				return
			}
		}
	}
}

// endOfRun is the last ordinal of a run.
func (r *runs) endOfRun(chunk, at int) int32 {
	if at+1 < len(r.chunks[chunk]) {
		return r.chunks[chunk][at+1].from - 1
	}
	if chunk+1 < len(r.chunks) {
		return r.chunks[chunk+1][0].from - 1
	}
	return r.count
}

// setRun brings the items from x.from to an ordinal into x's state.
func (r *runs) setRun(x serialRun, to int32) {
	c1, a1 := r.findRun(x.from)
	c2, a2 := r.findRun(to)
	put := make([]serialRun, 0, 3)
	if before := r.chunks[c1][a1]; before.from < x.from {
		put = append(put, before)
	}
	put = append(put, x)
	if r.endOfRun(c2, a2) > to {
		after := r.chunks[c2][a2]
		after.from = to + 1
		put = append(put, after)
	}
	if c1 == c2 {
		r.chunks[c1] = slices.Replace(r.chunks[c1], a1, a2+1, put...)
	} else {
		joined := slices.Concat(r.chunks[c1][:a1], put, r.chunks[c2][a2+1:])
		r.chunks = slices.Replace(r.chunks, c1, c2+1, joined)
	}
	if c := r.chunks[c1]; len(c) > maxChunk {
		half := len(c) / 2
		r.chunks = slices.Replace(r.chunks, c1, c1+1, slices.Clone(c[:half]), slices.Clone(c[half:]))
	}
}

// spans are ordinals that something was done with, sorted, with a gap between any two.
type spans [][2]int32

// overlap reports whether any ordinal of a range is in the spans.
func (s spans) overlap(from, to int32) bool {
	i := sort.Search(len(s), func(i int) bool { return s[i][1] >= from })
	return i < len(s) && s[i][0] <= to
}

// withSpan adds a range, and joins what touches it.
func (s spans) withSpan(from, to int32) spans {
	i := sort.Search(len(s), func(i int) bool { return s[i][1] >= from-1 })
	j := i
	for ; j < len(s) && s[j][0] <= to+1; j++ {
		from, to = min(from, s[j][0]), max(to, s[j][1])
	}
	return slices.Replace(s, i, j, [2]int32{from, to})
}
