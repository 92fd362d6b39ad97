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

// copied is what copy --json prints.
type copied struct {
	*transfer.Report
	Hash string `json:"hash"` // of the ledger, as verify gives it
}

// refusals are the sentences for what stops a copy.
var refusals = map[error]string{
	transfer.ErrSame: "copy.same", transfer.ErrOther: "copy.other", transfer.ErrAhead: "copy.ahead", transfer.ErrUsed: "copy.used",
	transfer.ErrBusy: "copy.busy", transfer.ErrDiffers: "copy.differs", transfer.ErrUnfinished: "copy.unfinished",
}

// refusal gives an error of a copy the sentence for people.
func refusal(err error) error {
	for known, id := range refusals {
		if errors.Is(err, known) {
			return told{id, err}
		}
	}
	return err
}

// told is an error with a sentence in the catalogs.
type told struct {
	id    string
	cause error
}

func (t told) Error() string { return t.cause.Error() }
func (t told) Unwrap() error { return t.cause }

// Run copies, and verifies what it has made. What was cut short goes on where it stopped when the command is given again.
func (c *copyCmd) Run(ctx context.Context, p *process) error {
	from, to := storeFlag{Store: c.From, StoreFile: c.FromFile}, storeFlag{Store: c.To, StoreFile: c.ToFile}
	if err := differ(from, to); err != nil {
		return refusal(err)
	}
	if !c.JSON {
		p.say(p.err, "%s\n", p.printer.T("copy.stop_servers"))
	}
	source, err := from.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer closing(p, source)
	target, err := to.openTarget(ctx, p, source)
	if err != nil {
		return refusal(err)
	}
	defer closing(p, target)
	done, err := transferAll(ctx, p, source, target)
	if err != nil {
		return refusal(err)
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(done)
	}
	c.tell(p, done)
	return nil
}

// tell reports to a person.
func (c *copyCmd) tell(p *process, done *copied) {
	for _, row := range []struct {
		what string
		n    transfer.Count
	}{{"records", done.Records}, {"documents", done.Documents}, {"scans", done.Scans}, {"blobs", done.Blobs}} {
		p.say(p.out, "%s: %d, %d of them now\n", row.what, row.n.There, row.n.Added)
	}
	p.say(p.out, "ledger %s\n", done.Hash)
	if done.Grew > 0 {
		p.say(p.out, "%s\n", p.printer.T("copy.grew", "Count", done.Grew))
	}
}

// differ refuses one store under two names, as far as the names tell.
func differ(from, to storeFlag) error {
	a, err := from.locate()
	if err != nil {
		return inField(err, "--from")
	}
	b, err := to.locate()
	if err != nil {
		return inField(err, "--to")
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

// inField says which of two stores an error is about.
func inField(err error, field string) error {
	var e *trace.Error
	if errors.As(err, &e) && e.Field == "store" {
		e.Field = field
	}
	return err
}

// openTarget looks at a target before it opens it for writing, so that one that is refused stays as it is.
func (f storeFlag) openTarget(ctx context.Context, p *process, source trace.Store) (trace.Store, error) {
	there, err := f.openReadOnly(ctx)
	if err == nil {
		err = transfer.Check(ctx, source, there)
		closing(p, there)
	} else if app.IsNotFound(err) {
		err = nil // made now
	}
	if err != nil {
		return nil, err
	}
	return f.openUnchecked(ctx)
}

// transferAll copies with a bar for each kind of thing, and verifies.
func transferAll(ctx context.Context, p *process, source, target trace.Store) (*copied, error) {
	bars := map[string]func(done, total int64){}
	show := func(what string, done, total int64) {
		if bars[what] == nil {
			bars[what] = progress(p.err, what)
		}
		bars[what](done, total)
	}
	out := &copied{}
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
			return told{"copy.damaged", errors.New(strings.Join(v.Problems, "; "))}
		}
		return nil
	}
	rep, err := transfer.Copy(ctx, source, target, transfer.Options{Progress: show, Verify: verify})
	out.Report = rep
	return out, err
}
