package story

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
)

// sensorReport is the part of an EPCIS sensorReport that a story reads.
type sensorReport struct {
	Max   json.Number `json:"maxValue"`
	Min   json.Number `json:"minValue"`
	Mean  json.Number `json:"meanValue"`
	Type  string      `json:"type"`
	UOM   string      `json:"uom"`
	Value json.Number `json:"value"`
}

// readings are the sensor readings of one kind.
type readings struct {
	low, high       *big.Rat
	lowText, hiText string
	unit            string
	n               int
}

// summariseSensors sums up readings by kind: the lowest value, the highest value, and how many readings there are.
func (s *Story) summariseSensors(raw json.RawMessage) []NamedValue {
	var list []struct {
		Reports []sensorReport `json:"sensorReport"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil // unreadable readings are not shown; the event itself was checked when the event was recorded
	}
	by := map[string]*readings{}
	var order []string
	for _, e := range list {
		for _, r := range e.Reports {
			kind := r.Type[strings.LastIndexAny(r.Type, ":/#")+1:]
			if by[kind] == nil {
				by[kind] = &readings{unit: r.UOM}
				order = append(order, kind)
			}
			by[kind].addReport(r)
		}
	}
	var out []NamedValue
	for _, kind := range order {
		if r := by[kind]; r.n > 0 && len(out) < mostValues {
			out = append(out, NamedValue{Name: s.sensorName(kind), Value: s.Printer.T("page.sensor.value", "Range", r.formatRange(), "Count", r.n)})
		}
	}
	return out
}

// sensorName is the name of a kind of readings; the kind itself where the catalog has no name.
func (s *Story) sensorName(kind string) string {
	if id := "page.sensor." + kind; s.Printer.Has(id) {
		return s.Printer.T(id)
	}
	return kind
}

// plainNumber is the form of number that loggers send. A number with an exponent could be large enough to stop the server.
var plainNumber = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

// addReport takes the values of a report into the lowest and the highest value.
func (r *readings) addReport(report sensorReport) {
	found := false
	for _, text := range []json.Number{report.Min, report.Value, report.Mean, report.Max} {
		if !plainNumber.MatchString(string(text)) {
			continue
		}
		v, _ := new(big.Rat).SetString(string(text))
		found = true
		if r.low == nil || v.Cmp(r.low) < 0 {
			r.low, r.lowText = v, string(text)
		}
		if r.high == nil || v.Cmp(r.high) > 0 {
			r.high, r.hiText = v, string(text)
		}
	}
	if found {
		r.n++
	}
}

// sensorUnits are the units of the UN/ECE codes (Recommendation 20) that loggers send.
var sensorUnits = map[string]string{"CEL": " °C", "FAH": " °F", "KEL": " K", "P1": "%", "A93": " g/m³"}

// formatRange writes the lowest and the highest value with their unit.
func (r *readings) formatRange() string {
	unit, ok := sensorUnits[r.unit]
	if !ok && r.unit != "" {
		unit = " " + r.unit
	}
	if r.lowText == r.hiText {
		return r.lowText + unit
	}
	return r.lowText + "–" + r.hiText + unit
}
