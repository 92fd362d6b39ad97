package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const putDocument = `INSERT INTO documents (collection, id, body) VALUES (?, ?, ?)
ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`

// PutDocument implements trace.Store. A larger body is an Error of kind TooLarge.
func (s *Store) PutDocument(ctx context.Context, d trace.Document) error {
	if err := contract.CheckDocument(d); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	if err := s.writeOne(ctx, putDocument, d.Collection, d.ID, blobValue(d.Body)); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	return nil
}

// Document implements trace.Store.
func (s *Store) Document(ctx context.Context, collection, id string) (trace.Document, error) {
	d := trace.Document{Collection: collection, ID: id}
	err := s.readers.lend(ctx, func(c *conn) error {
		v, err := c.readRow(ctx, "SELECT body FROM documents WHERE collection = ? AND id = ?", collection, id)
		if err == nil {
			d.Body = toBytes(v[0])
		}
		return err
	})
	if err != nil {
		return trace.Document{}, fmt.Errorf("read document: %w", notFound(err, id))
	}
	return d, nil
}

// Documents implements trace.Store.
func (s *Store) Documents(ctx context.Context, collection, after string, limit int) ([]trace.Document, error) {
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	const text = "SELECT id, body FROM documents WHERE collection = ? AND id > ? ORDER BY id LIMIT ?"
	var out []trace.Document
	err := s.readers.lend(ctx, func(c *conn) error {
		return c.eachRow(ctx, text, []driver.Value{collection, after, int64(limit)}, func(v []driver.Value) (bool, error) {
			out = append(out, trace.Document{Collection: collection, ID: toText(v[0]), Body: toBytes(v[1])})
			return true, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return out, nil
}

// Collections implements trace.Store.
func (s *Store) Collections(ctx context.Context) ([]string, error) {
	out, err := s.readTexts(ctx, "SELECT DISTINCT collection FROM documents ORDER BY collection")
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return out, nil
}

// readTexts reads a query with one column.
func (s *Store) readTexts(ctx context.Context, text string, args ...driver.Value) ([]string, error) {
	var out []string
	err := s.readers.lend(ctx, func(c *conn) error {
		return c.eachRow(ctx, text, args, func(v []driver.Value) (bool, error) {
			out = append(out, toText(v[0]))
			return true, nil
		})
	})
	return out, err
}

// DeleteDocument implements trace.Store. The bytes are overwritten in the file. The write-ahead log may hold a copy until SQLite folds the
// log into the file, at the latest when the store is closed.
func (s *Store) DeleteDocument(ctx context.Context, collection, id string) error {
	if err := s.writeOne(ctx, "DELETE FROM documents WHERE collection = ? AND id = ?", collection, id); err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	return nil
}

// writeOne runs one statement as a durable transaction.
func (s *Store) writeOne(ctx context.Context, text string, args ...driver.Value) error {
	return s.writer.lend(ctx, func(c *conn) error {
		return c.inTransaction(ctx, func() error { return c.execute(context.WithoutCancel(ctx), text, args...) })
	})
}
