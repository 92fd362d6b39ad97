package shell_test

import (
	"testing"

	"github.com/yousang/yousang/web/shell"
	"github.com/yousang/yousang/web/webtest"
)

func TestTemplatesAgainstTheirTypes(t *testing.T) {
	look, err := shell.PlainLook()
	if err != nil {
		t.Fatal(err)
	}
	webtest.CheckTemplates(t, look, map[string]func(shell.Frame) any{"error.html": shell.NewErrorPage}, "base.html")
}
