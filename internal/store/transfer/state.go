package transfer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"

	"github.com/yousang/yousang/internal/trace"
)

// ownCollection and ownID name the document in which a target records that a copy goes into the store. The document itself is never copied.
const (
	ownCollection = "transfer"
	ownID         = "target"
)

// state is the content of that document.
type state struct {
	Run    string `json:"run"`    // of the copy that wrote it
	Done   bool   `json:"done"`   // everything was there
	Digest string `json:"digest"` // of the documents, counters and blobs then; "" while not done
}

// readState is the state of a store; nil for a store that was never copied into.
func readState(ctx context.Context, s trace.Store) (*state, error) {
	d, err := s.Document(ctx, ownCollection, ownID)
	if trace.IsCode(err, trace.CodeNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var st state
	if err := json.Unmarshal(d.Body, &st); err != nil {
		return nil, fmt.Errorf("read the state of the copy: %w", err)
	}
	return &st, nil
}

func writeState(ctx context.Context, s trace.Store, st *state) error {
	if st == nil {
		return s.DeleteDocument(ctx, ownCollection, ownID)
	}
	body, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return s.PutDocument(ctx, trace.Document{Collection: ownCollection, ID: ownID, Body: body})
}

// CheckWhole refuses, with ErrUnfinished, a store into which a Copy was cut short.
func CheckWhole(ctx context.Context, s trace.Store) error {
	st, err := readState(ctx, s)
	if err == nil && st != nil && !st.Done {
		err = ErrUnfinished
	}
	if err != nil {
		return fmt.Errorf("look for an unfinished copy: %w", err)
	}
	return nil
}

// Check refuses a target that Copy would refuse, and writes nothing.
func Check(ctx context.Context, from, to trace.Store) error {
	if err := checkTarget(ctx, from, to); err != nil {
		return fmt.Errorf("look at the target of a copy: %w", err)
	}
	return nil
}

func checkTarget(ctx context.Context, from, to trace.Store) error {
	if err := CheckWhole(ctx, from); err != nil {
		return err
	}
	head, err := to.Head(ctx)
	if err != nil {
		return err
	}
	for _, seq := range []int64{1, head} { // the first has the namespace
		if head == 0 {
			break
		}
		if err := compareRecord(ctx, from, to, seq); err != nil {
			return err
		}
	}
	st, err := readState(ctx, to)
	switch {
	case err != nil:
		return err
	case st == nil:
		return checkContained(ctx, from, to)
	case st.Done:
		now, err := hashContents(ctx, to)
		if err == nil && now != st.Digest {
			err = ErrUsed
		}
		return err
	}
	return nil
}

// compareRecord compares one record of the target with the source's.
func compareRecord(ctx context.Context, from, to trace.Store, seq int64) error {
	theirs, err := to.Records(ctx, seq-1, 1)
	if err != nil {
		return err
	}
	ours, err := from.Records(ctx, seq-1, 1)
	if err != nil {
		return err
	}
	switch {
	case len(theirs) == 0:
		return fmt.Errorf("record %d of the target is not there", seq)
	case len(ours) == 0 && seq == 1:
		return ErrOther
	case len(ours) == 0:
		return ErrAhead
	case !equalRecords(&ours[0], &theirs[0]):
		return ErrOther
	}
	return nil
}

// checkContained refuses a target that no copy has made, unless all that the target holds is in the source too.
func checkContained(ctx context.Context, from, to trace.Store) error {
	err := eachDocument(ctx, to, func(d trace.Document) error {
		same, err := hasDocument(ctx, from, d)
		if err == nil && !same {
			err = ErrUsed
		}
		return err
	})
	if err != nil {
		return err
	}
	err = eachScans(ctx, to, func(page []trace.Scan) error {
		more, _, err := missingScans(ctx, from, page)
		if err == nil && len(more) > 0 {
			err = ErrUsed
		}
		return err
	})
	if err != nil {
		return err
	}
	return eachBlob(ctx, to, func(sum string) error {
		there, err := hasBlob(ctx, from, sum)
		if err == nil && !there {
			err = ErrUsed
		}
		return err
	})
}

// markTarget marks the target. A source in which the same mark appears is the same store under another name; the mark is removed again
// then.
func markTarget(ctx context.Context, from, to trace.Store) error {
	before, err := readState(ctx, to)
	if err != nil {
		return err
	}
	run := rand.Text()
	if err := writeState(ctx, to, &state{Run: run}); err != nil {
		return err
	}
	there, err := readState(ctx, from)
	if err == nil && there != nil && there.Run == run {
		err = ErrSame
	}
	if err != nil {
		return errors.Join(err, writeState(ctx, to, before))
	}
	return nil
}

// markDone records that the copy is complete.
func markDone(ctx context.Context, to trace.Store) error {
	st, err := readState(ctx, to)
	if err != nil {
		return err
	}
	if st == nil {
		return ErrUsed
	}
	if st.Digest, err = hashContents(ctx, to); err != nil {
		return err
	}
	st.Done = true
	return writeState(ctx, to, st)
}

// hashContents is a hash of the documents, counters and blobs: of everything besides the log.
func hashContents(ctx context.Context, s trace.Store) (string, error) {
	h := sha256.New()
	err := eachDocument(ctx, s, func(d trace.Document) error {
		hashTexts(h, d.Collection, d.ID, string(d.Body))
		return nil
	})
	if err != nil {
		return "", err
	}
	err = eachScans(ctx, s, func(page []trace.Scan) error {
		for _, n := range page {
			hashTexts(h, n.Code, n.Day, n.Region, fmt.Sprint(n.Count))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	err = eachBlob(ctx, s, func(sum string) error {
		hashTexts(h, sum)
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// hashTexts adds texts to a hash so that different lists give different bytes.
func hashTexts(h hash.Hash, texts ...string) {
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(t), t) // never an error
	}
}
