package mongo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/contract"
)

const (
	// maxUploadTime is how long an upload may take. An older upload counts as left behind by a killed server, and another server removes the
	// pieces.
	maxUploadTime = 24 * time.Hour
	maxTidyTime   = 10 * time.Second
)

// blob records that all bytes with a hash are stored, and in which pieces.
type blob struct {
	Sum    string        `bson:"_id"`
	Size   int64         `bson:"size"`
	Upload bson.ObjectID `bson:"upload"`
}

// pieceID names a piece of an upload; in order of the numbers.
func pieceID(upload bson.ObjectID, n int64) string { return fmt.Sprintf("%s/%08d", upload.Hex(), n) }

// PutBlob implements trace.Store. The pieces are written as they arrive, under the id of the upload. The document of the blob is written
// last and makes the pieces a blob. Pieces of an upload that fails are removed; the pieces of a killed server are removed by the first Open
// a day later.
func (s *Store) PutBlob(ctx context.Context, r io.Reader, limit int64) (string, error) {
	if err := s.checkWritable(ctx); err != nil {
		return "", fmt.Errorf("put blob: %w", err)
	}
	u := &upload{store: s, ctx: ctx, id: bson.NewObjectID(), hash: sha256.New()}
	sum, err := u.readPieces(r, limit)
	if err := errors.Join(err, u.removeLeftovers()); err != nil {
		return "", s.wrapError(ctx, "put blob", err)
	}
	return sum, nil
}

// upload is one PutBlob.
type upload struct {
	store *Store
	ctx   context.Context
	id    bson.ObjectID
	hash  hash.Hash
	size  int64
	next  int64 // number of the next piece
	begun bool  // something is written
	kept  bool  // the pieces are a blob's
}

func (u *upload) readPieces(r io.Reader, limit int64) (string, error) {
	in := contract.ContextReader(u.ctx, r)
	most := &io.LimitedReader{R: in, N: limit}
	buffer := make([]byte, min(contract.PieceBytes, max(limit, 1)))
	for more := true; more; {
		n, err := io.ReadFull(most, buffer)
		more = err == nil
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return "", err
		}
		if most.N <= 0 { // checked before the piece is written: most blobs that are too large are refused without a write
			if err := contract.CheckEnd(in, limit); err != nil {
				return "", err
			}
			more = false
		}
		if err := u.writePiece(buffer[:n]); err != nil {
			return "", err
		}
	}
	return u.keepBlob()
}

// writePiece keeps one piece.
func (u *upload) writePiece(piece []byte) error {
	if len(piece) == 0 {
		return nil
	}
	if !u.begun {
		if _, err := u.store.uploads.InsertOne(u.ctx, byID(u.id)); err != nil {
			return err
		}
		u.begun = true
	}
	doc := bson.D{{Key: "_id", Value: pieceID(u.id, u.next)}, {Key: "body", Value: bson.Binary{Data: piece}}}
	if _, err := u.store.pieces.InsertOne(u.ctx, doc); err != nil {
		return err
	}
	u.hash.Write(piece) // never an error
	u.next++
	u.size += int64(len(piece))
	return nil
}

// keepBlob makes the pieces a blob, unless the same bytes are kept already.
func (u *upload) keepBlob() (string, error) {
	sum := hex.EncodeToString(u.hash.Sum(nil))
	_, err := u.store.blobs.InsertOne(u.ctx, blob{Sum: sum, Size: u.size, Upload: u.id})
	if mongo.IsDuplicateKeyError(err) {
		return sum, nil
	}
	u.kept = err == nil
	return sum, err
}

// removeLeftovers removes pieces that belong to no blob, also when ctx has ended.
func (u *upload) removeLeftovers() error {
	if !u.begun {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.ctx), maxTidyTime)
	defer cancel()
	return u.store.endUpload(ctx, u.id, u.kept)
}

// endUpload removes the note of an upload, after the pieces where no blob has them. The pieces belong to a blob also where the
// acknowledgement of the blob was lost.
func (s *Store) endUpload(ctx context.Context, id bson.ObjectID, kept bool) error {
	if !kept {
		err := s.blobs.FindOne(ctx, bson.D{{Key: "upload", Value: id}}).Err()
		if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
			return err
		}
		kept = err == nil
	}
	if !kept {
		span := bson.D{{Key: "$gte", Value: pieceID(id, 0)}, {Key: "$lt", Value: id.Hex() + "0"}} // '0' follows '/'
		if _, err := s.pieces.DeleteMany(ctx, byID(span)); err != nil {
			return err
		}
	}
	_, err := s.uploads.DeleteOne(ctx, byID(id))
	return err
}

// sweepUploads ends the uploads that were begun before a time.
func (s *Store) sweepUploads(ctx context.Context, before time.Time) error {
	old := bson.D{{Key: "$lt", Value: bson.NewObjectIDFromTimestamp(before)}}
	cursor, err := s.uploads.Find(ctx, byID(old))
	if err != nil {
		return err
	}
	var list []struct {
		ID bson.ObjectID `bson:"_id"`
	}
	if err := cursor.All(ctx, &list); err != nil {
		return err
	}
	for _, u := range list {
		if err := s.endUpload(ctx, u.ID, false); err != nil {
			return err
		}
	}
	return nil
}

// Blob implements trace.Store. The reader ends when ctx does.
func (s *Store) Blob(ctx context.Context, sum string) (io.ReadCloser, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	var b blob
	err := mongo.ErrNoDocuments
	if checkText(sum) == nil {
		err = s.blobs.FindOne(ctx, byID(sum)).Decode(&b)
	}
	if err != nil {
		return nil, s.wrapError(ctx, "read blob", notFound(err, sum))
	}
	return contract.ReadPieces(b.Size, func(number int64) ([]byte, error) {
		piece, err := s.readPiece(ctx, pieceID(b.Upload, number))
		return piece, s.wrapError(ctx, "read blob", err)
	}), nil
}

func (s *Store) readPiece(ctx context.Context, id string) ([]byte, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, err
	}
	var piece struct {
		Body []byte `bson:"body"`
	}
	err := s.pieces.FindOne(ctx, byID(id)).Decode(&piece)
	return piece.Body, err
}

// Blobs implements trace.Store.
func (s *Store) Blobs(ctx context.Context, after string, limit int) ([]string, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	if err := checkText(after); err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	cursor, err := s.blobs.Find(ctx, byID(bson.D{{Key: "$gt", Value: after}}), options.Find().SetSort(byID(1)).SetLimit(int64(limit)))
	if err != nil {
		return nil, s.wrapError(ctx, "list blobs", err)
	}
	var list []blob
	if err := cursor.All(ctx, &list); err != nil {
		return nil, s.wrapError(ctx, "list blobs", err)
	}
	var out []string
	for _, b := range list {
		out = append(out, b.Sum)
	}
	return out, nil
}
