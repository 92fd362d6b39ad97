package api

import (
	"context"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// IssuedSerials answers an issue of serial numbers.
type IssuedSerials struct {
	Seq      int64     `json:"seq" doc:"Sequence number of the record."`
	Repeat   bool      `json:"repeat" doc:"The same had been recorded before; this is that batch as it is now."`
	Batch    Serials   `json:"batch"`
	Warnings []Warning `json:"warnings" doc:"What somebody should mend before the codes are printed."`
}

// ChangedSerials answers a change of items.
type ChangedSerials struct {
	Seq     int64        `json:"seq" doc:"Sequence number of the last record."`
	Repeat  bool         `json:"repeat" doc:"All of it had been recorded before."`
	Items   int64        `json:"items" doc:"How many items."`
	Changes []ChangedRow `json:"changes" doc:"One record for each unbroken row of items."`
}

// ChangedRow is one record of a change.
type ChangedRow struct {
	Seq   int64  `json:"seq"`
	Batch string `json:"batch" doc:"Key of the batch."`
	Range
}

type issued struct {
	Status  int
	Seq     int64  `header:"Yousang-Seq" doc:"Sequence number of the record."`
	Warning string `header:"Yousang-Warning" doc:"Codes of warnings, as in the member warnings."`
	Body    IssuedSerials
}

type changed struct {
	Status int
	Seq    int64 `header:"Yousang-Seq" doc:"Sequence number of the last record."`
	Body   ChangedSerials
}

func (a *API) registerSerialWrites() {
	op := a.describeCodeWrite("/serials", "issueSerials", "Issue serial numbers for the items of a lot 赋码",
		"By the lot's maker or a holder, never more than the lot has items: what is left of a lot that is counted, the pieces stated when a "+
			"weighed one was made, or as many as the net mass of one allows. A number is 12 characters made of a secret key and the item's place "+
			"in the batch; none is stored, and a guess is refused before any look-up. Up to 10,000,000 at once.", reflect.TypeFor[IssuedSerials]())
	issueRules := readRules(reflect.TypeFor[app.SerialReport]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*issued, error) {
		if err := checkPositive(in.RawBody, "count"); err != nil {
			return nil, err
		}
		b, err := readBody[app.SerialReport](in, issueRules)
		if err != nil {
			return nil, err
		}
		return a.issueSerials(ctx, in.Key, *b)
	})
	a.describeBody(op, reflect.TypeFor[app.SerialReport]())
	setExample(op, app.SerialReport{Lot: "A9DK4TXW2HQZ", Count: 2000, Regions: []string{"50", "5101"}})
	op = a.describeCodeWrite("/serials/changes", "changeSerials", "Activate, sell or void items 激活、售出、作废",
		"printed → activated → sold; voided from each, for good, with a reason. The items are named in one of three ways: a batch with its "+
			"first and last ordinal (the whole batch without them); the first and last code of a roll; or a list of codes. All of them change, or "+
			"none. By the organisation that issued them or a holder of the lot; a bureau may void. Items of a lot that is recalled or on hold are "+
			"not activated.", reflect.TypeFor[ChangedSerials]())
	changeRules := readRules(reflect.TypeFor[app.ChangeReport]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*changed, error) {
		if err := checkPositive(in.RawBody, "from", "to"); err != nil {
			return nil, err
		}
		b, err := readBody[app.ChangeReport](in, changeRules)
		if err != nil {
			return nil, err
		}
		return a.changeSerials(ctx, in.Key, *b)
	})
	a.describeBody(op, reflect.TypeFor[app.ChangeReport]())
	setExample(op, app.ChangeReport{State: trace.SerialActivated, Batch: "7KXM2QH4T9WA", From: 1, To: 500})
}

// issueSerials records a serial batch and answers the batch in its present state.
func (a *API) issueSerials(ctx context.Context, clientID string, in app.SerialReport) (*issued, error) {
	c, r := callerOf(ctx), a.App()
	res, err := r.IssueSerials(ctx, c.Actor, clientID, in)
	if err != nil {
		return nil, err
	}
	batch, err := r.ShowBatch(ctx, c.Actor, res.ID, 1)
	if err != nil {
		return nil, fmt.Errorf("issue serial numbers: %w", err)
	}
	out := &issued{Status: statusOfWrite(res.Repeat), Seq: res.Record.Seq}
	out.Body = IssuedSerials{Seq: res.Record.Seq, Repeat: res.Repeat, Batch: serialsAnswer(&batch)}
	out.Warning, out.Body.Warnings = a.warnAboutAddress(c.say)
	return out, nil
}

// changeSerials records a change of items.
func (a *API) changeSerials(ctx context.Context, clientID string, in app.ChangeReport) (*changed, error) {
	list, err := a.App().ChangeSerials(ctx, callerOf(ctx).Actor, clientID, in)
	if err != nil {
		return nil, err
	}
	out := &changed{Body: ChangedSerials{Repeat: true, Changes: make([]ChangedRow, len(list))}}
	for i, v := range list {
		out.Body.Changes[i] = ChangedRow{Seq: v.Seq, Batch: trace.KeyOf(v.Batch), Range: v.Range}
		out.Body.Items += v.To - v.From + 1
		out.Body.Seq = max(out.Body.Seq, v.Seq)
		out.Body.Repeat = out.Body.Repeat && v.Repeat
	}
	out.Status, out.Seq = statusOfWrite(out.Body.Repeat), out.Body.Seq
	return out, nil
}
