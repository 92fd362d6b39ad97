package ferrettest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/trace"
)

// servers are what the tests run against, by name: FerretDB in this process, and the one YOUSANG_TEST_MONGODB_URI names. One that is
// named and does not answer fails the tests.
var servers = map[string]string{}

func TestMain(m *testing.M) {
	code, err := runWithServers(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runWithServers(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "yousang-ferret-")
	if err != nil {
		return 0, err
	}
	ferret, err := Start(folder)
	if err != nil {
		return 0, err
	}
	servers["FerretDB"] = ferret.URI
	if uri := os.Getenv("YOUSANG_TEST_MONGODB_URI"); uri != "" {
		servers["YOUSANG_TEST_MONGODB_URI"] = uri
	}
	code := m.Run()
	ferret.Close()
	return code, os.RemoveAll(folder)
}

// runOnEach runs a test against every server.
func runOnEach(t *testing.T, test func(t *testing.T, server string)) {
	for name, uri := range servers {
		t.Run(name, func(t *testing.T) { test(t, uri) })
	}
}

// withDatabase puts a database's name into a URI. A user that the URI authenticates by its own database needs authSource in it.
func withDatabase(uri, name string) string {
	address, query, _ := strings.Cut(uri, "?")
	scheme, hosts, _ := strings.Cut(address, "://")
	hosts, _, _ = strings.Cut(hosts, "/")
	return scheme + "://" + hosts + "/" + name + "?" + query
}

// testDatabase is an empty database, dropped when the test ends.
type testDatabase struct {
	uri string
	db  *driver.Database
}

func newTestDatabase(t *testing.T, server string) testDatabase {
	t.Helper()
	name := "yousang_test_" + bson.NewObjectID().Hex()
	client, err := driver.Connect(options.Client().ApplyURI(server))
	if err != nil {
		t.Fatal(err)
	}
	r := testDatabase{uri: withDatabase(server, name), db: client.Database(name)}
	t.Cleanup(func() {
		if err := r.db.Drop(context.Background()); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
		if err := client.Disconnect(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// open opens the database as a server of its own does.
func (r testDatabase) open(t *testing.T) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(t.Context(), r.uri)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// TestStore is the suite that every store passes.
func TestStore(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		storetest.Run(t, func(t *testing.T) storetest.Opener {
			r := newTestDatabase(t, server)
			return func(ctx context.Context) (trace.Store, error) { return mongo.Open(ctx, r.uri) }
		})
	})
}
