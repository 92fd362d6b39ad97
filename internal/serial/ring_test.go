package serial

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// countingStore is a store that counts how often the keys are read, and fails on request.
type countingStore struct {
	trace.Store
	mu    sync.Mutex
	reads int
	fail  error
}

func (c *countingStore) Documents(ctx context.Context, collection, after string, limit int) ([]trace.Document, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if after == "" {
		c.reads++
	}
	if c.fail != nil {
		return nil, c.fail
	}
	return c.Store.Documents(ctx, collection, after, limit)
}

func (c *countingStore) countReads() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reads
}

// must returns a value that came without an error.
func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestRingOverAStore(t *testing.T) {
	s := openStore(t)
	ctx := context.Background()
	r := New(s)
	number, str, list := must[int](t), must[string](t), must[[]KeyInfo](t)
	if got := list(r.ListKeys(ctx)); len(got) != 0 {
		t.Fatalf("keys of a new store: %v", got)
	}
	if n := number(r.CurrentKey(ctx)); n != 0 {
		t.Fatalf("first key = %d", n)
	}
	first := str(r.MakeSerial(ctx, 0, 42))
	if n := number(r.CurrentKey(ctx)); n != 0 {
		t.Errorf("current key = %d, want the one there is", n)
	}
	if n := number(r.RotateKey(ctx)); n != 1 {
		t.Errorf("key after the rotation = %d", n)
	}
	second := str(r.MakeSerial(ctx, 1, 42))
	if first[1:] == second[1:] || first[0] != '0' || second[0] != '1' {
		t.Errorf("codes of two keys: %s, %s", first, second)
	}
	again := New(s) // another server, or this one after a restart
	if n := number(again.CurrentKey(ctx)); n != 1 {
		t.Errorf("current key elsewhere = %d", n)
	}
	for _, code := range []string{first, second} {
		if got, err := again.ParseSerial(ctx, code); err != nil || got != 42 {
			t.Errorf("%s elsewhere is %d, %v", code, got, err)
		}
	}
	keys := list(again.ListKeys(ctx))
	if len(keys) != 2 || keys[0].Number != 0 || keys[1].Number != 1 || keys[0].Fingerprint == keys[1].Fingerprint || keys[0].Created.IsZero() {
		t.Errorf("keys = %+v", keys)
	}
	if sum := str(again.KeyFingerprint(ctx, 1)); sum != keys[1].Fingerprint {
		t.Errorf("fingerprint = %s, want %s", sum, keys[1].Fingerprint)
	}
	for range 30 {
		number(r.RotateKey(ctx))
	}
	if n, err := r.RotateKey(ctx); !trace.IsCode(err, trace.CodeTooLarge) {
		t.Errorf("33rd key: %d, %v", n, err)
	}
}

// TestUnknownNumberReadsTheStoreOnceASecond: invented numbers cause no work for the store, and a key of another server is found.
func TestUnknownNumberReadsTheStoreOnceASecond(t *testing.T) {
	s := &countingStore{Store: openStore(t)}
	ctx := context.Background()
	now := time.Now()
	r, other := New(s), New(s.Store)
	r.now = func() time.Time { return now }
	if _, err := r.CurrentKey(ctx); err != nil {
		t.Fatal(err)
	}
	looks := s.countReads()
	if _, err := other.RotateKey(ctx); err != nil {
		t.Fatal(err)
	}
	theirs := must[string](t)(other.MakeSerial(ctx, 1, 7))
	for range 50 {
		if _, err := r.ParseSerial(ctx, theirs); !trace.IsCode(err, trace.CodeNotIssued) {
			t.Fatalf("within the second: %v", err)
		}
	}
	if n := s.countReads() - looks; n != 0 {
		t.Errorf("%d looks within a second", n)
	}
	now = now.Add(rereadAfter)
	if got, err := r.ParseSerial(ctx, theirs); err != nil || got != 7 {
		t.Errorf("after a second: %d, %v", got, err)
	}
	for range 50 {
		if _, err := r.ParseSerial(ctx, "Z"+theirs[1:]); !trace.IsCode(err, trace.CodeNotIssued) {
			t.Fatalf("a made-up key: %v", err)
		}
	}
	if n := s.countReads() - looks; n != 1 {
		t.Errorf("%d looks, want one", n)
	}
	s.fail = errors.New("away")
	now = now.Add(rereadAfter)
	if got, err := r.ParseSerial(ctx, theirs); err != nil || got != 7 {
		t.Errorf("a known key while the store is away: %d, %v", got, err)
	}
	if _, err := r.ParseSerial(ctx, "Z"+theirs[1:]); !errors.Is(err, s.fail) {
		t.Errorf("an unknown key while the store is away: %v", err)
	}
}

