package mongo

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

const (
	lineageChunk    = 500     // documents of one round of PutLineage
	maxPlainLineage = 4 << 20 // bytes; a longer story is stored compressed and without fields, since both might not fit into a document
	viewsID         = "views" // the document of meta that has the head of the lineage documents
)

// The fields of a lineage document that are not the story's.
const (
	fieldAsOf = "asOf"
	fieldBody = "body"
	fieldGzip = "bodyGzip"
)

// PutLineage implements trace.Store. Each document is written on its own. An error may leave some of the documents written; a repetition
// writes the rest.
func (s *Store) PutLineage(ctx context.Context, docs []trace.LineageDoc) error {
	if err := s.checkWritable(ctx); err != nil {
		return fmt.Errorf("put lineage: %w", err)
	}
	for some := range slices.Chunk(newestByLot(docs), lineageChunk) {
		if err := s.putLineageDocuments(ctx, some); err != nil {
			return s.wrapError(ctx, "put lineage", err)
		}
	}
	return nil
}

// newestByLot keeps the newest document of each lot.
func newestByLot(docs []trace.LineageDoc) []trace.LineageDoc {
	at := make(map[string]int, len(docs))
	var out []trace.LineageDoc
	for _, d := range docs {
		if i, ok := at[d.Lot]; !ok {
			at[d.Lot] = len(out)
			out = append(out, d)
		} else if d.AsOf >= out[i].AsOf {
			out[i] = d
		}
	}
	return out
}

// putLineageDocuments inserts the documents of new lots and replaces the older documents of other lots. The condition on asOf is part of
// each replacement, so that a server that lags never undoes the work of another server.
func (s *Store) putLineageDocuments(ctx context.Context, docs []trace.LineageDoc) error {
	made := make(map[string]bson.Raw, len(docs))
	lots := make([]string, len(docs))
	for i, d := range docs {
		doc, err := s.encodeLineage(d)
		if err != nil {
			return fmt.Errorf("lot %s: %w", d.Lot, err)
		}
		lots[i], made[d.Lot] = d.Lot, doc
	}
	kept, err := s.readAsOf(ctx, lots)
	if err != nil {
		return err
	}
	var fresh, older []trace.LineageDoc
	for _, d := range docs {
		if at, ok := kept[d.Lot]; !ok {
			fresh = append(fresh, d)
		} else if at <= d.AsOf {
			older = append(older, d)
		}
	}
	lost, err := s.insertLineage(ctx, fresh, made)
	older = append(older, lost...)
	if err != nil || len(older) == 0 {
		return err
	}
	var models []mongo.WriteModel
	for _, d := range older {
		models = append(models, mongo.NewReplaceOneModel().SetReplacement(made[d.Lot]).
			SetFilter(append(byID(d.Lot), bson.E{Key: fieldAsOf, Value: bson.D{{Key: "$lte", Value: d.AsOf}}})))
	}
	for some := range slices.Chunk(models, s.server.bulk) {
		if _, err := s.lots.BulkWrite(ctx, some, options.BulkWrite().SetOrdered(false)); err != nil {
			return err
		}
	}
	return nil
}

// insertLineage inserts documents and returns those whose lot got a document from another server meanwhile.
func (s *Store) insertLineage(ctx context.Context, fresh []trace.LineageDoc, made map[string]bson.Raw) (lost []trace.LineageDoc,
	err error) {
	if len(fresh) == 0 {
		return nil, nil
	}
	list := make([]bson.Raw, len(fresh))
	for i, d := range fresh {
		list[i] = made[d.Lot]
	}
	_, err = s.lots.InsertMany(ctx, list, options.InsertMany().SetOrdered(false))
	taken, err := duplicateIndexes(err)
	for _, i := range taken {
		lost = append(lost, fresh[i])
	}
	return lost, err
}

// duplicateIndexes are the places of an unordered insert whose id existed already. Any other failure is returned as an error.
func duplicateIndexes(err error) (at []int, other error) {
	var bulk mongo.BulkWriteException
	if err == nil || !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return nil, err
	}
	for _, e := range bulk.WriteErrors {
		if !mongo.IsDuplicateKeyError(e) {
			return nil, err
		}
		at = append(at, e.Index)
	}
	return at, nil
}

// readAsOf reads the sequence numbers up to which the documents of lots are current.
func (s *Store) readAsOf(ctx context.Context, lots []string) (map[string]int64, error) {
	cursor, err := s.lots.Find(ctx, byID(bson.D{{Key: "$in", Value: lots}}), options.Find().SetProjection(bson.D{{Key: fieldAsOf, Value: 1}}))
	if err != nil {
		return nil, err
	}
	var list []struct {
		Lot  string `bson:"_id"`
		AsOf int64  `bson:"asOf"`
	}
	if err := cursor.All(ctx, &list); err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(list))
	for _, d := range list {
		out[d.Lot] = d.AsOf
	}
	return out, nil
}

