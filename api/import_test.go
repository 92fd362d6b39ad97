package api_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// importNothing answers what it was given: the files themselves are another package's business.
func importNothing(_ context.Context, a trace.Actor, name string, file []byte, dryRun bool) (any, error) {
	if len(file) == 0 {
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "file")
	}
	return map[string]any{"org": a.Org, "name": name, "bytes": len(file), "dryRun": dryRun}, nil
}

func TestImport(t *testing.T) {
	c := newWholeCounty(t)
	got := string(c.mustSend("park", "POST /imports?name=..%2F台账.csv&dryRun=true", "a,b\n1,2\n", 200))
	for _, want := range []string{`"name":"台账.csv"`, `"bytes":8`, `"dryRun":true`, `/org/park"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "采收登记表.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("12345")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("POST", "/api/v1/imports", &form)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("X-API-Key", c.keys["park"])
	if r := c.sendHTTP(req); r.status != 200 || !strings.Contains(string(r.body), `"bytes":5`) ||
		!strings.Contains(string(r.body), "采收登记表.xlsx") {
		t.Errorf("form: %d %s", r.status, r.body)
	}
	for _, s := range []scenario{
		{name: "a large register", path: "/imports?name=a.csv", body: strings.Repeat("a", 2<<20), status: 200, want: []string{`"bytes":2097152`}},
		{name: "nothing", path: "/imports?name=a.csv", status: 422},
		{name: "no file in the form", path: "/imports", body: "--x--\r\n", headers: []string{"Content-Type",
			"multipart/form-data; boundary=x"}, status: 422, want: []string{`"field":"file"`}},
		{name: "a torn form", path: "/imports", body: "--x\r\nConte", headers: []string{"Content-Type", "multipart/form-data; boundary=x"},
			status: 400},
		{name: "too large", path: "/imports?name=a.csv", body: strings.Repeat("a", 16<<20+1), status: 413, want: []string{`"code":"too_large"`}},
	} {
		s.who, s.method = "park", "POST"
		t.Run(s.name, func(t *testing.T) { s.run(t, c, strings.NewReplacer()) })
	}
}
