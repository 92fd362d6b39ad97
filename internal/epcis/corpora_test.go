package epcis

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/corpora"
	"github.com/yousang/yousang/internal/trace"
)

// The documents of these tests are the project's own, in testdata, and those of others where the corpora lie beside the repository.

// listCases lists the files of a folder that match a pattern. A folder with too few files fails the test.
func listCases(t *testing.T, folder, pattern string, least int) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(files) < least {
		t.Fatalf("%d files %s in %s, want at least %d: %v", len(files), pattern, folder, least, err)
	}
	return files
}

func readDocument(t *testing.T, file string) *Document {
	t.Helper()
	d, err := tryDocument(t, file)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	return d
}

// tryDocument reads a document that may be refused.
func tryDocument(t *testing.T, file string) (*Document, error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	return ReadDocument(f, 1<<20)
}

// The least numbers of cases: the project's own first, then those of others.
var (
	leastVectors   = []int{3, 23}
	leastPreHashes = []int{2, 3}
)

func TestCorpusEventHash(t *testing.T) {
	for i, folder := range corpora.FindPaths(t, filepath.Join("testdata", "event-hash"), "event-hash") {
		t.Run(filepath.Base(filepath.Dir(folder)), func(t *testing.T) { checkEventHashes(t, folder, leastVectors[i]) })
	}
}

// checkEventHashes compares the hash of each event of a folder's documents with the one that expected.json names.
func checkEventHashes(t *testing.T, folder string, least int) {
	raw, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string][]string
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	events := 0
	for name, ids := range expected {
		d := readDocument(t, filepath.Join(folder, name+".json"))
		if len(d.Events) != len(ids) {
			t.Errorf("%s: %d events, want %d", name, len(d.Events), len(ids))
			continue
		}
		for i, e := range d.Events {
			events++
			got, err := EventID(e, d.Context)
			if err != nil {
				t.Errorf("%s %s: %v", name, d.Path(i), err)
				continue
			}
			if got != ids[i] {
				pre, _ := PreHash(e, d.Context)
				t.Errorf("%s %s:\n got %s\nwant %s\npre-hash %s", name, d.Path(i), got, ids[i], pre)
			}
		}
	}
	if events < least {
		t.Errorf("%d vectors, want at least %d", events, least)
	}
	t.Logf("%d vectors in %d documents", events, len(expected))
}

func TestCorpusPreHash(t *testing.T) {
	for i, folder := range corpora.FindPaths(t, filepath.Join("testdata", "event-hash"), "event-hash") {
		for _, file := range listCases(t, folder, "*.prehashes", leastPreHashes[i]) {
			checkPreHashes(t, file)
		}
	}
}

// checkPreHashes compares the pre-hash string of each event of a document with a line of the file beside the document.
func checkPreHashes(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	d := readDocument(t, strings.TrimSuffix(file, ".prehashes")+".json")
	if len(d.Events) != len(want) {
		t.Errorf("%s: %d events, want %d", filepath.Base(file), len(d.Events), len(want))
		return
	}
	for i, e := range d.Events {
		if got, err := PreHash(e, d.Context); err != nil || got != want[i] {
			t.Errorf("%s %s: %v\n got %s\nwant %s", filepath.Base(file), d.Path(i), err, got, want[i])
		}
	}
}

func TestCorpusValid(t *testing.T) {
	for _, folder := range corpora.FindPaths(t, filepath.Join("testdata", "valid"), "epcis", "valid") {
		files := listCases(t, folder, "*.json", 1)
		for _, file := range files {
			d := readDocument(t, file)
			if err := d.Validate(); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
			for i, e := range d.Events {
				if _, err := EventID(e, d.Context); err != nil {
					t.Errorf("%s %s has no hash: %v", filepath.Base(file), d.Path(i), err)
				}
			}
		}
		t.Logf("%s: %d documents accepted", folder, len(files))
	}
}

// refusedFields is the field that the refusal of a document must name: a document must be refused for what is wrong with it. Every own
// document has a line; a document of others that is new may lack one.
var refusedFields = map[string]string{
	"action-is-no-word":                  "epcisBody.eventList[0].action",
	"action-missing-in-the-second-event": "epcisBody.eventList[1].action",
	"certificate-is-no-uri":              "epcisBody.eventList[0].certificationInfo[0]",
	"disposition-as-an-iri":              "epcisBody.eventList[0].disposition",
	"document-of-version-1":              "schemaVersion",
	"document-without-context":           "@context",
	"master-data-without-a-prefix":       "epcisBody.eventList[0].ilmd.variety",
	"nothing-observed":                   "epcisBody.eventList[0].epcList",
	"prefix-not-declared":                "epcisBody.eventList[0].shop:shelf",
	"quantity-as-text":                   "epcisBody.eventList[0].quantityList[0].quantity",
	"step-of-no-vocabulary":              "epcisBody.eventList[0].bizStep",
	"time-without-a-zone":                "epcisBody.eventList[0].eventTime",
	"transformation-into-nothing":        "epcisBody.eventList[0].outputEPCList",
	"unit-as-a-word":                     "epcisBody.eventList[0].quantityList[1].uom",

	"Combination_of_events_with_missing_mandatory_fields":   "epcisBody.eventList[0].action",
	"Combination_of_non_standard_bizStep_and_disposition":   "epcisBody.eventList[0].bizStep",
	"EPCISDocument_without_context":                         "@context",
	"ObjectEvent_with_ilmd_field_without_namespace":         "epcisBody.eventList[0].ilmd.materialType",
	"ObjectEvent_with_invalid_action":                       "epcisBody.eventList[0].action",
	"ObjectEvent_with_invalid_certificationInfo":            "epcisBody.eventList[0].certificationInfo[0]",
	"ObjectEvent_with_non_standard_bizStep_in_second_event": "epcisBody.eventList[1].bizStep",
	"ObjectEvent_with_non_standard_disposition":             "epcisBody.eventList[0].disposition",
	"ObjectEvent_with_quantity_as_text":                     "epcisBody.eventList[0].quantityList[0].quantity",
	"ObjectEvent_without_identifier_list":                   "epcisBody.eventList[0].epcList",
}

func TestCorpusInvalid(t *testing.T) {
	for i, folder := range corpora.FindPaths(t, filepath.Join("testdata", "invalid"), "epcis", "invalid") {
		files := listCases(t, folder, "*.json", 1)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".json")
			d, err := tryDocument(t, file)
			if err == nil {
				err = d.Validate()
			}
			var e *trace.Error
			if !errors.As(err, &e) {
				t.Errorf("%s: got %v, want a refusal", name, err)
				continue
			}
			want, known := refusedFields[name]
			if known && e.Field != want || !known && i == 0 {
				t.Errorf("%s: refused for %v, want %q", name, err, want)
			}
		}
		t.Logf("%s: %d documents refused", folder, len(files))
	}
}
