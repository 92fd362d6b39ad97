package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/trace"
)

// scratchDatabase is a database on a MongoDB that one measurement uses alone.
type scratchDatabase struct {
	uri string // with the database's name, and perhaps a password
	db  *driver.Database
}

// newScratch chooses the name of a database that does not exist yet. Errors do not show the URI.
func newScratch(ctx context.Context, uri string) (*scratchDatabase, error) {
	journal := true // as the store writes
	client, err := driver.Connect(options.Client().ApplyURI(uri).SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}))
	if err != nil {
		return nil, errors.New("connect to MongoDB: the address cannot be read")
	}
	name := "yousang_bench_" + bson.NewObjectID().Hex()
	s := &scratchDatabase{uri: mongo.WithDatabase(uri, name), db: client.Database(name)}
	there, err := s.db.ListCollectionNames(ctx, bson.D{})
	if err == nil && len(there) > 0 {
		err = fmt.Errorf("database %s is there already", name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("look at the database of the measurement: %w", err), client.Disconnect(ctx))
	}
	return s, nil
}

// dropTime is how long dropping a database may take, also after the end of the measurement's context.
const dropTime = time.Minute

// dropDatabase removes the database, which only this measurement has used.
func (s *scratchDatabase) dropDatabase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	if err := errors.Join(s.db.Drop(ctx), s.db.Client().Disconnect(ctx)); err != nil {
		return fmt.Errorf("drop the database of the measurement: %w", err)
	}
	return nil
}

// addressFile is the file in the folder of a measurement that holds the address of the store, where the store is not in the folder.
const addressFile = "store.address"

// storeArgs are the flags for the store of a measurement's folder.
func storeArgs(dir string) []string {
	file := filepath.Join(dir, addressFile)
	if _, err := os.Stat(file); err == nil {
		return []string{"--store-file", file}
	}
	return []string{"--store", "sqlite:" + dir + "/store/bench.db"}
}

// measureOnMongoDB measures one size on a new database, which is dropped in the end.
func (r *measurement) measureOnMongoDB(ctx context.Context) (err error) {
	if r.scratch, err = newScratch(ctx, r.Store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.scratch.dropDatabase(ctx)) }()
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the measurement: %w", err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, addressFile), []byte(r.scratch.uri), 0o600); err != nil {
		return fmt.Errorf("keep the address of the store: %w", err)
	}
	return r.measureSize(ctx)
}

const (
	appendBatch  = 100 // records of one append, as a server under load writes them
	appendMost   = 20  // batches
	appendRounds = 3   // each with new databases
)

// measureAppends measures the store's Append beside a bare ordered insertMany of the same documents by the same driver: into a collection
// with the store's indexes, and into a collection without indexes. Each runs through all batches without a break, as a busy server does;
// then the next.
func (r *measurement) measureAppends(ctx context.Context) error {
	if r.scratch == nil {
		return nil
	}
	records, docs, err := r.readRecorded(ctx)
	if err != nil {
		return err
	}
	var ours, bare, plain samples
	for range appendRounds {
		err := r.appendTo(ctx, func(s *mongo.Store, _ *driver.Database) error {
			return ours.timeBatches(len(records), func(at, end int) error { return s.Append(ctx, int64(at), records[at:end]) })
		})
		for collection, to := range map[string]*samples{"records": &bare, "bare": &plain} {
			err = errors.Join(err, r.appendTo(ctx, func(_ *mongo.Store, db *driver.Database) error {
				return to.timeBatches(len(docs), func(at, end int) error {
					_, err := db.Collection(collection).InsertMany(ctx, docs[at:end], options.InsertMany().SetOrdered(true))
					return err
				})
			}))
		}
		if err != nil {
			return fmt.Errorf("append beside insertMany: %w", err)
		}
	}
	r.addAppends(ours, bare, plain)
	return nil
}

// appendTo calls do with a new database that has the store's indexes.
func (r *measurement) appendTo(ctx context.Context, do func(*mongo.Store, *driver.Database) error) error {
	room, err := newScratch(ctx, r.Store)
	if err != nil {
		return err
	}
	s, err := mongo.Open(ctx, room.uri)
	if err != nil {
		return errors.Join(err, room.dropDatabase(ctx))
	}
	return errors.Join(do(s, room.db), s.Close(), room.dropDatabase(ctx))
}

// timeBatches calls do for batch after batch, and notes how long each call took.
func (s *samples) timeBatches(n int, do func(at, end int) error) error {
	for at := 0; at < n; at += appendBatch {
		begin := time.Now()
		if err := do(at, min(at+appendBatch, n)); err != nil {
			return err
		}
		took := time.Since(begin)
		s.each, s.took = append(s.each, took), s.took+took
	}
	return nil
}

// addAppends adds the rows of appends.
func (r *measurement) addAppends(ours, bare, plain samples) {
	row := func(id, what string, s *samples) {
		slices.Sort(s.each)
		r.addRow(Row{ID: id, What: what, Value: toMillis(s.quantile(0.5)), Unit: "ms p50", P50: toMillis(s.quantile(0.5)),
			P99: toMillis(s.quantile(0.99)), N: len(s.each), Seconds: s.took.Seconds(),
			How: fmt.Sprintf("%d batches of %d, in %d rounds, each into an empty database", len(s.each), appendBatch, appendRounds)})
	}
	row("append", "store: append of a batch", &ours)
	row("insert_many", "bare insertMany, same indexes", &bare)
	row("insert_many_plain", "bare insertMany, no indexes", &plain)
	ratio := ours.took.Seconds() / bare.took.Seconds()
	r.addRow(Row{ID: "append_ratio", What: "append, over bare insertMany", Value: ratio, Unit: "×", Target: "≤ 2", Met: toPointer(ratio <= 2),
		How: fmt.Sprintf("time of all batches; %.2f × of that without indexes", ours.took.Seconds()/plain.took.Seconds())})
}

// readRecorded reads the first records of the measurement, as records and as their documents in MongoDB.
func (r *measurement) readRecorded(ctx context.Context) (records []trace.Record, docs []bson.Raw, err error) {
	s, err := mongo.OpenReadOnly(ctx, r.scratch.uri)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if records, err = s.Records(ctx, 0, appendBatch*appendMost); err != nil {
		return nil, nil, err
	}
	cursor, err := r.scratch.db.Collection("records").Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "_id",
		Value: 1}}).SetLimit(int64(len(records))))
	if err != nil {
		return nil, nil, fmt.Errorf("read documents: %w", err)
	}
	if err := cursor.All(ctx, &docs); err != nil {
		return nil, nil, fmt.Errorf("read documents: %w", err)
	}
	return records, docs, nil
}
