package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/yousang/yousang/internal/bench"
	"github.com/yousang/yousang/internal/trace"
)

type benchCmd struct {
	Lots      []int  `help:"Sizes of the lineage graph, in lots." default:"10000,100000" placeholder:"N"`
	Dir       string `help:"Folder on the disk to measure; what is made in it is removed." default:"." type:"existingdir" placeholder:"DIR"`
	Store     string `help:"${bench_store}" env:"YOUSANG_BENCH_STORE" placeholder:"STORE"`
	StoreFile string `help:"File that says what --store would." env:"YOUSANG_BENCH_STORE_FILE" placeholder:"FILE"`
	JSON      bool   `help:"Print the report as JSON."`
}

// Run measures servers over HTTP; each server is a process that the command starts.
func (c *benchCmd) Run(ctx context.Context, p *process) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	store, err := c.mongoDB()
	if err != nil {
		return err
	}
	bars := map[string]func(done, total int64){}
	rep, err := bench.Run(ctx, bench.Options{Sizes: c.Lots, Store: store, Program: exe, Dir: c.Dir,
		Progress: func(what string, done, total int64) {
			if bars[what] == nil {
				bars[what] = progressBar(p.err, what)
			}
			bars[what](done, total)
		}})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(rep)
	}
	return rep.WriteText(p.out)
}

// mongoDB is the address of the MongoDB to measure, empty for the embedded store.
func (c *benchCmd) mongoDB() (string, error) {
	f := storeFlag{Store: c.Store, StoreFile: c.StoreFile}
	if f == (storeFlag{}) {
		return "", nil
	}
	l, err := f.parseLocation()
	if err == nil && l.uri == "" {
		err = trace.E(trace.Invalid, trace.CodeBadValue, "store", "value", "sqlite:…", "allowed", "mongodb://HOST,HOST")
	}
	return l.uri, err
}

// bareCmd serves with Fiber alone, for comparison with the product's pages. The command is no part of the product.
type bareCmd struct {
	Page   string `help:"File to serve." required:"" type:"existingfile"`
	Listen string `help:"Address to listen on." required:"" placeholder:"HOST:PORT"`
}

// Run serves until the parent ends.
func (c *bareCmd) Run(ctx context.Context) error {
	return bench.ServeBare(ctx, c.Listen, c.Page, os.Stdin)
}
