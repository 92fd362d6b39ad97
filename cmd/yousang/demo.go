package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/demo"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

type demoCmd struct {
	listenFlags
	Data      string `help:"Folder for the demo's ledger; made and filled where it is empty." default:"demo-data" placeholder:"DIR"`
	Store     string `help:"${demo_store}" env:"YOUSANG_DEMO_STORE" placeholder:"STORE"`
	StoreFile string `help:"File that says where the demo's ledger is, instead of --store." env:"YOUSANG_DEMO_STORE_FILE" placeholder:"FILE"`
	JSON      bool   `help:"Print one line of JSON when ready: the base URL, a key for each organisation, a lot for each product."`
}

// demoReport is the output of demo --json.
type demoReport struct {
	URL  string            `json:"url"`
	Keys map[string]string `json:"keys"` // by organisation's slug
	Lots map[string]string `json:"lots"` // page of a lot, by product's slug

	Items map[string][]string `json:"items"` // pages of an activated item and of one that is not, by product's slug
}

// demoNamespace is the identity of the demo's lots; .example is reserved, so that the address has no owner.
const demoNamespace = "https://yousang.example"

// Run fills the store where the store is empty, and serves the ledger.
func (c *demoCmd) Run(ctx context.Context, p *process) error {
	s, err := c.openStore(ctx, p)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	l, err := listenTCP(ctx, c.Listen)
	if err != nil {
		return err
	}
	scans, err := c.scanOptions(p, l.Addr())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	running := newService(p, s, c.publicURL(l), scans)
	open := func() (*app.App, error) {
		return app.Open(ctx, s, app.Options{Log: p.log})
	}
	return running.serve(ctx, l, c.MetricsListen, open, func() error { return c.report(ctx, running) })
}

// openStore opens the demo's own store, and fills an empty store first. YOUSANG_STORE is not used: the county's ledger may be there.
func (c *demoCmd) openStore(ctx context.Context, p *process) (trace.Store, error) {
	if elsewhere := (storeFlag{Store: c.Store, StoreFile: c.StoreFile}); elsewhere != (storeFlag{}) {
		if err := c.fillElsewhere(ctx, p, elsewhere); err != nil {
			return nil, err
		}
		return elsewhere.openToRecord(ctx)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path := filepath.Join(c.Data, "yousang.db")
	if err := c.fillFile(ctx, p, path, c.Data); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, path)
}

// fillElsewhere fills a file with the season and copies the file into the store, so that a demo stopped half-way goes on.
func (c *demoCmd) fillElsewhere(ctx context.Context, p *process, where storeFlag) (err error) {
	if filled, err := isFilled(ctx, p, where); err != nil || filled {
		return err
	}
	part, err := os.MkdirTemp("", "yousang-demo-")
	if err != nil {
		return fmt.Errorf("make the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part)) }()
	source := storeFlag{Store: sqliteScheme + filepath.Join(part, "yousang.db")}
	if err := c.fillFile(ctx, p, filepath.Join(part, "yousang.db"), "the store"); err != nil {
		return err
	}
	from, err := source.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, from)
	to, err := where.openTarget(ctx, p, from)
	if err != nil {
		return withSentence(err)
	}
	defer closeStore(p, to)
	_, err = copyAndVerify(ctx, p, from, to)
	return withSentence(err)
}

// isFilled reports whether a store has the demo already. A store with another ledger is refused.
func isFilled(ctx context.Context, p *process, where storeFlag) (bool, error) {
	s, err := where.openReadOnly(ctx)
	if app.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer closeStore(p, s)
	head, err := s.Head(ctx)
	if err != nil || head == 0 {
		return false, err
	}
	namespace, err := readNamespace(ctx, s)
	if err == nil && namespace != demoNamespace {
		err = trace.E(trace.Conflict, trace.CodeBadValue, "namespace", "value", demoNamespace, "allowed", namespace)
	}
	if err != nil {
		return false, err
	}
	if err := transfer.CheckWhole(ctx, s); !errors.Is(err, transfer.ErrUnfinished) {
		return err == nil, err
	}
	return false, nil
}

// fillFile writes the season under another name and moves the file into place when the season is complete, so that a demo stopped half-way
// starts afresh. The terminal shows name as the place that is filled.
func (c *demoCmd) fillFile(ctx context.Context, p *process, path, name string) (err error) {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	part := filepath.Join(filepath.Dir(path), "filling")
	if err := os.RemoveAll(part); err != nil {
		return fmt.Errorf("clear a half-filled demo: %w", err)
	}
	if err := os.Mkdir(part, 0o700); err != nil {
		return fmt.Errorf("make the demo: %w", err)
	}
	if !c.JSON {
		p.print(p.err, "%s\n", p.printer.T("demo.filling", "Name", name))
	}
	half := filepath.Join(part, "yousang.db")
	if err := fillLedger(ctx, p, half); err != nil {
		return err
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("put the demo in place: %w", err)
	}
	return os.RemoveAll(part)
}

func fillLedger(ctx context.Context, p *process, path string) error {
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		return err
	}
	clock := demo.NewClock()
	r, err := app.Open(ctx, s, app.Options{Namespace: demoNamespace, Now: clock.Now, Log: p.log, NoLineage: true})
	if err != nil {
		closeStore(p, s)
		return err
	}
	if err = demo.FillLedger(ctx, r, clock, progressBar(p.err, "demo")); err == nil {
		err = demo.IssueCodes(ctx, r)
	}
	r.Close()
	closeStore(p, s)
	return err
}

