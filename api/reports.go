package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// report is one decoded report, ready to become a command.
type report struct {
	kind  string
	lots  []string // lots it names as such, without amounts
	id    string
	sent  []byte // what id stands for
	leans bool   // its content depends on what is held or under way at the moment it is made
	make  func(ctx context.Context, r *app.App, a trace.Actor) (trace.Command, error)
}

// command makes the command of a report, under its client-made id.
func (p *report) command(ctx context.Context, r *app.App, a trace.Actor) (trace.Command, error) {
	cmd, err := p.make(ctx, r, a)
	if p.id != "" {
		if cmd.Actor = a; err != nil {
			return app.WithID(trace.Command{Actor: a}, p.id, p.sent), err
		}
		cmd = app.WithID(cmd, p.id, p.sent)
	}
	return cmd, err
}

// kind is one kind of report: its name in a batch and how its body is read.
type kind struct {
	name string
	read func(raw []byte, id string, patch func(v any) error) (*report, error)
	body reflect.Type
}

// verb says how a body of type T becomes a command.
type verb[T any] struct {
	common func(*T) *app.Common
	make   func(ctx context.Context, r *app.App, a trace.Actor, v T) (trace.Command, error)
	leans  func(*T) bool
	lots   func(*T) []string
}

// kindOf makes a kind of a verb.
func kindOf[T any](name string, v verb[T]) *kind {
	t := reflect.TypeFor[T]()
	rules := rulesOf(t)
	return &kind{name: name, body: t, read: func(raw []byte, id string, patch func(any) error) (*report, error) {
		in := new(T)
		if patch != nil {
			if err := patch(in); err != nil {
				return nil, err
			}
		}
		if err := decode(raw, in, rules); err != nil {
			return nil, err
		}
		if patch != nil {
			if err := patch(in); err != nil {
				return nil, err
			}
		}
		p := &report{kind: name, leans: v.leans != nil && v.leans(in), make: func(ctx context.Context, r *app.App, a trace.Actor) (trace.Command, error) {
			return v.make(ctx, r, a, *in)
		}}
		if v.lots != nil {
			p.lots = v.lots(in)
		}
		c := v.common(in)
		if err := p.identify(c, id); err != nil || p.id == "" {
			return p, err
		}
		canonical, err := trace.CanonicalJSON(in)
		p.sent = append([]byte(name+"\n"), canonical...)
		return p, err
	}}
}

// identify settles the client-made id of a report: from the header, the body, or both where they agree.
func (p *report) identify(c *app.Common, header string) error {
	if header != "" && c.ID != "" && header != c.ID {
		return trace.E(trace.Invalid, trace.CodeBadValue, "id", "value", trace.Clip(c.ID), "allowed", trace.Clip(header))
	}
	if c.ID == "" {
		c.ID = header
	}
	p.id = c.ID
	return nil
}

// simple adapts the recorder's verbs that need no context.
func simple[T any](f func(*app.App, trace.Actor, T) (trace.Command, error)) func(context.Context, *app.App, trace.Actor, T) (trace.Command, error) {
	return func(_ context.Context, r *app.App, a trace.Actor, v T) (trace.Command, error) {
		return f(r, a, v)
	}
}

// takesAll reports whether an amount is left to be filled in with all that is held.
func takesAll(list []app.Taken) bool {
	for i := range list {
		if list[i].Quantity == nil {
			return true
		}
	}
	return false
}

func receivesAll(in *app.Receipt) bool {
	if in.Shipment == "" || len(in.Lots)+len(in.Units) == 0 {
		return true
	}
	for i := range in.Lots {
		if in.Lots[i].Quantity == nil {
			return true
		}
	}
	return false
}

