package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// Answer is what every write answers.
type Answer struct {
	Seq       int64      `json:"seq" doc:"Sequence number of the record."`
	EventID   string     `json:"eventID,omitempty" doc:"Hash of the event (CBV 2.0), by which anybody can check it."`
	ID        string     `json:"id,omitempty" doc:"URI of the master data that was recorded."`
	Repeat    bool       `json:"repeat" doc:"The same had been recorded before; this is the first answer again."`
	Lots      []MadeLot  `json:"lots" doc:"Lots that this made, in the order they were sent."`
	Unit      string     `json:"unit,omitempty" doc:"URI of the unit that was packed or unpacked."`
	Shipment  string     `json:"shipment,omitempty" doc:"URI of the shipment."`
	Questions []Question `json:"questions" doc:"What is out of the ordinary (存疑): recorded all the same, and seen by the county."`
}

// MadeLot is a lot that a report made.
type MadeLot struct {
	Lot string `json:"lot" doc:"URI of the lot; it never changes."`
	Key string `json:"key" doc:"Its key, for labels and the phone."`
	URL string `json:"url" doc:"What its code opens."`
}

// Question is a question with its sentence.
type Question struct {
	Code     string `json:"code"`
	Step     string `json:"step,omitempty" doc:"Step of a chain, as in pomelo/juice."`
	What     string `json:"what,omitempty" doc:"Ratio or evidence within the step."`
	Value    string `json:"value,omitempty"`
	Low      string `json:"low,omitempty" doc:"Tolerance."`
	High     string `json:"high,omitempty" doc:"Tolerance."`
	Lot      string `json:"lot,omitempty"`
	Comment  string `json:"comment,omitempty" doc:"What the operator said."`
	Sentence string `json:"sentence" doc:"In the language of Accept-Language."`
}

// written is the HTTP answer of a write.
type written struct {
	Status int
	Seq    int64 `header:"Yousang-Seq" doc:"Sequence number of the record."`
	Body   Answer
}

// reply makes the HTTP answer of a result.
func (a *API) reply(c *caller, res trace.Result, ev *trace.Event) (*written, error) {
	ans, err := a.answer(c, res, ev)
	if err != nil {
		return nil, err
	}
	w := &written{Status: http.StatusCreated, Seq: ans.Seq, Body: ans}
	if res.Repeat {
		w.Status = http.StatusOK
	}
	return w, nil
}

// answer describes a result. ev is the event that was recorded; for a repeat it is read from the record.
func (a *API) answer(c *caller, res trace.Result, ev *trace.Event) (Answer, error) {
	ans := Answer{Seq: res.Record.Seq, EventID: res.Record.EventID, Repeat: res.Repeat, Lots: []MadeLot{},
		Questions: a.questions(c.say, res.Record.Questions)}
	if res.Record.Kind != trace.KindEvent {
		ans.ID = idOf(&res.Record)
		return ans, nil
	}
	if res.Repeat || ev == nil {
		first, err := trace.ParseEvent(res.Record.Body)
		if err != nil {
			return ans, err
		}
		ev = first
	}
	if ev.Declaration != nil {
		return ans, nil
	}
	for _, q := range made(ev) {
		ans.Lots = append(ans.Lots, MadeLot{Lot: q.Class, Key: trace.KeyOf(q.Class), URL: a.url(q.Class)})
	}
	if ev.Type == trace.AggregationEvent {
		ans.Unit = ev.ParentID
	}
	for _, t := range ev.BizTransactions {
		if t.Type == "desadv" {
			ans.Shipment = t.ID
		}
	}
	return ans, nil
}

// made lists what an event makes.
func made(ev *trace.Event) []trace.EventQuantity {
	if ev.Type == trace.ObjectEvent && ev.Action == "ADD" {
		return ev.Quantities
	}
	return ev.Outputs
}

// url is the address that the code of a lot opens: its path on the public address.
func (a *API) url(lot string) string { return a.PublicURL + digitallink.LotPath(lot) }

func (a *API) questions(say *locale.Printer, list []trace.Question) []Question {
	out := make([]Question, len(list))
	for i, q := range list {
		out[i] = Question{Code: q.Code, Step: q.Step, What: q.What, Value: q.Value, Low: q.Low, High: q.High, Lot: q.Lot, Comment: q.Comment,
			Sentence: a.sentence(say, q)}
	}
	return out
}

// sentence asks a question in the words of its chain.
func (a *API) sentence(say *locale.Printer, q trace.Question) string {
	st, ok := a.Recorder().Chains.Step(q.Step)
	if !ok {
		return say.Question(q, "")
	}
	in := func(n chain.Names) string {
		if say.Lang() == locale.English {
			return n.En
		}
		return n.Zh
	}
	for i := range st.Ratios {
		if st.Ratios[i].ID == q.What {
			return say.Question(q, in(st.Ratios[i].Name), st.Ratios[i].Unit)
		}
	}
	for i := range st.Evidence {
		if st.Evidence[i].ID == q.What {
			return say.Question(q, in(st.Evidence[i].Name))
		}
	}
	return say.Question(q, "")
}

// said puts an error about an event into the words of the report it came from; nil stays nil.
func (p *report) said(r *app.App, err error, ev *trace.Event) error {
	err = app.ToReportError(err, ev)
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case p.kind == "correction" && e.Field != "reason" && e.Field != "id" && e.Field != "": // whatever stands in its way, it was asked for by its event
		e.Field = "event"
	case e.Field == "lots" && e.Args["lot"] != "":
		for i, name := range p.lots {
			if id, err := r.ResolveLot(name); err == nil && trace.KeyOf(id) == e.Args["lot"] {
				e.Field = "lots[" + strconv.Itoa(i) + "]"
				break
			}
		}
	}
	return e
}

// again looks whether a report that can no longer be made has been recorded before: then its repeat gets the first answer, and not an
// error about a state of things that it has itself brought about. (A command without an event is never recorded; the writer only
// looks up its id.)
func again(ctx context.Context, r *app.App, cmd trace.Command) (trace.Result, bool) {
	if cmd.ClientID == "" {
		return trace.Result{}, false
	}
	cmd.Kind, cmd.Event, cmd.DryRun = trace.KindEvent, &trace.Event{}, true
	res := r.Submit(ctx, cmd)[0]
	return res, res.Repeat || errors.Is(res.Err, &trace.Error{Code: trace.CodeIDReused})
}
