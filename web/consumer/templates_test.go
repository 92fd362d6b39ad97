package consumer

import (
	"testing"

	"github.com/yousang/yousang/web/shell"
	"github.com/yousang/yousang/web/webtest"
)

func TestTemplatesAgainstTheirTypes(t *testing.T) {
	look, err := shell.PublicLook(templates)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]func(shell.Frame) any{}
	for _, page := range pageRoutes {
		types[page.template] = page.empty
	}
	webtest.CheckTemplates(t, look, types, "base.html", "error.html")
}
