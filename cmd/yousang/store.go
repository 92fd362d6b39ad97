package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

// storeFlag holds the flags of every command that opens a store.
type storeFlag struct {
	Store     string `help:"${store}" default:"sqlite:data/yousang.db" placeholder:"STORE"`
	StoreFile string `help:"File that says where the ledger is, instead of --store: for an address with a password." placeholder:"FILE"`
}

// The forms of a store's address.
const (
	sqliteScheme = "sqlite:"
	mongoScheme  = "mongodb://"
	mongoSRV     = "mongodb+srv://" // the hosts stand in the name service
	storeForms   = "sqlite:PATH, mongodb://HOST,HOST/DATABASE, mongodb+srv://HOST/DATABASE"
)

// maxAddress is more than any address has; a larger file is a mistake.
const maxAddress = 64 << 10

// readAddress reads the address of --store, or of the file of --store-file.
func (f storeFlag) readAddress() (string, error) {
	if f.StoreFile == "" {
		return f.Store, nil
	}
	file, err := os.Open(f.StoreFile)
	if err != nil {
		return "", fmt.Errorf("read the address of the store: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(file, maxAddress))
	if err := errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("read the address of the store: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// storeLocation is the place of a ledger; one of the two fields is set.
type storeLocation struct {
	path string // of the embedded store's file
	uri  string // of a MongoDB database; holds a password
}

// parseLocation reads the address. Errors show no more of the address than the scheme: the rest may contain a password.
func (f storeFlag) parseLocation() (storeLocation, error) {
	address, err := f.readAddress()
	if err != nil {
		return storeLocation{}, err
	}
	if strings.HasPrefix(address, mongoScheme) || strings.HasPrefix(address, mongoSRV) {
		return storeLocation{uri: address}, nil
	}
	path, ok := strings.CutPrefix(address, sqliteScheme)
	if !ok || path == "" {
		scheme, _, found := strings.Cut(address, ":")
		if found {
			scheme += ":…"
		}
		return storeLocation{}, trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", scheme, "allowed", storeForms)
	}
	return storeLocation{path: path}, nil
}

// makeFolder creates the folder of a file that is to be written.
func (l storeLocation) makeFolder() error {
	if l.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return nil
}

// openToRecord opens the store for recording, and creates the store where there is none. A store into which a copy was cut short is
// refused: a record that is missing may be a recall.
func (f storeFlag) openToRecord(ctx context.Context) (trace.Store, error) {
	return openChecked(ctx, f.openUnchecked)
}

// openChecked opens a store, and closes the store again where a copy into it was cut short.
func openChecked(ctx context.Context, open func(context.Context) (trace.Store, error)) (trace.Store, error) {
	s, err := open(ctx)
	if err != nil {
		return nil, err
	}
	if err := transfer.CheckWhole(ctx, s); err != nil {
		return nil, errors.Join(withSentence(err), s.Close())
	}
	return s, nil
}

// openUnchecked opens the store as openToRecord does, for a command that copies into the store.
func (f storeFlag) openUnchecked(ctx context.Context) (trace.Store, error) {
	l, err := f.parseLocation()
	if err != nil {
		return nil, err
	}
	if l.uri != "" {
		return mongo.Open(ctx, l.uri)
	}
	if err := l.makeFolder(); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, l.path)
}

// openReadOnly opens the store for reading, beside servers; nothing is created.
func (f storeFlag) openReadOnly(ctx context.Context) (trace.Store, error) {
	l, err := f.parseLocation()
	if err != nil {
		return nil, err
	}
	if l.uri != "" {
		return mongo.OpenReadOnly(ctx, l.uri)
	}
	return sqlite.OpenReadOnly(ctx, l.path)
}

// openWhole opens the store as openReadOnly does, for a command that needs the whole ledger; a store into which a copy was cut short is
// refused.
func (f storeFlag) openWhole(ctx context.Context) (trace.Store, error) {
	return openChecked(ctx, f.openReadOnly)
}

// openDocuments opens the store for its small documents, beside servers, and creates the store where there is none. A store into which a
// copy was cut short is refused: the rest of the copy would overwrite the documents.
func (f storeFlag) openDocuments(ctx context.Context) (trace.Store, error) {
	l, err := f.parseLocation()
	if err != nil {
		return nil, err
	}
	if l.uri != "" {
		return f.openToRecord(ctx)
	}
	if err := l.makeFolder(); err != nil {
		return nil, err
	}
	return openChecked(ctx, func(ctx context.Context) (trace.Store, error) { return sqlite.OpenDocuments(ctx, l.path) })
}

// missingIndexes names the indexes that a database should have and has not; an embedded store always has its indexes.
func missingIndexes(ctx context.Context, s trace.Store) ([]string, error) {
	m, ok := s.(*mongo.Store)
	if !ok {
		return nil, nil
	}
	return m.MissingIndexes(ctx)
}

// warnOfIndexes logs the missing indexes, for a command that only reads.
func warnOfIndexes(ctx context.Context, p *process, s trace.Store) error {
	missing, err := missingIndexes(ctx, s)
	if len(missing) > 0 {
		p.log.Warn("indexes are missing; the next start of a server makes them", "indexes", missing)
	}
	return err
}

// ledgerFlags are the flags of the commands that record.
type ledgerFlags struct {
	storeFlag
	Namespace string `help:"${namespace}" placeholder:"URI"`
	Chains    string `help:"Folder with chain templates of the county's own (*.yaml)." type:"existingdir" placeholder:"DIR"`
}

// openApp opens the ledger over a store. The caller closes both.
func (f ledgerFlags) openApp(ctx context.Context, p *process, s trace.Store, o app.Options) (*app.App, error) {
	set, err := loadChains(f.Chains)
	if err != nil {
		return nil, err
	}
	o.Chains, o.Log, o.Namespace = set, p.log, f.Namespace
	if o.Fallback == "" {
		if o.Fallback, err = makeNamespace(); err != nil {
			return nil, err
		}
	}
	r, err := app.Open(ctx, s, o)
	if err == nil && r.Ledger.Head() > 0 && strings.HasPrefix(r.Namespace(), noHost) {
		p.log.Warn("this ledger has a made-up identity: give --namespace or --public-url when one is to last", "namespace", r.Namespace())
	}
	return r, err
}

// noHost is reserved: an address below noHost has no owner (RFC 6761).
const noHost = "https://ledger.invalid/"

// makeNamespace makes an identity for a ledger that was given none: unique, and no address of this machine.
func makeNamespace() (string, error) {
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

// progressBar draws a bar on a terminal and nothing on other streams.
func progressBar(w io.Writer, what string) func(done, total int64) {
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
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
				progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(done)
	}
}
