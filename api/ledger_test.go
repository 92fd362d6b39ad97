package api_test

import (
	"encoding/json"
	"testing"
)

// TestLedger: a bureau sees what state a server's ledger is in; the hash is the same as long as nothing is recorded.
func TestLedger(t *testing.T) {
	c := newCounty(t)
	var before, again, after struct {
		Namespace, Hash string
		Head            int64
	}
	see := func(into any) {
		t.Helper()
		if err := json.Unmarshal(c.mustSend("bureau", "GET /ledger", "", 200), into); err != nil {
			t.Fatal(err)
		}
	}
	see(&before)
	see(&again)
	c.recordHarvest("1")
	see(&after)
	if before != again || before.Namespace != namespace || len(before.Hash) != 64 {
		t.Errorf("at first %+v, and again %+v", before, again)
	}
	if after.Head != before.Head+1 || after.Hash == before.Hash {
		t.Errorf("after a harvest %+v, before it %+v", after, before)
	}
	c.mustSend("zhongyuan", "GET /ledger", "", 403)
	c.mustSend("", "GET /ledger", "", 401)
}
