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
	webtest.CheckTemplates(t, look, map[string]func(shell.Frame) any{
		"lot.html":     func(f shell.Frame) any { return &lotPage{Frame: f} },
		"find.html":    func(f shell.Frame) any { return &findPage{Frame: f} },
		"item.html":    func(f shell.Frame) any { return &itemPage{Frame: f} },
		"unit.html":    func(f shell.Frame) any { return &unitPage{Frame: f} },
		"product.html": func(f shell.Frame) any { return &productPage{Frame: f} },
	}, "base.html", "error.html")
}