// encodeLineage is a lineage document with the story as fields, for people and their queries, and as the original text, for the program. A
// body that is no JSON object, or that would be too large as both, is stored without the fields.
func (s *Store) encodeLineage(d trace.LineageDoc) (bson.Raw, error) {
	if err := checkText(d.Lot); err != nil {
		return nil, err
	}
	head := bson.D{{Key: "_id", Value: d.Lot}, {Key: fieldAsOf, Value: d.AsOf}}
	body := bson.E{Key: fieldBody, Value: encodeBody(d.Body)}
	if len(d.Body) > maxPlainLineage {
		packed, err := compress(d.Body)
		if err != nil {
			return nil, err
		}
		body = bson.E{Key: fieldGzip, Value: bson.Binary{Data: packed}}
	} else if story, err := (converter{plain: s.server.plain}).convertBody(d.Body); err == nil {
		doc, err := bson.Marshal(slices.Concat(head, story, bson.D{body}))
		if err == nil && len(doc) <= maxBSON {
			return doc, nil
		}
	}
	doc, err := bson.Marshal(append(head, body))
	if err == nil && len(doc) > maxBSON {
		err = contract.TooLarge(maxBSON)
	}
	return doc, err
}

func compress(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func decompress(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Lineage implements trace.Store.
func (s *Store) Lineage(ctx context.Context, lot string) (trace.LineageDoc, error) {
	if err := s.checkOpen(ctx); err != nil {
		return trace.LineageDoc{}, fmt.Errorf("read lineage: %w", err)
	}
	d, err := s.readLineage(ctx, lot)
	return d, s.wrapError(ctx, "read lineage", notFound(err, lot))
}

func (s *Store) readLineage(ctx context.Context, lot string) (d trace.LineageDoc, err error) {
	if checkText(lot) != nil {
		return d, mongo.ErrNoDocuments
	}
	var kept struct {
		AsOf int64         `bson:"asOf"`
		Body bson.RawValue `bson:"body"`
		Gzip []byte        `bson:"bodyGzip"`
	}
	fields := bson.D{{Key: fieldAsOf, Value: 1}, {Key: fieldBody, Value: 1}, {Key: fieldGzip, Value: 1}}
	if err := s.lots.FindOne(ctx, byID(lot), options.FindOne().SetProjection(fields)).Decode(&kept); err != nil {
		return d, err
	}
	d = trace.LineageDoc{Lot: lot, AsOf: kept.AsOf}
	if kept.Gzip != nil {
		d.Body, err = decompress(kept.Gzip)
	} else {
		d.Body, err = decodeBody(kept.Body)
	}
	return d, err
}

// LineageHead implements trace.Store.
func (s *Store) LineageHead(ctx context.Context) (int64, error) {
	if err := s.checkOpen(ctx); err != nil {
		return 0, fmt.Errorf("read lineage head: %w", err)
	}
	head, err := s.readLineageHead(ctx)
	return head, s.wrapError(ctx, "read lineage head", err)
}

func (s *Store) readLineageHead(ctx context.Context) (int64, error) {
	var views struct {
		Head int64 `bson:"head"`
	}
	err := s.meta.FindOne(ctx, byID(viewsID)).Decode(&views)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	return views.Head, err
}

// SetLineageHead implements trace.Store.
func (s *Store) SetLineageHead(ctx context.Context, seq int64) error {
	if err := s.checkWritable(ctx); err != nil {
		return fmt.Errorf("set lineage head: %w", err)
	}
	return s.wrapError(ctx, "set lineage head", s.replaceDocument(ctx, s.meta, viewsID,
		bson.D{{Key: "_id", Value: viewsID}, {Key: "head", Value: seq}}))
}

// dropViewsAhead removes lineage documents that are ahead of the log. Documents are ahead of the log after a restore from a backup that was
// taken while the log grew; the log's later records would never replace them.
func (s *Store) dropViewsAhead(ctx context.Context) error {
	var last struct {
		AsOf int64 `bson:"asOf"`
	}
	err := s.lots.FindOne(ctx, bson.D{}, options.FindOne().SetSort(bson.D{{Key: fieldAsOf, Value: -1}}).SetProjection(bson.D{{Key: fieldAsOf,
		Value: 1}})).Decode(&last)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return err
	}
	stated, err := s.readLineageHead(ctx)
	if err != nil {
		return err
	}
	head, err := s.readHead(ctx) // after the others: a server may be appending meanwhile
	if err != nil || max(last.AsOf, stated) <= head {
		return err
	}
	if err := s.replaceDocument(ctx, s.meta, viewsID, bson.D{{Key: "_id", Value: viewsID}, {Key: "head", Value: int64(0)}}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, maxSetUpTime)
	defer cancel()
	_, err = s.lots.DeleteMany(ctx, bson.D{{Key: fieldAsOf, Value: bson.D{{Key: "$gt", Value: head}}}})
	return err
}
