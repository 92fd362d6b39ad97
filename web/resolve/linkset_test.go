package resolve_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/yousang/yousang/internal/corpora"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// The schemas tell good examples from bad ones: a test by them can fail.
func TestLinksetSchemas(t *testing.T) {
	type row struct {
		folder, schema, example string
		good                    bool
	}
	rows := []row{{ownLinkset, "schema.json", "valid.json", true}, {ownLinkset, "schema.json", "invalid.json", false}}
	if gs1 := findLinkset(t); gs1 != "" {
		rows = append(rows,
			row{gs1, "linkset-schema.json", "valid-basic-example.json", true}, row{gs1, "linkset-schema.json", "invalid-basic-example.json", false},
			row{gs1, "gs1-linkset-schema.json", "valid-gs1-example.json", true}, row{gs1, "gs1-linkset-schema.json", "invalid-gs1-example.json",
				false},
			row{gs1, "gs1-linkset-schema.json", "valid-basic-example.json", false})
	}
	for _, row := range rows {
		err := readSchema(t, filepath.Join(row.folder, row.schema)).Validate(readDecoded(t, filepath.Join(row.folder, row.example)))
		if (err == nil) != row.good {
			t.Errorf("%s by %s: %v", row.example, row.schema, err)
		}
	}
}

// level is one level of a link set as a client reads it.
type level struct {
	anchor, description string
	types               map[string][]map[string]any // by the last part of the link type
}

func (l level) listHrefs(linkType string) (out []string) {
	for _, x := range l.types[linkType] {
		href, _ := x["href"].(string)
		out = append(out, href)
	}
	return out
}

// parseLinkset reads the body of an answer.
func parseLinkset(t *testing.T, a webtest.Answer) (out []level) {
	t.Helper()
	var doc struct {
		Linkset []map[string]json.RawMessage
	}
	if err := json.Unmarshal(a.Body, &doc); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	for _, members := range doc.Linkset {
		l := level{types: map[string][]map[string]any{}}
		for name, raw := range members {
			var err error
			switch name {
			case "anchor":
				err = json.Unmarshal(raw, &l.anchor)
			case "itemDescription":
				err = json.Unmarshal(raw, &l.description)
			default:
				short, ours := strings.CutPrefix(name, resolver.Vocabulary)
				if !ours {
					t.Errorf("link type %s", name)
				}
				var list []map[string]any
				err = json.Unmarshal(raw, &list)
				l.types[short] = list
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, l)
	}
	return out
}

func TestLinksetIsValid(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	serial := w.IssueSerial()
	schemas := []*jsonschema.Schema{readSchema(t, filepath.Join(ownLinkset, "schema.json"))}
	var basic *jsonschema.Schema
	if gs1 := findLinkset(t); gs1 != "" {
		schemas = append(schemas, readSchema(t, filepath.Join(gs1, "gs1-linkset-schema.json")))
		basic = readSchema(t, filepath.Join(gs1, "linkset-schema.json"))
	}
	for _, path := range []string{w.JarsPath(), w.JarsPath() + "/21/" + serial, "/01/" + webtest.GTIN, "/01/" + webtest.GTIN + "/21/" + serial,
		"/lot/" + w.Lots["tea"], "/unit/" + w.Lots["box"], "/product/pomelo-tea"} {
		for query, accept := range map[string]string{"?linkType=linkset": "", "?linkType=all": "*/*", "": resolver.LinksetType,
			"?foo=bar": "application/linkset+json, text/html;q=0.5"} {
			a := w.Get(path+query, "Accept", accept)
			if a.Status != 200 || a.Header.Get("Content-Type") != resolver.LinksetType {
				t.Fatalf("%s%s: %d %s", path, query, a.Status, a.Header.Get("Content-Type"))
			}
			doc := decodeJSON(t, a.Body)
			for _, schema := range schemas {
				if err := schema.Validate(doc); err != nil {
					t.Errorf("%s: %v\n%s", path, err, a.Body)
				}
			}
			if basic == nil {
				continue
			}
			for _, l := range doc.(map[string]any)["linkset"].([]any) { // the schema of RFC 9264 alone has no place for it
				delete(l.(map[string]any), "itemDescription")
			}
			if err := basic.Validate(doc); err != nil {
				t.Errorf("%s: %v\n%s", path, err, a.Body)
			}
		}
	}
}

func TestLinksetHasEveryLevel(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	serial := w.IssueSerial()
	item, lot, product, tea := webtest.PublicURL+w.JarsPath()+"/21/"+serial, webtest.PublicURL+w.JarsPath(),
		webtest.PublicURL+"/01/"+webtest.GTIN, webtest.PublicURL+"/lot/"+w.Lots["tea"]
	rows := []struct {
		name, path string
		anchors    []string
	}{
		{"item", w.JarsPath() + "/21/" + serial, []string{item, lot, product}},
		{"item without its lot", "/01/" + webtest.GTIN + "/21/" + serial, []string{item, lot, product}},
		{"lot", w.JarsPath(), []string{lot, product}},
		{"lot by our own path", "/lot/" + w.Lots["jars"], []string{lot, product}},
		{"lot, typed otherwise", "/01/" + webtest.GTIN + "/10/" + strings.ToLower(w.Lots["jars"]) + "/", []string{lot, product}},
		{"product", "/01/" + webtest.GTIN, []string{product}},
		{"our own lot", "/lot/" + w.Lots["tea"], []string{tea, webtest.PublicURL + "/product/pomelo-tea"}},
		{"unit", "/unit/" + w.Lots["box"], []string{webtest.PublicURL + "/unit/" + w.Lots["box"]}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			set := parseLinkset(t, w.Get(row.path+"?linkType=linkset"))
			var anchors []string
			for _, l := range set {
				anchors = append(anchors, l.anchor)
				l.checkComplete(t)
			}
			if !slices.Equal(anchors, row.anchors) {
				t.Errorf("anchors %q, want %q", anchors, row.anchors)
			}
		})
	}
	set := parseLinkset(t, w.Get(w.JarsPath()+"?linkType=linkset"))
	if got := set[0].listHrefs("certificationInfo"); !slices.Equal(got, []string{"https://cert.example/jars.pdf"}) {
		t.Errorf("certificates of the lot: %q", got)
	}
	if got := set[1].listHrefs("certificationInfo"); !slices.Equal(got, []string{"https://cert.example/product"}) {
		t.Errorf("certificates of the product: %q", got)
	}
	if want := "蜂蜜柚子茶（罐装），批次 " + trace.GroupKey(w.Lots["jars"]); set[0].description != want {
		t.Errorf("description %q, want %q", set[0].description, want)
	}
	en := parseLinkset(t, w.Get(w.JarsPath()+"?linkType=linkset", "Accept-Language", "en"))
	if want := "Honey pomelo tea in jars, lot " + trace.GroupKey(w.Lots["jars"]); en[0].description != want {
		t.Errorf("description %q, want %q", en[0].description, want)
	}
}

