package web

import "testing"

// newWorld is a ledger with the whole site over it.
func newWorld(t testing.TB) *world {
	t.Helper()
	return NewWorld(t, Register)
}
