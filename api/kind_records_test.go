package api_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

var updateRecords = flag.Bool("update-records", false, "write docs/records.md anew")

const recordsFile = "../docs/records.md"

// TestRecordsAreDocumented: docs/records.md is made from the table of kinds, and has words for each in both languages. The numbers that
// stand there are for good: the page is not written anew where a kind has another number, or the number of another kind.
func TestRecordsAreDocumented(t *testing.T) {
	zh, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(recordsFile)
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := keepNumbers(want, trace.StandardKinds())
	if err != nil {
		t.Fatalf("docs/records.md: %v", err)
	}
	checkWords(t, zh, trace.StandardKinds())
	got := documentKinds(zh, trace.StandardKinds(), numbers)
	if *updateRecords {
		if err := os.WriteFile(recordsFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
		want = got
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/records.md is not what the program has: go test ./api -run TestRecordsAreDocumented -update-records")
	}
	kinds, err := trace.StandardKinds().With(noteKind)
	if err != nil {
		t.Fatal(err)
	}
	row := "| 255 | `note` | kind.note kind.note | the organisation that recorded it, whoever may see the lot, bureaus, administrators |" +
		" yes | yes |"
	if text := string(documentKinds(zh, kinds, numbers)); !strings.Contains(text, row) {
		t.Errorf("a new kind is not documented:\n%s", text)
	}
}

// TestNumbersAreKept: what stands in docs/records.md is neither changed nor used again, and a kind that is gone stays listed.
func TestNumbersAreKept(t *testing.T) {
	zh, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	old := documentKinds(zh, trace.StandardKinds(), map[string]int{"gone": 99})
	register := func(name trace.RecordKind, number byte) *trace.KindTable {
		t.Helper()
		k := trace.KindOf[note]{Name: name, Number: number, Visibility: trace.VisibleToAll[note]()}
		kinds, err := trace.NewKindTable(k.Register())
		if err != nil {
			t.Fatal(err)
		}
		return kinds
	}
	for _, test := range []struct {
		name  string
		kinds *trace.KindTable
		fits  bool
	}{
		{"the standard kinds", trace.StandardKinds(), true},
		{"a number that nobody had", register("note", 255), true},
		{"another number", register("season", 255), false},
		{"the number of another", register("note", 6), false},
		{"the number of a kind that is gone", register("note", 99), false},
		{"a kind that was gone", register("gone", 99), true},
	} {
		if _, err := keepNumbers(old, test.kinds); (err == nil) != test.fits {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	numbers, err := keepNumbers(old, register("note", 255))
	if err != nil {
		t.Fatal(err)
	}
	page := string(documentKinds(zh, register("note", 255), numbers))
	for _, row := range []string{"| 255 | `note` | ", "\n| 6 | `season` |\n", "\n| 99 | `gone` |\n"} {
		if strings.Count(page, row) != 1 {
			t.Errorf("no row %q in\n%s", row, page)
		}
	}
	if numbers["note"] != 255 || numbers["gone"] != 99 || numbers["season"] != 6 {
		t.Errorf("numbers %v", numbers)
	}
}

// numberRow is a row of docs/records.md: the number and the name of a kind.
var numberRow = regexp.MustCompile("(?m)^\\| (\\d+) \\| `([^`]+)` \\|")

// keepNumbers gives the numbers of all kinds that there ever were: those of a page, and those of the kinds of a table. An error where a
// kind has another number than on the page, or the number of another kind.
func keepNumbers(page []byte, kinds *trace.KindTable) (map[string]int, error) {
	numbers, names := map[string]int{}, map[int]string{}
	add := func(name string, number int) error {
		if old, known := numbers[name]; known && old != number {
			return fmt.Errorf("kind %s has the number %d, which is never to change: not %d", name, old, number)
		}
		if other, taken := names[number]; taken && other != name {
			return fmt.Errorf("the number %d is that of %s for good, even where that kind is gone: not of %s", number, other, name)
		}
		numbers[name], names[number] = number, name
		return nil
	}
	for _, row := range numberRow.FindAllSubmatch(page, -1) {
		number, err := strconv.Atoi(string(row[1]))
		if err != nil {
			return nil, err
		}
		if err := add(string(row[2]), number); err != nil {
			return nil, err
		}
	}
	for _, k := range kinds.List() {
		if err := add(string(k.Name), int(k.Number)); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// checkWords fails where a kind has no words in one of the languages: what the records are, and their line on a page where they have one.
func checkWords(t *testing.T, zh *locale.Printer, kinds *trace.KindTable) {
	t.Helper()
	for _, k := range kinds.List() {
		ids := []string{k.Message()}
		if k.OnPage && k.Name != trace.KindEvent { // an event has the words of its step
			ids = append(ids, k.PageMessage())
		}
		for _, id := range ids {
			for _, p := range []*locale.Printer{zh, zh.In("en")} {
				if !p.Has(id) {
					t.Errorf("no words for records of the kind %s in %s: message %s", k.Name, p.Lang(), id)
				}
			}
		}
	}
}

// documentKinds writes docs/records.md. A number without a kind in the table is that of a kind that is gone.
func documentKinds(zh *locale.Printer, kinds *trace.KindTable, numbers map[string]int) []byte {
	var b bytes.Buffer
	b.WriteString(recordsIntro)
	gone := maps.Clone(numbers)
	for _, k := range kinds.List() {
		delete(gone, string(k.Name))
		fmt.Fprintf(&b, "| %d | `%s` | %s %s | %s | %s | %s |\n", k.Number, k.Name, zh.T(k.Message()), zh.In("en").T(k.Message()), k.VisibleTo,
			yesOrNo(k.OnPage), yesOrNo(k.HasEPCIS))
	}
	if len(gone) > 0 {
		b.WriteString(goneIntro)
	}
	for _, name := range slices.SortedFunc(maps.Keys(gone), func(x, y string) int { return gone[x] - gone[y] }) {
		fmt.Fprintf(&b, "| %d | `%s` |\n", gone[name], name)
	}
	return b.Bytes()
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

const recordsIntro = `# Kinds of records

Each record of the log is of one of these kinds. The number is the kind's for good: a kind that is given up takes its number with it.
A kind is one file of internal/trace (` + "`kind_*.go`, `links.go`" + `), which says how the body is read, judged and applied, which
lots it is about, and who may see it, and may say what everybody reads of it in the history on a lot's page, and as which EPCIS event
trading partners read it. This page is written by ` + "`go test ./api -run TestRecordsAreDocumented -update-records`" + `, which refuses
to change a number that stands here or to use the number again.

| number | kind | what it is | who may see a record | line on a lot's page | EPCIS event |
|---|---|---|---|---|---|
`

const goneIntro = `
## Kinds that are gone

| number | kind |
|---|---|
`
