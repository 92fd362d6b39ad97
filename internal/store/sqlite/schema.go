package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

//go:embed migrations/*.sql views/*.sql
var schemaFiles embed.FS

// schema is the numbered steps that create a kind of file, and the mark that distinguishes the kind from other SQLite files.
type schema struct {
	application int64 // PRAGMA application_id
	steps       []string
}

// The application ids spell YSLG and YSVW.
const (
	logApplication   = 0x59534C47
	viewsApplication = 0x59535657
)

// loadSchema reads the steps of a folder. Files are named 0001_what.sql, 0002_what.sql …; a step that was released is never changed.
func loadSchema(folder string, application int64) (schema, error) {
	s := schema{application: application}
	entries, err := schemaFiles.ReadDir(folder)
	if err != nil {
		return s, err
	}
	for i, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return s, fmt.Errorf("migration %s/%s is not number %d", folder, e.Name(), i+1)
		}
		text, err := schemaFiles.ReadFile(folder + "/" + e.Name())
		if err != nil {
			return s, err
		}
		s.steps = append(s.steps, string(text))
	}
	return s, nil
}

// errForeign and errNewer carry the versions of both sides, for the sentence that names the program to use.
func errForeign(path string) error {
	return trace.E(trace.Conflict, trace.CodeBadCheck, "", "path", path, "found", "not a ledger of Yousang")
}

func errNewer(path string, found, known int64) error {
	return trace.E(trace.Conflict, trace.CodeBadCheck, "", "path", path,
		"found", "schema "+strconv.FormatInt(found, 10), "known", "schema "+strconv.FormatInt(known, 10))
}

// readVersion is the step that a file has reached, 0 for a file without content. A file of another program, or of a newer version of this
// program, is an Error of kind Conflict. readVersion only reads.
func (s schema) readVersion(ctx context.Context, c *conn, path string) (int64, error) {
	application, err := c.readNumber(ctx, "PRAGMA application_id")
	if isCorrupt(err) {
		return 0, errors.Join(errForeign(path), err)
	}
	if err != nil {
		return 0, err
	}
	at, err := c.readNumber(ctx, "PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	tables, err := c.readNumber(ctx, "SELECT count(*) FROM sqlite_schema")
	switch {
	case err != nil:
		return 0, err
	case application == 0 && at == 0 && tables == 0:
		return 0, nil
	case application != s.application:
		return 0, errForeign(path)
	case at > int64(len(s.steps)):
		return 0, errNewer(path, at, int64(len(s.steps)))
	}
	return at, nil
}

// migrate takes the steps a file has not taken, all or none.
func (s schema) migrate(ctx context.Context, c *conn, path string) error {
	return c.inTransaction(ctx, func() error {
		at, err := s.readVersion(ctx, c, path)
		if err != nil || at == int64(len(s.steps)) {
			return err
		}
		for i := at; i < int64(len(s.steps)); i++ {
			if err := c.runScript(ctx, s.steps[i]); err != nil {
				return fmt.Errorf("migration %d: %w", i+1, err)
			}
		}
		return c.runScript(ctx, fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", s.application, len(s.steps)))
	})
}
