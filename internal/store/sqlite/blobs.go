package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/yousang/yousang/internal/store/contract"
)

// spoolMark stands in the names of the files that hold a blob while the blob is received: between the ledger's name and a number.
const spoolMark = "-receiving-"

// removeSpools removes the files that a killed process was receiving. Only the holder of the lock calls removeSpools.
func removeSpools(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+spoolMark) {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return err
}

// PutBlob implements trace.Store. The bytes of the caller, who may send slowly from a phone, first go into a temporary file, so that no
// other write waits for the caller.
func (s *Store) PutBlob(ctx context.Context, r io.Reader, limit int64) (string, error) {
	if s.writer == nil {
		return "", fmt.Errorf("put blob: %w", contract.ErrReadOnly)
	}
	sum, err := s.storeBlob(ctx, r, limit)
	if err != nil {
		return "", fmt.Errorf("put blob: %w", err)
	}
	return sum, nil
}

func (s *Store) storeBlob(ctx context.Context, r io.Reader, limit int64) (sum string, err error) {
	spool, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+spoolMark+"*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, spool.Close(), os.Remove(spool.Name())) }()
	hash := sha256.New()
	source := contract.ContextReader(ctx, r)
	size, err := io.Copy(io.MultiWriter(spool, hash), io.LimitReader(source, limit))
	if err != nil {
		return "", err
	}
	if err := contract.CheckEnd(source, limit); err != nil {
		return "", err
	}
	sum = hex.EncodeToString(hash.Sum(nil))
	err = s.writer.lend(ctx, func(c *conn) error {
		return c.inTransaction(ctx, func() error { return insertBlob(ctx, c, sum, io.NewSectionReader(spool, 0, size)) })
	})
	return sum, err
}

// insertBlob keeps the bytes unless they are kept already.
func insertBlob(ctx context.Context, c *conn, sum string, content *io.SectionReader) error {
	run := context.WithoutCancel(ctx)
	if _, err := c.readNumber(run, "SELECT id FROM blobs WHERE sum = ?", sum); !errors.Is(err, errNoRow) {
		return err
	}
	if err := c.execute(run, "INSERT INTO blobs (sum, size) VALUES (?, ?)", sum, content.Size()); err != nil {
		return err
	}
	id, err := c.readNumber(run, "SELECT id FROM blobs WHERE sum = ?", sum)
	if err != nil {
		return err
	}
	buffer := make([]byte, min(contract.PieceBytes, content.Size()))
	for piece := int64(0); piece*contract.PieceBytes < content.Size(); piece++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := io.ReadFull(content, buffer)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if err := c.execute(run, "INSERT INTO blob_pieces VALUES (?, ?, ?)", id, piece, buffer[:n]); err != nil {
			return err
		}
	}
	return nil
}

// Blob implements trace.Store. The reader holds no connection between reads and ends when ctx does.
func (s *Store) Blob(ctx context.Context, sum string) (io.ReadCloser, error) {
	var id, size int64
	err := s.readers.lend(ctx, func(c *conn) error {
		v, err := c.readRow(ctx, "SELECT id, size FROM blobs WHERE sum = ?", sum)
		if err == nil {
			id, size = toInt(v[0]), toInt(v[1])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", notFound(err, sum))
	}
	return contract.ReadPieces(size, func(number int64) ([]byte, error) { return s.readPiece(ctx, id, number) }), nil
}

func (s *Store) readPiece(ctx context.Context, id, number int64) (piece []byte, err error) {
	err = s.readers.lend(ctx, func(c *conn) error {
		v, err := c.readRow(ctx, "SELECT body FROM blob_pieces WHERE blob = ? AND piece = ?", id, number)
		if err == nil {
			piece = toBytes(v[0])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	return piece, nil
}

// Blobs implements trace.Store.
func (s *Store) Blobs(ctx context.Context, after string, limit int) ([]string, error) {
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	out, err := s.readTexts(ctx, "SELECT sum FROM blobs WHERE sum > ? ORDER BY sum LIMIT ?", after, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	return out, nil
}
