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

// Ring holds the secret keys of a ledger's serial numbers. Keys are documents of the store, so that every server reads every serial number;
// a secret is never in the log and in no error. A Ring is safe for concurrent use.
//
// Two servers may make a key with the same number at the same moment, and a store has no way to admit only one of them. So each secret has
// a document of its own, and the log decides: a serial batch names the fingerprint of its key, the first batch with a key's number settles
// which secret has that number, and the ledger refuses another fingerprint.
type Ring struct {
	store trace.DocumentStore
	named func(number int) (sum string, ok bool)
	now   func() time.Time

	mu                 sync.RWMutex
	keys               map[int][]*key // by number, each list by fingerprint
	info               []KeyInfo
	readAt             time.Time
	reading            sync.Mutex     // one reading of the store at a time
	soughtFingerprints map[int]string // fingerprints named by the log for which the store was read; under reading
}

// KeyInfo is the public part of a secret key.
type KeyInfo struct {
	Number      int       `json:"number"`
	Fingerprint string    `json:"sum"` // fingerprint
	Created     time.Time `json:"created"`
}

// collection holds the keys, one document each with the ID "NN.FINGERPRINT".
const collection = "serialKeys"

// KeyNumbers is the number of keys that the first character of a serial number can tell apart.
const KeyNumbers = 32

// rereadAfter is the least time between two readings of the store because of unknown key numbers.
const rereadAfter = time.Second

// keyDocument is the body of a key's document.
type keyDocument struct {
	Created time.Time `json:"created"`
	Secret  []byte    `json:"secret"` // 32 random bytes
}

// New makes a ring over the documents of a store. Without FollowLog, the ring uses the least fingerprint where a number has two secrets.
func New(s trace.DocumentStore) *Ring {
	return &Ring{
		store: s, named: func(int) (string, bool) { return "", false }, now: time.Now,
		keys: map[int][]*key{}, soughtFingerprints: map[int]string{},
	}
}

// FollowLog lets the log decide which secret has a number: named is the ledger's SerialKey. FollowLog must be called before other methods.
func (r *Ring) FollowLog(named func(number int) (sum string, ok bool)) { r.named = named }

// CurrentKey is the number of the key for new batches: the highest number; the first key is made where there is none. The store is read
// each time, so that a key made by another server a moment ago is used. Errors: the store's; CodeSerialKey where the log names a key that
// is not in the store.
func (r *Ring) CurrentKey(ctx context.Context) (number int, err error) {
	if err := r.loadKeys(ctx); err != nil {
		return 0, err
	}
	if number = r.highestNumber(); number < 0 {
		return r.makeKey(ctx, 0)
	}
	return number, nil
}

// RotateKey makes a new key for new batches; serial numbers of old keys stay readable. Errors: the store's; CodeTooLarge after the 32nd
// key.
func (r *Ring) RotateKey(ctx context.Context) (number int, err error) {
	if err := r.loadKeys(ctx); err != nil {
		return 0, err
	}
	if number = r.highestNumber() + 1; number == KeyNumbers {
		return 0, trace.E(trace.TooLarge, trace.CodeTooLarge, "serialKey", "limit", strconv.Itoa(KeyNumbers))
	}
	return r.makeKey(ctx, number)
}

// highestNumber is the greatest key number in the store or the log, -1 for none.
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

// makeKey puts a new secret into the store and reads the keys back, so that the key in use is the key in the store.
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

// ListKeys lists the keys by number and fingerprint, without their secrets.
func (r *Ring) ListKeys(ctx context.Context) ([]KeyInfo, error) {
	if err := r.loadKeys(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.info), nil
}

// KeyFingerprint is the fingerprint of the key with a number, which a serial batch records. Errors: those of MakeSerial.
func (r *Ring) KeyFingerprint(ctx context.Context, number int) (string, error) {
	k, err := r.findKey(ctx, number)
	if err != nil {
		return "", err
	}
	return k.fingerprint, nil
}

// MakeSerial computes the serial number of an item. Errors: the store's; CodeSerialKey where the key is not in the store; CodeBadValue for
// an index that no item can have.
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

// MakeSerials computes the serial numbers of items with consecutive indexes, each when the caller takes the next. Errors: those of
// MakeSerial.
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

// checkIndexes refuses indexes that no item can have.
func checkIndexes(first, count int64) error {
	if first < 0 || count < 0 || first > trace.MaxSerials-count {
		return trace.E(trace.Invalid, trace.CodeBadValue, "index", "value", strconv.FormatInt(first, 10),
			"allowed", "0–"+strconv.FormatInt(trace.MaxSerials-1, 10))
	}
	return nil
}

// ParseSerial reads a serial number, as forgiving as CleanSerial, and returns the index of the item for which the serial number was made.
// Only the check is verified: whether an item was issued with that index and this key (see ReadKeyNumber), the ledger knows. Errors:
// CodeBadKey for a text that cannot be a serial number; CodeNotIssued for a wrong check or an unknown key; CodeSerialKey where the log
// names a key that is not in the store.
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

// NotIssued is the error for a serial number that no item has.
func NotIssued(code string) error {
	return trace.E(trace.NotFound, trace.CodeNotIssued, "serial", "value", GroupSerial(code))
}
