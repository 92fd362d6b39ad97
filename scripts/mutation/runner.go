package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// result says what became of a mutant.
type result string

const (
	killed   result = "killed"
	timedOut result = "killed by the time limit"
	survived result = "survived"
)

// A runner tests mutants on the copied tree. Limits holds the time that the tests of a folder may take.
type runner struct {
	tree   copiedTree
	limits map[string]time.Duration
}

// testSample tests every mutant and writes the report.
func testSample(ctx context.Context, tree copiedTree, sample []mutant, parallel int, out io.Writer) error {
	r := &runner{tree, map[string]time.Duration{}}
	if err := r.measureLimits(ctx, sample, out); err != nil {
		return err
	}
	results := make([]result, len(sample))
	failures := make([]error, len(sample))
	next := make(chan int)
	var workers sync.WaitGroup
	var output sync.Mutex
	for range parallel {
		workers.Go(func() {
			for i := range next {
				results[i], failures[i] = r.testMutant(ctx, sample[i], i)
				output.Lock()
				_, _ = fmt.Fprintf(out, "%3d/%d %s %s:%d (%s)\n", i+1, len(sample), results[i], sample[i].file.name, sample[i].line(), sample[i].kind)
				output.Unlock()
			}
		})
	}
	for i := range sample {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	if err := cmp.Or(ctx.Err(), errors.Join(failures...)); err != nil {
		return err
	}
	_, err := io.WriteString(out, formatReport(sample, results))
	return err
}

// measureLimits runs the tests of every folder without a mutant: the tests must pass, and a mutant may take five times as long and half a
// minute.
func (r *runner) measureLimits(ctx context.Context, sample []mutant, out io.Writer) error {
	for _, m := range sample {
		for _, folder := range m.testFolders() {
			if r.limits[folder] != 0 {
				continue
			}
			start := time.Now()
			command := exec.CommandContext(ctx, "go", "test", "-vet=off", "-count=1", "./"+folder)
			command.Dir = r.tree.root
			if output, err := command.CombinedOutput(); err != nil {
				return fmt.Errorf("the tests of %s fail without a mutant: %w\n%s", folder, err, output)
			}
			took := time.Since(start)
			r.limits[folder] = 5*took + 30*time.Second
			_, _ = fmt.Fprintf(out, "tests of %s: %s\n", folder, took.Round(time.Second))
		}
	}
	return nil
}

// testFolders are the folders whose tests are run, the mutant's own first.
func (m mutant) testFolders() []string {
	folders := m.source.target.tests
	if !slices.Contains(folders, m.source.folder) {
		folders = append([]string{m.source.folder}, folders...)
	}
	return folders
}

// testMutant runs the tests until a test fails. The changed file is laid over the tree by the compiler's -overlay; no file of the tree
// changes.
func (r *runner) testMutant(ctx context.Context, m mutant, number int) (result, error) {
	changed := filepath.Join(r.tree.temp, fmt.Sprintf("%d.go", number))
	overlay := filepath.Join(r.tree.temp, fmt.Sprintf("%d.json", number))
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(r.tree.root, m.file.name): changed}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.WriteFile(changed, m.apply(), 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return "", err
	}
	for _, folder := range m.testFolders() {
		limit := r.limits[folder]
		limited, stop := context.WithTimeout(ctx, limit+time.Minute) // the compiler's time as well
		command := exec.CommandContext(limited, "go", "test", "-vet=off", "-failfast", "-overlay", overlay, "-timeout", limit.String(),
			"./"+folder)
		command.Dir = r.tree.root
		output, err := command.CombinedOutput()
		expired := limited.Err() != nil || bytes.Contains(output, []byte("panic: test timed out after "))
		stop()
		if expired {
			return timedOut, ctx.Err()
		}
		if err != nil {
			return killed, nil
		}
	}
	return survived, nil
}