// checkComplete checks that there is one default link, which is also there under a type that describes the target, and an address, title
// and type on each link; languages without a script. The default link has no other attribute, as the standard says.
func (l level) checkComplete(t *testing.T) {
	t.Helper()
	def := l.types["defaultLink"]
	if len(def) != 1 || len(def[0]) != 2 || def[0]["title"] == "" {
		t.Fatalf("%s: default links %v", l.anchor, def)
	}
	again := 0
	for name, list := range l.types {
		if name == "defaultLink" {
			continue
		}
		if slices.Contains(l.listHrefs(name), l.listHrefs("defaultLink")[0]) {
			again++
		}
		for _, x := range list {
			if x["href"] == "" || x["title"] == "" || x["type"] == nil || x["hreflang"] == nil {
				t.Errorf("%s %s: %v is incomplete", l.anchor, name, x)
			}
			for _, tag := range x["hreflang"].([]any) {
				if !slices.Contains([]any{"zh", "zh-CN", "en"}, tag) {
					t.Errorf("%s %s: language %v", l.anchor, name, tag)
				}
			}
		}
	}
	if again == 0 || l.description == "" {
		t.Errorf("%s: the default link is under no other type, or %q says nothing", l.anchor, l.description)
	}
}

// The default link of the set is where a plain request leads, and each type leads where the set says: what GS1's own test suite asks.
func TestLinksetTellsTheTruth(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	path := w.JarsPath() + "/21/" + w.IssueSerial()
	set := parseLinkset(t, w.Get(path+"?linkType=linkset"))
	if got := w.Get(webtest.PublicURL + path).Header.Get("Location"); got != set[0].listHrefs("defaultLink")[0] {
		t.Errorf("leads to %q, the set says %q", got, set[0].listHrefs("defaultLink"))
	}
	seen := map[string]bool{}
	for _, l := range set {
		for name := range l.types {
			if seen[name] {
				continue
			}
			seen[name] = true
			for _, x := range l.types[name] {
				lang := ""
				if tags, ok := x["hreflang"].([]any); ok {
					lang, _ = tags[0].(string)
				}
				media, _ := x["type"].(string)
				a := w.Get(webtest.PublicURL+path+"?linkType=gs1:"+name, "Accept-Language", lang, "Accept", media)
				to, _, _ := strings.Cut(a.Header.Get("Location"), "?linkType")
				to, _, _ = strings.Cut(to, "&linkType")
				href, _, _ := strings.Cut(x["href"].(string), "#")
				if name == "faqs" && a.Status != 300 || name != "faqs" && to != href {
					t.Errorf("%s in %s as %s: %d to %q, want %q", name, lang, media, a.Status, to, href)
				}
			}
		}
	}
}

