package mongo

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/yousang/yousang/internal/trace"
)

// MongoDB's strings are UTF-8: other text is refused by writes, and found by no search.
var errNotText = trace.E(trace.Invalid, trace.CodeMalformed, "", "why", "not UTF-8")

func checkText(texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return errNotText
		}
	}
	return nil
}

// validTexts leaves out the texts that no record can be stored under.
func validTexts[T ~string](list []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(s T) bool { return !utf8.ValidString(string(s)) })
}

// joinKey makes one id of several texts; different texts give different ids.
func joinKey(texts ...string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic("strings always encode: " + err.Error())
	}
	return string(b)
}

// encodeBody stores bytes as a string, for people, where the bytes are UTF-8, and as binary data otherwise.
func encodeBody(b []byte) any {
	if utf8.Valid(b) {
		return string(b)
	}
	return bson.Binary{Data: b}
}

// decodeBody reads a body that encodeBody stored. The bytes are a copy.
func decodeBody(v bson.RawValue) ([]byte, error) {
	if s, ok := v.StringValueOK(); ok {
		return []byte(s), nil
	}
	if _, data, ok := v.BinaryOK(); ok {
		return slices.Clone(data), nil
	}
	return nil, errors.New("the body is neither text nor bytes")
}

// toDate stores a time in whole milliseconds, and the zero time as nothing.
func toDate(t time.Time) *bson.DateTime {
	if t.IsZero() {
		return nil
	}
	d := bson.DateTime(t.UnixMilli())
	return &d
}

func toTime(d *bson.DateTime) time.Time {
	if d == nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(*d)).UTC()
}
