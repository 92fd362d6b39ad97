package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/trace"
)

// Bounds of a batch.
const (
	maxItems = 1000
	maxBatch = 8 << 20 // bytes
)

// Batch is many reports in one request.
type Batch struct {
	Items []Item `json:"items" minItems:"1" maxItems:"1000"`
}

// Item is one report of a batch.
type Item struct {
	Type string          `json:"type" later:"true"`
	ID   string          `json:"id,omitempty" maxLength:"100" doc:"The client's id of this report, as Idempotency-Key is of a single one."`
	Body json.RawMessage `json:"body" doc:"The report, as it would be sent to its own operation; work names its season."`
}

// UnmarshalJSONFrom reads a batch; see readMembers.
func (b *Batch) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return readMembers(d, objectMember{"items", &b.Items})
}

// UnmarshalJSONFrom reads an item; the body is judged later, when the report is read.
func (it *Item) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return readMembers(d, objectMember{"type", &it.Type}, objectMember{"id", &it.ID}, objectMember{"body", &it.Body})
}

// BatchAnswer is the outcome of each report, in order.
type BatchAnswer struct {
	Results []ItemResult `json:"results"`
}

// ItemResult is the outcome of one report: an answer or an error.
type ItemResult struct {
	Status int              `json:"status" doc:"The status the report would have had alone."`
	Answer *Answer          `json:"answer,omitempty"`
	Error  *problem.Problem `json:"error,omitempty"`
}

type batchInput struct {
	RawBody []byte `contentType:"application/json"`
}

func (a *API) registerBatch() {
	op := a.describeWrite("/batch", "createBatch", tagReports, "Record many reports at once",
		"Up to 1,000 reports, each recorded or refused on its own: always look at each result. They share durable writes, so this is the fast "+
			"way in for a phone that was without signal and for programs.")
	op.DefaultStatus, op.MaxBodyBytes, op.Responses = http.StatusOK, maxBatch, nil
	rules := readRules(reflect.TypeFor[Batch]())
	rules.readsItself = true // a body with a member that is there twice fails on its own
	huma.Register(a.huma, *op, func(ctx context.Context, in *batchInput) (*body[BatchAnswer], error) {
		var b Batch
		if err := decodeBody(in.RawBody, &b, rules); err != nil {
			return nil, err
		}
		return answerBody(BatchAnswer{a.recordBatch(ctx, b.Items)}, nil)
	})
	a.describeBody(op, reflect.TypeFor[Batch]())
	for _, k := range app.ReportKinds() {
		kind := a.reg.Map()["Item"].Properties["type"]
		kind.Enum = append(kind.Enum, k.Name)
	}
	a.reg.Map()["ItemResult"].Properties["error"].Description = itemErrorText
}

// itemErrorText describes the error of an item.
const itemErrorText = "Why this report was not recorded; the others were. Its field is a path within the report's body, or type."

// recordBatch records the reports of a batch; each of them is read while earlier ones are being written.
func (a *API) recordBatch(ctx context.Context, items []Item) []ItemResult {
	c := callerOf(ctx)
	results := make([]ItemResult, len(items))
	reports := func(yield func(app.Report, error) bool) {
		for i := range items {
			if !yield(a.readItem(&items[i])) {
				return
			}
		}
	}
	a.App().RecordBatch(ctx, c.Actor, reports, func(i int, res app.Recorded, err error) {
		results[i] = a.describeOutcome(ctx, c, i, res, err)
	})
	return results
}

// readItem decodes the report of an item.
func (a *API) readItem(it *Item) (app.Report, error) {
	k, ok := a.kinds[it.Type]
	switch {
	case it.Type == "":
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "type")
	case !ok:
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "type", "value", trace.Clip(it.Type), "allowed",
			strings.Join(sortedNames(a.kinds), " "))
	}
	return k.readReport(it.Body, it.ID)
}

// describeOutcome is the answer to an item: the record, or the problem.
func (a *API) describeOutcome(ctx context.Context, c *caller, i int, res app.Recorded, err error) ItemResult {
	if err == nil {
		ans := a.describeRecorded(c, res)
		return ItemResult{Status: statusOfWrite(res.Repeat), Answer: &ans}
	}
	p := NewProblem(err, c.say, "")
	var e *trace.Error
	if !errors.As(err, &e) {
		a.logUnexpected(ctx, "batch item "+strconv.Itoa(i), err)
	}
	return ItemResult{Status: p.Status, Error: p}
}

// logUnexpected logs an error that the error handler does not get and whose cause the caller does not learn.
func (a *API) logUnexpected(ctx context.Context, what string, err error) {
	if a.Log != nil {
		a.Log.ErrorContext(ctx, "unexpected error", "in", what, "err", err)
	}
}