func TestLinksetHeaders(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	want := `<` + webtest.PublicURL + w.JarsPath() + `?linkType=linkset>; rel="linkset"; type="application/linkset+json"`
	for _, row := range []struct {
		method, query, accept string
		context               bool
	}{
		{"GET", "", "", false}, {"HEAD", "", "", false}, {"OPTIONS", "", "", false}, {"GET", "?linkType=gs1:pip", "", false},
		{"GET", "?linkType=gs1:nosuch", "", false},
		{"GET", "?linkType=gs1:faqs&lang=zh", "", true}, {"GET", "?linkType=linkset", "", true}, {"GET", "?linkType=linkset", "text/html", false},
	} {
		a := w.Request(row.method, w.JarsPath()+row.query, "Accept", row.accept)
		all := strings.Join(a.Header.Values("Link"), ", ")
		if !strings.Contains(all, want) {
			t.Errorf("%s %s: Link is %q, want %q in it", row.method, row.query, all, want)
		}
		context := `<https://ref.gs1.org/standards/resolver/linkset-context>; rel="http://www.w3.org/ns/json-ld#context"; ` +
			`type="application/ld+json"`
		if strings.Contains(all, context) != row.context || strings.Contains(all, "gs1:") {
			t.Errorf("%s %s: Link is %q", row.method, row.query, all)
		}
	}
}

func TestLinksetAsPage(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	a := w.Get(w.JarsPath()+"?linkType=linkset&lang=en", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Header.Get("Vary") != "Accept, Accept-Language" {
		t.Fatalf("%d %v", a.Status, a.Header)
	}
	if err := webtest.CheckBalanced(a.Body); err != nil {
		t.Error(err)
	}
	d := webtest.ParseDocument(t, a.Body)
	d.CheckText("h1", "Everything this code leads to")
	scripts := d.Select("script")
	if len(scripts) != 1 || webtest.AttributeOf(scripts[0], "type") != "application/ld+json" {
		t.Fatalf("%d scripts", len(scripts))
	}
	var data struct {
		Context string `json:"@context"`
	}
	text := []byte(scripts[0].FirstChild.Data)
	if err := json.Unmarshal(text, &data); err != nil || data.Context != resolver.Context {
		t.Errorf("%v in %s", err, text)
	}
	if set := parseLinkset(t, webtest.Answer{Body: text}); len(set) != 2 || len(set[0].types) != 5 {
		t.Errorf("embedded: %d levels", len(set))
	}
	if got := d.Texts("h2"); !slices.Equal(got, []string{"Honey pomelo tea in jars, lot " + trace.GroupKey(w.Lots["jars"]),
		"Honey pomelo tea in jars"}) {
		t.Errorf("levels %q", got)
	}
	for _, n := range d.Select(".links a") {
		href := webtest.AttributeOf(n, "href")
		if strings.HasPrefix(href, "/") != (webtest.AttributeOf(n, "rel") == "") || !strings.HasPrefix(href, "/") &&
			webtest.AttributeOf(n, "rel") != "noopener nofollow" {
			t.Errorf("link to %s with rel %q", href, webtest.AttributeOf(n, "rel"))
		}
	}
}

func TestDescriptionFile(t *testing.T) {
	w := newWorld(t)
	a := w.Get("/.well-known/gs1resolver", "Origin", "https://ref.gs1.org")
	if a.Status != 200 || a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", a.Status, a.Header)
	}
	if o := w.Request("OPTIONS", "/.well-known/gs1resolver"); o.Status != 204 ||
		o.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" {
		t.Errorf("OPTIONS: %d %v", o.Status, o.Header)
	}
	for _, path := range corpora.FindPaths(t, ownLinkset+"/description-schema.json", "digital-link", "description-file-schema-1.2.0.json") {
		if err := readSchema(t, path).Validate(decodeJSON(t, a.Body)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	var d resolver.Description
	if err := json.Unmarshal(a.Body, &d); err != nil || d.ResolverRoot != webtest.PublicURL ||
		!slices.Equal(d.SupportedPrimaryKeys, []string{"01"}) {
		t.Errorf("%v: %+v", err, d)
	}
}

// The types of our own links are in the vocabulary, with the meaning we take them for.
func TestOwnLinkTypes(t *testing.T) {
	for _, path := range corpora.FindPaths(t, "../../internal/corpora/testdata/linktypes.json", "digital-link", "linktypes-v1_16.json") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var known map[string]struct{ Title, Status string }
		if err := json.Unmarshal(text, &known); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{resolver.DefaultLink, resolver.Traceability, resolver.ProductPage, resolver.RecallStatus,
			resolver.WhatsInTheBox} {
			if known[strings.TrimPrefix(name, resolver.Prefix)].Status != "stable" {
				t.Errorf("%s is not a stable link type in %s", name, path)
			}
		}
	}
}

// A dot in a field's name breaks some stores: link types are values.
func TestLinkTypesAreValues(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	records, err := w.App.Store.Records(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	sets := 0
	for _, r := range records {
		if r.Kind != trace.KindLinks {
			continue
		}
		sets++
		var v trace.LinkSet
		if err := json.Unmarshal(r.Body, &v); err != nil || len(v.Links) == 0 {
			t.Fatal(err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(r.Body, &members); err != nil {
			t.Fatal(err)
		}
		for name := range members {
			if strings.ContainsAny(name, ".:$") {
				t.Errorf("field %s", name)
			}
		}
	}
	if sets == 0 {
		t.Error("no links are stored")
	}
}
