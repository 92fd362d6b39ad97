package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/trace"
)

const (
	application = "yousang"
	dataVersion = 1 // of the data in the collections; raised by a change that an older program would misread
)

// mark is the document of the collection meta by which a ledger's database, and the version of its data, are recognised.
type mark struct {
	ID          string    `bson:"_id"`
	Application string    `bson:"application"`
	Version     int64     `bson:"version"`
	Created     time.Time `bson:"created"`
}

const markID = "ledger"

// index is an index that a filter of the API relies on.
type index struct {
	collection string
	fields     []string // ascending
}

// indexes are all indexes besides those on _id. The indexes for filters on records end in the sequence number, the order of the answers.
var indexes = []index{
	{"records", []string{"kind", "_id"}},
	{"records", []string{"eventType", "_id"}},
	{"records", []string{"bizStep", "_id"}},
	{"records", []string{"eventID", "_id"}},
	{"records", []string{"org", "_id"}},
	{"records", []string{"lots", "_id"}},
	{"records", []string{"eventTime", "_id"}},
	{"lots", []string{"asOf"}},
	{"documents", []string{"collection", "id"}},
	{"scans", []string{"code", "day", "region"}},
	{"blobs", []string{"upload"}},
}

func (i index) name() string { return strings.Join(i.fields, "_") }

// setUp checks the mark, sets the mark in an empty database, creates the indexes and removes the leftovers of killed servers.
func (s *Store) setUp(ctx context.Context) error {
	if err := s.checkMark(ctx); err != nil {
		return err
	}
	if err := s.recogniseServer(ctx); err != nil {
		return err
	}
	if err := s.makeIndexes(ctx); err != nil {
		return err
	}
	if err := s.dropViewsAhead(ctx); err != nil {
		return err
	}
	return s.sweepUploads(ctx, time.Now().Add(-maxUploadTime))
}

// checkLedger checks the mark of an existing ledger and changes nothing.
func (s *Store) checkLedger(ctx context.Context) error {
	m, err := s.readMark(ctx)
	if errors.Is(err, mongo.ErrNoDocuments) {
		empty, lerr := s.isEmpty(ctx)
		if err = lerr; err == nil {
			err = s.errForeign()
			if empty {
				err = trace.E(trace.NotFound, trace.CodeNotFound, "store", "value", s.db.Name())
			}
		}
	}
	if err == nil {
		err = s.checkVersion(m)
	}
	if err != nil {
		return err
	}
	return s.recogniseServer(ctx)
}

// checkMark reads the mark, or sets the mark in an empty database.
func (s *Store) checkMark(ctx context.Context) error {
	m, err := s.readMark(ctx)
	if errors.Is(err, mongo.ErrNoDocuments) {
		m, err = s.setMark(ctx)
	}
	if err != nil {
		return err
	}
	return s.checkVersion(m)
}

// checkVersion refuses the mark of another program, or of newer data than this program knows.
func (s *Store) checkVersion(m mark) error {
	if m.Application != application {
		return s.errForeign()
	}
	if m.Version > dataVersion {
		return trace.E(trace.Conflict, trace.CodeBadCheck, "", "path", s.db.Name(),
			"found", "schema "+strconv.FormatInt(m.Version, 10), "known", "schema "+strconv.Itoa(dataVersion))
	}
	return nil
}

func (s *Store) readMark(ctx context.Context) (m mark, err error) {
	err = s.meta.FindOne(ctx, byID(markID)).Decode(&m)
	return m, err
}

// setMark puts the mark into an empty database. A ledger's mark is written before anything else, so a database with collections and without
// a mark belongs to another program. A second look for the mark recognises another server of the same ledger that starts at the same
// moment.
func (s *Store) setMark(ctx context.Context) (mark, error) {
	empty, err := s.isEmpty(ctx)
	if err != nil {
		return mark{}, err
	}
	if !empty {
		m, err := s.readMark(ctx)
		if errors.Is(err, mongo.ErrNoDocuments) {
			err = s.errForeign()
		}
		return m, err
	}
	m := mark{ID: markID, Application: application, Version: dataVersion, Created: time.Now().UTC()}
	_, err = s.meta.InsertOne(ctx, m)
	if mongo.IsDuplicateKeyError(err) { // another server was first
		return s.readMark(ctx)
	}
	return m, err
}

