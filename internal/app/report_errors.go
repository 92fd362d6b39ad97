package app

import (
	"errors"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// reportFields are the names of an event's members in reports.
var reportFields = []struct{ event, report string }{
	{"inputQuantityList", "inputs"}, {"outputQuantityList", "outputs"}, {"childQuantityList", "contents"}, {"quantityList", "lots"},
	{"childEPCs", "units"}, {"epcList", "units"}, {"destinationList[0].destination", "to"},
	{"bizTransactionList[0].bizTransaction", "shipment"},
	{"bizLocation", "place"}, {"ilmd.yousang:season", "season"}, {"eventTime", "time"}, {"parentID", "unit"}, {"yousang:reason", "reason"},
	{"yousang:work.yousang:", ""}, {"work.", ""}, {"outputEPCList[0]", "season"}, {"yousang:differences", "lots"},
	{"eventID", "event"}, {"status", "action"},
}

// translateField translates the field of an error about an event into the caller's words: "inputQuantityList[2].epcClass" is
// "inputs[2].lot".
func translateField(f string) string {
	for _, p := range reportFields {
		if rest, ok := strings.CutPrefix(f, p.event); ok {
			f = p.report + rest
			break
		}
	}
	f = strings.ReplaceAll(f, ".epcClass", ".lot")
	return strings.ReplaceAll(f, ".uom", ".unit")
}

// toReportError puts an error about an event into the words of the report it was made of: the field is the member that the person has to
// change. ev may be nil where no event was made. Errors outside the vocabulary pass unchanged.
func toReportError(err error, ev *trace.Event) error {
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	switch c.Code {
	case trace.CodeBeforeLot:
		return askForLaterTime(&c, ev)
	case trace.CodeKeyTaken, trace.CodeBadKey:
		c.Field = strings.TrimSuffix(c.Field, ".epcClass")
		if c.Field != e.Field {
			c.Field += ".key"
		}
		if c.Field == "parentID" || strings.HasPrefix(c.Field, "bizTransactionList") {
			c.Field = "key"
		}
	}
	c.Field = translateField(c.Field)
	return &c
}

// askForLaterTime puts an error about an order of times at the report's time; "thing" names the unit or shipment that is later, for the
// sentence.
func askForLaterTime(e *trace.Error, ev *trace.Event) error {
	thing := ""
	switch {
	case strings.HasPrefix(e.Field, "epcList"), strings.HasPrefix(e.Field, "childEPCs"), e.Field == "parentID":
		thing = "unit"
	case e.Field == "eventTime" && ev != nil && ev.BizStep == trace.StepReceiving:
		thing = "shipment"
	}
	e.Field = "time"
	if thing == "" {
		return e
	}
	args := map[string]string{"thing": thing}
	for name, value := range e.Args {
		args[name] = value
	}
	e.Args = args
	return e
}
