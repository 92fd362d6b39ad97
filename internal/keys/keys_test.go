package keys

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

const coop = "https://trace.example/org/coop"

func newTestRing(t *testing.T) (*Ring, *sqlite.Store) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return New(s), s
}

func isUnauthenticated(err error) bool {
	return errors.Is(err, &trace.Error{Code: trace.CodeUnauthenticated})
}

// TestKey: a key is valid from its making to its revocation, also for a ring that has cached the key, and its token is kept nowhere.
func TestKey(t *testing.T) {
	r, s := newTestRing(t)
	token, made, err := r.CreateKey(t.Context(), coop, trace.Operator, "scale")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // from the store, then from memory
		k, err := r.CheckToken(t.Context(), token)
		if err != nil || k.Actor() != (trace.Actor{Org: coop, Role: trace.Operator, User: made.ID}) {
			t.Fatalf("check: %+v, %v", k, err)
		}
	}
	docs, err := s.Documents(t.Context(), "keys", "", 10)
	if err != nil || len(docs) != 1 || strings.Contains(string(docs[0].Body)+docs[0].ID, token[3:]) {
		t.Errorf("documents %v, %v: want one, without the token", docs, err)
	}
	if err := r.RevokeKey(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckToken(t.Context(), token); !isUnauthenticated(err) {
		t.Errorf("a revoked key: %v", err)
	}
	if err := r.RevokeKey(t.Context(), "nobody"); !errors.Is(err, &trace.Error{Code: trace.CodeUnknownThing}) {
		t.Errorf("revoking nobody's key: %v", err)
	}
}

// TestRevokedElsewhere: a key revoked through another process is refused within a minute.
func TestRevokedElsewhere(t *testing.T) {
	r, s := newTestRing(t)
	token, made, err := r.CreateKey(t.Context(), coop, trace.Operator, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := New(s).RevokeKey(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(cacheTime)
	r.now = func() time.Time { return later }
	if _, err := r.CheckToken(t.Context(), token); !isUnauthenticated(err) {
		t.Errorf("a minute later: %v", err)
	}
}

// TestCheckRefuses lists texts that are no key of the ring.
func TestCheckRefuses(t *testing.T) {
	r, _ := newTestRing(t)
	token, _, err := r.CreateKey(t.Context(), coop, trace.Operator, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"nothing": "", "another's form": "sk-123", "too short": token[:20], "too long": token + "a", "upper case": strings.ToUpper(token),
		"one character wrong": token[:len(token)-1] + map[bool]string{true: "b", false: "a"}[token[len(token)-1] == 'a'],
	} {
		if _, err := r.CheckToken(t.Context(), bad); !isUnauthenticated(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCreateRefuses: unknown roles, and keys without an organisation.
func TestCreateRefuses(t *testing.T) {
	r, _ := newTestRing(t)
	for name, tc := range map[string]struct {
		org  string
		role trace.Role
		code trace.Code
	}{
		"a king":                   {coop, "king", trace.CodeBadValue},
		"an operator of no one":    {"", trace.Operator, trace.CodeRequired},
		"a bureau without a name":  {"", trace.Bureau, trace.CodeRequired},
		"an administrator is fine": {"", trace.Admin, ""},
	} {
		_, _, err := r.CreateKey(t.Context(), tc.org, tc.role, "")
		if tc.code == "" && err != nil || tc.code != "" && !errors.Is(err, &trace.Error{Code: tc.code}) {
			t.Errorf("%s: %v, want %q", name, err, tc.code)
		}
	}
}

// TestList lists more keys than one page of the store holds.
func TestList(t *testing.T) {
	r, _ := newTestRing(t)
	for i := range 510 {
		org := coop
		if i%2 == 1 {
			org += "2"
		}
		if _, _, err := r.CreateKey(t.Context(), org, trace.Operator, ""); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.ListKeys(t.Context(), "")
	if err != nil || len(all) != 510 {
		t.Errorf("%d keys, %v", len(all), err)
	}
	own, err := r.ListKeys(t.Context(), coop)
	if err != nil || len(own) != 255 {
		t.Errorf("%d keys of one organisation, %v", len(own), err)
	}
}
