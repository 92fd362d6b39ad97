package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/recorder"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// storeFlag is shared by every command that opens a store.
type storeFlag struct {
	Store string `help:"Where the ledger is: sqlite:PATH." default:"sqlite:data/yousang.db" placeholder:"sqlite:PATH"`
}

// path is the file of an embedded store; its folder is made for a store that is to be written.
func (f storeFlag) path(create bool) (string, error) {
	path, ok := strings.CutPrefix(f.Store, "sqlite:")
	if !ok || path == "" {
		return "", trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", f.Store, "allowed", "sqlite:PATH")
	}
	if create {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", fmt.Errorf("make the data folder: %w", err)
		}
	}
	return path, nil
}

func (f storeFlag) open(ctx context.Context) (*sqlite.Store, error) {
	path, err := f.path(true)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, path)
}

func (f storeFlag) openReadOnly(ctx context.Context) (*sqlite.Store, error) {
	path, err := f.path(false)
	if err != nil {
		return nil, err
	}
	return sqlite.OpenReadOnly(ctx, path)
}

// ledgerFlags are shared by the commands that record.
type ledgerFlags struct {
	storeFlag
	Namespace string `help:"Identity of a new ledger: an address of the county's own, fixed for good. The public URL where absent; one made up, where that is absent too." placeholder:"URI"`
	Chains    string `help:"Folder with chain templates of the county's own (*.yaml)." type:"existingdir" placeholder:"DIR"`
}

// recorder opens the ledger over a store. The caller closes both.
func (f ledgerFlags) recorder(ctx context.Context, p *process, s trace.Store, o recorder.Options) (*recorder.Recorder, error) {
	set, err := loadChains(f.Chains)
	if err != nil {
		return nil, err
	}
	o.Chains, o.Log, o.Namespace = set, p.log, f.Namespace
	if o.Fallback == "" {
		if o.Fallback, err = madeUp(); err != nil {
			return nil, err
		}
	}
	r, err := recorder.Open(ctx, s, o)
	if err == nil && r.Ledger.Head() > 0 && strings.HasPrefix(r.Ledger.Namespace(), noHost) {
		p.log.Warn("this ledger has a made-up identity: give --namespace or --public-url when one is to last", "namespace", r.Ledger.Namespace())
	}
	return r, err
}

// noHost is reserved: an identity below it is nobody's address (RFC 6761).
const noHost = "https://ledger.invalid/"

// madeUp is an identity for a ledger that nobody gave one: unique, and no address of this machine.
func madeUp() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make namespace: %w", err)
	}
	return noHost + id.String(), nil
}

func loadChains(dir string) (*chain.Set, error) {
	if dir == "" {
		return chain.Load()
	}
	return chain.Load(os.DirFS(dir))
}

// progress draws a bar on a terminal and nothing elsewhere.
func progress(w io.Writer, what string) func(done, total int64) {
	f, ok := w.(*os.File)
	if !ok {
		return func(int64, int64) {}
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return func(int64, int64) {}
	}
	var bar *progressbar.ProgressBar
	return func(done, total int64) {
		if bar == nil {
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(done)
	}
}
