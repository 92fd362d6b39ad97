package serial

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// findKey finds the key with a number, and reads the store for a number not known yet. Errors: the store's; CodeSerialKey for an unknown
// key.
func (r *Ring) findKey(ctx context.Context, number int) (*key, error) {
	if k := r.pickKey(number); k != nil {
		return k, nil
	}
	if err := r.refreshKeys(ctx, number); err != nil {
		return nil, err
	}
	if k := r.pickKey(number); k != nil {
		return k, nil
	}
	return nil, trace.E(trace.Unavailable, trace.CodeSerialKey, "key", "value", strconv.Itoa(number))
}

// pickKey picks the key that the log names, else the key with the least fingerprint; nil for none.
func (r *Ring) pickKey(number int) *key {
	sum, named := r.named(number)
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := r.keys[number]
	if !named {
		if len(list) == 0 {
			return nil
		}
		return list[0]
	}
	for _, k := range list {
		if k.fingerprint == sum {
			return k
		}
	}
	return nil
}

// refreshKeys reads the store unless the last reading is less than a second ago: a person who makes up serial numbers must not cause work
// for the store. A key that the log names but the ring lacks was made by another server a moment ago, so its first look-up reads the store
// at once.
func (r *Ring) refreshKeys(ctx context.Context, number int) error {
	sum, named := r.named(number)
	r.reading.Lock()
	defer r.reading.Unlock()
	r.mu.RLock()
	fresh := !r.readAt.IsZero() && r.now().Sub(r.readAt) < rereadAfter
	r.mu.RUnlock()
	if fresh && (!named || r.soughtFingerprints[number] == sum) {
		return nil
	}
	if named {
		r.soughtFingerprints[number] = sum
	}
	return r.readKeys(ctx)
}

// loadKeys reads all keys from the store. Documents are few: 32 numbers, and seldom two secrets for one number.
func (r *Ring) loadKeys(ctx context.Context) error {
	r.reading.Lock()
	defer r.reading.Unlock()
	return r.readKeys(ctx)
}

// readKeys reads all keys; the caller holds the lock reading.
func (r *Ring) readKeys(ctx context.Context) error {
	r.mu.RLock()
	known := map[string]*key{}
	for _, list := range r.keys {
		for _, k := range list {
			known[documentID(k.number, k.fingerprint)] = k
		}
	}
	r.mu.RUnlock()
	started := r.now()
	keys := map[int][]*key{}
	var info []KeyInfo
	for after := ""; ; {
		docs, err := r.store.Documents(ctx, collection, after, 100)
		if err != nil {
			return fmt.Errorf("read serial keys: %w", err)
		}
		if len(docs) == 0 {
			break
		}
		for _, d := range docs {
			k, created, err := decodeKey(d, known)
			if err != nil {
				return err
			}
			keys[k.number] = append(keys[k.number], k)
			info = append(info, KeyInfo{Number: k.number, Fingerprint: k.fingerprint, Created: created})
		}
		after = docs[len(docs)-1].ID
	}
	for _, list := range keys {
		slices.SortFunc(list, func(a, b *key) int { return strings.Compare(a.fingerprint, b.fingerprint) })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys, r.info, r.readAt = keys, info, started
	return nil
}

func documentID(number int, sum string) string { return fmt.Sprintf("%02d.%s", number, sum) }

// decodeKey makes a key of its document. Errors name the document's ID and never quote its content.
func decodeKey(d trace.Document, known map[string]*key) (*key, time.Time, error) {
	digits, sum, _ := strings.Cut(d.ID, ".")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 || number >= KeyNumbers {
		return nil, time.Time{}, fmt.Errorf("read serial keys: document %q bears no number", d.ID)
	}
	var doc keyDocument
	if err := json.Unmarshal(d.Body, &doc); err != nil || len(doc.Secret) != 32 || computeFingerprint(doc.Secret) != sum {
		return nil, time.Time{}, fmt.Errorf("read serial keys: document %q is damaged", d.ID) // without the cause, which could quote the secret
	}
	k := known[d.ID]
	if k == nil {
		if k, err = newKey(number, doc.Secret); err != nil {
			return nil, time.Time{}, err
		}
	}
	return k, doc.Created, nil
}

// DocumentLister lists the documents of a store.
type DocumentLister interface {
	Documents(ctx context.Context, collection, after string, limit int) ([]trace.Document, error)
}

// ReadFingerprints reads the fingerprints of all keys in a store, for a verification. Errors: the store's; a damaged document.
func ReadFingerprints(ctx context.Context, s DocumentLister) (map[string]bool, error) {
	sums := map[string]bool{}
	for after := ""; ; {
		docs, err := s.Documents(ctx, collection, after, 100)
		if err != nil {
			return nil, fmt.Errorf("read serial keys: %w", err)
		}
		if len(docs) == 0 {
			return sums, nil
		}
		for _, d := range docs {
			k, _, err := decodeKey(d, nil)
			if err != nil {
				return nil, err
			}
			sums[k.fingerprint] = true
		}
		after = docs[len(docs)-1].ID
	}
}
