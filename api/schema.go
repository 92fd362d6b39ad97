package api

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

// schemaPrefix is where the document keeps its schemas.
const schemaPrefix = "#/components/schemas/"

// amount stands for trace.Amount in the OpenAPI document: a decimal, which a client without exact decimals sends as a string.
type amount struct{}

// Schema describes a quantity.
func (amount) Schema(huma.Registry) *huma.Schema {
	zero := 0.0
	return &huma.Schema{
		Description: "Exact decimal with at most six places. Sent as a number or as a string; answered as a number.",
		OneOf: []*huma.Schema{
			{Type: huma.TypeNumber, Minimum: &zero},
			{Type: huma.TypeString, Pattern: `^[0-9]{1,13}(\.[0-9]{1,6})?$`},
		},
		Examples: []any{412.5, "412.5"},
	}
}

// instant stands for trace.Time: huma would take its struct for an object.
type instant struct{}

// Schema describes a time.
func (instant) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Description: "RFC 3339; kept in whole milliseconds, answered in UTC."}
}

// newRegistry names the types of the document: two packages have a type of the same name, and a name that clients know stays when the type
// gets a better one.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		switch {
		case name == "Attribute" && strings.HasSuffix(t.PkgPath(), "/trace"):
			return "RecordedAttribute"
		case name == "RegionCount":
			return "Tally"
		case strings.HasPrefix(name, "Trace"): // TraceJSON is the form of a Trace in an answer
			return strings.TrimSuffix(name, "JSON")
		}
		return name
	})
	r.RegisterTypeAlias(reflect.TypeFor[trace.Amount](), reflect.TypeFor[amount]())
	r.RegisterTypeAlias(reflect.TypeFor[trace.Time](), reflect.TypeFor[instant]())
	return r
}

// newMediaType documents a JSON body of a type.
func newMediaType(r huma.Registry, t reflect.Type) *huma.MediaType {
	return &huma.MediaType{Schema: r.Schema(t, true, t.Name())}
}

// describeSent is the schema of a type of master data as a client sends it ("NewPlace"): with the bounds and texts of the tags, and with
// the members that required names.
func (a *API) describeSent(t reflect.Type, required []string) *huma.Schema {
	sent := huma.SchemaFromType(a.reg, t)
	sent.Required = required
	name := "New" + t.Name()
	a.reg.Map()[name] = sent
	return &huma.Schema{Ref: schemaPrefix + name}
}

// describeShown takes the bounds and texts of the tags out of the schema of a type that answers show ("Place"): records of the log are not
// measured by the bounds.
func (a *API) describeShown(t reflect.Type) {
	shown := a.reg.SchemaFromRef(a.reg.Schema(t, true, t.Name()).Ref)
	shown.Required = nil
	for _, f := range reflect.VisibleFields(t) {
		name := jsonName(f)
		if name == "" {
			continue
		}
		shown.Properties[name] = a.reg.Schema(f.Type, true, name)
		if !strings.Contains(f.Tag.Get("json"), ",omit") {
			shown.Required = append(shown.Required, name)
		}
	}
}
