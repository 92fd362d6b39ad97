package resolve_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/yousang/yousang/internal/corpora"
)

// lookAhead lets schemas have patterns that Go's own engine refuses.
type lookAhead struct{ *regexp2.Regexp }

func (r lookAhead) MatchString(s string) bool {
	found, err := r.Regexp.MatchString(s)
	return found && err == nil
}

// ownLinkset is the folder of the cases that were written for this project.
const ownLinkset = "testdata/linkset"

// findLinkset is the folder of GS1's schemas and examples, empty where the corpora are not there.
func findLinkset(t *testing.T) string {
	t.Helper()
	if paths := corpora.FindPaths(t, "", "digital-link", "linkset"); len(paths) > 0 {
		return paths[0]
	}
	return ""
}

// readSchema reads a JSON schema.
func readSchema(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		r, err := regexp2.Compile(s, regexp2.ECMAScript)
		return lookAhead{r}, err
	})
	if err := c.AddResource("schema.json", readDecoded(t, path)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readDecoded(t *testing.T, path string) any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return decodeJSON(t, text)
}

func decodeJSON(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}
