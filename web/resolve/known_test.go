package resolve_test

import (
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/web/webtest"
)

// TestKnownLots: a lot that is remembered is answered as one that is not, and nothing is remembered that may become another thing.
func TestKnownLots(t *testing.T) {
	w := newWorld(t).MakePomelo()
	path, tea := w.JarsPath(), "/lot/"+w.Lots["tea"]
	for _, row := range []struct {
		name, path string
		status     int
	}{
		{"a lot", tea, 307},
		{"with a slash", tea + "/", 307},
		{"with a query", tea + "?linkType=gs1:nosuch", 404},
		{"under its GTIN", path, 307},
		{"with a good attribute", path + "?17=271231", 307},
		{"with a bad one", path + "?17=271399", 400},
		{"with a serial number that was not issued", path + "/21/ZZZZZZZZZZZZ", 404},
	} {
		var first webtest.Answer
		for round := range 3 {
			a := w.Request("GET", row.path)
			if a.Status != row.status {
				t.Errorf("%s, round %d: %d, want %d", row.name, round, a.Status, row.status)
			}
			if round == 0 {
				first = a
			}
			for _, h := range []string{"Location", "Link", "Vary", "Cache-Control", "Access-Control-Allow-Origin"} {
				if a.Header.Get(h) != first.Header.Get(h) {
					t.Errorf("%s, round %d: %s is %q, was %q", row.name, round, h, a.Header.Get(h), first.Header.Get(h))
				}
			}
		}
	}
	lot := w.NewLot("later", "pomelo-fruit", "10")
	if a := w.Request("GET", "/lot/"+lot.Key); a.Status != 404 {
		t.Fatalf("a lot to be made: %d", a.Status)
	}
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 17)}, Season: "s12", Lots: []app.NewLot{lot}})
	if a := w.Request("GET", "/lot/"+lot.Key); a.Status != 307 {
		t.Errorf("once it is made: %d", a.Status)
	}
}
