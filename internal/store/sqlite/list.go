package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"
)

// encodeList writes a list of texts as JSON. Most are plain URIs and need no escape.
func encodeList(list []string) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	size := 1
	for _, s := range list {
		size += len(s) + 3
	}
	b := append(make([]byte, 0, size), '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		q, err := quoteText(s)
		if err != nil {
			return "", err
		}
		b = append(b, q...)
	}
	return string(append(b, ']')), nil
}

// quoteText writes a text as JSON; equal texts give equal bytes, which Find relies on.
func quoteText(s string) (string, error) {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == '"' || s[i] == '\\' {
			b, err := json.Marshal(s)
			return string(b), err
		}
	}
	return `"` + s + `"`, nil
}

// decodeList reads a list that encodeList wrote. keep copies a text out of the memory of s.
func decodeList(s string, keep func(string) string) ([]string, error) {
	if s == "[]" {
		return nil, nil
	}
	if strings.IndexByte(s, '\\') >= 0 {
		var list []string
		if err := json.Unmarshal([]byte(s), &list); err != nil {
			return nil, err
		}
		return list, nil
	}
	rest, more := strings.CutPrefix(s, "[")
	if !more {
		return nil, fmt.Errorf("list %.40q: no bracket", s)
	}
	list := make([]string, 0, strings.Count(s, `","`)+1)
	for more {
		text, ok := strings.CutPrefix(rest, `"`)
		if !ok {
			return nil, fmt.Errorf("list %.40q: no quote", s)
		}
		if text, rest, ok = strings.Cut(text, `"`); !ok {
			return nil, fmt.Errorf("list %.40q: no closing quote", s)
		}
		list = append(list, keep(text))
		rest, more = strings.CutPrefix(rest, ",")
	}
	if rest != "]" {
		return nil, fmt.Errorf("list %.40q: no closing bracket", s)
	}
	return list, nil
}
