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

// listCorpus lists the JSON files of a corpora folder; one that is empty is a failure.
func listCorpus(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(corpora.Path(t, folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	return files
}

func readDocument(t *testing.T, file string) *Document {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d, err := ReadDocument(f, 1<<20)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	return d
}

func TestCorpusEventHash(t *testing.T) {
	raw, err := os.ReadFile(corpora.Path(t, "event-hash", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string][]string
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	events := 0
	for name, ids := range expected {
		d := readDocument(t, corpora.Path(t, "event-hash", name+".json"))
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
	if events < 23 {
		t.Errorf("%d vectors, want at least 23", events)
	}
	t.Logf("%d vectors in %d documents", events, len(expected))
}

func TestCorpusPreHash(t *testing.T) {
	listCorpus(t, "event-hash")
	files, err := filepath.Glob(corpora.Path(t, "event-hash", "*.prehashes"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d pre-hash files, want at least 3: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
		d := readDocument(t, strings.TrimSuffix(file, ".prehashes")+".json")
		if len(d.Events) != len(want) {
			t.Errorf("%s: %d events, want %d", filepath.Base(file), len(d.Events), len(want))
			continue
		}
		for i, e := range d.Events {
			if got, err := PreHash(e, d.Context); err != nil || got != want[i] {
				t.Errorf("%s %s: %v\n got %s\nwant %s", filepath.Base(file), d.Path(i), err, got, want[i])
			}
		}
	}
}

func TestCorpusValid(t *testing.T) {
	files := listCorpus(t, "epcis/valid")
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
	t.Logf("%d documents accepted", len(files))
}

func TestCorpusInvalid(t *testing.T) {
	// The field each refusal must name: a document must be refused for what is wrong with it.
	fields := map[string]string{
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
	files := listCorpus(t, "epcis/invalid")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := ReadDocument(f, 1<<20)
		if err == nil {
			err = d.Validate()
		}
		_ = f.Close()
		var e *trace.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want a refusal", name, err)
			continue
		}
		if want, known := fields[name]; known && e.Field != want {
			t.Errorf("%s: refused for %v, want %s", name, err, want)
		}
	}
	t.Logf("%d documents refused", len(files))
}
