package main

import (
	"fmt"
	"strings"
)

// A target is a package to mutate, with its subfolders, and the packages whose tests are run: its own first, then those that use the
// package, for the mutants that its own tests do not notice.
type target struct {
	folder string
	tests  []string
}

var allTargets = []target{
	{"internal/trace", []string{"internal/trace", "internal/app", "api"}},
	{"internal/app", []string{"internal/app", "api"}},
	{"api", []string{"api"}},
	{"internal/label", []string{"internal/label", "api"}},
	{"internal/scan", []string{"internal/scan", "internal/server", "api"}},
	{"internal/resolver", []string{"internal/resolver", "web/resolve"}},
}

// shortName is the name of a target on the command line: the last element of its folder.
func (t target) shortName() string { return t.folder[strings.LastIndex(t.folder, "/")+1:] }

func shortNames() []string {
	var names []string
	for _, t := range allTargets {
		names = append(names, t.shortName())
	}
	return names
}

// findTargets finds the targets that are named, by short name or folder. A folder that is no target is tested by its own tests alone.
func findTargets(names string) ([]target, error) {
	var found []target
	for name := range strings.SplitSeq(names, ",") {
		name = strings.Trim(strings.TrimSpace(name), "./")
		if name == "" {
			return nil, fmt.Errorf("empty name of a package in %q", names)
		}
		next := target{name, []string{name}}
		for _, t := range allTargets {
			if name == t.folder || name == t.shortName() {
				next = t
			}
		}
		found = append(found, next)
	}
	return found, nil
}
