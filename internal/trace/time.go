package trace

import (
	"bytes"
	"time"
)

// Time is an instant in whole milliseconds; JSON is RFC 3339 in UTC with three decimals.
type Time struct{ time.Time }

// NewTime makes a Time, cut to milliseconds.
func NewTime(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

const timeLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes UTC with three decimals.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(make([]byte, 0, 26), `"`+timeLayout+`"`), nil
}

// UnmarshalJSON reads RFC 3339. Errors: CodeBadTime.
func (t *Time) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(b, `"`))
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || v.UTC().Year() < 1900 || v.UTC().Year() > 9999 {
		return E(Invalid, CodeBadTime, "", "value", Clip(s))
	}
	*t = NewTime(v)
	return nil
}

// ChinaTime is the time zone of labels, registers and people (UTC+8; no summer time since 1991).
var ChinaTime = time.FixedZone("UTC+8", 8*60*60)

const dayMillis = 24 * 60 * 60 * 1000

// dayOf numbers the calendar days of China, in which dates on labels and registers are meant.
func dayOf(t time.Time) int64 { return (t.UnixMilli() + 8*60*60*1000) / dayMillis }
