package mongo

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// converter makes BSON of JSON, for reading and querying only: the original text is stored beside the fields. Whole numbers become int64
// and other numbers Decimal128; MongoDB compares the two exactly. A member named "time" becomes a date where the text is a time.
type converter struct {
	plain bool // a list in a list and a decimal become text, see server.plain
}

// maxDepth bounds the nesting; MongoDB's own bound is 100. A value that is nested deeper is stored as text.
const maxDepth = 80

var errNoObject = errors.New("not a JSON object")

// convertBody reads the members of an object, in their order.
func (c converter) convertBody(body []byte) (bson.D, error) {
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, errNoObject
	}
	body = bytes.TrimSpace(body)
	if body[0] != '{' {
		return nil, errNoObject
	}
	return c.convertObject(body, map[string]bool{"_id": true, fieldAsOf: true, fieldBody: true, fieldGzip: true}, 1)
}

func (c converter) convertObject(raw []byte, taken map[string]bool, depth int) (bson.D, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	out := bson.D{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var member json.RawMessage
		if err := d.Decode(&member); err != nil {
			return nil, err
		}
		v, err := c.convertValue(member, depth)
		if err != nil {
			return nil, err
		}
		text, _ := name.(string)
		if at, ok := v.(string); ok && text == "time" {
			if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
				v = bson.DateTime(t.UnixMilli())
			}
		}
		out = append(out, bson.E{Key: fieldName(text, taken), Value: v})
	}
	return out, nil
}

// safeName replaces the characters that a field name cannot have, or that queries read as operators, by look-alikes.
var safeName = strings.NewReplacer(".", "．", "$", "＄", "\x00", "␀")

// fieldName turns the name of a member into a field name that is not taken yet.
func fieldName(name string, taken map[string]bool) string {
	name = safeName.Replace(name)
	for name == "" || taken[name] {
		name += "_"
	}
	taken[name] = true
	return name
}

func (c converter) convertValue(raw json.RawMessage, depth int) (any, error) {
	switch raw[0] {
	case '{':
		if depth == maxDepth {
			return string(raw), nil
		}
		return c.convertObject(raw, map[string]bool{}, depth+1)
	case '[':
		if depth == maxDepth {
			return string(raw), nil
		}
		return c.convertList(raw, depth+1)
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case 't', 'f':
		return raw[0] == 't', nil
	case 'n':
		return nil, nil
	}
	return c.convertNumber(string(raw)), nil
}

func (c converter) convertList(raw json.RawMessage, depth int) (any, error) {
	var members []json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	out := make(bson.A, len(members))
	for i, m := range members {
		if c.plain && m[0] == '[' {
			out[i] = string(m)
			continue
		}
		v, err := c.convertValue(m, depth)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// decimalDigits is the number of digits that a Decimal128 holds exactly.
const decimalDigits = 34

func (c converter) convertNumber(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if c.plain || len(s) > decimalDigits {
		return s
	}
	d, err := bson.ParseDecimal128(s)
	if err != nil {
		return s
	}
	return d
}