// isEmpty reports whether the database has no collection with data; isEmpty creates none.
func (s *Store) isEmpty(ctx context.Context) (bool, error) {
	names, err := s.db.ListCollectionNames(ctx, bson.D{})
	return !slices.ContainsFunc(names, func(n string) bool { return n != "meta" && !strings.HasPrefix(n, "system.") }), err
}

func (s *Store) errForeign() error {
	return trace.E(trace.Conflict, trace.CodeBadCheck, "", "path", s.db.Name(), "found", "not a ledger of Yousang")
}

// server holds the differences between MongoDB and FerretDB 1, which the tests run on.
type server struct {
	// span is the most records of one insert command. FerretDB goes on with the next hundred after a duplicate key, also when the insert
	// is ordered, which would leave a hole in the log.
	span int
	// bulk is the most updates of one command; FerretDB's time for them grows with the square of their number at least.
	bulk int
	// plain: FerretDB knows no Decimal128 and no list in a list; both become text in lineage documents.
	plain bool
}

func (s *Store) recogniseServer(ctx context.Context) error {
	var info struct {
		Ferret string `bson:"ferretdbVersion"`
	}
	if err := s.db.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&info); err != nil {
		return err
	}
	s.server = server{span: 100_000, bulk: 100_000}
	if info.Ferret != "" {
		s.server = server{span: 100, bulk: 8, plain: true}
	}
	return nil
}

// makeTries is how often indexes are looked for and created: another server may create them at the same moment, and FerretDB closes the
// connection when asked for indexes that all exist.
const makeTries = 4

// makeIndexes creates the indexes that are missing, until none is missing.
func (s *Store) makeIndexes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, maxSetUpTime)
	defer cancel()
	var made error
	for range makeTries {
		missing, err := s.missingIndexes(ctx)
		if err != nil || len(missing) == 0 {
			return err
		}
		if made = s.createIndexes(ctx, missing); made == nil {
			made = fmt.Errorf("these indexes were made and are not there: %s", strings.Join(indexNames(missing), ", "))
		}
	}
	return made
}

func (s *Store) createIndexes(ctx context.Context, list []index) error {
	models := map[string][]mongo.IndexModel{}
	for _, i := range list {
		var keys bson.D
		for _, f := range i.fields {
			keys = append(keys, bson.E{Key: f, Value: int32(1)})
		}
		models[i.collection] = append(models[i.collection], mongo.IndexModel{Keys: keys, Options: options.Index().SetName(i.name())})
	}
	for collection, some := range models {
		if _, err := s.db.Collection(collection).Indexes().CreateMany(ctx, some); err != nil {
			return fmt.Errorf("make the indexes of %s: %w", collection, err)
		}
	}
	return nil
}

// MissingIndexes names the indexes ("records.lots__id") that were dropped since Open. Answers are right without an index, and slow. Opening
// a store again creates the missing indexes.
func (s *Store) MissingIndexes(ctx context.Context) ([]string, error) {
	if err := s.checkOpen(ctx); err != nil {
		return nil, fmt.Errorf("look at indexes: %w", err)
	}
	missing, err := s.missingIndexes(ctx)
	return indexNames(missing), s.wrapError(ctx, "look at indexes", err)
}

func indexNames(list []index) []string {
	var out []string
	for _, i := range list {
		out = append(out, i.collection+"."+i.name())
	}
	return out
}

func (s *Store) missingIndexes(ctx context.Context) ([]index, error) {
	there := map[string]bool{}
	asked := map[string]bool{}
	var missing []index
	for _, i := range indexes {
		if !asked[i.collection] {
			asked[i.collection] = true
			list, err := s.db.Collection(i.collection).Indexes().ListSpecifications(ctx)
			var gone mongo.ServerError
			if err != nil && (!errors.As(err, &gone) || !gone.HasErrorCode(26)) { // 26: the collection itself has been dropped
				return nil, err
			}
			for _, x := range list {
				there[i.collection+"."+x.Name] = true
			}
		}
		if !there[i.collection+"."+i.name()] {
			missing = append(missing, i)
		}
	}
	return missing, nil
}
