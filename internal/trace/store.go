package trace

import (
	"context"
	"io"
	"time"
)

// Store keeps the log and what stands beside the log; a store knows no rule and no kind of record. Two implementations pass one suite
// (internal/store/storetest), in which every sentence of the interfaces below is a case. All methods are safe for concurrent use and end
// early when ctx ends. An error that is not named here means "not now": the writer answers CodeStoreUnavailable and does not assume that
// nothing was written. A function takes the smallest of the five interfaces that suffices.
type Store interface {
	Log
	LineageStore
	DocumentStore
	ScanStore
	BlobStore

	Close() error
}

// LogReader reads the log of records.
type LogReader interface {
	// Head is the highest sequence number in the log, 0 for an empty one.
	Head(ctx context.Context) (int64, error)

	// Records returns up to limit records with Seq > after, in order. An empty answer means the head is reached.
	Records(ctx context.Context, after int64, limit int) ([]Record, error)

	// Find returns the records that fit the query, ascending by Seq, at most Limit of them, all with Seq > After (a keyset: pass the
	// last Seq to go on; a record that is appended meanwhile never shifts a page).
	Find(ctx context.Context, q Query) ([]Record, error)
}

// Log reads and appends to the log of records.
type Log interface {
	LogReader

	// Append adds records numbered after+1, after+2 … in one durable write: when Append returns nil, a power cut loses none of them.
	// ErrConflict, and nothing written, unless after is the head. Where the store is shared, another server may come in between: then a
	// part of the records, from the first on, is in the log, and the error is ErrConflict too; and readers may see a part before the rest
	// is written. After any other error the records, or the first of them, may be there, or arrive later. Records whose Seq does not
	// continue after, or an empty batch, are an error and write nothing. Text is kept byte for byte: values that differ in case, trailing
	// space or Unicode form stay different.
	Append(ctx context.Context, after int64, records []Record) error

	// Shared reports whether other servers may append to the log; a Writer then follows the log.
	Shared() bool
}

// LineageReader reads lineage documents 谱系档案.
type LineageReader interface {
	// Lineage returns the document of a lot, or an Error of kind NotFound.
	Lineage(ctx context.Context, lot string) (LineageDoc, error)

	// LineageHead is the highest sequence S such that every lot's document is at least as new as S.
	LineageHead(ctx context.Context) (int64, error)
}

// LineageStore keeps the lineage documents. Every store can keep them; the application writes them where the log is shared (docs/adr/0016).
type LineageStore interface {
	LineageReader

	// PutLineage keeps documents; a document with an AsOf older than that of the kept one changes nothing. A lineage document need not be
	// durable: the document is a view.
	PutLineage(ctx context.Context, docs []LineageDoc) error

	// SetLineageHead states the LineageHead.
	SetLineageHead(ctx context.Context, seq int64) error
}

// DocumentStore keeps small mutable documents (account, API key, grower profile). Personal data lives here, never in the log.
type DocumentStore interface {
	// PutDocument creates or replaces a document. Bodies up to 1 MiB.
	PutDocument(ctx context.Context, d Document) error

	// Document returns one document, or an Error of kind NotFound.
	Document(ctx context.Context, collection, id string) (Document, error)

	// Documents lists a collection by id, ascending, after the given id.
	Documents(ctx context.Context, collection, after string, limit int) ([]Document, error)

	// Collections lists the collections that have a document, ascending.
	Collections(ctx context.Context) ([]string, error)

	// DeleteDocument removes a document for good; a document that is not there is no error.
	DeleteDocument(ctx context.Context, collection, id string) error
}

// ScanStore keeps counters of page views, by code, day and coarse region.
type ScanStore interface {
	// AddScans adds to the counters.
	AddScans(ctx context.Context, scans []Scan) error

	// Scans returns a code's counters in order of day and region.
	Scans(ctx context.Context, code string) ([]Scan, error)

	// AllScans lists counters after the given one, at most limit, in an order of the store's own in which the counters of a code stand
	// together; the zero Scan stands before the first.
	AllScans(ctx context.Context, after Scan, limit int) ([]Scan, error)
}

// BlobStore keeps bytes under their SHA-256.
type BlobStore interface {
	// PutBlob keeps bytes under the lower-case hex of their SHA-256, which PutBlob returns; the same bytes again are no error. At most
	// limit bytes are read; more is an Error of kind TooLarge and nothing is kept.
	PutBlob(ctx context.Context, r io.Reader, limit int64) (string, error)

	// Blob returns the bytes, or an Error of kind NotFound.
	Blob(ctx context.Context, sum string) (io.ReadCloser, error)

	// Blobs lists the sums of the kept blobs, ascending, after the given one, at most limit.
	Blobs(ctx context.Context, after string, limit int) ([]string, error)
}

// MaxBody is the largest body of a record, in bytes; together with its envelope it stays well below MongoDB's 16 MiB document limit.
const MaxBody = 8 << 20

// Query filters records; empty fields do not filter. The filters of different fields are joined by AND, the values of one by OR.
type Query struct {
	Seqs     []int64 // only these sequence numbers
	Kinds    []RecordKind
	Types    []EventType
	BizSteps []string
	EventIDs []string
	Orgs     []string
	Lots     []string  // records that name any of these (a store without an index on lots may scan; the ledger knows the Seqs)
	Since    time.Time // event time ≥
	Before   time.Time // event time <
	After    int64     // sequence >
	Limit    int       // 0 means 1,000; at most 10,000
}

// Document is a small mutable document.
type Document struct {
	Collection string
	ID         string
	Body       []byte
}

// Scan counts page views of a code.
type Scan struct {
	Code   string
	Day    string // "2026-11-21", UTC
	Region string // coarse: an administrative code of six digits, or ""
	Count  int64
	First  time.Time // first view of the day, UTC milliseconds
	Last   time.Time
}

// LineageDoc is a lot's whole story 谱系档案 as one document, for people and other programs. The document is a view and can always be
// rebuilt.
type LineageDoc struct {
	Lot  string // the lot's URI
	AsOf int64  // the last sequence it takes into account
	Body []byte // JSON of a LotView
}