// report creates the keys and prints the addresses that can be opened.
func (c *demoCmd) report(ctx context.Context, running *service) error {
	t := demoReport{URL: running.url, Keys: map[string]string{}, Lots: map[string]string{}}
	r := running.app.Load()
	if err := revokeDemoKeys(ctx, r); err != nil {
		return err
	}
	for _, o := range demo.Organisations {
		role := trace.Operator
		if o.Kind == "bureau" {
			role = trace.Bureau
		}
		token, _, err := r.CreateKey(ctx, app.System, app.NewKey{Org: o.Slug, Role: string(role), Label: demoLabel})
		if err != nil {
			return err
		}
		t.Keys[o.Slug] = token
	}
	admin, _, err := r.CreateKey(ctx, app.System, app.NewKey{Role: string(trace.Admin), Label: demoLabel})
	if err != nil {
		return err
	}
	t.Keys["admin"] = admin
	for _, pr := range r.Ledger.Products() {
		row, err := demo.FindNewestLot(ctx, r, app.LotFilter{Product: pr.ID})
		if err != nil {
			return err
		}
		if row != nil {
			t.Lots[trace.KeyOf(pr.ID)] = running.url + lotPath(pr, row.Key)
		}
	}
	if t.Items, err = running.findItems(ctx); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(running.p.out).Encode(t)
	}
	running.printAddresses(ctx, t)
	return nil
}

// findItems finds, for one lot of each product with item numbers, the addresses of the first item, which is activated, and of the last
// item, which is not.
func (s *service) findItems(ctx context.Context) (map[string][]string, error) {
	r, out := s.app.Load(), map[string][]string{}
	for _, pr := range r.Ledger.Products() {
		row, err := demo.FindNewestLot(ctx, r, app.LotFilter{Product: pr.ID, Status: "active"})
		if err != nil {
			return nil, err
		}
		if row == nil {
			continue
		}
		list, err := r.ListBatches(ctx, app.System, row.Lot)
		if err != nil {
			return nil, err
		}
		if len(list.Batches) == 0 {
			continue
		}
		for _, code := range []string{list.Batches[0].FirstCode, list.Batches[0].LastCode} {
			out[trace.KeyOf(pr.ID)] = append(out[trace.KeyOf(pr.ID)], trace.ItemURI(s.url+lotPath(pr, row.Key), code))
		}
	}
	return out, nil
}

const demoLabel = "demo"

// revokeDemoKeys ends the keys of earlier starts: each start prints new ones.
func revokeDemoKeys(ctx context.Context, r *app.App) error {
	old, err := r.ListKeys(ctx, app.System, "")
	if err != nil {
		return err
	}
	for _, k := range old {
		if k.Label == demoLabel && k.Revoked == nil {
			if err := r.RevokeKey(ctx, app.System, k.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// lotPath is the path of a lot's page.
func lotPath(p trace.Product, key string) string {
	if p.GTIN != "" {
		return "/01/" + p.GTIN + "/10/" + key
	}
	return "/lot/" + key
}

// printAddresses prints the addresses for a person.
func (s *service) printAddresses(ctx context.Context, t demoReport) {
	r := s.app.Load()
	say := func(format string, args ...any) { s.p.print(s.p.out, format, args...) }
	words := s.p.printer
	say("\n%s\n\n%s\n", words.T("demo.ready", "Address", t.URL), words.T("demo.lots"))
	for _, pr := range r.Ledger.Products() {
		if url := t.Lots[trace.KeyOf(pr.ID)]; url != "" {
			say("  %s  %s\n", url, pr.Name)
		}
	}
	for _, status := range []string{"hold", "recalled"} {
		row, err := demo.FindNewestLot(ctx, r, app.LotFilter{Status: status})
		if err == nil && row != nil {
			pr, _ := r.ShowProduct(ctx, app.System, row.Product)
			say("  %s  %s (%s)\n", t.URL+lotPath(pr, row.Key), pr.Name, status)
		}
	}
	say("\n%s\n", words.T("demo.items"))
	for _, pr := range r.Ledger.Products() {
		for _, url := range t.Items[trace.KeyOf(pr.ID)] {
			say("  %s  %s\n", url, pr.Name)
		}
	}
	say("\n%s\n", words.T("demo.keys", "Address", t.URL+"/api/v1/docs"))
	for _, o := range demo.Organisations {
		say("  %-16s %s  %s\n", o.Slug, t.Keys[o.Slug], o.Name)
	}
	say("  %-16s %s\n\n%s\n", "admin", t.Keys["admin"], words.T("demo.stop"))
}
