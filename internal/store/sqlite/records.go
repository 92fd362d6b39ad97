package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const (
	headQuery     = "SELECT coalesce(max(seq), 0) FROM records"
	recordColumns = "seq, kind, record_time, org, user_id, client_id, digest, event_id, event_type, biz_step, event_time, " +
		"lots, places, questions, body"
	insertRecord  = "INSERT INTO records (" + recordColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	readColumns   = "seq, record_time, event_time, " + joinedColumns + ", body"
	selectRecords = "SELECT " + readColumns + " FROM records WHERE seq > ? ORDER BY seq LIMIT ?"
	selectTexts   = "SELECT " + textColumns + " FROM records WHERE seq = ?"
	textColumns   = "kind, org, user_id, client_id, digest, event_id, event_type, biz_step, lots, places, questions"
	joinedColumns = "concat_ws(char(31), " + textColumns + ")"
	textCount     = 11
)

// Shared implements trace.Store: a lock keeps other programs from writing.
func (s *Store) Shared() bool { return false }

// Head implements trace.Store.
func (s *Store) Head(ctx context.Context) (head int64, err error) {
	err = s.readers.lend(ctx, func(c *conn) error {
		head, err = c.readNumber(ctx, headQuery)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read head: %w", err)
	}
	return head, nil
}

// Append implements trace.Store. A body beyond trace.MaxBody is an Error of kind TooLarge; text that is not UTF-8 of kind Invalid.
func (s *Store) Append(ctx context.Context, after int64, records []trace.Record) error {
	if s.lock == nil {
		return fmt.Errorf("append records: %w", contract.ErrReadOnly)
	}
	rows, err := encodeRecords(after, records)
	if err != nil {
		return fmt.Errorf("append records: %w", err)
	}
	err = s.writer.lend(ctx, func(c *conn) error {
		return c.inTransaction(ctx, func() error {
			head, err := c.readNumber(context.WithoutCancel(ctx), headQuery)
			if err != nil {
				return err
			}
			if head != after {
				return trace.ErrConflict
			}
			return insertRows(ctx, c, rows)
		})
	})
	if err != nil && !errors.Is(err, trace.ErrConflict) {
		return fmt.Errorf("append records: %w", err)
	}
	return err
}

// insertRows checks ctx between groups of rows and not in each statement: the driver takes longer for watching ctx than for an insert.
func insertRows(ctx context.Context, c *conn, rows [][]driver.Value) error {
	for i, row := range rows {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.execute(context.WithoutCancel(ctx), insertRecord, row...); err != nil {
			return err
		}
	}
	return nil
}

// encodeRecords makes the rows of a batch before the writer's connection is taken, so that a bad one costs the others nothing.
func encodeRecords(after int64, records []trace.Record) ([][]driver.Value, error) {
	if err := contract.CheckBatch(after, records); err != nil {
		return nil, err
	}
	rows := make([][]driver.Value, len(records))
	for i := range records {
		r := &records[i]
		row, err := encodeRecord(r)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", r.Seq, err)
		}
		rows[i] = row
	}
	return rows, nil
}

func encodeRecord(r *trace.Record) ([]driver.Value, error) {
	lots, err := encodeList(r.Lots)
	if err != nil {
		return nil, err
	}
	places, err := encodeList(r.Places)
	if err != nil {
		return nil, err
	}
	questions := "[]"
	if len(r.Questions) > 0 {
		b, err := json.Marshal(r.Questions)
		if err != nil {
			return nil, err
		}
		questions = string(b)
	}
	row := []driver.Value{r.Seq, string(r.Kind), toMillis(r.RecordTime), r.Org, r.User, r.ClientID, r.Digest, r.EventID,
		string(r.EventType), r.BizStep, toMillis(r.EventTime), lots, places, questions, blobValue(r.Body)}
	for _, v := range row {
		if s, ok := v.(string); ok && !utf8.ValidString(s) {
			return nil, trace.E(trace.Invalid, trace.CodeMalformed, "", "why", "not UTF-8")
		}
	}
	return row, nil
}

