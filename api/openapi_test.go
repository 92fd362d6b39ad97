package api_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
)

var update = flag.Bool("update", false, "write openapi.yaml anew")

// newWholeCounty is a county whose API has every operation.
func newWholeCounty(t *testing.T) *county {
	return newCountyWith(t, func(o *server.Options) { o.Import = importNothing })
}

// TestOpenAPI: the document in the repository is the one the program serves.
func TestOpenAPI(t *testing.T) {
	got := newWholeCounty(t).mustSend("", "GET /openapi.yaml", "", 200)
	if *update {
		if err := os.WriteFile("openapi.yaml", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("api/openapi.yaml is not what the program serves: go test ./api -run TestOpenAPI -update")
	}
}

type document struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID, Summary, Description string
	Tags                              []string
	Parameters                        []struct{ Name, In, Description string }
	RequestBody                       struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref                  string `json:"$ref"`
	AdditionalProperties any
	Properties           map[string]schema
	OneOf                []schema
	Format               string
}

func readOpenAPI(t *testing.T) document {
	t.Helper()
	return decodeAnswer[document](t, newWholeCounty(t).mustSend("", "GET /openapi.json", "", 200))
}

// TestDescribed: every operation says what it does, what it takes and how it fails.
func TestDescribed(t *testing.T) {
	d := readOpenAPI(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") || len(d.Paths) < 30 {
		t.Fatalf("OpenAPI %q with %d paths", d.OpenAPI, len(d.Paths))
	}
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			at := strings.ToUpper(method) + " " + path
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || len(op.Description) < 10 || len(op.Tags) != 1 {
				t.Errorf("%s is not described: %+v", at, op)
			}
			ids[op.OperationID] = true
			for _, p := range op.Parameters {
				if p.Description == "" {
					t.Errorf("%s: parameter %s is not described", at, p.Name)
				}
			}
			if op.Responses["default"].Content["application/problem+json"].Schema.Ref != "#/components/schemas/Problem" {
				t.Errorf("%s does not say how it fails", at)
			}
			if method == "post" && path != "/imports" && op.RequestBody.Content["application/json"].Schema.Ref == "" {
				t.Errorf("%s has no schema for its body", at)
			}
		}
	}
}

func TestSchemas(t *testing.T) {
	s := readOpenAPI(t).Components.Schemas
	for _, name := range []string{"Harvest", "Transformation", "SeasonWork", "Batch", "NewPlace"} {
		if extra, ok := s[name].AdditionalProperties.(bool); !ok || extra {
			t.Errorf("%s admits unknown members: %v", name, s[name].AdditionalProperties)
		}
	}
	if q := s["NewLot"].Properties["quantity"]; len(q.OneOf) != 2 {
		t.Errorf("a quantity is a number or a decimal string, not %+v", q)
	}
	if f := s["Harvest"].Properties["time"].Format; f != "date-time" {
		t.Errorf("time has the format %q", f)
	}
	if _, ok := s["SeasonWork"].Properties["season"]; ok {
		t.Error("the season of field work is in its path and in its body")
	}
}

// TestDocsPage: the page for people is whole, and loads nothing at all.
func TestDocsPage(t *testing.T) {
	c := newWholeCounty(t)
	r := c.sendRequest("", "GET", "/docs", "")
	if r.status != 200 || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %v", r.status, r.header)
	}
	page := string(r.body)
	for _, m := range regexp.MustCompile(`(?i)(?:src|href|action|url|@import)\s*[=(]\s*["']?([^"')\s>]+)`).FindAllStringSubmatch(page, -1) {
		if strings.Contains(m[1], "//") {
			t.Errorf("the page names another host: %s", m[0])
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "<link") || strings.Contains(page, "<img") {
		t.Error("the page loads something")
	}
	if policy := r.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") {
		t.Errorf("policy %q", policy)
	}
	for path, methods := range readOpenAPI(t).Paths {
		for method, op := range methods {
			if !strings.Contains(page, `id="`+op.OperationID+`"`) || !strings.Contains(page, strings.ToUpper(method)) ||
				!strings.Contains(page, path) {
				t.Errorf("%s %s is not on the page", method, path)
			}
		}
	}
	for _, code := range api.Codes {
		if !strings.Contains(page, `id="error-`+string(code)+`"`) {
			t.Errorf("code %s is not on the page", code)
		}
	}
	for _, anchor := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+anchor[1]+`"`) {
			t.Errorf("the page points at #%s, which is not there", anchor[1])
		}
	}
}

// TestCodes: the documentation knows every code of the vocabulary.
func TestCodes(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../internal/trace/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		lit, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		code, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if !slices.Contains(api.Codes, trace.Code(code)) {
			t.Errorf("code %s is not documented", code)
		}
		return true
	})
	if found < 30 {
		t.Errorf("found %d codes in internal/trace", found)
	}
}
