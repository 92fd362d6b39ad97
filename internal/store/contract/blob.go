package contract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// PieceBytes is the size of all but the last piece of a blob, in bytes: what writing and reading a blob hold in memory.
const PieceBytes = 256 << 10

// ContextReader reads from a reader until a context ends, and answers the context's error then.
func ContextReader(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

type contextReader struct {
	ctx    context.Context
	reader io.Reader
}

// Read implements io.Reader.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.reader.Read(p)
}

// CheckEnd refuses, as too large, a reader from which another byte can be read.
func CheckEnd(r io.Reader, limit int64) error {
	more, err := io.CopyN(io.Discard, r, 1)
	if more > 0 {
		return TooLarge(limit)
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// pieceReader reads a blob piece by piece; blobs never change.
type pieceReader struct {
	fetch  func(number int64) ([]byte, error) // nil once the reader is closed
	next   int64                              // number of the next piece
	left   int64                              // bytes that are not fetched yet
	pieces []byte                             // bytes that are fetched and not read yet
}

// ReadPieces reads a blob of a size in bytes, whose pieces are numbered from 0. Nothing of the store is held between two calls of fetch.
// Errors of fetch go to the reader; a piece that is empty or longer than the rest of the blob is io.ErrUnexpectedEOF. After Close, Read
// answers os.ErrClosed.
func ReadPieces(size int64, fetch func(number int64) ([]byte, error)) io.ReadCloser {
	return &pieceReader{fetch: fetch, left: size}
}

// Read implements io.Reader.
func (r *pieceReader) Read(p []byte) (int, error) {
	if r.fetch == nil {
		return 0, os.ErrClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.pieces) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		if err := r.fetchNext(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.pieces)
	r.pieces = r.pieces[n:]
	return n, nil
}

func (r *pieceReader) fetchNext() error {
	piece, err := r.fetch(r.next)
	if err != nil {
		return err
	}
	if len(piece) == 0 || int64(len(piece)) > r.left {
		return fmt.Errorf("read blob: %w", io.ErrUnexpectedEOF)
	}
	r.pieces = piece
	r.next++
	r.left -= int64(len(piece))
	return nil
}

// Close implements io.Closer.
func (r *pieceReader) Close() error {
	r.fetch = nil
	return nil
}
