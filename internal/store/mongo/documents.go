package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

// document is trace.Document. Its _id joins collection and id.
type document struct {
	Key        string        `bson:"_id"`
	Collection string        `bson:"collection"`
	ID         string        `bson:"id"`
	Body       bson.RawValue `bson:"body"`
}

// replaceDocument replaces the document with an id, or inserts the document where there is none. Two servers that replace a new id at the
// same moment both try to insert the document; the server whose insert fails tries again.
func (s *Store) replaceDocument(ctx context.Context, c *mongo.Collection, id string, doc bson.D) error {
	_, err := c.ReplaceOne(ctx, byID(id), doc, options.Replace().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) {
		_, err = c.ReplaceOne(ctx, byID(id), doc, options.Replace().SetUpsert(true))
	}
	return err
}

// PutDocument implements trace.Store. A larger body is an Error of kind TooLarge, a name that is not UTF-8 of kind Invalid.
func (s *Store) PutDocument(ctx context.Context, d trace.Document) error {
	if err := s.checkWritable(ctx); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	if err := contract.CheckDocument(d); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	if err := checkText(d.Collection, d.ID); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	id := joinKey(d.Collection, d.ID)
	return s.wrapError(ctx, "put document", s.replaceDocument(ctx, s.documents, id,
		bson.D{{Key: "_id", Value: id}, {Key: "collection", Value: d.Collection},
			{Key: "id", Value: d.ID}, {Key: "body", Value: encodeBody(d.Body)}}))
}

// Document implements trace.Store.
func (s *Store) Document(ctx context.Context, collection, id string) (trace.Document, error) {
	if err := s.checkOpen(ctx); err != nil {
		return trace.Document{}, fmt.Errorf("read document: %w", err)
	}
	d, err := s.readDocument(ctx, collection, id)
	return d, s.wrapError(ctx, "read document", notFound(err, id))
}

func (s *Store) readDocument(ctx context.Context, collection, id string) (trace.Document, error) {
	if checkText(collection, id) != nil {
		return trace.Document{}, mongo.ErrNoDocuments
	}
	var d document
	if err := s.documents.FindOne(ctx, byID(joinKey(collection, id))).Decode(&d); err != nil {
		return trace.Document{}, err
	}
	return d.toDocument()
}

func (d *document) toDocument() (trace.Document, error) {
	body, err := decodeBody(d.Body)
	return trace.Document{Collection: d.Collection, ID: d.ID, Body: body}, err
}

// Documents implements trace.Store.
func (s *Store) Documents(ctx context.Context, collection, after string, limit int) ([]trace.Document, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	if err := checkText(collection, after); err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	out, err := s.listDocuments(ctx, collection, after, limit)
	return out, s.wrapError(ctx, "list documents", err)
}

func (s *Store) listDocuments(ctx context.Context, collection, after string, limit int) ([]trace.Document, error) {
	filter := bson.D{{Key: "collection", Value: collection}, {Key: "id", Value: bson.D{{Key: "$gt", Value: after}}}}
	cursor, err := s.documents.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "id", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, err
	}
	var list []document
	if err := cursor.All(ctx, &list); err != nil {
		return nil, err
	}
	out := make([]trace.Document, len(list))
	for i := range list {
		if out[i], err = list[i].toDocument(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Collections implements trace.Store. A ledger has few collections; each is found by a search for the first name after the one before.
func (s *Store) Collections(ctx context.Context) ([]string, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	var out []string
	next := options.FindOne().SetSort(bson.D{{Key: "collection", Value: 1}}).SetProjection(bson.D{{Key: "collection", Value: 1}})
	for which := (bson.D{}); ; {
		var d document
		err := s.documents.FindOne(ctx, which, next).Decode(&d)
		if errors.Is(err, mongo.ErrNoDocuments) {
			return out, nil
		}
		if err != nil {
			return nil, s.wrapError(ctx, "list collections", err)
		}
		out = append(out, d.Collection)
		which = bson.D{{Key: "collection", Value: bson.D{{Key: "$gt", Value: d.Collection}}}}
	}
}

// DeleteDocument implements trace.Store. The server's journal and oplog hold a copy of the document until the database overwrites them.
func (s *Store) DeleteDocument(ctx context.Context, collection, id string) error {
	if err := s.checkWritable(ctx); err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	if checkText(collection, id) != nil {
		return nil // there is none
	}
	_, err := s.documents.DeleteOne(ctx, byID(joinKey(collection, id)))
	return s.wrapError(ctx, "delete document", err)
}
