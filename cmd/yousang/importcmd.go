package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/register"
	"github.com/yousang/yousang/internal/trace"
)

type importCmd struct {
	ledgerFlags
	File      string `arg:"" help:"The register: XLSX, or CSV in UTF-8 or GBK." type:"existingfile"`
	Org       string `help:"${import_org}" placeholder:"SLUG"`
	DryRun    bool   `help:"Change nothing; say what would happen."`
	JSON      bool   `help:"Print the report as JSON."`
	PublicURL string `name:"public-url" help:"${new_public_url}" placeholder:"URL"`
}

// Run records the good rows and reports the others. No server may be running on an embedded store; a file goes into a running server by
// POST /api/v1/imports.
func (c *importCmd) Run(ctx context.Context, p *process) error {
	data, err := readFile(c.File)
	if err != nil {
		return err
	}
	if c.DryRun && c.isNewLedger(ctx) {
		dir, err := os.MkdirTemp("", "yousang-dry-run")
		if err != nil {
			return fmt.Errorf("make a place for the dry run: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		c.Store, c.StoreFile = sqliteScheme+filepath.Join(dir, "dry.db"), "" // a ledger is born for good: not by a dry run
	}
	s, err := c.openToRecord(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	r, err := c.openApp(ctx, p, s, app.Options{Fallback: c.PublicURL})
	if err != nil {
		return err
	}
	defer r.Close()
	actor := trace.Actor{Role: trace.Admin, User: "import"}
	if c.Org != "" {
		actor.Org = r.CompleteID("org", c.Org)
	}
	bar := progressBar(p.err, "import")
	rep, err := register.Import(ctx, r, register.Options{Actor: actor, Name: filepath.Base(c.File), DryRun: c.DryRun, Printer: p.printer,
		Progress: func(done, total int) { bar(int64(done), int64(total)) }}, data)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(rep)
	}
	p.print(p.out, "%s", rep.Text(p.printer))
	return nil
}

// isNewLedger reports whether there is no ledger in the store yet.
func (c *importCmd) isNewLedger(ctx context.Context) bool {
	s, err := c.openReadOnly(ctx)
	if err != nil {
		return app.IsNotFound(err)
	}
	head, err := s.Head(ctx)
	return errors.Join(err, s.Close()) == nil && head == 0
}

// maxRegister is the largest file that Import takes, in bytes. One byte more is read, so that Import refuses a file that is too large.
const maxRegister = 16 << 20

// readFile reads a register.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxRegister+1))
	if err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	return data, nil
}
