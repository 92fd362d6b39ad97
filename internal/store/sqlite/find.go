package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const (
	spanSeqs     = 20_000 // sequence numbers one statement goes through, so that a long search ends soon after ctx does
	chunkSeqs    = 2_000  // sequence numbers one statement asks for
	inlineValues = 16     // values of one filter that SQL looks at; where there are more, only fits does
)

// Find implements trace.Store. Seqs are looked up; every other filter goes through the log from After on. Records without an event time
// (master data) fit no Since and no Before.
func (s *Store) Find(ctx context.Context, q trace.Query) ([]trace.Record, error) {
	limit, err := contract.FindLimit(q)
	if err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	f := newFinder(q, limit)
	err = s.readers.lend(ctx, func(c *conn) error {
		f.decoder = newDecoder(ctx, c)
		if len(q.Seqs) > 0 {
			return f.lookUpSeqs(ctx, c, q.Seqs)
		}
		return f.scanLog(ctx, c)
	})
	if err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	return f.records, nil
}

// finder is one search: the SQL that leaves out most of the records that do not fit, and the predicates that SQL does not check.
type finder struct {
	after      int64
	limit      int
	where      strings.Builder
	args       []driver.Value
	predicates []func(*trace.Record) bool
	records    []trace.Record

	decoder *decoder
}

func newFinder(q trace.Query, limit int) *finder {
	f := &finder{after: q.After, limit: limit}
	f.addValues("kind", contract.Texts(q.Kinds), func(r *trace.Record) string { return string(r.Kind) })
	f.addValues("event_type", contract.Texts(q.Types), func(r *trace.Record) string { return string(r.EventType) })
	f.addValues("biz_step", q.BizSteps, func(r *trace.Record) string { return r.BizStep })
	f.addValues("event_id", q.EventIDs, func(r *trace.Record) string { return r.EventID })
	f.addValues("org", q.Orgs, func(r *trace.Record) string { return r.Org })
	f.addLots(q.Lots)
	if !q.Since.IsZero() {
		f.addCondition("event_time >= ?", contract.CeilMillis(q.Since))
	}
	if !q.Before.IsZero() {
		f.addCondition("event_time < ?", contract.CeilMillis(q.Before))
	}
	return f
}

func (f *finder) addCondition(condition string, args ...driver.Value) {
	f.where.WriteString(" AND ")
	f.where.WriteString(condition)
	f.args = append(f.args, args...)
}

// addValues adds a filter on a column with one value.
func (f *finder) addValues(column string, values []string, field func(*trace.Record) string) {
	if len(values) == 0 {
		return
	}
	if len(values) <= inlineValues {
		f.addCondition(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", toValues(values)...)
		return
	}
	wanted := newSet(values)
	f.predicates = append(f.predicates, func(r *trace.Record) bool { return wanted[field(r)] })
}

// addLots adds the filter on lots. SQL looks for the quoted text in the JSON list. Such a text also occurs inside another text with a quote
// in it, so a predicate checks the list again.
func (f *finder) addLots(lots []string) {
	if len(lots) == 0 {
		return
	}
	wanted := newSet(lots)
	f.predicates = append(f.predicates, func(r *trace.Record) bool {
		return slices.ContainsFunc(r.Lots, func(lot string) bool { return wanted[lot] })
	})
	if len(lots) > inlineValues {
		return
	}
	needles := make([]string, len(lots))
	for i, lot := range lots {
		q, err := quoteText(lot)
		if err != nil {
			return // SQL leaves nothing out; the test above decides
		}
		needles[i] = q
	}
	f.addCondition("(instr(lots, ?)"+strings.Repeat(" OR instr(lots, ?)", len(lots)-1)+")", toValues(needles)...)
}

// takeRow keeps a row that fits and reports whether there is room for more.
func (f *finder) takeRow(v []driver.Value) (bool, error) {
	r, err := f.decoder.decodeRow(v)
	if err != nil {
		return false, err
	}
	for _, fits := range f.predicates {
		if !fits(&r) {
			return true, nil
		}
	}
	f.records = append(f.records, r)
	return len(f.records) < f.limit, nil
}

// scanLog goes through the log in spans.
func (f *finder) scanLog(ctx context.Context, c *conn) error {
	head, err := c.readNumber(ctx, headQuery)
	if err != nil {
		return err
	}
	text := "SELECT " + readColumns + " FROM records WHERE seq > ? AND seq <= ?" + f.where.String() + " ORDER BY seq"
	for low := max(f.after, 0); low < head && len(f.records) < f.limit; low += spanSeqs {
		args := append([]driver.Value{low, low + spanSeqs}, f.args...)
		if err := c.eachRow(ctx, text, args, f.takeRow); err != nil {
			return err
		}
	}
	return nil
}

// lookUpSeqs asks for the sequence numbers in ascending order, some at a time.
func (f *finder) lookUpSeqs(ctx context.Context, c *conn, seqs []int64) error {
	text := "SELECT " + readColumns + " FROM records WHERE seq IN (SELECT value FROM json_each(?))" + f.where.String() + " ORDER BY seq"
	for some := range slices.Chunk(contract.SeqsAfter(seqs, f.after), chunkSeqs) {
		list, err := json.Marshal(some)
		if err != nil {
			return err
		}
		args := append([]driver.Value{string(list)}, f.args...)
		if err := c.eachRow(ctx, text, args, f.takeRow); err != nil {
			return err
		}
		if len(f.records) >= f.limit {
			return nil
		}
	}
	return nil
}

func toValues(list []string) []driver.Value {
	out := make([]driver.Value, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

func newSet(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set
}
