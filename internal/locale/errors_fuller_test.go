package locale

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// TestFullerSentencesUseKnownValues: a message "error.CODE+argument" is said only where all of its values are there. A message with a value
// that makeErrorValues and setSpecialValues never set for the code would never be said, and the short message would stand for it.
func TestFullerSentencesUseKnownValues(t *testing.T) {
	holes := regexp.MustCompile(`{{\.(\w+)}}`)
	args := maps.Clone(sample)
	for _, name := range []string{"items", "left", "asked", "ordinal", "state", "target", "wanted", "head", "seq", "where"} {
		args[name] = "12"
	}
	zh, _ := loadPrinters(t)
	raw, err := os.ReadFile("messages.zh-CN.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]json.RawMessage
	if err := json.Unmarshal(raw, &messages); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for id, message := range messages {
		rest, isError := strings.CutPrefix(id, "error.")
		name, _, fuller := strings.Cut(rest, "+")
		if !isError || !fuller {
			continue
		}
		checked++
		code, _, _ := strings.Cut(name, ".")
		v := zh.makeErrorValues(&trace.Error{Kind: trace.Invalid, Code: trace.Code(code), Field: "quantity", Args: args})
		for _, hole := range holes.FindAllStringSubmatch(string(message), -1) {
			if v.text[hole[1]] == "" {
				t.Errorf("%s is never said: no error of the code sets %s", id, hole[1])
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d fuller messages were checked", checked)
	}
}
