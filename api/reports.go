package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// reportKind is a kind of report with the rules for its body.
type reportKind struct {
	*app.ReportKind
	body  reflect.Type
	rules *bodyRules
}

func newReportKind(k *app.ReportKind) *reportKind {
	t := reflect.TypeOf(k.New()).Elem()
	return &reportKind{k, t, readRules(t)}
}

// readReport decodes the body of a report, under the id of the header or of the batch's item.
func (k *reportKind) readReport(raw []byte, id string) (app.Report, error) {
	r := k.New()
	if err := k.decodeReport(raw, id, r); err != nil {
		return nil, err
	}
	return r, nil
}

// decodeReport decodes the body of a report into r, and settles the client's id: from the header, the body, or both where they agree.
func (k *reportKind) decodeReport(raw []byte, id string, r app.Report) error {
	if err := decodeBody(raw, r, k.rules); err != nil {
		return err
	}
	c := r.CommonPart()
	if id != "" && c.ID != "" && id != c.ID {
		return trace.E(trace.Invalid, trace.CodeBadValue, "id", "value", trace.Clip(c.ID), "allowed", trace.Clip(id))
	}
	if c.ID == "" {
		c.ID = id
	}
	return nil
}

// ReportInput is the request of a report.
type ReportInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"100"`
	RawBody []byte `contentType:"application/json"`
}

// reportOperations are the operations of the kinds of reports, but for field work, whose season is in the path.
var reportOperations = []struct{ kind, path, id, summary, description string }{
	{"harvest", "/harvests", "createHarvest",
		"Record a harvest 采收",
		"Makes lots out of a season, or, without one, lots of something bought outside the county. Answers the keys of the lots, from which " +
			"labels are printed."},
	{"transformation", "/transformations", "createTransformation",
		"Record a grading, splitting, merging or processing 分级、分装、合并、加工",
		"Takes lots and makes lots. By-products and losses are outputs too; more can never come out than goes in."},
	{"packing", "/packings", "createPacking",
		"Pack a box or pallet 装箱、码托",
		"Puts amounts of lots, and packed units, into a new unit, which then moves as a whole."},
	{"unpacking", "/unpackings", "createUnpacking",
		"Unpack a unit 拆箱",
		"Empties a unit into its holder's hands."},
	{"shipment", "/shipments", "createShipment",
		"Send a shipment 发货",
		"Lots and units leave for another organisation and are under way until it receives them."},
	{"receipt", "/receipts", "createReceipt",
		"Receive a shipment 签收",
		"All of it, or what is named; in parts where partial is set. What differs from the shipped quantity wants a reason."},
	{"loss", "/losses", "createLoss",
		"Record a loss 损耗",
		"Takes amounts out for good, with a reason."},
	{"observation", "/observations", "createObservation",
		"Record an inspection or a storage 检验、贮藏",
		"Says something about lots and changes no amount; evidence holds the values and report numbers."},
	{"status", "/statuses", "createStatus",
		"Hold, release or recall lots 暂停、解除、召回",
		"With forward, everything made of the lots as well. A holder holds, the maker and a bureau recall."},
	{"correction", "/corrections", "createCorrection",
		"Withdraw an event that was a mistake 更正",
		"Possible as long as nothing was built on it. Nothing is deleted: the correction is a record of its own."},
}

// registerReports adds an operation for each kind of report.
func (a *API) registerReports() {
	for _, k := range app.ReportKinds() {
		a.kinds[k.Name] = newReportKind(k)
	}
	for _, o := range reportOperations {
		k := a.kinds[o.kind]
		op := a.describeWrite(o.path, o.id, tagReports, o.summary, o.description)
		huma.Register(a.huma, *op, func(ctx context.Context, in *ReportInput) (*written, error) {
			r, err := k.readReport(in.RawBody, in.Key)
			if err != nil {
				return nil, err
			}
			return a.recordReport(ctx, r)
		})
		a.describeBody(op, k.body)
	}
	a.registerWork()
}

// describeWrite describes a write.
func (a *API) describeWrite(path, id, tag, summary, description string) *huma.Operation {
	return &huma.Operation{Method: http.MethodPost, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary,
		Description:   description,
		DefaultStatus: http.StatusCreated, SkipValidateBody: true, MaxBodyBytes: maxReport,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{}},
		Responses: map[string]*huma.Response{"200": {Description: "It had been recorded before; the first answer again.",
			Content: map[string]*huma.MediaType{"application/json": newMediaType(a.reg, reflect.TypeFor[Answer]())}}}}
}

// maxReport bounds the body of one report, in bytes.
const maxReport = 1 << 20

// recordReport records and answers one report.
func (a *API) recordReport(ctx context.Context, r app.Report) (*written, error) {
	c := callerOf(ctx)
	res, err := a.App().RecordReport(ctx, c.Actor, r)
	return a.replyToWrite(c, res, err)
}

// workInput is the request of field work.
type workInput struct {
	Season string `path:"id" doc:"The season: its slug, or its URI with its slashes escaped."`
	ReportInput
}

// seasonWork is the schema of field work whose season is in the path.
const seasonWork = "SeasonWork"

// registerWork adds field work 田间作业, whose season is in the path; in a batch it is in the body.
func (a *API) registerWork() {
	k := a.kinds["work"]
	op := a.describeWrite("/seasons/{id}/work", "createWork", tagReports, "Record field work 田间作业",
		"Spraying, fertilising, pruning, feeding on a season. A fertiliser or feed that is a lot is used up by it. The safety interval 安全间隔期 "+
			"guards later harvests.")
	huma.Register(a.huma, *op, func(ctx context.Context, in *workInput) (*written, error) {
		season := a.App().CompleteID("season", unescapePath(in.Season))
		w := &app.Work{Season: season}
		if err := k.decodeReport(in.RawBody, in.Key, w); err != nil {
			return nil, err
		}
		if w.Season != "" && a.App().CompleteID("season", w.Season) != season {
			return nil, trace.E(trace.Invalid, trace.CodeBadValue, "season", "value", trace.Clip(w.Season), "allowed", season)
		}
		w.Season = season
		return a.recordReport(ctx, w)
	})
	a.describeBody(op, k.body)
	op.RequestBody.Content["application/json"].Schema = a.schemaWithout(k.body, "season", seasonWork)
}

// schemaWithout is the schema of a type without one member, which the handler takes from the path.
func (a *API) schemaWithout(t reflect.Type, member, name string) *huma.Schema {
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
	return &huma.Schema{Ref: schemaPrefix + name}
}
