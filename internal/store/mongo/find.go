package mongo

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const (
	chunkSeqs    = 5_000   // sequence numbers one command asks for
	maxFindBytes = 8 << 20 // of all values of a query: a command must fit into one document
)

// Find implements trace.Store. Each filter has an index. Records without an event time (master data) fit no Since and no Before. Values of
// more than 8 MiB together are an Error of kind TooLarge; the number of sequence numbers is not bounded.
func (s *Store) Find(ctx context.Context, q trace.Query) ([]trace.Record, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	limit, err := contract.FindLimit(q)
	if err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	rest, fits, err := filterConditions(q)
	if err != nil || !fits {
		return nil, s.wrapError(ctx, "find records", err)
	}
	var out []trace.Record
	keep := func(r trace.Record) (bool, error) {
		out = append(out, r)
		return len(out) < limit, nil
	}
	if len(q.Seqs) == 0 {
		err = s.eachRecord(ctx, append(bson.D{{Key: idQuery, Value: bson.D{{Key: "$gt", Value: q.After}}}}, rest...), limit, keep)
		return out, s.wrapError(ctx, "find records", err)
	}
	for some := range slices.Chunk(contract.SeqsAfter(q.Seqs, q.After), chunkSeqs) {
		err := s.eachRecord(ctx, append(bson.D{{Key: idQuery, Value: bson.D{{Key: "$in", Value: some}}}}, rest...), limit-len(out), keep)
		if err != nil {
			return nil, s.wrapError(ctx, "find records", err)
		}
		if len(out) == limit {
			break
		}
	}
	return out, nil
}

// filterConditions are the conditions of a query besides the sequence number. fits is false where a filter can fit no record.
func filterConditions(q trace.Query) (d bson.D, fits bool, err error) {
	size, fits := 0, true
	in := func(field string, values []string) {
		if len(values) == 0 {
			return
		}
		texts := validTexts(values)
		fits = fits && len(texts) > 0
		for _, t := range texts {
			size += len(t) + 16
		}
		d = append(d, bson.E{Key: field, Value: bson.D{{Key: "$in", Value: texts}}})
	}
	in("kind", contract.Texts(q.Kinds))
	in("eventType", contract.Texts(q.Types))
	in("bizStep", q.BizSteps)
	in("eventID", q.EventIDs)
	in("org", q.Orgs)
	in("lots", q.Lots)
	var span bson.D
	if !q.Since.IsZero() {
		span = append(span, bson.E{Key: "$gte", Value: bson.DateTime(contract.CeilMillis(q.Since))})
	}
	if !q.Before.IsZero() {
		span = append(span, bson.E{Key: "$lt", Value: bson.DateTime(contract.CeilMillis(q.Before))})
	}
	if len(span) > 0 {
		d = append(d, bson.E{Key: "eventTime", Value: span})
	}
	if size > maxFindBytes {
		return nil, false, contract.TooLarge(maxFindBytes)
	}
	return d, fits, nil
}
