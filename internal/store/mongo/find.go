package mongo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/yousang/yousang/internal/trace"
)

const (
	findDefault = 1_000
	findMost    = 10_000
	findSeqs    = 5_000   // sequence numbers one command asks for
	findBytes   = 8 << 20 // of all values of a query: a command must fit into one document
)

// Find implements trace.Store. Each filter has an index. Records without an event time (master data) fit no Since and no Before. Values
// of more than 8 MiB together are an Error of kind TooLarge; sequence numbers may be as many as you like.
func (s *Store) Find(ctx context.Context, q trace.Query) ([]trace.Record, error) {
	if err := s.begin(ctx); err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	if q.Limit < 0 {
		return nil, fmt.Errorf("find records: %w", badLimit(q.Limit))
	}
	limit := q.Limit
	if limit == 0 {
		limit = findDefault
	}
	limit = min(limit, findMost)
	rest, fits, err := conditions(q)
	if err != nil || !fits {
		return nil, s.fail(ctx, "find records", err)
	}
	var out []trace.Record
	keep := func(r trace.Record) (bool, error) {
		out = append(out, r)
		return len(out) < limit, nil
	}
	if len(q.Seqs) == 0 {
		err = s.each(ctx, append(bson.D{{Key: idQuery, Value: bson.D{{Key: "$gt", Value: q.After}}}}, rest...), limit, keep)
		return out, s.fail(ctx, "find records", err)
	}
	for some := range slices.Chunk(wanted(q.Seqs, q.After), findSeqs) {
		err := s.each(ctx, append(bson.D{{Key: idQuery, Value: bson.D{{Key: "$in", Value: some}}}}, rest...), limit-len(out), keep)
		if err != nil {
			return nil, s.fail(ctx, "find records", err)
		}
		if len(out) == limit {
			break
		}
	}
	return out, nil
}

// wanted are the numbers after a number, ascending, each once.
func wanted(seqs []int64, after int64) []int64 {
	seqs = slices.Clone(seqs)
	slices.Sort(seqs)
	seqs = slices.Compact(seqs)
	first, found := slices.BinarySearch(seqs, after)
	if found {
		first++
	}
	return seqs[first:]
}

// conditions are those besides the sequence number; fits is false where one can fit nothing.
func conditions(q trace.Query) (d bson.D, fits bool, err error) {
	size, fits := 0, true
	in := func(field string, values []string) {
		if len(values) == 0 {
			return
		}
		texts := fitting(values)
		fits = fits && len(texts) > 0
		for _, t := range texts {
			size += len(t) + 16
		}
		d = append(d, bson.E{Key: field, Value: bson.D{{Key: "$in", Value: texts}}})
	}
	in("kind", plain(q.Kinds))
	in("eventType", plain(q.Types))
	in("bizStep", q.BizSteps)
	in("eventID", q.EventIDs)
	in("org", q.Orgs)
	in("lots", q.Lots)
	var span bson.D
	if !q.Since.IsZero() {
		span = append(span, bson.E{Key: "$gte", Value: ceilDate(q.Since)})
	}
	if !q.Before.IsZero() {
		span = append(span, bson.E{Key: "$lt", Value: ceilDate(q.Before)})
	}
	if len(span) > 0 {
		d = append(d, bson.E{Key: "eventTime", Value: span})
	}
	if size > findBytes {
		return nil, false, tooLarge(findBytes)
	}
	return d, fits, nil
}

func plain[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// ceilDate makes "≥ t" and "< t" exact for event times, which are whole milliseconds.
func ceilDate(t time.Time) bson.DateTime {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return bson.DateTime(ms)
}
