package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const roomsPage = "docs/rooms.md"

// roomGroups arrange the picture, from the program at the top to the domain at the bottom. A room is in the first group with a matching
// prefix.
var roomGroups = []struct {
	title    string
	prefixes []string
}{
	{"program", []string{"cmd/"}},
	{"edges: HTTP server, JSON API, pages, register files, demo", []string{"internal/server", "api", "web", "internal/register",
		"internal/demo"}},
	{"application: operations and rights", []string{"internal/app"}},
	{"stores", []string{"internal/store/"}},
	{"measurement, speed, tools", []string{"internal/bench", "internal/fastpath", "scripts/"}},
	{"standards, codes and words", []string{"internal/"}},
}

// domain is the room below all others. Nearly every room imports the domain, so the picture has one arrow for each group.
const domain = "internal/trace"

// isOfTests reports whether only tests import a room; the picture leaves such rooms out.
func isOfTests(room string) bool {
	return slices.Contains([]string{"internal/corpora", "internal/store/storetest", "web/webtest"}, room)
}

// drawnArrows are the imports of a room that the picture shows: those that no other import of the room leads to.
func drawnArrows(room string) []string {
	var arrows []string
	for _, to := range importTable[room] {
		direct := to != domain
		for _, other := range importTable[room] {
			if other != to && reachesRoom(other, to) {
				direct = false
			}
		}
		if direct {
			arrows = append(arrows, to)
		}
	}
	slices.Sort(arrows)
	return arrows
}

// reachesRoom reports whether a room imports another, directly or through others.
func reachesRoom(room, to string) bool {
	for _, next := range importTable[room] {
		if next == to || reachesRoom(next, to) {
			return true
		}
	}
	return false
}

// roomNode is the name of a room in Mermaid's language, which allows no slash and reserves words such as "end".
func roomNode(room string) string {
	return "room_" + strings.NewReplacer("/", "_", "-", "_").Replace(room)
}

// drawRooms is the picture of the rooms as Mermaid text, which GitHub and other forges draw.
func drawRooms() string {
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	rooms := slices.DeleteFunc(slices.Sorted(maps.Keys(importTable)), func(room string) bool { return room == domain || isOfTests(room) })
	for i, group := range roomGroups {
		fmt.Fprintf(&b, "  subgraph group%d [\"%s\"]\n", i, group.title)
		rooms = slices.DeleteFunc(rooms, func(room string) bool {
			if !slices.ContainsFunc(group.prefixes, func(p string) bool { return strings.HasPrefix(room+"/", p) }) {
				return false
			}
			fmt.Fprintf(&b, "    %s[\"%s\"]\n", roomNode(room), strings.TrimPrefix(room, "internal/"))
			return true
		})
		b.WriteString("  end\n")
	}
	fmt.Fprintf(&b, "  %s[(\"%s: the domain, below all others\")]\n", roomNode(domain), strings.TrimPrefix(domain, "internal/"))
	for _, room := range slices.Sorted(maps.Keys(importTable)) {
		if isOfTests(room) {
			continue
		}
		for _, to := range drawnArrows(room) {
			fmt.Fprintf(&b, "  %s --> %s\n", roomNode(room), roomNode(to))
		}
	}
	fmt.Fprintf(&b, "  %s --> group1\n  group2 --> %s\n  group3 --> %s\n  group5 --> %s\n", roomNode("cmd/yousang"), roomNode(domain),
		roomNode(domain),
		roomNode(domain))
	b.WriteString("```\n")
	return b.String()
}

// TestRoomsPage keeps the picture of the rooms true to the table of imports, which TestImportsPointDown keeps true to the code.
func TestRoomsPage(t *testing.T) {
	path := filepath.Join("..", "..", filepath.FromSlash(roomsPage))
	want := "# The rooms\n\n" +
		"Written by `go test ./cmd/yousang -run TestRoomsPage -update` from the table of imports in cmd/yousang/structure_test.go.\n" +
		"An arrow is an import. Arrows that follow from others are left out, and so are rooms that only tests import;\n" +
		"nearly every room imports trace.\n" +
		"What is in each room: the map in [README.md](../README.md#where-things-are).\n\n" + drawRooms()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the table of imports says: go test ./cmd/yousang -run TestRoomsPage -update", roomsPage)
	}
}

// TestMapNamesEveryRoom: the map in README.md links the folder of every room, or a folder above.
func TestMapNamesEveryRoom(t *testing.T) {
	_, text := readReadme(t)
	for room := range importTable {
		linked := isOfTests(room)
		for folder := room; folder != "."; folder = filepath.Dir(folder) {
			linked = linked || strings.Contains(text, "]("+folder+")")
		}
		if !linked {
			t.Errorf("the map in README.md has no room %s", room)
		}
	}
}

// TestGlossary: every file that the glossary names exists, and no term stands twice.
func TestGlossary(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	text, err := os.ReadFile(filepath.Join(docs, "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	terms := map[string]bool{}
	for line := range strings.SplitSeq(string(text), "\n") {
		_, rest, isLinked := strings.Cut(line, "](")
		if !strings.HasPrefix(line, "| ") || !isLinked {
			continue
		}
		rows++
		path, _, _ := strings.Cut(rest, ")")
		if _, err := os.Stat(filepath.Join(docs, filepath.FromSlash(path))); err != nil {
			t.Errorf("docs/glossary.md: %v", err)
		}
		for term := range strings.SplitSeq(strings.SplitN(line, "|", 3)[1], ",") {
			if term = strings.TrimSpace(term); terms[term] {
				t.Errorf("docs/glossary.md has the term %q twice", term)
			}
			terms[term] = true
		}
	}
	if rows < 40 {
		t.Errorf("docs/glossary.md has %d rows", rows)
	}
}
