package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

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
	op := a.codeWrite("/serials", "issueSerials", "Issue serial numbers for the items of a lot 赋码",
		"By the lot's maker or a holder, never more than the lot has items: what is left of a lot that is counted, the pieces stated when a weighed one was made, or as many as the net mass of one allows. A number is 12 signs made of a secret key and the item's place in the batch; none is stored, and a guess is refused before any look-up. Up to 10,000,000 at once.", reflect.TypeFor[IssuedSerials]())
	read := readerOf[app.SerialReport](trace.KindSerials)
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*issued, error) {
		if err := given(in.RawBody, "count"); err != nil {
			return nil, err
		}
		b, sent, err := read.read(in)
		if err != nil {
			return nil, err
		}
		return a.issue(ctx, in.Key, sent, *b)
	})
	a.documented(op, reflect.TypeFor[app.SerialReport]())
	example(op, app.SerialReport{Lot: "A9DK4TXW2HQZ", Count: 2000, Regions: []string{"50", "5101"}})
	op = a.codeWrite("/serials/changes", "changeSerials", "Activate, sell or void items 激活、售出、作废",
		"printed → activated → sold; voided from each, for good, with a reason. The items are named in one of three ways: a batch with its first and last ordinal (the whole batch without them); the first and last code of a roll; or a list of codes. All of them change, or none. By the organisation that issued them or a holder of the lot; a bureau may void. Items of a lot that is recalled or on hold are not activated.", reflect.TypeFor[ChangedSerials]())
	change := readerOf[app.ChangeReport](trace.KindSerialChange)
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*changed, error) {
		if err := given(in.RawBody, "from", "to"); err != nil {
			return nil, err
		}
		b, sent, err := change.read(in)
		if err != nil {
			return nil, err
		}
		return a.change(ctx, in.Key, sent, *b)
	})
	a.documented(op, reflect.TypeFor[app.ChangeReport]())
	example(op, app.ChangeReport{State: trace.SerialActivated, Batch: "7KXM2QH4T9WA", From: 1, To: 500})
}

// keyRaces is how often another server may have named the secret key first.
const keyRaces = 3

func (a *API) issue(ctx context.Context, id string, sent []byte, in app.SerialReport) (*issued, error) {
	c, r := callerOf(ctx), a.Recorder()
	var res app.Recorded
	var err error
	for range keyRaces {
		res, err = r.RecordCommand(ctx, c.Actor, id, sent, func() (trace.Command, error) { return r.IssueSerials(ctx, c.Actor, in) })
		if !trace.IsCode(err, trace.CodeSerialKey) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	batch, err := r.ShowBatch(ctx, c.Actor, res.ID, 1)
	if err != nil {
		return nil, fmt.Errorf("issue serial numbers: %w", err)
	}
	out := &issued{Status: status(res.Repeat), Seq: res.Record.Seq, Body: IssuedSerials{Seq: res.Record.Seq, Repeat: res.Repeat, Batch: serialsAnswer(&batch)}}
	out.Warning, out.Body.Warnings = a.warned(c.say)
	return out, nil
}

func (a *API) change(ctx context.Context, id string, sent []byte, in app.ChangeReport) (*changed, error) {
	if err := oneWay(&in); err != nil {
		return nil, err
	}
	c, r := callerOf(ctx), a.Recorder()
	if key, err := trace.ParseKey(in.Batch); err == nil {
		in.Batch = key // as it was typed
	}
	cmds, err := r.ChangeSerials(ctx, c.Actor, in)
	if err != nil {
		return nil, err
	}
	results, err := r.RecordCommands(ctx, id, sent, cmds)
	if err != nil {
		return nil, a.saidOfItem(ctx, &in, err)
	}
	out := &changed{Body: ChangedSerials{Repeat: true, Changes: make([]ChangedRow, len(results))}}
	for i := range results {
		var v trace.SerialChange
		if err := json.Unmarshal(results[i].Record.Body, &v); err != nil {
			return nil, fmt.Errorf("read record %d again: %w", results[i].Record.Seq, err)
		}
		out.Body.Changes[i] = ChangedRow{Seq: results[i].Record.Seq, Batch: trace.KeyOf(v.Batch), Range: Range{From: v.From, To: v.To}}
		out.Body.Items += v.To - v.From + 1
		out.Body.Seq = max(out.Body.Seq, results[i].Record.Seq)
		out.Body.Repeat = out.Body.Repeat && results[i].Repeat
	}
	out.Status, out.Seq = status(out.Body.Repeat), out.Body.Seq
	return out, nil
}

// oneWay refuses items that are named in two ways, or in none: a slip there would change the wrong ones.
func oneWay(in *app.ChangeReport) error {
	ways := []struct {
		field string
		used  bool
	}{{"batch", in.Batch != "" || in.From != 0 || in.To != 0}, {"first", in.First != "" || in.Last != ""}, {"codes", len(in.Codes) > 0}}
	named := ""
	for _, w := range ways {
		if w.used && named != "" {
			return trace.E(trace.Invalid, trace.CodeBadValue, w.field, "allowed", named)
		}
		if w.used {
			named = w.field
		}
	}
	if named == "" {
		return trace.E(trace.Invalid, trace.CodeRequired, "batch")
	}
	return nil
}

// saidOfItem puts an error about a row of items at what the caller sent: the code that cannot change, not a place in a batch that was not named.
func (a *API) saidOfItem(ctx context.Context, in *app.ChangeReport, err error) error {
	var e *trace.Error
	if !errors.As(err, &e) || in.Batch != "" || e.Field != "from" && e.Field != "to" && e.Field != "lot" {
		return err
	}
	said := *e
	said.Field = "first"
	for i, code := range in.Codes {
		said.Field = "codes"
		v, err := a.Recorder().FindItem(ctx, "", code)
		if err == nil && e.Code == trace.CodeSerialState && strconv.FormatInt(v.Ordinal, 10) == e.Args["ordinal"] && strings.EqualFold(string(v.State), e.Args["state"]) {
			said.Field = "codes[" + strconv.Itoa(i) + "]"
			break
		}
	}
	return &said
}
