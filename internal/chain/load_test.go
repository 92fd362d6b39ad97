package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yousang/yousang/internal/trace"
)

// TestEmbedded compares the steps with the two tables of the reference, row by row.
func TestEmbedded(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"pomelo": {"采收", "分级", "清洗打蜡", "贮藏", "包装", "剥皮", "榨汁", "制柚子茶", "制果脯", "提精油", "提果胶"},
		"silk":   {"采叶", "养蚕", "收茧", "烘茧", "缫丝", "制蚕丝被", "剪桑枝", "制菌棒", "种食用菌", "堆肥", "施肥", "制桑叶黑茶", "制桑叶面", "制蚕沙枕"},
	}
	for id, names := range want {
		c, ok := s.Chain(id)
		if !ok {
			t.Fatalf("no chain %s", id)
		}
		var got []string
		for _, st := range c.Steps {
			got = append(got, st.Name.Zh)
		}
		if !slices.Equal(got, names) {
			t.Errorf("%s: got %v, want %v", id, got, names)
		}
	}
	if got := len(s.Chains()); got != len(want) {
		t.Errorf("got %d chains, want %d", got, len(want))
	}
}

func TestRole(t *testing.T) {
	c, _ := loadTestChains(t).Chain("pomelo")
	for _, r := range []struct{ name, chain, id, want string }{
		{"slug", "pomelo", namespace + "/product/pomelo-fruit", "fruit"},
		{"variety", "pomelo", namespace + "/product/pomelo-fruit.old-tree", "fruit"},
		{"role alone", "pomelo", "urn/fruit", "fruit"},
		{"no path", "pomelo", "pomelo-peel", "peel"},
		{"another chain", "silk", namespace + "/product/pomelo-fruit", ""},
		{"no chain", "", namespace + "/product/pomelo-fruit", ""},
		{"no such role", "pomelo", namespace + "/product/pomelo-wood", ""},
	} {
		if got := c.Role(trace.Product{Chain: r.chain, ID: r.id}); got != r.want {
			t.Errorf("%s: got %q, want %q", r.name, got, r.want)
		}
	}
	for _, p := range c.MasterProducts(namespace) {
		if role := c.Role(p); role == "" || p.ID != namespace+"/product/pomelo-"+role || p.Name == "" || p.Unit == "" {
			t.Errorf("product %+v has role %q", p, role)
		}
	}
}

func TestLookUp(t *testing.T) {
	s := loadTestChains(t)
	if st, ok := s.Step("pomelo/juice"); !ok || st.FullID() != "pomelo/juice" {
		t.Errorf("pomelo/juice: got %v, %v", st, ok)
	}
	for _, name := range []string{"", "pomelo", "pomelo/", "/juice", "pomelo/juice/x", "tea/pick"} {
		if st, ok := s.Step(name); ok {
			t.Errorf("%q: got %v, want none", name, st.ID)
		}
	}
	if p, ok := s.byID["pomelo"].Product("fruit"); !ok || !p.Certificate {
		t.Errorf("fruit: got %+v, %v, want a product with a certificate due", p, ok)
	}
	st, _ := s.Step("kaizhou-orange/harvest")
	at := s.makeAssessment(row{at: "2027-05-01T00:00:00Z"}).Event.Time.Time
	if r, ok := st.RatioAt("per_fruit", at); !ok || r.Tolerance[1].String() != "0.4" {
		t.Errorf("per_fruit in 2027: got %+v, %v, want up to 0.4", r, ok)
	}
}

func TestRecord(t *testing.T) {
	c, _ := loadTestChains(t).Chain("kaizhou-orange")
	r, err := c.Record()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(r.Template)
	if r.ID != "kaizhou-orange" || r.Name != "开州春橙" || r.Digest != hex.EncodeToString(sum[:]) {
		t.Errorf("got %s %s %s", r.ID, r.Name, r.Digest)
	}
	if !json.Valid(r.Template) || !bytes.HasPrefix(r.Template, []byte(`{"id":"kaizhou-orange","name":{"en":`)) {
		t.Errorf("template: got %.80s", r.Template)
	}
	text, err := os.ReadFile("testdata/county/kaizhou-orange.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// Other spelling, same meaning: comments, key order, quotes, trailing zeros.
	other := strings.NewReplacer("id: sugar\n", "id: 'sugar' # °Brix\n", "[0.1, 0.35]", "[0.10, 0.350]", "{zh: 特等, en: extra}",
		"{en: extra, zh: 特等}", "公斤", "KGM").Replace(string(text))
	if other == string(text) {
		t.Fatal("nothing was respelled")
	}
	c2, err := Parse("other.yaml", []byte("\ufeff"+strings.ReplaceAll(other, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if r2, err := c2.Record(); err != nil || r2.Digest != r.Digest {
		t.Errorf("respelled: got %v %s\nwant %s", err, r2.Template, r.Template)
	}
	c3, err := Parse("changed.yaml", []byte(strings.Replace(other, "0.350", "0.36", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if r3, err := c3.Record(); err != nil || r3.Digest == r.Digest {
		t.Errorf("changed tolerance: got the same digest, %v", err)
	}
}

// TestReplace: the county's file with the id of an embedded chain replaces that chain; a later folder replaces an earlier one.
func TestReplace(t *testing.T) {
	text, err := embedded.ReadFile("templates/pomelo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) fstest.MapFS {
		return fstest.MapFS{
			"p.yml":        {Data: bytes.Replace(text, []byte("zh: 柚子, en: Pomelo"), []byte("zh: "+name+", en: Pomelo"), 1)},
			"notes.txt":    {Data: []byte("not a chain")},
			".hidden.yaml": {Data: []byte("not a chain")},
			"old/x.yaml":   {Data: []byte("not a chain")},
		}
	}
	s, err := Load(named("长寿柚"), named("梁平柚"))
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := s.Chain("pomelo"); c.Name.Zh != "梁平柚" || len(s.Chains()) != 2 {
		t.Errorf("got %s among %d, want 梁平柚 among 2", c.Name.Zh, len(s.Chains()))
	}
	twice := named("长寿柚")
	twice["q.yaml"] = twice["p.yml"]
	if _, err = Load(twice); !errors.Is(err, &trace.Error{Code: trace.CodeMalformed}) || !strings.Contains(err.Error(), "q.yaml: id") {
		t.Errorf("same id twice in a folder: got %v", err)
	}
	if _, err = Load(os.DirFS("testdata/absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent folder: got %v, want not exist", err)
	}
	if _, err = Load(fstest.MapFS{"x.yaml/inner": {}}); err != nil {
		t.Errorf("a folder named like a file: %v", err)
	}
}

// TestDocumentation: every whole chain in the documentation can be loaded.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/chains.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		body, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(body, "id:") && !strings.HasPrefix(body, "# ") {
			continue
		}
		found++
		if _, err := Parse("docs/chains.md", []byte(body)); err != nil {
			t.Error(err)
		}
	}
	if found == 0 {
		t.Error("no whole chain in docs/chains.md")
	}
}
