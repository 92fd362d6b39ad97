package api

import (
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// Answer is the answer of every write.
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

// replyToWrite makes the HTTP answer of a write, or passes its error on.
func (a *API) replyToWrite(c *caller, res app.Recorded, err error) (*written, error) {
	if err != nil {
		return nil, err
	}
	return &written{Status: statusOfWrite(res.Repeat), Seq: res.Record.Seq, Body: a.describeRecorded(c, res)}, nil
}

// describeRecorded describes a write.
func (a *API) describeRecorded(c *caller, res app.Recorded) Answer {
	ans := Answer{Seq: res.Record.Seq, EventID: res.Record.EventID, ID: res.ID, Repeat: res.Repeat, Lots: make([]MadeLot, len(res.Lots)),
		Unit: res.Unit, Shipment: res.Shipment, Questions: a.describeQuestions(c.say, res.Record.Questions)}
	for i, lot := range res.Lots {
		ans.Lots[i] = MadeLot{Lot: lot, Key: trace.KeyOf(lot), URL: a.lotURL(lot)}
	}
	return ans
}

// lotURL is the address that the code of a lot opens: its path on the public address.
func (a *API) lotURL(lot string) string { return a.PublicURL + digitallink.LotPath(lot) }

func (a *API) describeQuestions(say *locale.Printer, list []trace.Question) []Question {
	out := make([]Question, len(list))
	for i, q := range list {
		out[i] = Question{Code: q.Code, Step: q.Step, What: q.What, Value: q.Value, Low: q.Low, High: q.High, Lot: q.Lot, Comment: q.Comment,
			Sentence: a.questionSentence(say, q)}
	}
	return out
}

// questionSentence asks a question in the words of its chain.
func (a *API) questionSentence(say *locale.Printer, q trace.Question) string {
	namer := story.Namer{Printer: say}
	subject, _ := story.SubjectOf(a.App().Chains, q, time.Time{})
	return say.Question(q, namer.PickNames(subject.Names), subject.Unit)
}
