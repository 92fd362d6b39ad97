package resolve

import (
	"testing"

	"github.com/yousang/yousang/internal/fastpath"
	"github.com/yousang/yousang/web/shell"
	"github.com/yousang/yousang/web/webtest"
)

func TestTemplatesAgainstTheirTypes(t *testing.T) {
	look, err := shell.PublicLook(templates)
	if err != nil {
		t.Fatal(err)
	}
	webtest.CheckTemplates(t, look, map[string]func(shell.Frame) any{
		"links.html": func(f shell.Frame) any { return &linksPage{Frame: f} },
	}, "base.html", "error.html")
}

// TestOnlyLotsAreRemembered: no code is remembered that may come to name another thing.
func TestOnlyLotsAreRemembered(t *testing.T) {
	room := &Room{redirects: fastpath.NewRedirectCache[target]()}
	for _, other := range []target{
		{ident: "/lot/A/21/1", lot: "a", serial: "1"}, {ident: "/unit/A", unit: "u"}, {ident: "/product/a", product: "p"},
	} {
		if room.rememberLot(other); room.redirects.Get([]byte(other.ident)) != nil {
			t.Errorf("%s is remembered", other.ident)
		}
	}
	lot := target{ident: "/lot/A", page: "/trace/A", lot: "a"}
	if room.rememberLot(lot); room.redirects.Get([]byte("/lot/A")) == nil {
		t.Error("a lot is not remembered")
	}
}
