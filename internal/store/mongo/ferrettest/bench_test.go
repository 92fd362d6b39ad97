package ferrettest

import (
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/trace"
)

// BenchmarkAppend is the store's Append beside a bare ordered insertMany of the same documents by the same driver, in batches as a server
// writes them. Each batch goes into a new collection or database: FerretDB looks for a number by reading all documents.
func BenchmarkAppend(b *testing.B) {
	for name, uri := range servers {
		journal := true
		client, err := driver.Connect(options.Client().ApplyURI(uri).SetWriteConcern(&writeconcern.WriteConcern{W: "majority",
			Journal: &journal}))
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range []int{1, 100} {
			b.Run(fmt.Sprintf("%s/store/%d", name, n), func(b *testing.B) { appendTo(b, client, uri, n) })
			b.Run(fmt.Sprintf("%s/bare/%d", name, n), func(b *testing.B) { insertBare(b, client, uri, n, true) })
			b.Run(fmt.Sprintf("%s/bare without indexes/%d", name, n), func(b *testing.B) { insertBare(b, client, uri, n, false) })
		}
		if err := client.Disconnect(b.Context()); err != nil {
			b.Error(err)
		}
	}
}

// batches is how many go into one database.
const batches = 20

// createStore creates a store on a new database, and returns the database too.
func createStore(b *testing.B, client *driver.Client, uri string) (*mongo.Store, *driver.Database) {
	b.Helper()
	name := "yousang_test_" + bson.NewObjectID().Hex()
	s, err := mongo.Open(b.Context(), withDatabase(uri, name))
	if err != nil {
		b.Fatal(err)
	}
	return s, client.Database(name)
}

func dropStore(b *testing.B, s *mongo.Store, db *driver.Database) {
	b.Helper()
	if err := s.Close(); err != nil {
		b.Error(err)
	}
	if err := db.Drop(b.Context()); err != nil {
		b.Error(err)
	}
}

func newEvent(seq int64) trace.Record {
	at := time.UnixMilli(1_793_667_723_456 + seq).UTC()
	return trace.Record{Seq: seq, Kind: trace.KindEvent, RecordTime: at, EventTime: at, EventType: trace.ObjectEvent,
		BizStep: trace.StepShipping, Org: "https://t.example/org/coop",
		User: "key", EventID: fmt.Sprintf("ni:///sha-256;%064d?ver=CBV2.0", seq), Lots: []string{fmt.Sprint("https://t.example/lot/", seq)},
		Places: []string{"https://t.example/place/a"},
		Body: fmt.Appendf(nil,
			`{"action":"OBSERVE","bizStep":"shipping","eventID":"ni:///sha-256;%064d","eventTime":"2026-11-03T01:02:03.456Z","type":"ObjectEvent"}`,
			seq)}
}

func newEvents(after int64, n int) []trace.Record {
	out := make([]trace.Record, n)
	for i := range out {
		out[i] = newEvent(after + 1 + int64(i))
	}
	return out
}

func appendTo(b *testing.B, client *driver.Client, uri string, n int) {
	var s *mongo.Store
	var db *driver.Database
	i := 0
	for b.Loop() {
		if i%batches == 0 {
			b.StopTimer()
			if s != nil {
				dropStore(b, s, db)
			}
			s, db = createStore(b, client, uri)
			b.StartTimer()
		}
		after := int64(i % batches * n)
		if err := s.Append(b.Context(), after, newEvents(after, n)); err != nil {
			b.Fatal(err)
		}
		i++
	}
	dropStore(b, s, db)
}

// insertBare inserts what a store has made of the same records, into a collection with the store's indexes or without.
func insertBare(b *testing.B, client *driver.Client, uri string, n int, indexes bool) {
	s, db := createStore(b, client, uri)
	if err := s.Append(b.Context(), 0, newEvents(0, batches*n)); err != nil {
		b.Fatal(err)
	}
	cursor, err := db.Collection("records").Find(b.Context(), bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		b.Fatal(err)
	}
	var docs []bson.Raw
	if err := cursor.All(b.Context(), &docs); err != nil {
		b.Fatal(err)
	}
	dropStore(b, s, db)
	collection := map[bool]string{true: "records", false: "bare"}[indexes]
	s = nil
	i := 0
	for b.Loop() {
		if i%batches == 0 {
			b.StopTimer()
			if s != nil {
				dropStore(b, s, db)
			}
			s, db = createStore(b, client, uri)
			b.StartTimer()
		}
		at := i % batches * n
		if _, err := db.Collection(collection).InsertMany(b.Context(), docs[at:at+n], options.InsertMany().SetOrdered(true)); err != nil {
			b.Fatal(err)
		}
		i++
	}
	dropStore(b, s, db)
}