// ReportInput is a report as it comes in.
type ReportInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"100" doc:"An id made by the client (a UUID). The same as the member id; one of the two is enough."`
	RawBody []byte `contentType:"application/json"`
}

// registerReports adds the verbs.
func (a *API) registerReports() {
	a.report("/harvests", "createHarvest", "Record a harvest 采收", "Makes lots out of a season, or, without one, lots of something bought outside the county. Answers the keys of the lots, from which labels are printed.",
		kindOf("harvest", verb[app.Harvest]{common: func(v *app.Harvest) *app.Common { return &v.Common }, make: simple((*app.App).Harvest)}))
	a.report("/transformations", "createTransformation", "Record a grading, splitting, merging or processing 分级、分装、合并、加工", "Takes lots and makes lots. By-products and losses are outputs too; more can never come out than goes in.",
		kindOf("transformation", verb[app.Transformation]{common: func(v *app.Transformation) *app.Common { return &v.Common },
			make: simple((*app.App).Transform), leans: func(v *app.Transformation) bool { return takesAll(v.Inputs) }}))
	a.report("/packings", "createPacking", "Pack a box or pallet 装箱、码托", "Puts amounts of lots, and packed units, into a new unit, which then moves as a whole.",
		kindOf("packing", verb[app.Packing]{common: func(v *app.Packing) *app.Common { return &v.Common },
			make: simple((*app.App).Pack), leans: func(v *app.Packing) bool { return takesAll(v.Contents) }}))
	a.report("/unpackings", "createUnpacking", "Unpack a unit 拆箱", "Empties a unit into its holder's hands.",
		kindOf("unpacking", verb[app.Unpacking]{common: func(v *app.Unpacking) *app.Common { return &v.Common }, make: simple((*app.App).Unpack)}))
	a.report("/shipments", "createShipment", "Send a shipment 发货", "Lots and units leave for another organisation and are under way until it receives them.",
		kindOf("shipment", verb[app.Shipment]{common: func(v *app.Shipment) *app.Common { return &v.Common },
			make: simple((*app.App).Ship), leans: func(v *app.Shipment) bool { return takesAll(v.Lots) }}))
	a.report("/receipts", "createReceipt", "Receive a shipment 签收", "All of it, or what is named; in parts where partial is set. What differs from the shipped quantity wants a reason.",
		kindOf("receipt", verb[app.Receipt]{common: func(v *app.Receipt) *app.Common { return &v.Common }, make: simple((*app.App).Receive), leans: receivesAll}))
	a.report("/losses", "createLoss", "Record a loss 损耗", "Takes amounts out for good, with a reason.",
		kindOf("loss", verb[app.Loss]{common: func(v *app.Loss) *app.Common { return &v.Common },
			make: simple((*app.App).Lose), leans: func(v *app.Loss) bool { return takesAll(v.Lots) }}))
	a.report("/observations", "createObservation", "Record an inspection or a storage 检验、贮藏", "Says something about lots and changes no amount; evidence holds the values and report numbers.",
		kindOf("observation", verb[app.Observation]{common: func(v *app.Observation) *app.Common { return &v.Common },
			make: simple((*app.App).Observe), lots: func(v *app.Observation) []string { return v.Lots }}))
	a.report("/statuses", "createStatus", "Hold, release or recall lots 暂停、解除、召回", "With forward, everything made of the lots as well. A holder holds, the maker and a bureau recall.",
		kindOf("status", verb[app.Status]{common: func(v *app.Status) *app.Common { return &v.Common },
			make: simple((*app.App).Status), leans: func(v *app.Status) bool { return v.Forward }, lots: func(v *app.Status) []string { return v.Lots }}))
	a.report("/corrections", "createCorrection", "Withdraw an event that was a mistake 更正", "Possible as long as nothing was built on it. Nothing is deleted: the correction is a record of its own.",
		kindOf("correction", verb[app.Correction]{common: func(v *app.Correction) *app.Common { return &v.Common },
			make: func(ctx context.Context, r *app.App, actor trace.Actor, v app.Correction) (trace.Command, error) {
				return r.Correct(ctx, actor, v)
			}, leans: func(*app.Correction) bool { return true }}))
	a.registerWork()
}

// operation describes a write.
func (a *API) operation(path, id, tag, summary, description string) *huma.Operation {
	return &huma.Operation{Method: http.MethodPost, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary, Description: description,
		DefaultStatus: http.StatusCreated, SkipValidateBody: true, MaxBodyBytes: maxReport, RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{}},
		Responses: map[string]*huma.Response{"200": {Description: "It had been recorded before; the first answer again.",
			Content: map[string]*huma.MediaType{"application/json": bodyOf(a.reg, reflect.TypeFor[Answer]())}}}}
}

// maxReport bounds the body of one report, in bytes.
const maxReport = 1 << 20

func (a *API) report(path, id, summary, description string, k *kind) {
	a.kinds[k.name] = k
	op := a.operation(path, id, tagReports, summary, description)
	huma.Register(a.huma, *op, func(ctx context.Context, in *ReportInput) (*written, error) {
		p, err := k.read(in.RawBody, in.Key, nil)
		if err != nil {
			return nil, err
		}
		return a.record(ctx, p)
	})
	a.documented(op, k.body)
}

// record makes, submits and answers one report.
func (a *API) record(ctx context.Context, p *report) (*written, error) {
	c, r := callerOf(ctx), a.Recorder()
	cmd, err := p.command(ctx, r, c.Actor)
	var res trace.Result
	if err != nil {
		before, ok := again(ctx, r, cmd)
		if !ok {
			return nil, p.said(r, err, nil)
		}
		res = before
	} else {
		res = r.Submit(ctx, cmd)[0]
	}
	if res.Err != nil {
		return nil, p.said(r, res.Err, cmd.Event)
	}
	return a.reply(c, res, cmd.Event)
}

// workInput is field work as it comes in.
type workInput struct {
	Season string `path:"id" doc:"The season: its slug, or its URI with its slashes escaped."`
	ReportInput
}

// registerWork adds field work 田间作业, whose season is in the path; in a batch it is in the body.
func (a *API) registerWork() {
	k := kindOf("work", verb[app.Work]{common: func(v *app.Work) *app.Common { return &v.Common },
		make: simple((*app.App).Work), leans: func(v *app.Work) bool { return takesAll(v.Lots) }})
	a.kinds[k.name] = k
	op := a.operation("/seasons/{id}/work", "createWork", tagReports, "Record field work 田间作业",
		"Spraying, fertilising, pruning, feeding on a season. A fertiliser or feed that is a lot is used up by it. The safety interval 安全间隔期 guards later harvests.")
	huma.Register(a.huma, *op, func(ctx context.Context, in *workInput) (*written, error) {
		season := a.Recorder().ID("season", unescape(in.Season))
		p, err := k.read(in.RawBody, in.Key, func(v any) error { return onSeason(v, season, a.Recorder()) })
		if err != nil {
			return nil, err
		}
		return a.record(ctx, p)
	})
	a.documented(op, k.body)
	op.RequestBody.Content["application/json"].Schema = a.without(k.body, "season", "SeasonWork")
}

// onSeason puts the season of the path into the body; one in the body must be the same.
func onSeason(v any, season string, r *app.App) error {
	w, ok := v.(*app.Work)
	if !ok {
		return nil
	}
	if w.Season != "" && r.ID("season", w.Season) != season {
		return trace.E(trace.Invalid, trace.CodeBadValue, "season", "value", trace.Clip(w.Season), "allowed", season)
	}
	w.Season = season
	return nil
}

// without is the schema of a type less one member, which its handler takes from the path.
func (a *API) without(t reflect.Type, member, name string) *huma.Schema {
	s := *a.reg.Schema(t, false, name)
	s.Properties = map[string]*huma.Schema{}
	for n, p := range a.reg.Schema(t, false, name).Properties {
		if n != member {
			s.Properties[n] = p
		}
	}
	s.Required = nil
	for _, n := range a.reg.Schema(t, false, name).Required {
		if n != member {
			s.Required = append(s.Required, n)
		}
	}
	a.reg.Map()[name] = &s
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}
