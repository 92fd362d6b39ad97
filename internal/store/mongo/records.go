package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const (
	maxBSON     = 16<<20 - 1<<10 // MongoDB's largest document, less what a command adds to it
	idQuery     = "_id"
	bodyDefault = int32(1000) // documents of one answer of the server
)

// record is trace.Record as a document: the envelope as fields, for indexes and people, and the canonical JSON as one string, so that
// hashes survive. Fields that no filter asks for are left out where they have no value.
type record struct {
	Seq        int64          `bson:"_id"`
	Kind       string         `bson:"kind"`
	EventType  string         `bson:"eventType"`
	BizStep    string         `bson:"bizStep"`
	EventTime  *bson.DateTime `bson:"eventTime,omitempty"`
	RecordTime *bson.DateTime `bson:"recordTime,omitempty"`
	Org        string         `bson:"org"`
	User       string         `bson:"user,omitempty"`
	Lots       []string       `bson:"lots,omitempty"`
	Places     []string       `bson:"places,omitempty"`
	EventID    string         `bson:"eventID"`
	ClientID   string         `bson:"clientID,omitempty"`
	Digest     string         `bson:"digest,omitempty"`
	Questions  []question     `bson:"questions,omitempty"`
	Body       bson.RawValue  `bson:"body"`
}

type question struct {
	Code    string `bson:"code"`
	Step    string `bson:"step,omitempty"`
	What    string `bson:"what,omitempty"`
	Value   string `bson:"value,omitempty"`
	Low     string `bson:"low,omitempty"`
	High    string `bson:"high,omitempty"`
	Lot     string `bson:"lot,omitempty"`
	Comment string `bson:"comment,omitempty"`
}

// Shared implements trace.Store: any number of servers may use one database.
func (s *Store) Shared() bool { return true }

// Head implements trace.Store.
func (s *Store) Head(ctx context.Context) (int64, error) {
	if err := s.checkOpen(ctx); err != nil {
		return 0, fmt.Errorf("read head: %w", err)
	}
	head, err := s.readHead(ctx)
	return head, s.wrapError(ctx, "read head", err)
}

func (s *Store) readHead(ctx context.Context) (int64, error) {
	var last struct {
		Seq int64 `bson:"_id"`
	}
	err := s.records.FindOne(ctx, bson.D{}, options.FindOne().SetSort(byID(-1)).SetProjection(byID(1))).Decode(&last)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	return last.Seq, err
}

// Append implements trace.Store. Append looks for record after and then inserts the batch behind that record with one ordered insert. A
// sequence number exists once, so a record of another server at after+1 makes Append answer ErrConflict, with nothing written. Where a
// record of another server comes later in the batch, the records before it stay in the log; Append answers ErrConflict as well, and a
// reader that goes on from the old head finds those records. A body beyond trace.MaxBody is an Error of kind TooLarge; text that is not
// UTF-8 of kind Invalid.
func (s *Store) Append(ctx context.Context, after int64, records []trace.Record) error {
	if err := s.checkWritable(ctx); err != nil {
		return fmt.Errorf("append records: %w", err)
	}
	docs, err := encodeRecords(after, records)
	if err != nil {
		return fmt.Errorf("append records: %w", err)
	}
	there, err := s.logReaches(ctx, after)
	if err != nil {
		return s.wrapError(ctx, "append records", err)
	}
	if !there {
		return trace.ErrConflict
	}
	for first := 0; first < len(docs); first += s.server.span {
		some := docs[first:min(first+s.server.span, len(docs))]
		_, err := s.records.InsertMany(ctx, some, options.InsertMany().SetOrdered(true))
		if at, ok := duplicateIndex(err); ok {
			return conflictAt(first + at)
		}
		if err != nil {
			return s.wrapError(ctx, "append records", err)
		}
	}
	s.tail.noteWritten(after + int64(len(docs)))
	return nil
}

// tailTrust is how long a record that was seen is not looked for again. Records are never removed, so a second look would not be needed but
// for a database that is dropped or replaced under a running server: records written then must not stand behind a hole.
const tailTrust = 200 * time.Millisecond

// tail remembers the end of the log, which saves the look before most appends under load.
type tail struct {
	mu  sync.Mutex
	seq int64     // the number of a record that is in the log
	at  time.Time // when the record was last looked for; later records were written behind it
}

// noteRead notes a record that was read.
func (t *tail) noteRead(seq int64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq >= t.seq || time.Since(t.at) >= tailTrust {
		t.seq, t.at = seq, at
	}
}

// noteWritten notes the last record of an append.
func (t *tail) noteWritten(seq int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq = max(t.seq, seq)
}

// reaches reports whether the log is known to go up to a number.
func (t *tail) reaches(seq int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return seq <= t.seq && time.Since(t.at) < tailTrust
}

// conflictAt is the conflict at a place of a batch.
func conflictAt(written int) error {
	if written == 0 {
		return trace.ErrConflict
	}
	return fmt.Errorf("append records: the first %d are written: %w", written, trace.ErrConflict)
}

