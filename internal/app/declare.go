package app

import (
	"encoding/json"
	"fmt"

	"github.com/yousang/yousang/internal/trace"
)

// addDeclaration adds an errorDeclaration to an event's body and keeps every other member unchanged.
func addDeclaration(body []byte, d trace.Declaration) ([]byte, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	raw, err := trace.CanonicalJSON(d)
	if err != nil {
		return nil, fmt.Errorf("encode declaration: %w", err)
	}
	m["errorDeclaration"] = raw
	out, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return out, nil
}
