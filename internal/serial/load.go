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

// key is the secret that bears a number; the store is looked at for one that is not known yet. Errors: the store's; CodeSerialKey for none.
func (r *Ring) key(ctx context.Context, number int) (*key, error) {
	if k := r.pick(number); k != nil {
		return k, nil
	}
	if err := r.refresh(ctx, number); err != nil {
		return nil, err
	}
	if k := r.pick(number); k != nil {
		return k, nil
	}
	return nil, trace.E(trace.Unavailable, trace.CodeSerialKey, "key", "value", strconv.Itoa(number))
}

// pick is the secret the log names, else the one with the least fingerprint; nil for none.
func (r *Ring) pick(number int) *key {
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
		if k.sum == sum {
			return k
		}
	}
	return nil
}

// refresh reads the store unless that was done within the last second: whoever makes up numbers must not make the store work. A secret that
// the log names is there, made by another server a moment ago; it is looked for at once, the first time.
func (r *Ring) refresh(ctx context.Context, number int) error {
	sum, named := r.named(number)
	r.look.Lock()
	defer r.look.Unlock()
	r.mu.RLock()
	fresh := !r.looked.IsZero() && r.now().Sub(r.looked) < lookEvery
	r.mu.RUnlock()
	if fresh && (!named || r.sought[number] == sum) {
		return nil
	}
	if named {
		r.sought[number] = sum
	}
	return r.read(ctx)
}

// load reads all keys. Documents are few: 32 numbers, and seldom two secrets for one.
func (r *Ring) load(ctx context.Context) error {
	r.look.Lock()
	defer r.look.Unlock()
	return r.read(ctx)
}

func (r *Ring) read(ctx context.Context) error {
	r.mu.RLock()
	known := map[string]*key{}
	for _, list := range r.keys {
		for _, k := range list {
			known[docID(k.number, k.sum)] = k
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
			k, created, err := decode(d, known)
			if err != nil {
				return err
			}
			keys[k.number] = append(keys[k.number], k)
			info = append(info, KeyInfo{Number: k.number, Sum: k.sum, Created: created})
		}
		after = docs[len(docs)-1].ID
	}
	for _, list := range keys {
		slices.SortFunc(list, func(a, b *key) int { return strings.Compare(a.sum, b.sum) })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys, r.info, r.looked = keys, info, started
	return nil
}

func docID(number int, sum string) string { return fmt.Sprintf("%02d.%s", number, sum) }

// decode makes a key of its document. Errors name the document's number and never what is in it.
func decode(d trace.Document, known map[string]*key) (*key, time.Time, error) {
	digits, sum, _ := strings.Cut(d.ID, ".")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 || number >= KeyNumbers {
		return nil, time.Time{}, fmt.Errorf("read serial keys: document %q bears no number", d.ID)
	}
	var doc secretDoc
	if err := json.Unmarshal(d.Body, &doc); err != nil || len(doc.Secret) != 32 || sumOf(doc.Secret) != sum {
		return nil, time.Time{}, fmt.Errorf("read serial keys: document %q is damaged", d.ID) // the cause could quote the secret
	}
	k := known[d.ID]
	if k == nil {
		if k, err = newKey(number, doc.Secret); err != nil {
			return nil, time.Time{}, err
		}
	}
	return k, doc.Created, nil
}

// Lister lists the documents of a store.
type Lister interface {
	Documents(ctx context.Context, collection, after string, limit int) ([]trace.Document, error)
}

// Fingerprints are those of all secret keys in a store that can be read, for a verification. Errors: the store's; a damaged document.
func Fingerprints(ctx context.Context, s Lister) (map[string]bool, error) {
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
			k, _, err := decode(d, nil)
			if err != nil {
				return nil, err
			}
			sums[k.sum] = true
		}
		after = docs[len(docs)-1].ID
	}
}
