package chain

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// singleValue is a value that is judged alone: an attribute of a lot, or the reading of a sensor.
type singleValue struct {
	number fraction
	lot    string
}

// listSingles lists the values of an attribute term or a sensor term.
func (v *eventView) listSingles(t *Term) []singleValue {
	var found []singleValue
	if t.Sensor != "" {
		for _, r := range parseSensorValues(v.assessment.Event.Sensors, t.Sensor) {
			found = append(found, singleValue{fraction{r.Num(), r.Denom()}, ""})
		}
		return pickExtremes(found)
	}
	for _, it := range v.listSubjects() {
		if d, ok := findNumber(it.Attributes, t.Attribute); ok {
			found = append(found, singleValue{fraction{d.bigInt(), bigMicro}, it.Lot})
		}
	}
	if d, ok := findNumber(v.assessment.Event.Evidence, t.Attribute); ok {
		found = append(found, singleValue{fraction{d.bigInt(), bigMicro}, ""})
	}
	return found
}

// pickExtremes keeps the lowest and the highest reading: a logger sends hundreds, and one question for each side is enough.
func pickExtremes(all []singleValue) []singleValue {
	if len(all) < 2 {
		return all
	}
	order := func(a, b singleValue) int {
		return new(big.Int).Mul(a.number.num, b.number.den).Cmp(new(big.Int).Mul(b.number.num, a.number.den))
	}
	low, high := slices.MinFunc(all, order), slices.MaxFunc(all, order)
	if order(low, high) == 0 {
		return []singleValue{low}
	}
	return []singleValue{low, high}
}

// sumAttribute sums an attribute over the lots that the event makes (or takes), where every lot states the attribute; else the
// value is the event's own.
func (v *eventView) sumAttribute(names []string) (fraction, bool) {
	total := new(big.Int)
	lots := v.listSubjects()
	all := len(lots) > 0
	for _, it := range lots {
		d, ok := findNumber(it.Attributes, names)
		all = all && ok
		total.Add(total, d.bigInt())
	}
	if !all {
		d, ok := findNumber(v.assessment.Event.Evidence, names)
		return fraction{d.bigInt(), bigMicro}, ok
	}
	return fraction{total, bigMicro}, true
}

func findNumber(list []trace.Attribute, names []string) (Decimal, bool) {
	text, ok := findAttribute(list, names)
	if !ok {
		return Decimal{}, false
	}
	return parseAttributeNumber(text)
}

func findAttribute(list []trace.Attribute, names []string) (string, bool) {
	for _, a := range list {
		if slices.Contains(names, a.Name) && strings.TrimSpace(a.Value) != "" {
			return a.Value, true
		}
	}
	return "", false
}

// parseAttributeNumber parses a number as a clerk writes a number: "9.4", "23%". Any other text is no number and is not judged.
func parseAttributeNumber(text string) (Decimal, bool) {
	d, err := NewDecimal(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), "%％")))
	return d, err == nil
}

// reading is a plain decimal; sensors send more digits than people write.
var reading = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,18})?$`)

type sensorElement struct {
	Reports []sensorReport `json:"sensorReport"`
}

type sensorReport struct {
	Max   json.RawMessage `json:"maxValue"`
	Mean  json.RawMessage `json:"meanValue"`
	Min   json.RawMessage `json:"minValue"`
	Type  string          `json:"type"`
	UOM   string          `json:"uom"`
	Value json.RawMessage `json:"value"`
}

// parseSensorValues parses the values of one type from an EPCIS sensorElementList, temperatures in °C. The type may be written
// "Temperature", "gs1:Temperature" or as a full URI. A text that cannot be parsed is no value.
func parseSensorValues(raw json.RawMessage, kind string) []*big.Rat {
	if len(raw) == 0 {
		return nil
	}
	var list []sensorElement
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var found []*big.Rat
	for _, e := range list {
		for _, r := range e.Reports {
			if r.Type[strings.LastIndexAny(r.Type, ":/#")+1:] != kind {
				continue
			}
			for _, text := range []json.RawMessage{r.Min, r.Value, r.Mean, r.Max} {
				if s := strings.Trim(string(text), `"`); reading.MatchString(s) {
					n, _ := new(big.Rat).SetString(s)
					found = append(found, toCelsius(n, r.UOM))
				}
			}
		}
	}
	return found
}

// toCelsius converts the temperature units of UN/ECE Recommendation 20; a value of any other unit is unchanged.
func toCelsius(r *big.Rat, uom string) *big.Rat {
	switch uom {
	case "FAH":
		r.Sub(r, big.NewRat(32, 1))
		return r.Mul(r, big.NewRat(5, 9))
	case "KEL":
		return r.Sub(r, big.NewRat(27315, 100))
	}
	return r
}
