// Command mutation runs a sample of mutations and lists those that no test notices. scripts/mutants starts the program.
//
// A mutation tool of others was tried first: gremlins (v0.6.0) runs all mutants of a package, knows no sample drawn by a seed, and changes
// operators only. The tests of internal/trace take half a minute a mutant, so a sample is what one can wait for; and half of the mutations
// that once survived here were no operators (a check that is never made, a field that is not set, a call that is left out).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"time"
)

type options struct {
	seed     uint64
	count    int
	packages string
	kinds    string
	parallel int
	list     bool
}

func parseOptions(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	flags.Uint64Var(&o.seed, "seed", 0, "seed of the sample; 0 draws one")
	flags.IntVar(&o.count, "count", 30, "number of mutants, over all packages")
	flags.StringVar(&o.packages, "packages", strings.Join(shortNames(), ","), "packages to mutate, with commas between")
	flags.StringVar(&o.kinds, "kinds", "", "kinds of mutation, with commas between; all where empty")
	flags.IntVar(&o.parallel, "parallel", 2, "mutants tested at the same time, 1 or 2")
	flags.BoolVar(&o.list, "list", false, "list the drawn mutants, test nothing")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.seed == 0 {
		o.seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	o.parallel = min(max(o.parallel, 1), 2)
	return o, nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run draws a sample, tests the sample on a copy of the tree and writes the report.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	targets, err := findTargets(o.packages)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "seed %d, %d mutants of %s\n", o.seed, o.count, o.packages)
	tree, err := copyTree(ctx)
	if err != nil {
		return fmt.Errorf("copy the tree: %w", err)
	}
	defer func() { _ = os.RemoveAll(tree.temp) }()
	equivalents, err := readEquivalents(tree.root)
	if err != nil {
		return fmt.Errorf("read the equivalent mutants: %w", err)
	}
	sources, err := loadSources(ctx, tree, targets)
	if err != nil {
		return fmt.Errorf("load the packages: %w", err)
	}
	random := rand.New(rand.NewPCG(o.seed, 0))
	sample := drawSample(random, sources, equivalents, o)
	if o.list {
		for _, m := range sample {
			_, _ = fmt.Fprintln(out, m.describe())
		}
		return nil
	}
	return testSample(ctx, tree, sample, o.parallel, out)
}
