package serial

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Ring holds the secret keys of a ledger's serial numbers. They are documents of the store, so that every server reads every number; they
// are never in the log, and in no error. It is safe for concurrent use.
//
// Two servers may make a key of the same number at the same moment, and a store has no way to let only one of them. So each secret has a
// document of its own, and the log decides: a serial batch names the fingerprint of its key, the first batch with a number settles which
// secret bears it, and the ledger refuses another.
type Ring struct {
	store trace.DocumentStore
	named func(number int) (sum string, ok bool)
	now   func() time.Time

	mu                 sync.RWMutex
	keys               map[int][]*key // by number, each list by fingerprint
	info               []KeyInfo
	readAt             time.Time
	reading            sync.Mutex     // one look at a time
	soughtFingerprints map[int]string // secrets named by the log that were looked for, under look
}

// KeyInfo is what may be told of a secret key.
type KeyInfo struct {
	Number      int       `json:"number"`
	Fingerprint string    `json:"sum"` // fingerprint
	Created     time.Time `json:"created"`
}

// collection holds the keys, one document each, by "NN.FINGERPRINT".
const collection = "serialKeys"

// KeyNumbers is how many keys the first sign of a serial number can tell.
const KeyNumbers = 32

// rereadAfter bounds how often a number that is not known makes the ring read the store.
const rereadAfter = time.Second

// keyDocument is the body of a key's document.
type keyDocument struct {
	Created time.Time `json:"created"`
	Secret  []byte    `json:"secret"` // 32 random bytes
}

// New makes a ring over the documents of a store. Without Follow it takes the least fingerprint where a number has two secrets.
func New(s trace.DocumentStore) *Ring {
	return &Ring{store: s, named: func(int) (string, bool) { return "", false }, now: time.Now, keys: map[int][]*key{}, soughtFingerprints: map[int]string{}}
}

// FollowLog lets the log decide which secret bears a number: named is the ledger's SerialKey. Call it before the ring is used.
func (r *Ring) FollowLog(named func(number int) (sum string, ok bool)) { r.named = named }

// CurrentKey is the number of the key for new batches, the highest there is; the first one is made where there is none. It reads the store each
// time, so that a key made by another server a moment ago is used. Errors: the store's; CodeSerialKey where the log names a key that the
// store does not have.
func (r *Ring) CurrentKey(ctx context.Context) (number int, err error) {
	if err := r.loadKeys(ctx); err != nil {
		return 0, err
	}
	if number = r.highestNumber(); number < 0 {
		return r.makeKey(ctx, 0)
	}
	return number, nil
}

// RotateKey makes a new key for new batches; the old ones go on to be read. Errors: the store's; CodeTooLarge after the 32nd.
func (r *Ring) RotateKey(ctx context.Context) (number int, err error) {
	if err := r.loadKeys(ctx); err != nil {
		return 0, err
	}
	if number = r.highestNumber() + 1; number == KeyNumbers {
		return 0, trace.E(trace.TooLarge, trace.CodeTooLarge, "serialKey", "limit", strconv.Itoa(KeyNumbers))
	}
	return r.makeKey(ctx, number)
}

// highestNumber is the greatest number that a document bears or the log names, -1 for none.
func (r *Ring) highestNumber() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for n := KeyNumbers - 1; n >= 0; n-- {
		if _, ok := r.named(n); ok || len(r.keys[n]) > 0 {
			return n
		}
	}
	return -1
}

// makeKey puts a new secret into the store. It is cached by reading it back: what is used is what is kept.
func (r *Ring) makeKey(ctx context.Context, number int) (int, error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	doc, err := json.Marshal(keyDocument{Created: r.now().UTC().Truncate(time.Second), Secret: secret})
	if err != nil {
		return 0, fmt.Errorf("encode serial key %d: %w", number, err)
	}
	id := documentID(number, computeFingerprint(secret))
	if err := r.store.PutDocument(ctx, trace.Document{Collection: collection, ID: id, Body: doc}); err != nil {
		return 0, fmt.Errorf("keep serial key %d: %w", number, err)
	}
	return number, r.loadKeys(ctx)
}

// ListKeys tells what keys there are, by number and fingerprint, without their secrets.
func (r *Ring) ListKeys(ctx context.Context) ([]KeyInfo, error) {
	if err := r.loadKeys(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.info), nil
}

// KeyFingerprint is the fingerprint of the key that bears a number, as a serial batch names it. Errors: as Code.
func (r *Ring) KeyFingerprint(ctx context.Context, number int) (string, error) {
	k, err := r.findKey(ctx, number)
	if err != nil {
		return "", err
	}
	return k.fingerprint, nil
}

// MakeSerial is the serial number of an item. Errors: the store's; CodeSerialKey where the key is not in the store.
func (r *Ring) MakeSerial(ctx context.Context, number int, index int64) (string, error) {
	k, err := r.findKey(ctx, number)
	if err != nil {
		return "", err
	}
	if err := checkIndexes(index, 1); err != nil {
		return "", err
	}
	return k.encodeIndex(index), nil
}

// MakeSerials are the serial numbers of items one after another, computed as they are asked for. Errors: as Code.
func (r *Ring) MakeSerials(ctx context.Context, number int, first, count int64) (iter.Seq[string], error) {
	k, err := r.findKey(ctx, number)
	if err != nil {
		return nil, err
	}
	if err := checkIndexes(first, count); err != nil {
		return nil, err
	}
	return func(yield func(string) bool) {
		for i := range count {
			if !yield(k.encodeIndex(first + i)) {
				return
			}
		}
	}, nil
}

func checkIndexes(first, count int64) error {
	if first < 0 || count < 0 || first > trace.MaxSerials-count {
		return trace.E(trace.Invalid, trace.CodeBadValue, "index", "value", strconv.FormatInt(first, 10), "allowed", "0–"+strconv.FormatInt(trace.MaxSerials-1, 10))
	}
	return nil
}

// ParseSerial reads a serial number, as forgiving as Clean, and gives the index of the item it was made for. The check alone is read: whether an
// item was issued with that index, and with this key (see KeyNumber), the ledger knows. Errors: CodeBadKey for what cannot be a number;
// CodeNotIssued for a wrong check or an unknown key; CodeSerialKey where the log names a key that the store does not have.
func (r *Ring) ParseSerial(ctx context.Context, code string) (index int64, err error) {
	clean, err := CleanSerial(code)
	if err != nil {
		return 0, err
	}
	number := int(characterValues[clean[0]])
	k, err := r.findKey(ctx, number)
	if err != nil {
		if _, named := r.named(number); !named && trace.IsCode(err, trace.CodeSerialKey) {
			return 0, NotIssued(clean)
		}
		return 0, err
	}
	index, ok := k.decodeIndex(clean)
	if !ok {
		return 0, NotIssued(clean)
	}
	return index, nil
}

// NotIssued is the error for a serial number that no item bears.
func NotIssued(code string) error {
	return trace.E(trace.NotFound, trace.CodeNotIssued, "serial", "value", GroupSerial(code))
}
