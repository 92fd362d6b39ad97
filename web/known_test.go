package web

import (
	"testing"

	"github.com/yousang/yousang/internal/app"
)

// TestKnownLots: a lot that is remembered is answered as one that is not, and nothing is remembered that may become another thing.
func TestKnownLots(t *testing.T) {
	w := newWorld(t).pomelo()
	path, tea := w.jarsPath(), "/lot/"+w.lots["tea"]
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
		var first answer
		for round := range 3 {
			a := w.ask("GET", row.path)
			if a.status != row.status {
				t.Errorf("%s, round %d: %d, want %d", row.name, round, a.status, row.status)
			}
			if round == 0 {
				first = a
			}
			for _, h := range []string{"Location", "Link", "Vary", "Cache-Control", "Access-Control-Allow-Origin"} {
				if a.header.Get(h) != first.header.Get(h) {
					t.Errorf("%s, round %d: %s is %q, was %q", row.name, round, h, a.header.Get(h), first.header.Get(h))
				}
			}
		}
	}
	lot := w.made("later", "pomelo-fruit", "10")
	if a := w.ask("GET", "/lot/"+lot.Key); a.status != 404 {
		t.Fatalf("a lot to be made: %d", a.status)
	}
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 17)}, Season: "s12", Lots: []app.NewLot{lot}})
	if a := w.ask("GET", "/lot/"+lot.Key); a.status != 307 {
		t.Errorf("once it is made: %d", a.status)
	}
}