// duplicateIndex reports a number that was taken, and its place in the insert.
func duplicateIndex(err error) (at int, ok bool) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || !mongo.IsDuplicateKeyError(err) || len(bulk.WriteErrors) == 0 {
		return 0, false
	}
	return bulk.WriteErrors[0].Index, true
}

// logReaches reports whether the log goes up to a number at least.
func (s *Store) logReaches(ctx context.Context, seq int64) (bool, error) {
	if seq <= 0 {
		return seq == 0, nil
	}
	if s.tail.reaches(seq) {
		return true, nil
	}
	now := time.Now()
	err := s.records.FindOne(ctx, byID(seq), options.FindOne().SetProjection(byID(1))).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	if err == nil {
		s.tail.noteRead(seq, now)
	}
	return err == nil, err
}

// encodeRecords makes the documents of a batch, so that a bad record is refused before anything is sent.
func encodeRecords(after int64, records []trace.Record) ([]bson.Raw, error) {
	if err := contract.CheckBatch(after, records); err != nil {
		return nil, err
	}
	docs := make([]bson.Raw, len(records))
	for i := range records {
		r := &records[i]
		doc, err := encodeRecord(r)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", r.Seq, err)
		}
		docs[i] = doc
	}
	return docs, nil
}

func encodeRecord(r *trace.Record) (bson.Raw, error) {
	texts := append([]string{string(r.Kind), r.Org, r.User, r.ClientID, r.Digest, r.EventID, string(r.EventType), r.BizStep}, r.Lots...)
	texts = append(texts, r.Places...)
	for _, q := range r.Questions {
		texts = append(texts, q.Code, q.Step, q.What, q.Value, q.Low, q.High, q.Lot, q.Comment)
	}
	if err := checkText(texts...); err != nil {
		return nil, err
	}
	d := record{Seq: r.Seq, Kind: string(r.Kind), EventType: string(r.EventType), BizStep: r.BizStep, EventTime: toDate(r.EventTime),
		RecordTime: toDate(r.RecordTime), Org: r.Org, User: r.User, Lots: r.Lots, Places: r.Places, EventID: r.EventID, ClientID: r.ClientID,
		Digest: r.Digest}
	for _, q := range r.Questions {
		d.Questions = append(d.Questions, question(q))
	}
	kind, value, err := bson.MarshalValue(encodeBody(r.Body))
	if err != nil {
		return nil, err
	}
	d.Body = bson.RawValue{Type: kind, Value: value}
	doc, err := bson.Marshal(&d)
	if err != nil {
		return nil, err
	}
	if len(doc) > maxBSON {
		return nil, contract.TooLarge(maxBSON)
	}
	return doc, nil
}

func (d *record) toRecord() (trace.Record, error) {
	body, err := decodeBody(d.Body)
	if err != nil {
		return trace.Record{}, fmt.Errorf("record %d: %w", d.Seq, err)
	}
	r := trace.Record{Seq: d.Seq, Kind: trace.RecordKind(d.Kind), RecordTime: toTime(d.RecordTime), Org: d.Org, User: d.User,
		ClientID: d.ClientID,
		Digest:   d.Digest, Body: body, EventID: d.EventID, EventType: trace.EventType(d.EventType), BizStep: d.BizStep,
		EventTime: toTime(d.EventTime),
		Lots:      d.Lots, Places: d.Places}
	for _, q := range d.Questions {
		r.Questions = append(r.Questions, trace.Question(q))
	}
	return r, nil
}

// Records implements trace.Store. A page also ends, with fewer than limit records, after 64 MiB of bodies. Records never passes over a hole
// in the log: a page ends before the hole, and a page that would begin with the hole is an error.
func (s *Store) Records(ctx context.Context, after int64, limit int) ([]trace.Record, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	var out []trace.Record
	next, bytes := max(after, 0)+1, 0
	err := s.eachRecord(ctx, bson.D{{Key: idQuery, Value: bson.D{{Key: "$gt", Value: after}}}}, limit, func(r trace.Record) (bool, error) {
		if r.Seq != next {
			if len(out) == 0 {
				return false, fmt.Errorf("record %d is missing, record %d is there", next, r.Seq)
			}
			return false, nil
		}
		out = append(out, r)
		next++
		bytes += len(r.Body)
		return bytes < contract.PageBytes, nil
	})
	if err != nil {
		return nil, s.wrapError(ctx, "read records", err)
	}
	return out, nil
}

// eachRecord gives the records that fit a filter to fn, in order, until fn returns false.
func (s *Store) eachRecord(ctx context.Context, filter bson.D, limit int, fn func(trace.Record) (bool, error)) (err error) {
	opts := options.Find().SetSort(byID(1)).SetLimit(int64(limit)).SetBatchSize(min(bodyDefault, int32(min(limit, 1<<30))))
	cursor, err := s.records.Find(ctx, filter, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cursor.Close(context.WithoutCancel(ctx))) }()
	for cursor.Next(ctx) {
		var d record
		if err := cursor.Decode(&d); err != nil {
			return err
		}
		r, err := d.toRecord()
		if err != nil {
			return err
		}
		if more, err := fn(r); err != nil || !more {
			return err
		}
	}
	return cursor.Err()
}
