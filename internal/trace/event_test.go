package trace

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseEventRefuses(t *testing.T) {
	for _, row := range []struct {
		name, body string
		code       Code
	}{
		{"nothing", "", CodeMalformed},
		{"no JSON", "{", CodeMalformed},
		{"a list", "[]", CodeBadValue},
		{"text after it", `{"type":"ObjectEvent"} x`, CodeMalformed},
		{"a time without offset", `{"eventTime":"2026-11-20T04:00:00"}`, CodeBadTime},
		{"a time of the year 1", `{"eventTime":"0001-01-01T00:00:00Z"}`, CodeBadTime},
		{"a day that is not", `{"eventTime":"2026-02-30T00:00:00Z"}`, CodeBadTime},
		{"a time as a number", `{"eventTime":5}`, CodeBadTime},
		{"a quantity as a word", `{"quantityList":[{"epcClass":"x","quantity":"ten"}]}`, CodeBadQuantity},
		{"a quantity of seven decimals", `{"quantityList":[{"epcClass":"x","quantity":0.0000001}]}`, CodeBadQuantity},
		{"a list as text", `{"quantityList":"x"}`, CodeBadValue},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ParseEvent([]byte(row.body))
			var e *Error
			if !errors.As(err, &e) || e.Code != row.code {
				t.Fatalf("error = %v, want %s", err, row.code)
			}
		})
	}
}

func TestTimesAreWholeMillisecondsInUTC(t *testing.T) {
	e, err := ParseEvent([]byte(`{"eventTime":"2026-11-20T12:00:00.123999+08:00","type":"ObjectEvent"}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 20, 4, 0, 0, 123e6, time.UTC); !e.Time.Equal(want) {
		t.Fatalf("time = %v, want %v", e.Time, want)
	}
	b, err := e.JSON()
	if err != nil || !strings.Contains(string(b), `"eventTime":"2026-11-20T04:00:00.123Z"`) {
		t.Fatalf("JSON = %s, %v", b, err)
	}
}

func TestErrors(t *testing.T) {
	e := E(Conflict, CodeInsufficient, "quantity", "wanted", "5", "available", "3")
	if got, want := e.Error(), `insufficient at quantity available="3" wanted="5"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	wrapped := fmt.Errorf("record: %w", e)
	if !errors.Is(wrapped, &Error{Code: CodeInsufficient}) || errors.Is(wrapped, &Error{Code: CodeNotHolder}) ||
		errors.Is(wrapped, ErrConflict) {
		t.Error("errors are not compared by code")
	}
	for in, want := range map[string]string{"": "items[3]", "[2].x": "items[3][2].x", "quantity": "items[3].quantity"} {
		var got *Error
		if !errors.As(At("items[3]", fmt.Errorf("x: %w", E(Invalid, CodeRequired, in))), &got) || got.Field != want {
			t.Errorf("At(%q) = %v, want %s", in, got, want)
		}
	}
	if err := At("x", ErrConflict); !errors.Is(err, ErrConflict) || err.Error() != ErrConflict.Error() {
		t.Error("another error was changed")
	}
	long := E(Invalid, CodeBadValue, "", "value", Clip(strings.Repeat("柚", 1000)))
	if len([]rune(long.Args["value"])) != 61 {
		t.Errorf("the error repeats %d characters", len([]rune(long.Args["value"])))
	}
}

// FuzzParseEvent checks that no body causes a panic, and that an event, written and read again, is the same event.
func FuzzParseEvent(f *testing.F) {
	for _, e := range []*Event{
		HarvestEvent(Day(10, 1), "plot-a", "s-a", LotSpec{ID: NS + "/lot/" + keyWith("A"), Product: "fruit", Amount: "412.5",
			Facts: LotFacts{Grade: "优级", Pieces: Whole(300)}}),
		TransformEvent(Day(10, 2), quantities(Kg("a", "1")), LotSpec{ID: "b", Product: "juice", Amount: "0.5"}),
		ShipEvent(Day(10, 3), "s", Mill, quantities(Kg("a", "1")), "u"),
		ReceiveEvent(Day(10, 3), "s", quantities(Kg("a", "1"))).withReason("a", "磅差").asFinal(),
		WorkEvent(Day(5, 1), "s-a", sprayWork("阿维菌素", 14)),
		StatusEvent(Day(5, 1), hold, recalled, "待检", "a"),
	} {
		b, err := e.JSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"eventTime":"2026-11-20T12:00:00+08:00","sensorElementList":[{"x":1e5}],"quantityList":[{"quantity":1e3}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := ParseEvent(body)
		if err != nil {
			return
		}
		if e.Time.IsZero() {
			return
		}
		first, err := e.JSON()
		if err != nil {
			t.Fatalf("write: %v", err)
		}
		again, err := ParseEvent(first)
		if err != nil {
			t.Fatalf("read %s again: %v", first, err)
		}
		second, err := again.JSON()
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s became %s, %v", first, second, err)
		}
	})
}

// FuzzInterpret feeds arbitrary events to a ledger: whatever the events say, each is answered, and the ledger can be folded again.
func FuzzInterpret(f *testing.F) {
	seeds := newFixture(f)
	lot := seeds.HarvestFruit("100")
	unit := seeds.PackUnit(Coop, quantities(Kg(lot, "5")))
	ship := seeds.ShipToMill(Kg(lot, "10"))
	for _, e := range []*Event{
		TransformEvent(Day(10, 5), quantities(Kg(lot, "1")), LotSpec{ID: NS + "/lot/" + keyWith("ZZ"), Product: "juice", Amount: "0.5"}),
		ReceiveEvent(Day(10, 4), ship, quantities(Kg(lot, "11"))).withReason(lot, "磅差").asFinal(),
		ShipEvent(Day(10, 5), NS+"/shipment/"+keyWith("ZZ"), Park, nil, unit), UnpackEvent(Day(10, 5), unit),
		LossEvent(Day(10, 5), "烂", Kg(lot, "1")),
		WorkEvent(Day(10, 5), "s-a", FieldWork{Kind: "fertilise"}, Kg(lot, "1")), StatusEvent(Day(10, 5), recalled, hold, "x", lot),
		InspectEvent(Day(10, 5), lot, unit, ship),
	} {
		b, err := e.JSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := ParseEvent(body)
		if err != nil || e.Time.IsZero() {
			return
		}
		if _, err := e.JSON(); err != nil {
			return
		}
		fx := newFixture(t)
		fx.HarvestFruit("100")
		fx.PackUnit(Coop, quantities(Kg(lot, "5")))
		fx.ShipToMill(Kg(lot, "10"))
		for _, a := range []Actor{Coop, Mill, Office} {
			e.EventID = ""
			fx.Submit(a, e)
		}
		fx.expectSameReplay()
	})
}
