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
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// pieceBytes is the size of all but the last piece of a blob: what reading one holds in memory.
const pieceBytes = 256 << 10

// spoolMark stands in the names of files that hold what is being received, between the ledger's name and a number.
const spoolMark = "-receiving-"

// removeSpools removes what a killed process was receiving. Only who holds the lock calls it.
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

// PutBlob implements trace.Store. What the caller sends, perhaps slowly from a phone, first goes to a temporary file, so that nobody
// waits for it but the caller.
func (s *Store) PutBlob(ctx context.Context, r io.Reader, limit int64) (string, error) {
	if s.writer == nil {
		return "", fmt.Errorf("put blob: %w", errReadOnly)
	}
	sum, err := s.putBlob(ctx, r, limit)
	if err != nil {
		return "", fmt.Errorf("put blob: %w", err)
	}
	return sum, nil
}

func (s *Store) putBlob(ctx context.Context, r io.Reader, limit int64) (sum string, err error) {
	spool, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+spoolMark+"*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, spool.Close(), os.Remove(spool.Name())) }()
	hash := sha256.New()
	most := io.LimitReader(untilDone{ctx, r}, limit)
	size, err := io.Copy(io.MultiWriter(spool, hash), most)
	if err != nil {
		return "", err
	}
	if more, err := io.CopyN(io.Discard, untilDone{ctx, r}, 1); more > 0 {
		return "", trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.FormatInt(limit, 10))
	} else if !errors.Is(err, io.EOF) {
		return "", err
	}
	sum = hex.EncodeToString(hash.Sum(nil))
	err = s.writer.with(ctx, func(c *conn) error {
		return c.tx(ctx, func() error { return insertBlob(ctx, c, sum, io.NewSectionReader(spool, 0, size)) })
	})
	return sum, err
}

// insertBlob keeps the bytes unless they are kept already.
func insertBlob(ctx context.Context, c *conn, sum string, content *io.SectionReader) error {
	run := context.WithoutCancel(ctx)
	if _, err := c.number(run, "SELECT id FROM blobs WHERE sum = ?", sum); !errors.Is(err, errNoRow) {
		return err
	}
	if err := c.exec(run, "INSERT INTO blobs (sum, size) VALUES (?, ?)", sum, content.Size()); err != nil {
		return err
	}
	id, err := c.number(run, "SELECT id FROM blobs WHERE sum = ?", sum)
	if err != nil {
		return err
	}
	buffer := make([]byte, min(pieceBytes, content.Size()))
	for piece := int64(0); piece*pieceBytes < content.Size(); piece++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := io.ReadFull(content, buffer)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if err := c.exec(run, "INSERT INTO blob_pieces VALUES (?, ?, ?)", id, piece, buffer[:n]); err != nil {
			return err
		}
	}
	return nil
}

// untilDone reads until ctx ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// Blob implements trace.Store. The reader holds no connection between reads and ends when ctx does.
func (s *Store) Blob(ctx context.Context, sum string) (io.ReadCloser, error) {
	b := &blobReader{ctx: ctx, store: s}
	err := s.readers.with(ctx, func(c *conn) error {
		v, err := c.row(ctx, "SELECT id, size FROM blobs WHERE sum = ?", sum)
		if err == nil {
			b.id, b.left = toInt(v[0]), toInt(v[1])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", notFound(err, sum))
	}
	return b, nil
}

// Blobs implements trace.Store.
func (s *Store) Blobs(ctx context.Context, after string, limit int) ([]string, error) {
	if limit < 1 {
		return nil, fmt.Errorf("list blobs: %w", badLimit(limit))
	}
	out, err := s.texts(ctx, "SELECT sum FROM blobs WHERE sum > ? ORDER BY sum LIMIT ?", after, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	return out, nil
}

// blobReader reads a blob piece by piece; blobs never change.
type blobReader struct {
	ctx   context.Context
	store *Store
	id    int64
	next  int64  // number of the next piece
	left  int64  // bytes not yet fetched
	piece []byte // fetched and not yet read
}

// Read implements io.Reader.
func (b *blobReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if b.store == nil {
		return 0, os.ErrClosed
	}
	if len(b.piece) == 0 {
		if b.left == 0 {
			return 0, io.EOF
		}
		if err := b.fetch(); err != nil {
			return 0, fmt.Errorf("read blob: %w", err)
		}
	}
	n := copy(p, b.piece)
	b.piece = b.piece[n:]
	return n, nil
}

func (b *blobReader) fetch() error {
	return b.store.readers.with(b.ctx, func(c *conn) error {
		v, err := c.row(b.ctx, "SELECT body FROM blob_pieces WHERE blob = ? AND piece = ?", b.id, b.next)
		if err != nil {
			return err
		}
		b.piece = toBytes(v[0])
		if len(b.piece) == 0 {
			return io.ErrUnexpectedEOF
		}
		b.next++
		b.left -= int64(len(b.piece))
		return nil
	})
}

// Close implements io.Closer.
func (b *blobReader) Close() error {
	b.store = nil
	return nil
}
