package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// doc is a parsed page that tests look into by selector.
type doc struct {
	t    testing.TB
	root *html.Node
}

func (w *world) open(path string, headers ...string) doc {
	w.t.Helper()
	return parse(w.t, w.get(path, headers...).body)
}

func parse(t testing.TB, body []byte) doc {
	t.Helper()
	n, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc{t, n}
}

// all finds the elements of a selector: "section.from .legend li", "meta[name=robots]".
func (d doc) all(selector string) []*html.Node {
	found := []*html.Node{d.root}
	for _, part := range strings.Fields(selector) {
		var next []*html.Node
		for _, n := range found {
			for c := range n.Descendants() {
				if c.Type == html.ElementNode && fits(c, part) && !slices.Contains(next, c) {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

func fits(n *html.Node, part string) bool {
	part, cond, _ := strings.Cut(strings.TrimSuffix(part, "]"), "[")
	tag, classes, _ := strings.Cut(part, ".")
	tag, id, _ := strings.Cut(tag, "#")
	if tag != "" && n.Data != tag || id != "" && attr(n, "id") != id {
		return false
	}
	for _, c := range strings.Split(classes, ".") {
		if c != "" && !slices.Contains(strings.Fields(attr(n, "class")), c) {
			return false
		}
	}
	name, value, equal := strings.Cut(cond, "=")
	return cond == "" || equal && attr(n, name) == value || !equal && attr(n, name) != ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is what the first element of a selector says, white space made single; "" where there is none.
func (d doc) text(selector string) string {
	list := d.all(selector)
	if len(list) == 0 {
		return ""
	}
	return said(list[0])
}

func (d doc) texts(selector string) (out []string) {
	for _, n := range d.all(selector) {
		out = append(out, said(n))
	}
	return out
}

func said(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "style" && c.Parent.Data != "title" {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// is compares what an element says.
func (d doc) is(selector, want string) {
	d.t.Helper()
	if got := d.text(selector); got != want {
		d.t.Errorf("%s says %q, want %q", selector, got, want)
	}
}

// none wants no such element.
func (d doc) none(selector string) {
	d.t.Helper()
	if list := d.all(selector); len(list) > 0 {
		d.t.Errorf("%s is there %d times, want none: %q", selector, len(list), said(list[0]))
	}
}

// order wants elements in this order in the document.
func (d doc) order(selectors ...string) {
	d.t.Helper()
	at := map[*html.Node]int{}
	i := 0
	for n := range d.root.Descendants() {
		at[n] = i
		i++
	}
	last := -1
	for _, s := range selectors {
		list := d.all(s)
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
