package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/trace"
)

// Codes of errors that only an HTTP request can make. The codes stand beside those of internal/trace.
const (
	CodeMethod       trace.Code = "method_not_allowed" // the path exists, but not for this method
	CodeUnknownField trace.Code = "unknown_field"      // a member that the body does not have (value: its name, why)
	CodeStarting     trace.Code = "starting"           // the log is still being replayed; Retry-After
	CodeInternal     trace.Code = "internal"           // our fault; the log has it under the request's id
)

// Status is the HTTP status of an error of the vocabulary.
func Status(e *trace.Error) int {
	switch e.Code {
	case trace.CodeMalformed, CodeUnknownField:
		return http.StatusBadRequest
	case trace.CodeUnauthenticated:
		return http.StatusUnauthorized
	case CodeMethod:
		return http.StatusMethodNotAllowed
	}
	switch e.Kind {
	case trace.Invalid:
		return http.StatusUnprocessableEntity
	case trace.Forbidden:
		return http.StatusForbidden
	case trace.NotFound:
		return http.StatusNotFound
	case trace.Conflict:
		return http.StatusConflict
	case trace.TooLarge:
		return http.StatusRequestEntityTooLarge
	case trace.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// NewProblem writes an error for its reader. An error outside the vocabulary says nothing of its inside.
func NewProblem(err error, say *locale.Printer, request string) *problem.Problem {
	var e *trace.Error
	if !errors.As(err, &e) {
		e = trace.E(trace.Internal, CodeInternal, "")
	}
	p := &problem.Problem{Type: "/api/v1/docs#error-" + string(e.Code), Status: Status(e), Detail: say.Error(e), Code: string(e.Code),
		Field: e.Field}
	p.Title = http.StatusText(p.Status)
	if request != "" {
		p.Instance = "urn:yousang:request:" + request
	}
	if p.Status < http.StatusInternalServerError { // the causes of our own failures are for the log
		p.Args = e.Args
	}
	return p
}

// failure is the key of a request's error among the locals of its Fiber context.
type failure struct{}

// The library huma writes errors itself. These hooks, which are all that huma offers, keep the error for the server's one error handler
// instead.
func init() {
	huma.DefaultArrayNullable = false // a list of ours is never null
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError { return &problem.Problem{Status: status} }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		humafiber.Unwrap(ctx).Locals(failure{}, findCause(ctx, status, msg, errs))
		return &problem.Problem{Status: status}
	}
}

// findCause is the error behind one that huma reports: the handler's own, or one about a parameter.
func findCause(ctx huma.Context, status int, msg string, errs []error) error {
	if len(errs) > 0 { // the first is enough: the next is seen once the first is mended
		var d *huma.ErrorDetail
		if errors.As(errs[0], &d) {
			return explainParameterError(d)
		}
		return errs[0]
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.FormatInt(ctx.Operation().MaxBodyBytes, 10))
	case http.StatusBadRequest:
		return trace.E(trace.Invalid, trace.CodeRequired, "body")
	}
	return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", msg)
}

// explainParameterError translates what huma says of a parameter.
func explainParameterError(d *huma.ErrorDetail) error {
	field := d.Location
	for _, where := range []string{"query.", "path.", "header.", "body."} {
		field = strings.TrimPrefix(field, where)
	}
	if strings.HasPrefix(d.Message, "required ") {
		return trace.E(trace.Invalid, trace.CodeRequired, field)
	}
	if d.Message == "unknown query parameter" {
		return trace.E(trace.Invalid, CodeUnknownField, field, "value", trace.Clip(field), "why", d.Message)
	}
	value, _ := d.Value.(string)
	allowed := strings.TrimPrefix(d.Message, "expected ")
	if list, ok := strings.CutPrefix(d.Message, "expected value to be one of "); ok {
		allowed = strings.ReplaceAll(strings.Trim(list, `"`), ", ", " ")
	}
	return trace.E(trace.Invalid, trace.CodeBadValue, field, "value", trace.Clip(value), "allowed", allowed)
}
