package main

import (
	"fmt"
	"go/importer"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const example = `package example

import "errors"

type pair struct{ low, high int }

var errLow = errors.New("low")

func clamp(value int, p pair) (int, error) {
	if value < p.low {
		return 0, errLow
	}
	if err := check(value, true); err != nil {
		return 0, err
	}
	for i := range 10 {
		if i == value && value != p.low {
			break
		}
		p.high |= i & 1
	}
	return value + 1, nil
}

func check(value int, strict bool) error {
	var seen []int
	seen = append(seen, value)
	limits := pair{low: 1, high: len(seen)}
	switch {
	case !strict:
		limits.low--
	case value > 2:
		limits = pair{}
	}
	defer note(limits)
	return nil
}

func note(pair) {}
`

func exampleSource(t *testing.T) *source {
	t.Helper()
	s := &source{target: target{"example", []string{"example"}}, path: "example", folder: "example", fileSet: token.NewFileSet()}
	s.importer = importer.ForCompiler(s.fileSet, "source", nil)
	syntax, err := parser.ParseFile(s.fileSet, "example.go", example, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	s.files = []*sourceFile{{"example/example.go", []byte(example), syntax}}
	return s
}

// TestEveryKindCompiles: every kind of mutation is found in the example, and one of the kind compiles.
func TestEveryKindCompiles(t *testing.T) {
	s := exampleSource(t)
	compiling := map[string]int{}
	for _, m := range listMutants(s, "") {
		if m.before() == m.after() && len(m.before()) < 240 {
			t.Errorf("the mutant changes nothing: %s", m.describe())
		}
		if s.compiles(m.file, m.apply()) {
			compiling[m.kind]++
		}
	}
	for _, kind := range allKinds {
		if compiling[kind] == 0 {
			t.Errorf("no mutant of kind %s compiles", kind)
		}
	}
}

// TestSampleDependsOnSeed: a seed draws always the same sample, of all kinds that there are mutants of; another seed draws another sample.
func TestSampleDependsOnSeed(t *testing.T) {
	draw := func(seed uint64) string {
		var described []string
		kinds := map[string]bool{}
		sample := drawSample(rand.New(rand.NewPCG(seed, 0)), []*source{exampleSource(t)}, nil, options{count: 12})
		for _, m := range sample {
			described = append(described, m.describe())
			kinds[m.kind] = true
		}
		if len(sample) != 12 || len(kinds) != 12 {
			t.Errorf("seed %d: %d mutants of %d kinds, want 12 of 12", seed, len(sample), len(kinds))
		}
		return strings.Join(described, "\n")
	}
	first, again := draw(1), draw(1)
	if first != again {
		t.Error("the same seed draws another sample")
	}
	if first == draw(2) {
		t.Error("another seed draws the same sample")
	}
}

// TestEquivalentsAreLeftOut: a survivor's block, copied into the list with a reason, is not drawn again.
func TestEquivalentsAreLeftOut(t *testing.T) {
	s := exampleSource(t)
	all := drawSample(rand.New(rand.NewPCG(1, 0)), []*source{s}, nil, options{count: 1000})
	_, block, _ := strings.Cut(strings.TrimSpace(all[0].describe()), "\n")
	equivalents, err := parseEquivalents(fmt.Sprintf("# a comment alone\n\n# reason\n%s\n", block))
	if err != nil {
		t.Fatal(err)
	}
	rest := drawSample(rand.New(rand.NewPCG(1, 0)), []*source{s}, equivalents, options{count: 1000})
	if slices.ContainsFunc(rest, func(m mutant) bool { return m.identity() == all[0].identity() }) || len(rest) >= len(all) {
		t.Errorf("%d of %d mutants are left, the listed one among them", len(rest), len(all))
	}
	if _, err := parseEquivalents(block); err == nil {
		t.Error("a block without a reason is accepted")
	}
}
