package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

// AddScans implements trace.Store. Each counter is added to on its own; an error may leave some of them counted.
func (s *Store) AddScans(ctx context.Context, scans []trace.Scan) error {
	if err := s.checkWritable(ctx); err != nil {
		return fmt.Errorf("add scans: %w", err)
	}
	if len(scans) == 0 {
		return nil
	}
	models := make([]mongo.WriteModel, len(scans))
	for i := range scans {
		if err := checkText(scans[i].Code, scans[i].Day, scans[i].Region); err != nil {
			return fmt.Errorf("add scans: %w", err)
		}
		models[i] = scanUpdate(&scans[i])
	}
	for some := range slices.Chunk(models, s.server.bulk) {
		if err := s.sendScans(ctx, some); err != nil {
			return s.wrapError(ctx, "add scans", err)
		}
	}
	return nil
}

// sendScans sends the counters, and those again that another server made at the same moment.
func (s *Store) sendScans(ctx context.Context, models []mongo.WriteModel) error {
	unordered := options.BulkWrite().SetOrdered(false)
	_, err := s.scans.BulkWrite(ctx, models, unordered)
	lost, err := duplicateIndexes(err)
	if err != nil || len(lost) == 0 {
		return err
	}
	again := make([]mongo.WriteModel, len(lost))
	for i, at := range lost {
		again[i] = models[at]
	}
	_, err = s.scans.BulkWrite(ctx, again, unordered)
	return err
}

func scanUpdate(n *trace.Scan) mongo.WriteModel {
	update := bson.D{
		{Key: "$setOnInsert", Value: bson.D{{Key: "code", Value: n.Code}, {Key: "day", Value: n.Day}, {Key: "region", Value: n.Region}}},
		{Key: "$inc", Value: bson.D{{Key: "count", Value: n.Count}}},
	}
	if first := toDate(n.First); first != nil {
		update = append(update, bson.E{Key: "$min", Value: bson.D{{Key: "first", Value: *first}}})
	}
	if last := toDate(n.Last); last != nil {
		update = append(update, bson.E{Key: "$max", Value: bson.D{{Key: "last", Value: *last}}})
	}
	return mongo.NewUpdateOneModel().SetFilter(byID(joinKey(n.Code, n.Day, n.Region))).SetUpdate(update).SetUpsert(true)
}

// Scans implements trace.Store.
func (s *Store) Scans(ctx context.Context, code string) ([]trace.Scan, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("read scans: %w", err)
	}
	if checkText(code) != nil {
		return nil, nil
	}
	order := bson.D{{Key: "day", Value: 1}, {Key: "region", Value: 1}}
	out, err := s.listScans(ctx, bson.D{{Key: "code", Value: code}}, options.Find().SetSort(order))
	return out, s.wrapError(ctx, "read scans", err)
}

// AllScans implements trace.Store, in the order of _id.
func (s *Store) AllScans(ctx context.Context, after trace.Scan, limit int) ([]trace.Scan, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	if err := contract.CheckLimit(limit); err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	if err := checkText(after.Code, after.Day, after.Region); err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	which := bson.D{}
	if after != (trace.Scan{}) {
		which = byID(bson.D{{Key: "$gt", Value: joinKey(after.Code, after.Day, after.Region)}})
	}
	out, err := s.listScans(ctx, which, options.Find().SetSort(byID(1)).SetLimit(int64(limit)))
	return out, s.wrapError(ctx, "list scans", err)
}

func (s *Store) listScans(ctx context.Context, which bson.D, how *options.FindOptionsBuilder) (out []trace.Scan, err error) {
	cursor, err := s.scans.Find(ctx, which, how)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cursor.Close(context.WithoutCancel(ctx))) }()
	for cursor.Next(ctx) {
		var d struct {
			Code   string         `bson:"code"`
			Day    string         `bson:"day"`
			Region string         `bson:"region"`
			Count  int64          `bson:"count"`
			First  *bson.DateTime `bson:"first"`
			Last   *bson.DateTime `bson:"last"`
		}
		if err := cursor.Decode(&d); err != nil {
			return nil, err
		}
		out = append(out, trace.Scan{Code: d.Code, Day: d.Day, Region: d.Region, Count: d.Count, First: toTime(d.First), Last: toTime(d.Last)})
	}
	return out, cursor.Err()
}
