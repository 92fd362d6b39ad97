package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/trace"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

var docsPage = template.Must(template.New("docs").Parse(docsHTML))

// docs is what the documentation page shows: the OpenAPI document for people.
type docs struct {
	Title, Version, Prefix string
	Overview               []string
	Style                  template.CSS
	Groups                 []docsGroup
	Schemas                []docsSchema
	Codes                  []docsCode
}

type docsGroup struct {
	Name, About string
	Operations  []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, About string
	Public                           bool
	Parameters                       []docsMember
	Body, Answer                     string // names of schemas
}

type docsSchema struct {
	Name    string
	Members []docsMember
}

type docsMember struct {
	Name, Where, Type, Ref, About string
	Required                      bool
}

type docsCode struct {
	Code   trace.Code
	Zh, En string
}

// registerDocs serves the OpenAPI document and a page made of it, which loads nothing: no script, no font, no other host.
func (a *API) registerDocs(g fiber.Router) {
	rendered := sync.OnceValues(func() (files, error) { return a.renderFiles() })
	serve := func(mime string, pick func(*files) []byte) fiber.Handler {
		return func(c *fiber.Ctx) error {
			f, err := rendered()
			if err != nil {
				return fmt.Errorf("render API documentation: %w", err)
			}
			c.Set(fiber.HeaderContentType, mime)
			if mime == "text/html; charset=utf-8" {
				c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src 'sha256-"+f.styleHash+
					"'; base-uri 'none'; frame-ancestors 'none'")
			}
			return c.Send(pick(&f))
		}
	}
	g.Get("/openapi.json", serve("application/openapi+json", func(f *files) []byte { return f.json }))
	g.Get("/openapi.yaml", serve("application/openapi+yaml", func(f *files) []byte { return f.yaml }))
	g.Get("/docs", serve("text/html; charset=utf-8", func(f *files) []byte { return f.page }))
}

// files are the renderings of the document.
type files struct {
	json, yaml, page []byte
	styleHash        string
}

func (a *API) renderFiles() (f files, err error) {
	if f.json, err = json.Marshal(a.OpenAPI()); err != nil {
		return f, err
	}
	if f.yaml, err = a.OpenAPI().YAML(); err != nil {
		return f, err
	}
	var b bytes.Buffer
	if err = docsPage.Execute(&b, a.makeDocs()); err != nil {
		return f, err
	}
	sum := sha256.Sum256([]byte(docsCSS))
	f.page, f.styleHash = b.Bytes(), base64.StdEncoding.EncodeToString(sum[:])
	return f, nil
}

func (a *API) makeDocs() docs {
	o := a.OpenAPI()
	d := docs{Title: o.Info.Title, Version: o.Info.Version, Prefix: Prefix,
		Overview: strings.Split(strings.ReplaceAll(overview, "`", ""), "\n\n"), Style: template.CSS(docsCSS)}
	for _, t := range o.Tags {
		g := docsGroup{Name: t.Name, About: t.Description}
		for _, p := range sortedNames(o.Paths) {
			for _, op := range []*huma.Operation{o.Paths[p].Get, o.Paths[p].Post, o.Paths[p].Delete} {
				if op != nil && slices.Contains(op.Tags, t.Name) {
					g.Operations = append(g.Operations, describeOperation(op))
				}
			}
		}
		d.Groups = append(d.Groups, g)
	}
	for _, name := range sortedNames(a.reg.Map()) {
		if s := a.reg.Map()[name]; s.Type == huma.TypeObject {
			d.Schemas = append(d.Schemas, docsSchema{name, listDocsMembers(s)})
		}
	}
	zh, en := a.Locale.In("zh"), a.Locale.In("en")
	for _, c := range Codes {
		e := &trace.Error{Code: c}
		d.Codes = append(d.Codes, docsCode{c, zh.Error(e), en.Error(e)})
	}
	return d
}

func describeOperation(op *huma.Operation) docsOperation {
	d := docsOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, About: op.Description,
		Public: len(op.Security) > 0 && len(op.Security[0]) == 0}
	for _, p := range op.Parameters {
		m := newDocsMember(p.Name, p.Schema, p.Required)
		m.Where = p.In
		if p.Description != "" {
			m.About = p.Description
		}
		d.Parameters = append(d.Parameters, m)
	}
	if op.RequestBody != nil {
		d.Body = schemaName(op.RequestBody.Content["application/json"])
	}
	for _, status := range []string{"201", "200"} {
		if r := op.Responses[status]; r != nil && d.Answer == "" {
			d.Answer = schemaName(r.Content["application/json"])
		}
	}
	return d
}

func schemaName(m *huma.MediaType) string {
	if m == nil || m.Schema == nil || m.Schema.Ref == "" {
		return ""
	}
	return path.Base(m.Schema.Ref)
}

func listDocsMembers(s *huma.Schema) []docsMember {
	out := make([]docsMember, 0, len(s.Properties))
	for _, name := range sortedNames(s.Properties) {
		out = append(out, newDocsMember(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	return out
}

// newDocsMember says in a few words what may stand in a member.
func newDocsMember(name string, s *huma.Schema, required bool) docsMember {
	m := docsMember{Name: name, Required: required, About: s.Description}
	suffix := ""
	if s.Items != nil {
		s, suffix = s.Items, "[]"
	}
	switch {
	case s.Ref != "":
		m.Ref = path.Base(s.Ref)
		m.Type = m.Ref
	case len(s.OneOf) > 0:
		m.Type = "decimal"
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i] = fmt.Sprint(v)
		}
		m.Type = strings.Join(words, " | ")
	case s.Format == "date-time":
		m.Type = "time"
	case s.Type == "":
		m.Type = "JSON"
	default:
		m.Type = s.Type
	}
	m.Type += suffix
	return m
}
