package chain

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// single is a value that is judged by itself: an attribute of a lot, or a sensor's reading.
type single struct {
	number number
	lot    string
}

// singles are the values of an attribute or a sensor term.
func (v *view) singles(t *Term) []single {
	var found []single
	if t.Sensor != "" {
		for _, r := range sensorValues(v.a.Event.Sensors, t.Sensor) {
			found = append(found, single{number{r.Num(), r.Denom()}, ""})
		}
		return extremes(found)
	}
	for _, it := range v.subjects() {
		if d, ok := statedNumber(it.Attributes, t.Attribute); ok {
			found = append(found, single{number{d.int(), bigMicro}, it.Lot})
		}
	}
	if d, ok := statedNumber(v.a.Event.Evidence, t.Attribute); ok {
		found = append(found, single{number{d.int(), bigMicro}, ""})
	}
	return found
}

// extremes keeps the lowest and the highest reading: a logger sends hundreds, and one question for each side is enough.
func extremes(all []single) []single {
	if len(all) < 2 {
		return all
	}
	order := func(a, b single) int {
		return new(big.Int).Mul(a.number.num, b.number.den).Cmp(new(big.Int).Mul(b.number.num, a.number.den))
	}
	low, high := slices.MinFunc(all, order), slices.MaxFunc(all, order)
	if order(low, high) == 0 {
		return []single{low}
	}
	return []single{low, high}
}

// attributeSum adds an attribute over the lots that the event makes (or takes), where every one states it; else it is the event's own.
func (v *view) attributeSum(names []string) (number, bool) {
	total := new(big.Int)
	lots := v.subjects()
	all := len(lots) > 0
	for _, it := range lots {
		d, ok := statedNumber(it.Attributes, names)
		all = all && ok
		total.Add(total, d.int())
	}
	if !all {
		d, ok := statedNumber(v.a.Event.Evidence, names)
		return number{d.int(), bigMicro}, ok
	}
	return number{total, bigMicro}, true
}

func statedNumber(list []trace.Attribute, names []string) (Decimal, bool) {
	text, ok := attribute(list, names)
	if !ok {
		return Decimal{}, false
	}
	return attributeNumber(text)
}

func attribute(list []trace.Attribute, names []string) (string, bool) {
	for _, a := range list {
		if slices.Contains(names, a.Name) && strings.TrimSpace(a.Value) != "" {
			return a.Value, true
		}
	}
	return "", false
}

// attributeNumber reads what a clerk wrote: "9.4", "23%". Anything else is not a number and is not judged.
func attributeNumber(text string) (Decimal, bool) {
	d, err := NewDecimal(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), "%％")))
	return d, err == nil
}

// reading is a plain decimal; loggers send more digits than people do.
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

// sensorValues reads the values of one type from an EPCIS sensorElementList, temperatures in °C. The type may be written "Temperature",
// "gs1:Temperature" or as a full URI. What cannot be read is not a value.
func sensorValues(raw json.RawMessage, kind string) []*big.Rat {
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
					found = append(found, celsius(n, r.UOM))
				}
			}
		}
	}
	return found
}

// celsius converts the temperature units of UN/ECE Recommendation 20; every other unit is left alone.
func celsius(r *big.Rat, uom string) *big.Rat {
	switch uom {
	case "FAH":
		r.Sub(r, big.NewRat(32, 1))
		return r.Mul(r, big.NewRat(5, 9))
	case "KEL":
		return r.Sub(r, big.NewRat(27315, 100))
	}
	return r
}
