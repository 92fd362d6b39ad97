// Package keys keeps API keys: an API key lets its holder act for an organisation in a role. Keys are documents of the store, never in the
// log, and only the SHA-256 of a token is kept: a token is 160 random bits that cannot be guessed, so a fast hash is as good as a slow one,
// and every request can afford the fast one.
package keys

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/yousang/yousang/internal/trace"
)

const collection = "keys"

// Key is an API key as kept in the store; its token is shown once and kept nowhere.
type Key struct {
	ID      string     `json:"id"`
	Hash    string     `json:"hash"` // lower-case hex SHA-256 of the token
	Org     string     `json:"org"`  // URI
	Role    trace.Role `json:"role"`
	Label   string     `json:"label"` // purpose ("phone of the weighing station"); not a person's name
	Created time.Time  `json:"created"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

// Actor is the actor for whom the key's holder acts.
func (k Key) Actor() trace.Actor { return trace.Actor{Org: k.Org, Role: k.Role, User: k.ID} }

// Ring checks keys. Look-ups are answered from memory; a key revoked through another process is refused within a minute. While the store
// does not answer, keys that the store confirmed within the last hour stay valid: readers of the ledger need them, and nothing can be
// written then.
type Ring struct {
	store trace.DocumentStore
	now   func() time.Time

	mu    sync.RWMutex
	known map[string]cachedKey // by hash
}

type cachedKey struct {
	key        Key
	checkAgain time.Time // when the store is to be read again
	confirmed  time.Time // when the store last confirmed the key
}

const (
	tokenPrefix = "ys_"
	cacheTime   = time.Minute
	cacheSize   = 10_000

	lookTimeout = 3 * time.Second  // for the store to answer
	graceTime   = time.Hour        // how long a key stays valid without the store
	graceRetry  = 10 * time.Second // between readings then, so that one request waits and not every one
)

// New makes a ring over a store.
func New(s trace.DocumentStore) *Ring {
	return &Ring{store: s, now: time.Now, known: map[string]cachedKey{}}
}

// CreateKey makes a key and returns its token, which the caller must show: the token cannot be read again. Errors: Invalid for an unknown
// role or a missing organisation; the store's.
func (r *Ring) CreateKey(ctx context.Context, org string, role trace.Role, label string) (token string, k Key, err error) {
	switch role {
	case trace.Operator, trace.Bureau, trace.Admin:
	default:
		return "", k, trace.E(trace.Invalid, trace.CodeBadValue, "role", "value", string(role), "allowed", "operator bureau admin")
	}
	if org == "" && role != trace.Admin {
		return "", k, trace.E(trace.Invalid, trace.CodeRequired, "org")
	}
	var secret [20]byte
	_, _ = rand.Read(secret[:]) // never fails since Go 1.24
	token = tokenPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret[:]))
	id, err := uuid.NewV7()
	if err != nil {
		return "", k, fmt.Errorf("make key id: %w", err)
	}
	k = Key{ID: id.String(), Hash: hashToken(token), Org: org, Role: role, Label: label, Created: r.now().UTC().Truncate(time.Millisecond)}
	return token, k, r.putKey(ctx, k)
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// putKey writes a key under its token's hash, by which requests look the key up.
func (r *Ring) putKey(ctx context.Context, k Key) error {
	body, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	if err := r.store.PutDocument(ctx, trace.Document{Collection: collection, ID: k.Hash, Body: body}); err != nil {
		return fmt.Errorf("keep key: %w", err)
	}
	r.mu.Lock()
	delete(r.known, k.Hash)
	r.mu.Unlock()
	return nil
}

// CheckToken finds the key of a token. Errors: Forbidden with CodeUnauthenticated for an unknown or revoked key; the store's.
func (r *Ring) CheckToken(ctx context.Context, token string) (Key, error) {
	if !strings.HasPrefix(token, tokenPrefix) || len(token) != len(tokenPrefix)+32 {
		return Key{}, trace.E(trace.Forbidden, trace.CodeUnauthenticated, "")
	}
	h := hashToken(token)
	r.mu.RLock()
	c, ok := r.known[h]
	r.mu.RUnlock()
	now := r.now()
	if ok && now.Before(c.checkAgain) {
		return c.key, nil
	}
	k, err := r.findKey(ctx, h)
	var e *trace.Error
	switch {
	case err == nil:
		r.rememberKey(h, cachedKey{k, now.Add(cacheTime), now})
		return k, nil
	case errors.As(err, &e) && e.Code == trace.CodeUnauthenticated:
		r.mu.Lock()
		delete(r.known, h)
		r.mu.Unlock()
	case ok && now.Sub(c.confirmed) < graceTime:
		r.rememberKey(h, cachedKey{c.key, now.Add(graceRetry), c.confirmed})
		return c.key, nil
	}
	return Key{}, err
}

// findKey reads a key from the store. Errors: Forbidden with CodeUnauthenticated for an unknown or revoked key; CodeStoreUnavailable.
func (r *Ring) findKey(ctx context.Context, h string) (k Key, err error) {
	limited, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	unknown := trace.E(trace.Forbidden, trace.CodeUnauthenticated, "")
	d, err := r.store.Document(limited, collection, h)
	var e *trace.Error
	if errors.As(err, &e) && e.Kind == trace.NotFound {
		return k, unknown
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil { // the store did not answer in time; the request itself still waits
		err = errors.Join(trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "why", limited.Err().Error()), err)
	}
	if err != nil {
		return k, fmt.Errorf("look up key: %w", err)
	}
	if err := json.Unmarshal(d.Body, &k); err != nil {
		return k, fmt.Errorf("read key: %w", err)
	}
	if k.Revoked != nil {
		return k, unknown
	}
	return k, nil
}

// rememberKey caches a key; a full cache is emptied first.
func (r *Ring) rememberKey(h string, c cachedKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= cacheSize {
		clear(r.known)
	}
	r.known[h] = c
}

// ListKeys returns the keys of an organisation ("" for all organisations), in order of their hashes.
func (r *Ring) ListKeys(ctx context.Context, org string) ([]Key, error) {
	var out []Key
	after := ""
	for {
		docs, err := r.store.Documents(ctx, collection, after, 500)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		for _, d := range docs {
			var k Key
			if err := json.Unmarshal(d.Body, &k); err != nil {
				return nil, fmt.Errorf("read key: %w", err)
			}
			if org == "" || k.Org == org {
				out = append(out, k)
			}
			after = d.ID
		}
		if len(docs) < 500 {
			return out, nil
		}
	}
}

// RevokeKey revokes a key by its ID, at once in this process. Errors: NotFound; the store's.
func (r *Ring) RevokeKey(ctx context.Context, id string) error {
	all, err := r.ListKeys(ctx, "")
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.ID == id {
			now := r.now().UTC().Truncate(time.Millisecond)
			k.Revoked = &now
			return r.putKey(ctx, k)
		}
	}
	return trace.E(trace.NotFound, trace.CodeUnknownThing, "id", "thing", "key", "value", id)
}
