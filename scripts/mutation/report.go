package main

import (
	"fmt"
	"strings"
)

// tally counts the mutants of a target or kind.
type tally struct{ killed, total int }

func (t tally) String() string { return fmt.Sprintf("%d/%d", t.killed, t.total) }

// formatReport lists the survivors, then the killed mutants by kind and by target.
func formatReport(sample []mutant, results []result) string {
	out := &strings.Builder{}
	byTarget, byKind, all := map[string]*tally{}, map[string]*tally{}, &tally{}
	fmt.Fprint(out, "\nsurvivors:\n\n")
	for i, m := range sample {
		folder := m.source.target.folder
		if byTarget[folder] == nil {
			byTarget[folder] = &tally{}
		}
		if byKind[m.kind] == nil {
			byKind[m.kind] = &tally{}
		}
		for _, t := range []*tally{byTarget[folder], byKind[m.kind], all} {
			t.total++
			if results[i] != survived {
				t.killed++
			}
		}
		if results[i] == survived {
			fmt.Fprintln(out, m.describe())
		}
	}
	fmt.Fprintln(out, "killed/total by kind:")
	for _, kind := range allKinds {
		if byKind[kind] != nil {
			fmt.Fprintf(out, "  %-14s %s\n", kind, byKind[kind])
		}
	}
	fmt.Fprintln(out, "killed/total by package:")
	for _, t := range allTargets {
		if byTarget[t.folder] != nil {
			fmt.Fprintf(out, "  %-18s %s\n", t.folder, byTarget[t.folder])
			delete(byTarget, t.folder)
		}
	}
	for folder, t := range byTarget {
		fmt.Fprintf(out, "  %-18s %s\n", folder, t)
	}
	fmt.Fprintf(out, "  %-18s %s\n", "all", all)
	return out.String()
}
