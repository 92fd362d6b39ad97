// Package contract holds what trace.Store demands of every store alike, whatever the store keeps its data in: limits, checks of arguments,
// and the reading of a blob piece by piece. The stores for SQLite and MongoDB both call the package; internal/store/storetest tests both of
// them.
package contract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

const (
	// MaxDocument is the largest body of a document, in bytes.
	MaxDocument = 1 << 20
	// PageBytes ends a page of Records early, in bytes of bodies: 5,000 records of the largest size would not fit in memory.
	PageBytes = 64 << 20
	// findDefault and findMost are the records of one answer of Find, where the query names no limit and at most.
	findDefault = 1_000
	findMost    = 10_000
)

// ErrReadOnly is the answer of a method that writes, on a store that was opened for reading.
var ErrReadOnly = errors.New("the store is open for reading only")

// TooLarge is the error for a value of more bytes than a limit.
func TooLarge(limit int64) error {
	return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.FormatInt(limit, 10))
}

// CheckDocument refuses a document that is too large.
func CheckDocument(d trace.Document) error {
	if len(d.Body) > MaxDocument {
		return TooLarge(MaxDocument)
	}
	return nil
}

// CheckLimit refuses a page of no rows, which would look like the end of the list.
func CheckLimit(limit int) error {
	if limit < 1 {
		return badLimit(limit)
	}
	return nil
}

func badLimit(limit int) error {
	return trace.E(trace.Invalid, trace.CodeBadValue, "limit", "value", strconv.Itoa(limit), "allowed", "1 or more")
}

// FindLimit is how many records a query gets at most. A limit below zero is refused.
func FindLimit(q trace.Query) (int, error) {
	switch {
	case q.Limit < 0:
		return 0, badLimit(q.Limit)
	case q.Limit == 0:
		return findDefault, nil
	}
	return min(q.Limit, findMost), nil
}

// CheckBatch refuses an empty batch, a batch that does not continue the log after a sequence number, and a batch with a body beyond
// trace.MaxBody.
func CheckBatch(after int64, records []trace.Record) error {
	if len(records) == 0 {
		return errors.New("the batch is empty")
	}
	for i := range records {
		r := &records[i]
		if r.Seq != after+1+int64(i) {
			return fmt.Errorf("record %d of the batch has number %d, wanted %d", i, r.Seq, after+1+int64(i))
		}
		if len(r.Body) > trace.MaxBody {
			return fmt.Errorf("record %d: %w", r.Seq, TooLarge(trace.MaxBody))
		}
	}
	return nil
}

// SeqsAfter are the sequence numbers of a query that come after a number: ascending, each once.
func SeqsAfter(seqs []int64, after int64) []int64 {
	seqs = slices.Clone(seqs)
	slices.Sort(seqs)
	seqs = slices.Compact(seqs)
	first, found := slices.BinarySearch(seqs, after)
	if found {
		first++
	}
	return seqs[first:]
}

// Texts are the values of a list as plain strings.
func Texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// CeilMillis is a time in Unix milliseconds, rounded up: "≥ t" and "< t" are exact then for event times, which are whole milliseconds.
func CeilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}
