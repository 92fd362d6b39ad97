package api_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/trace"
)

// TestOnMongoDB plays the scenarios once more, each on a database of its own.
func TestOnMongoDB(t *testing.T) {
	for name, scenario := range map[string]func(*testing.T){
		"main job": TestMainJob, "lot pages": TestLotPages, "event pages": TestEventPages, "master pages": TestMasterPages,
		"shipment pages":   TestShipmentPages,
		"hold and correct": TestHoldAndCorrect, "reach": TestReach, "errors": TestErrors, "repeat": TestRepeat,
		"repeat together": TestRepeatTogether,
		"batch":           TestBatch, "batch refused": TestBatchRefused, "keys": TestKeys, "question": TestQuestion, "import": TestImport,
		"places":         TestPlaces,
		"serial numbers": TestSerials, "issue again": TestIssueAgain, "changes again": TestChangesAgain, "links": TestLinks,
		"a new kind": TestANewKindOfRecord,
	} {
		t.Run(name, scenario)
	}
}

// openStore makes the store of a test: a database for those that TestOnMongoDB plays, a file for the others.
func openStore(t testing.TB) trace.Store {
	t.Helper()
	var s trace.Store
	var err error
	if tt, ok := t.(*testing.T); ok && strings.HasPrefix(t.Name(), "TestOnMongoDB/") {
		s, err = mongo.Open(context.Background(), storetest.MongoURI(tt))
	} else {
		s, err = sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}
