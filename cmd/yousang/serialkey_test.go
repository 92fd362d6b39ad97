package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSerialKeys: keys are made and listed, and their secrets are shown nowhere.
func TestSerialKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "county.db")
	store := "sqlite:" + path
	if _, errs, code := runProgram(t, "serial-key", "rotate", "--store", store); code == 0 {
		t.Errorf("a key in a store that is not there: %s", errs)
	}
	mustRun(t, "key", "create", "--store", store, "--role", "admin", "--public-url", "https://trace.example")
	if out := mustRun(t, "serial-key", "list", "--store", store); out != "" {
		t.Errorf("keys of a new store: %q", out)
	}
	for _, want := range []string{"0\n", "1\n"} {
		if got := mustRun(t, "serial-key", "rotate", "--store", store); got != want {
			t.Errorf("rotated to %q, want %q", got, want)
		}
	}
	lines := strings.Split(strings.TrimSpace(mustRun(t, "serial-key", "list", "--store", store)), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "0\t") || !strings.HasPrefix(lines[1], "1\t") {
		t.Fatalf("keys = %q", lines)
	}
	for _, line := range lines {
		if cells := strings.Split(line, "\t"); len(cells) != 3 || len(cells[1]) != 16 {
			t.Errorf("a line of the list: %q", line)
		}
	}
}
