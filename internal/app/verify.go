package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"

	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

// Reader is all that a verification needs of a store.
type Reader interface {
	Head(ctx context.Context) (int64, error)
	Records(ctx context.Context, after int64, limit int) ([]trace.Record, error)
	Lineage(ctx context.Context, lot string) (trace.LineageDoc, error)
	LineageHead(ctx context.Context) (int64, error)
	Shared() bool
	Documents(ctx context.Context, collection, after string, limit int) ([]trace.Document, error)
}

// VerifyReport says what a verification read and found wrong.
type VerifyReport struct {
	Records   int64       `json:"records"`
	Events    int64       `json:"events"`
	Stats     trace.Stats `json:"ledger"`
	Hash      string      `json:"hash"`             // of the ledger: who holds what, in which state
	Log       string      `json:"log"`              // SHA-256 over all records and their bodies: the same for the same log anywhere
	Documents int64       `json:"lineageDocuments"` // compared with the ledger folded from the log; 0 in a store that is not shared
	Behind    int64       `json:"behind"`           // records that the documents are behind the log; no document is compared then
	Problems  []string    `json:"problems"`
}

// maxProblems keeps a report readable when everything is wrong.
const maxProblems = 100

func (v *VerifyReport) problem(format string, args ...any) {
	if len(v.Problems) < maxProblems {
		v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify derives everything again from the log and compares: the sequence has no gap, each body is canonical and its id is its hash, the
// ledger folds without a holding below nothing, the secret keys that serial numbers were issued with are there, and in a shared store every
// lineage document that claims to be current says what the ledger says. Errors are those of reading; what is wrong with the data is in the
// report.
func Verify(ctx context.Context, s Reader, progress func(seq int64)) (*VerifyReport, error) {
	v := &VerifyReport{Problems: []string{}}
	l, log := trace.NewLedger(), sha256.New()
	for after := int64(0); ; {
		recs, err := s.Records(ctx, after, 4096)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		if len(recs) == 0 {
			break
		}
		for i := range recs {
			v.record(l, &recs[i], &after)
			addRecord(log, &recs[i])
		}
		if progress != nil {
			progress(after)
		}
		if len(v.Problems) >= maxProblems {
			break
		}
	}
	v.Stats, v.Hash, v.Log = l.Stats(), l.Hash(), hex.EncodeToString(log.Sum(nil))
	if err := v.serialKeys(ctx, s, l); err != nil {
		return nil, err
	}
	return v, v.compareDocuments(ctx, s, l)
}

// serialKeys: without the secret key that a batch was issued with, its numbers can neither be read nor printed again.
func (v *VerifyReport) serialKeys(ctx context.Context, s Reader, l *trace.Ledger) error {
	there, err := serial.ReadFingerprints(ctx, s)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	for n := range serial.KeyNumbers {
		if sum, named := l.SerialKey(n); named && !there[sum] {
			v.problem("serial key %d, fingerprint %s, is not in the store: the numbers issued with it cannot be read", n, sum)
		}
	}
	return nil
}

// addRecord adds a record, with its author and time, to the hash of the log.
func addRecord(h hash.Hash, r *trace.Record) {
	for _, s := range []string{strconv.FormatInt(r.Seq, 10), string(r.Kind), strconv.FormatInt(r.RecordTime.UnixMilli(), 10), r.Org, r.User,
		r.ClientID, string(r.Body)} {
		h.Write(strconv.AppendInt(nil, int64(len(s)), 10))
		h.Write([]byte{':'})
		h.Write([]byte(s))
	}
}

func (v *VerifyReport) record(l *trace.Ledger, r *trace.Record, after *int64) {
	v.Records++
	if r.Seq != *after+1 {
		v.problem("record %d follows record %d", r.Seq, *after)
	}
	*after = r.Seq
	canonical, err := epcis.Canonical(r.Body)
	if err != nil || !bytes.Equal(canonical, r.Body) {
		v.problem("record %d: the body is not in canonical form", r.Seq)
	}
	if r.Kind == trace.KindEvent {
		v.Events++
		ctx := newEventContext(l.Namespace())
		if _, id, err := epcis.Seal(r.Body, ctx); err != nil || id != r.EventID {
			v.problem("record %d: its event id is not the hash of what it says", r.Seq)
		}
	}
	if err := l.Fold(r); err != nil {
		v.problem("%v", err)
	}
}

// compareDocuments compares the lineage documents with the ledger. A store that is not shared is given no documents; documents that an
// earlier version of the program has left in such a store are never read, and no longer follow the log (docs/adr/0016).
func (v *VerifyReport) compareDocuments(ctx context.Context, s Reader, l *trace.Ledger) error {
	if !s.Shared() {
		return nil
	}
	head, err := s.LineageHead(ctx)
	if err != nil {
		return fmt.Errorf("verify lineage documents: %w", err)
	}
	if v.Behind = max(0, l.Head()-head); v.Behind > 0 { // still being written: they follow the log
		return nil
	}
	for _, id := range l.ListTouchedSince(0) {
		doc, err := s.Lineage(ctx, id)
		if err != nil && !IsNotFound(err) {
			return fmt.Errorf("verify lineage documents: %w", err)
		}
		want, werr := lineageBody(l, id)
		if werr != nil {
			return werr
		}
		if err != nil || !bytes.Equal(doc.Body, want) {
			v.problem("lot %s: its lineage document is not what the log says", trace.KeyOf(id))
		}
		v.Documents++
		if len(v.Problems) >= maxProblems {
			return nil
		}
	}
	return nil
}

// lineageBody is the content of a lineage document.
func lineageBody(l *trace.Ledger, id string) ([]byte, error) {
	v, err := l.Lot(id, lineageWalk)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode lineage document: %w", err)
	}
	return body, nil
}