// TestTwoServersMakeTheFirstKey: both rings make number 0 at the same moment. The log decides between the two secrets, and
// both rings follow the log.
func TestTwoServersMakeTheFirstKey(t *testing.T) {
	ctx := context.Background()
	for round := range 20 {
		s := openStore(t)
		var log sync.Map // the ledger: the first batch with a number names its secret
		named := func(number int) (string, bool) {
			v, ok := log.Load(number)
			sum, _ := v.(string)
			return sum, ok
		}
		rings := []*Ring{New(s), New(s), New(s)}
		codes := make([]string, len(rings))
		var wg sync.WaitGroup
		for i, r := range rings {
			r.FollowLog(named)
			wg.Go(func() {
				err := recordFirstKey(ctx, r, &log)
				if err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
				if codes[i], err = r.MakeSerial(ctx, 0, int64(round)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i, r := range append(rings, New(s)) {
			r.FollowLog(named)
			for _, code := range codes {
				if code != codes[0] {
					t.Errorf("round %d: two numbers for one item: %v", round, codes)
				}
				if got, err := r.ParseSerial(ctx, code); err != nil || got != int64(round) {
					t.Errorf("round %d: ring %d reads %s as %d, %v", round, i, code, got, err)
				}
			}
		}
	}
}

// recordFirstKey has a ring name its first secret in the log, as the application layer does: where another secret stands there already, the
// ring looks for the secret and tries once more.
func recordFirstKey(ctx context.Context, r *Ring, log *sync.Map) error {
	for {
		number, err := r.CurrentKey(ctx)
		if err != nil {
			return err
		}
		if number != 0 {
			return fmt.Errorf("the key has number %d", number)
		}
		sum, err := r.KeyFingerprint(ctx, number)
		if err != nil {
			return err
		}
		if was, _ := log.LoadOrStore(number, sum); was == sum {
			return nil
		}
	}
}

// TestTheLogNamesAMissingKey: a restored log without its keys must neither make other numbers nor call real ones false.
func TestTheLogNamesAMissingKey(t *testing.T) {
	ctx := context.Background()
	s := openStore(t)
	r := New(s)
	if _, err := r.CurrentKey(ctx); err != nil {
		t.Fatal(err)
	}
	code, err := r.MakeSerial(ctx, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.FollowLog(func(n int) (string, bool) { return "0123456789abcdef", n <= 1 })
	if _, err := r.MakeSerial(ctx, 0, 1); !trace.IsCode(err, trace.CodeSerialKey) {
		t.Errorf("code: %v", err)
	}
	if _, err := r.KeyFingerprint(ctx, 0); !trace.IsCode(err, trace.CodeSerialKey) {
		t.Errorf("fingerprint: %v", err)
	}
	if _, err := r.ParseSerial(ctx, code); !trace.IsCode(err, trace.CodeSerialKey) {
		t.Errorf("parse: %v", err)
	}
	if n, err := r.RotateKey(ctx); err != nil || n != 2 { // past all that the log names
		t.Errorf("rotated to %d, %v", n, err)
	}
}

// TestDamagedKeys: a document that was changed by hand is no key but an error that names the document.
func TestDamagedKeys(t *testing.T) {
	ctx := context.Background()
	for _, row := range []struct{ name, id, body string }{
		{"no number", "x", `{}`},
		{"a number too large", "32.aa", `{}`},
		{"no JSON", "00.aa", `{`},
		{"no secret", "00.aa", `{}`},
		{"a short secret", "00.aa", `{"secret":"AAAA"}`},
		{"another secret", "00.0123456789abcdef", `{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := openStore(t)
			if err := s.PutDocument(ctx, trace.Document{Collection: collection, ID: row.id, Body: []byte(row.body)}); err != nil {
				t.Fatal(err)
			}
			if n, err := New(s).CurrentKey(ctx); err == nil {
				t.Errorf("current key = %d", n)
			}
		})
	}
}

// TestRingUnderLoad: codes are made and read while keys are rotated.
func TestRingUnderLoad(t *testing.T) {
	ctx := context.Background()
	r := New(openStore(t))
	if _, err := r.CurrentKey(ctx); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range int64(300) {
				code, err := r.MakeSerial(ctx, 0, i)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := r.ParseSerial(ctx, code); err != nil || got != i {
					t.Error(fmt.Errorf("worker %d: %s is %d: %w", w, code, got, err))
					return
				}
			}
		})
	}
	wg.Go(func() {
		for range 5 {
			if _, err := r.RotateKey(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
}
