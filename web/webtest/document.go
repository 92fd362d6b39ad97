package webtest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Document is a parsed page that tests look into by selector.
type Document struct {
	t    testing.TB
	Root *html.Node
}

func (w *World) Open(path string, headers ...string) Document {
	w.T.Helper()
	return ParseDocument(w.T, w.Get(path, headers...).Body)
}

func ParseDocument(t testing.TB, body []byte) Document {
	t.Helper()
	n, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return Document{t, n}
}

// Select finds the elements of a selector: "section.from .legend li", "meta[name=robots]".
func (d Document) Select(selector string) []*html.Node {
	found := []*html.Node{d.Root}
	for _, part := range strings.Fields(selector) {
		var next []*html.Node
		for _, n := range found {
			for c := range n.Descendants() {
				if c.Type == html.ElementNode && matchesPart(c, part) && !slices.Contains(next, c) {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

func matchesPart(n *html.Node, part string) bool {
	part, cond, _ := strings.Cut(strings.TrimSuffix(part, "]"), "[")
	tag, classes, _ := strings.Cut(part, ".")
	tag, id, _ := strings.Cut(tag, "#")
	if tag != "" && n.Data != tag || id != "" && AttributeOf(n, "id") != id {
		return false
	}
	for _, c := range strings.Split(classes, ".") {
		if c != "" && !slices.Contains(strings.Fields(AttributeOf(n, "class")), c) {
			return false
		}
	}
	name, value, equal := strings.Cut(cond, "=")
	return cond == "" || equal && AttributeOf(n, name) == value || !equal && AttributeOf(n, name) != ""
}

func AttributeOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Text is what the first element of a selector says, white space made single; "" where there is none.
func (d Document) Text(selector string) string {
	list := d.Select(selector)
	if len(list) == 0 {
		return ""
	}
	return TextOf(list[0])
}

func (d Document) Texts(selector string) (out []string) {
	for _, n := range d.Select(selector) {
		out = append(out, TextOf(n))
	}
	return out
}

func TextOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "style" && c.Parent.Data != "title" {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// CheckText compares what an element says.
func (d Document) CheckText(selector, want string) {
	d.t.Helper()
	if got := d.Text(selector); got != want {
		d.t.Errorf("%s says %q, want %q", selector, got, want)
	}
}

// CheckAbsent fails the test where the document has such an element.
func (d Document) CheckAbsent(selector string) {
	d.t.Helper()
	if list := d.Select(selector); len(list) > 0 {
		d.t.Errorf("%s is there %d times, want none: %q", selector, len(list), TextOf(list[0]))
	}
}

// CheckOrder fails the test unless the elements stand in this order in the document.
func (d Document) CheckOrder(selectors ...string) {
	d.t.Helper()
	at := map[*html.Node]int{}
	i := 0
	for n := range d.Root.Descendants() {
		at[n] = i
		i++
	}
	last := -1
	for _, s := range selectors {
		list := d.Select(s)
		if len(list) == 0 {
			d.t.Errorf("%s is missing", s)
			continue
		}
		if at[list[0]] <= last {
			d.t.Errorf("%s is too early", s)
		}
		last = at[list[0]]
	}
}
