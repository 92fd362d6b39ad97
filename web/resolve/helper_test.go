package resolve_test

import (
	"testing"

	"github.com/yousang/yousang/web"
	"github.com/yousang/yousang/web/webtest"
)

// newWorld is a ledger with the whole site over it.
func newWorld(t testing.TB) *webtest.World {
	t.Helper()
	return webtest.NewWorld(t, web.Register)
}