// decoder makes records of rows of readColumns. Every fetched column costs three calls with a mutex each, so the texts come joined in one
// column. The texts of a row that has the separator in a text are read once more, column by column.
type decoder struct {
	ctx    context.Context
	conn   *conn
	common map[string]string // texts that many records share: one copy of each
	parts  [textCount]string
}

func newDecoder(ctx context.Context, c *conn) *decoder {
	return &decoder{ctx: ctx, conn: c, common: make(map[string]string)}
}

func (d *decoder) decodeRow(v []driver.Value) (r trace.Record, err error) {
	r = trace.Record{Seq: toInt(v[0]), RecordTime: toTime(v[1]), EventTime: toTime(v[2]), Body: toBytes(v[4])}
	if err := d.splitTexts(r.Seq, toText(v[3])); err != nil {
		return r, fmt.Errorf("record %d: %w", r.Seq, err)
	}
	p := &d.parts
	r.Kind, r.EventType, r.BizStep = trace.RecordKind(d.internText(p[0])), trace.EventType(d.internText(p[6])), d.internText(p[7])
	r.Org, r.User = d.internText(p[1]), d.internText(p[2])
	// The texts are copied, because an identifier that is kept would keep the whole joined text in memory.
	r.ClientID, r.Digest, r.EventID = strings.Clone(p[3]), strings.Clone(p[4]), strings.Clone(p[5])
	if r.Lots, err = decodeList(p[8], strings.Clone); err != nil {
		return r, fmt.Errorf("lots of record %d: %w", r.Seq, err)
	}
	if r.Places, err = decodeList(p[9], d.internText); err != nil {
		return r, fmt.Errorf("places of record %d: %w", r.Seq, err)
	}
	if p[10] != "[]" {
		if err := json.Unmarshal([]byte(p[10]), &r.Questions); err != nil {
			return r, fmt.Errorf("questions of record %d: %w", r.Seq, err)
		}
	}
	return r, nil
}

// splitTexts takes the joined texts apart.
func (d *decoder) splitTexts(seq int64, text string) error {
	rest, more := text, true
	n := 0
	for ; n < textCount && more; n++ {
		d.parts[n], rest, more = strings.Cut(rest, "\x1f")
	}
	if n == textCount && !more {
		return nil
	}
	row, err := d.conn.readRow(d.ctx, selectTexts, seq)
	if err != nil {
		return err
	}
	for i := range d.parts {
		d.parts[i] = toText(row[i])
	}
	return nil
}

// internText returns the one copy of a text.
func (d *decoder) internText(s string) string {
	if s == "" {
		return ""
	}
	if c, ok := d.common[s]; ok {
		return c
	}
	c := strings.Clone(s)
	if len(d.common) < maxInterned {
		d.common[c] = c
	}
	return c
}

// maxInterned bounds the texts that a decoder remembers.
const maxInterned = 4096

// Records implements trace.Store. A page also ends, with fewer than limit records, after 64 MiB of bodies.
func (s *Store) Records(ctx context.Context, after int64, limit int) ([]trace.Record, error) {
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	var out []trace.Record
	bytes := 0
	err := s.readers.lend(ctx, func(c *conn) error {
		d := newDecoder(ctx, c)
		return c.eachRow(ctx, selectRecords, []driver.Value{after, int64(limit)}, func(v []driver.Value) (bool, error) {
			r, err := d.decodeRow(v)
			if err != nil {
				return false, err
			}
			if out == nil {
				out = make([]trace.Record, 0, min(limit, 5000))
			}
			out = append(out, r)
			bytes += len(r.Body)
			return bytes < contract.PageBytes, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return out, nil
}

// toMillis keeps a time as Unix milliseconds, the zero time as NULL.
func toMillis(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func toTime(v driver.Value) time.Time {
	ms, ok := v.(int64)
	if !ok {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
