package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

type exportCmd struct {
	storeFlag
	Format string `help:"epcis (an EPCIS 2.0 JSON document) or csv." enum:"epcis,csv" default:"epcis"`
	Output string `short:"o" help:"File to write; standard output where absent." placeholder:"FILE"`
}

// Run writes the events, page by page; the command may run beside a server.
func (c *exportCmd) Run(ctx context.Context, p *process) (err error) {
	s, err := c.openWhole(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	if err := warnOfIndexes(ctx, p, s); err != nil {
		return err
	}
	out := io.Writer(p.out)
	if c.Output != "" {
		f, err := os.OpenFile(c.Output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		defer func() {
			if cerr := f.Close(); err == nil {
				err = cerr
			}
		}()
		out = f
	}
	w := bufio.NewWriterSize(out, 1<<16)
	if err := c.writeEvents(ctx, w, s); err != nil {
		return err
	}
	return w.Flush()
}

func (c *exportCmd) writeEvents(ctx context.Context, w io.Writer, s trace.Store) error {
	next := app.ReadEvents(ctx, s, trace.StandardKinds())
	if c.Format == "csv" {
		return epcis.WriteCSV(w, next)
	}
	namespace, err := readNamespace(ctx, s)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make document id: %w", err)
	}
	h := epcis.Header{ID: "urn:uuid:" + id.String(), Namespace: namespace, Created: time.Now()}
	return epcis.WriteDocument(w, h, func() ([]byte, error) {
		r, err := next()
		return r.Body, err
	})
}

func readNamespace(ctx context.Context, s app.Reader) (string, error) {
	l := trace.NewLedger()
	first, err := s.Records(ctx, 0, 1)
	if err != nil {
		return "", fmt.Errorf("read the first record: %w", err)
	}
	if len(first) == 0 {
		return "", trace.E(trace.NotFound, trace.CodeNotFound, "store")
	}
	if err := l.Fold(&first[0]); err != nil {
		return "", err
	}
	return l.Namespace(), nil
}

type verifyCmd struct {
	storeFlag
	JSON bool `help:"Print the report as JSON."`
}

// verifyReport is the output of verify --json.
type verifyReport struct {
	*app.VerifyReport
	MissingIndexes []string `json:"missingIndexes,omitempty"` // of a MongoDB database
}

// Run verifies a store; the command may run beside a server.
func (c *verifyCmd) Run(ctx context.Context, p *process) error {
	s, err := c.openWhole(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	bar := progressBar(p.err, "verify")
	v, err := app.Verify(ctx, s, func(seq int64) { bar(seq, head) })
	if err != nil {
		return err
	}
	missing, err := missingIndexes(ctx, s)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(p.out).Encode(verifyReport{v, missing}); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	} else {
		p.printVerification(v, missing)
	}
	if n := len(v.Problems); n > 0 {
		return errors.New(p.printer.T("verify.problems", "Problems", fmt.Sprint(n)))
	}
	return nil
}

// printVerification prints a report for people. The two hashes have no words in a language, so that programs find them.
func (p *process) printVerification(v *app.VerifyReport, missingIndexes []string) {
	say := func(id string, pairs ...any) { p.print(p.out, "%s\n", p.printer.T(id, pairs...)) }
	say("verify.compared", "Records", fmt.Sprint(v.Records), "Events", fmt.Sprint(v.Events), "Lots", fmt.Sprint(v.Stats.Lots))
	if v.Documents > 0 { // of a shared store
		say("verify.documents", "Documents", fmt.Sprint(v.Documents))
	}
	p.print(p.out, "ledger %s\nlog    %s\n", v.Hash, v.Log)
	if v.Behind > 0 {
		say("verify.behind", "Records", fmt.Sprint(v.Behind))
	}
	for _, problem := range v.Problems {
		say("verify.problem", "Problem", problem)
	}
	if len(missingIndexes) > 0 {
		say("verify.missing_indexes", "Indexes", strings.Join(missingIndexes, ", "))
	}
}

type backupCmd struct {
	storeFlag
	Dest string `arg:"" help:"File to make; it must not exist."`
}

// Run copies an embedded store into a new file; the command may run beside a server.
func (c *backupCmd) Run(ctx context.Context, p *process) error {
	l, err := c.parseLocation()
	if err != nil {
		return err
	}
	if l.uri != "" {
		return sentenceError{"store.backup_elsewhere", errors.New("back up: not an embedded store")}
	}
	s, err := sqlite.OpenReadOnly(ctx, l.path)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	if err := transfer.CheckWhole(ctx, s); err != nil {
		return withSentence(err)
	}
	if err := s.Backup(ctx, c.Dest); err != nil {
		return err
	}
	p.print(p.out, "%s\n", c.Dest)
	return nil
}
