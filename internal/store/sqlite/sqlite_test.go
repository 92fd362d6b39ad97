package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/trace"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		path := filepath.Join(t.TempDir(), "ledger 柚桑#1 50%?.db")
		return func(ctx context.Context) (trace.Store, error) {
			return Open(ctx, path)
		}
	})
}
