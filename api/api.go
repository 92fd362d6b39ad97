package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
)

// Prefix is the path of the API; Version names its contract and changes when the API grows.
const (
	Prefix  = "/api/v1"
	Version = "1.0"
)

// Deps are the parts that the API stands on.
type Deps struct {
	// App is asked at every request: an atomic.Pointer's Load fits. App may give nil while the log is being replayed; the server lets no
	// request through until then.
	App       func() *app.App
	Locale    *locale.Printer
	PublicURL string        // address in codes and links; without trailing slash
	Log       *slog.Logger  // nil means slog.Default
	Scans     *scan.Counter // counts page views on this server; nil counts none, and only stored views are answered

	// Import reads a register file (采收登记表, 收购台账); nil where the program has no reader. The answer is written as JSON. A dry run
	// changes nothing.
	Import func(ctx context.Context, a trace.Actor, name string, file []byte, dryRun bool) (any, error)
}

// API is the registered API.
type API struct {
	Deps
	huma  huma.API
	reg   huma.Registry
	kinds map[string]*reportKind // by their name in a batch
}

// Register adds the API's routes to an app and returns it.
func Register(app *fiber.App, d Deps) *API {
	d.PublicURL = strings.TrimRight(d.PublicURL, "/")
	a := &API{Deps: d, reg: newRegistry(), kinds: map[string]*reportKind{}}
	g := app.Group(Prefix, returnHandlerError)
	a.huma = humafiber.NewWithGroup(app, g, a.makeConfig())
	a.huma.UseMiddleware(a.authenticate)
	for _, register := range []func(){
		a.registerReports, a.registerBatch, a.registerLots, a.registerTrace, a.registerCodes, a.registerSerials,
		a.registerSerialWrites, a.registerCodeList, a.registerItems, a.registerLabels, a.registerLinks, a.registerScans,
		a.registerCases, a.registerShipments, a.registerLog, a.registerLedger, a.registerOrganisations, a.registerPlaces,
		a.registerProducts, a.registerChains, a.registerSeasons, a.registerImports, a.registerKeys,
	} {
		register()
	}
	a.describeShownMasters()
	a.describeFailures()
	a.describeParameters()
	a.describeBatchBodies()
	a.describeMembers()
	a.registerDocs(g)
	return a
}

// OpenAPI is the generated document.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// returnHandlerError returns a handler's error to Fiber, whose error handler replaces the answer of huma by the error's.
func returnHandlerError(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	if err, ok := c.Locals(failure{}).(error); ok {
		return err
	}
	return nil
}

// The tags group operations in the documentation.
const (
	tagReports = "reports"
	tagLots    = "lots"
	tagCodes   = "codes"
	tagMaster  = "master data"
	tagLog     = "log"
	tagAdmin   = "administration"
)

func (a *API) makeConfig() huma.Config {
	c := huma.DefaultConfig("Yousang 柚桑", Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no links to schemas in answers
	c.RejectUnknownQueryParameters = true
	c.Components.Schemas = a.reg
	c.Info.Description = overview
	c.Info.License = &huma.License{Name: "Apache License 2.0", Identifier: "Apache-2.0"}
	c.Servers = []*huma.Server{{URL: Prefix, Description: "This server."}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "Authorization: Bearer ys_…"},
		"apiKey": {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "The same key in a header of its own."},
	}
	c.Security = []map[string][]string{{"bearer": {}}, {"apiKey": {}}}
	c.Tags = []*huma.Tag{
		{Name: tagReports, Description: "What happened: harvests, transformations, packings, shipments, receipts, losses, field work, statuses " +
			"and corrections. Each becomes one EPCIS 2.0 event in the log, durable when it is answered."},
		{Name: tagLots, Description: "Lots 批次, where they come from, where they are, and their QR codes."},
		{Name: tagCodes, Description: "What is printed: links of a code, one code per item 一物一码, labels, page views, and cases of suspect " +
			"codes."},
		{Name: tagMaster, Description: "Organisations, places, products, chains and seasons."},
		{Name: tagLog, Description: "The records themselves."},
		{Name: tagAdmin, Description: "Imports and keys."},
	}
	return c
}

// overview begins the document: its paragraphs, with blank lines between them.
const overview = "Agricultural lots on their way from village 村 to town 镇 to county 县.\n\n" +
	"Keys: every operation but the codes (QR) and this documentation wants the key of an organisation, as " +
	"`Authorization: Bearer ys_…` or `X-API-Key`. An operator records for its organisation and sees the lots " +
	"it made or held with their lineage; a bureau sees everything and may hold and recall; an admin keeps " +
	"master data and keys.\n\n" +
	"Repeating: give a report an id of your own (`Idempotency-Key` or `id`). Sent again with the same content " +
	"it gives the same answer with status 200 and repeat=true; with other content it is a conflict.\n\n" +
	"Quantities are exact decimals with at most six places, as a number or a string. Times are RFC 3339. " +
	"Unknown members are refused.\n\n" +
	"Errors are problem details (RFC 9457): a stable code, the field, and a sentence in the language of " +
	"Accept-Language (zh, en)."

// public marks an operation that needs no key.
var public = []map[string][]string{{}}

// caller is who asks, and in which language the answer speaks.
type caller struct {
	trace.Actor
	say *locale.Printer
}

type callerKey struct{}

// authenticate finds the caller of a request. Errors: CodeUnauthenticated.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	c := &caller{say: a.Locale.For(ctx.Header("Accept-Language"))}
	if s := ctx.Operation().Security; len(s) == 0 || len(s[0]) > 0 {
		actor, err := a.App().Authenticate(ctx.Context(), requestToken(ctx))
		if err != nil {
			humafiber.Unwrap(ctx).Locals(failure{}, err)
			return
		}
		c.Actor = actor
	}
	next(huma.WithValue(ctx, callerKey{}, c))
}

func requestToken(ctx huma.Context) string {
	if k := ctx.Header("X-API-Key"); k != "" {
		return strings.TrimSpace(k)
	}
	scheme, k, _ := strings.Cut(ctx.Header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(k)
}

// callerOf is the caller of a request; every request that came through authenticate has a caller.
func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}

// body is the answer of a read.
type body[T any] struct {
	Body T
}

func answerBody[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// describeRead describes a read.
func describeRead(path, id, tag, summary, description string) huma.Operation {
	return huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary, Description: description}
}

// describeBody gives an operation the schema of a JSON body that its handler reads itself. To be called after huma.Register, which
// describes raw bodies as binary.
func (a *API) describeBody(op *huma.Operation, t reflect.Type) {
	op.RequestBody.Content["application/json"] = newMediaType(a.reg, t)
	op.RequestBody.Required = true
}

// describeShownMasters describes master data as answers show them; see describeShown.
func (a *API) describeShownMasters() {
	for _, t := range []reflect.Type{
		reflect.TypeFor[trace.Organisation](), reflect.TypeFor[trace.Place](), reflect.TypeFor[trace.Product](),
		reflect.TypeFor[trace.SeasonView](),
	} {
		a.describeShown(t)
	}
}
