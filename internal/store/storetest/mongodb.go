package storetest

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// MongoVariable names the MongoDB, or FerretDB, that tests use: an address without a database. scripts/check starts a FerretDB where the
// variable is not set.
const MongoVariable = "YOUSANG_TEST_MONGODB_URI"

// mongoRequired names the variable that demands a server: with the value "required", a test fails without one. .ci/run sets the variable.
const mongoRequired = "YOUSANG_MONGODB"

// MongoURI is the address of a new database, which is dropped when the test ends. Without a server the test is skipped, or fails where a
// server is required.
func MongoURI(t *testing.T) string {
	t.Helper()
	server := os.Getenv(MongoVariable)
	if server == "" {
		if os.Getenv(mongoRequired) == "required" {
			t.Fatal(MongoVariable + " is not set, but the tests on MongoDB are required: run scripts/check")
		}
		t.Skip(MongoVariable + " is not set: nothing is tested on MongoDB; scripts/check starts a server for the tests")
	}
	client, err := mongo.Connect(options.Client().ApplyURI(server).SetServerSelectionTimeout(10 * time.Second))
	if err != nil {
		t.Fatalf("%s cannot be read", MongoVariable) // the driver's words may show a password
	}
	name := "yousang_test_" + bson.NewObjectID().Hex()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := client.Database(name).Drop(ctx); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
		if err := client.Disconnect(ctx); err != nil {
			t.Errorf("disconnect: %v", err)
		}
	})
	return withDatabase(server, name)
}

// withDatabase puts the name of a database into an address. Where a user is authenticated by the database of the address, the address needs
// authSource.
func withDatabase(uri, name string) string {
	address, query, _ := strings.Cut(uri, "?")
	scheme, hosts, _ := strings.Cut(address, "://")
	hosts, _, _ = strings.Cut(hosts, "/")
	return scheme + "://" + hosts + "/" + name + "?" + query
}
