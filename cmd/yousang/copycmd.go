package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

type copyCmd struct {
	From     string `help:"Store to copy: sqlite:PATH, or mongodb://HOST,HOST/DATABASE." placeholder:"STORE"`
	FromFile string `help:"File that says what --from would." placeholder:"FILE"`
	To       string `help:"Store to copy into: empty, or left by an earlier copy of the same ledger, which goes on then." placeholder:"STORE"`
	ToFile   string `help:"File that says what --to would." placeholder:"FILE"`
	JSON     bool   `help:"Print the report as JSON."`
}

// copyReport is the output of copy --json.
type copyReport struct {
	*transfer.Report
	Hash string `json:"hash"` // of the ledger, as verify gives it
}

// copySentences are the sentences for the reasons that stop a copy.
var copySentences = map[error]string{
	transfer.ErrSame: "copy.same", transfer.ErrOther: "copy.other", transfer.ErrAhead: "copy.ahead", transfer.ErrUsed: "copy.used",
	transfer.ErrBusy: "copy.busy", transfer.ErrDiffers: "copy.differs", transfer.ErrUnfinished: "copy.unfinished",
}

// withSentence gives an error of a copy its sentence for people.
func withSentence(err error) error {
	for known, id := range copySentences {
		if errors.Is(err, known) {
			return sentenceError{id, err}
		}
	}
	return err
}

// sentenceError is an error with a sentence in the catalogs.
type sentenceError struct {
	id    string
	cause error
}

func (t sentenceError) Error() string { return t.cause.Error() }
func (t sentenceError) Unwrap() error { return t.cause }

// Run copies, and verifies the copy. A copy that was cut short goes on where the copy stopped when the command is given again.
func (c *copyCmd) Run(ctx context.Context, p *process) error {
	from, to := storeFlag{Store: c.From, StoreFile: c.FromFile}, storeFlag{Store: c.To, StoreFile: c.ToFile}
	if err := checkDiffer(from, to); err != nil {
		return withSentence(err)
	}
	if !c.JSON {
		p.print(p.err, "%s\n", p.printer.T("copy.stop_servers"))
	}
	source, err := from.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, source)
	target, err := to.openTarget(ctx, p, source)
	if err != nil {
		return withSentence(err)
	}
	defer closeStore(p, target)
	done, err := copyAndVerify(ctx, p, source, target)
	if err != nil {
		return withSentence(err)
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(done)
	}
	c.report(p, done)
	return nil
}

// report prints the result for a person.
func (c *copyCmd) report(p *process, done *copyReport) {
	for _, row := range []struct {
		what string
		n    transfer.Count
	}{{"records", done.Records}, {"documents", done.Documents}, {"scans", done.Scans}, {"blobs", done.Blobs}} {
		p.print(p.out, "%s: %d, %d of them now\n", row.what, row.n.There, row.n.Added)
	}
	p.print(p.out, "ledger %s\n", done.Hash)
	if done.Grew > 0 {
		p.print(p.out, "%s\n", p.printer.T("copy.grew", "Count", done.Grew))
	}
}

// checkDiffer refuses one store under two names, as far as the names show.
func checkDiffer(from, to storeFlag) error {
	a, err := from.parseLocation()
	if err != nil {
		return setField(err, "--from")
	}
	b, err := to.parseLocation()
	if err != nil {
		return setField(err, "--to")
	}
	if a.uri != "" && b.uri != "" && mongo.SameDatabase(a.uri, b.uri) {
		return transfer.ErrSame
	}
	if a.path != "" && b.path != "" {
		x, xerr := os.Stat(a.path)
		y, yerr := os.Stat(b.path)
		if errors.Join(xerr, yerr) == nil && os.SameFile(x, y) {
			return transfer.ErrSame
		}
	}
	return nil
}

// setField makes an error name the flag of the store that the error is about.
func setField(err error, field string) error {
	var e *trace.Error
	if errors.As(err, &e) && e.Field == "store" {
		e.Field = field
	}
	return err
}

// openTarget checks a target before opening the target for writing, so that a target that is refused stays unchanged.
func (f storeFlag) openTarget(ctx context.Context, p *process, source trace.Store) (trace.Store, error) {
	there, err := f.openReadOnly(ctx)
	if err == nil {
		err = transfer.Check(ctx, source, there)
		closeStore(p, there)
	} else if app.IsNotFound(err) {
		err = nil // made now
	}
	if err != nil {
		return nil, err
	}
	return f.openUnchecked(ctx)
}

// copyAndVerify copies with a progress bar for each kind of thing, and verifies.
func copyAndVerify(ctx context.Context, p *process, source, target trace.Store) (*copyReport, error) {
	bars := map[string]func(done, total int64){}
	show := func(what string, done, total int64) {
		if bars[what] == nil {
			bars[what] = progressBar(p.err, what)
		}
		bars[what](done, total)
	}
	out := &copyReport{}
	verify := func(ctx context.Context) error {
		head, err := target.Head(ctx)
		if err != nil {
			return err
		}
		v, err := app.Verify(ctx, transfer.ComparedStore{Store: target, From: source}, func(seq int64) { show("verify", seq, head) })
		if err != nil {
			return err
		}
		out.Hash = v.Hash
		if len(v.Problems) > 0 {
			return sentenceError{"copy.damaged", errors.New(strings.Join(v.Problems, "; "))}
		}
		return nil
	}
	rep, err := transfer.Copy(ctx, source, target, transfer.Options{Progress: show, Verify: verify})
	out.Report = rep
	return out, err
}
