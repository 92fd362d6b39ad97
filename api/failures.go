package api

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/problem"
)

// operationKind sorts operations by how they can fail.
type operationKind int

const (
	readPublic     operationKind = iota // a picture of a lot's code, open to all
	readList                            // a list of what the caller may see
	readFiltered                        // a list that names one thing, which must exist
	readOne                             // one thing, which must exist and be seen by the caller
	readRestricted                      // for a bureau or an administrator
	readOneSecret                       // one thing for those with a right beyond seeing: codes, cases
	writeFact                           // a report or a record about codes: judged by the ledger
	writeMaster                         // master data
	writeMany                           // many reports in one request: each has a status of its own
	writeCase                           // a note on a case
	writeKey                            // a new key
	removeKey                           // an end to a key
)

// failuresOf are the statuses of the errors that operations of a kind can answer. Every operation refuses an unknown query parameter (400)
// and answers 503 while the store is away or the log is read.
var failuresOf = map[operationKind][]int{
	readPublic:     {400, 404, 422, 503},
	readList:       {400, 401, 422, 503},
	readFiltered:   {400, 401, 403, 404, 422, 503},
	readOne:        {400, 401, 404, 422, 503},
	readRestricted: {400, 401, 403, 422, 503},
	readOneSecret:  {400, 401, 403, 404, 422, 503},
	writeFact:      {400, 401, 403, 404, 409, 413, 422, 503},
	writeMaster:    {400, 401, 403, 409, 413, 422, 503},
	writeMany:      {400, 401, 413, 422, 503},
	writeCase:      {400, 401, 403, 404, 413, 422, 503},
	writeKey:       {400, 401, 403, 413, 422, 503},
	removeKey:      {400, 401, 403, 404, 503},
}

// failureText describes each status.
var failureText = map[int]string{
	400: "The request is not readable: a body that is no JSON, a member or a query parameter that the operation does not have.",
	401: "The key is missing, unknown or revoked.",
	403: "The caller's role or organisation may not do this.",
	404: "What the request names does not exist, or is not for the caller to see; the two are answered in the same words.",
	409: "The request clashes with what is recorded.",
	413: "The body, a text or a list is longer than the operation takes.",
	422: "A value is missing, or outside what the operation takes.",
	503: "The store does not answer, or the server is still reading the log; try again after Retry-After.",
}

// kindsByID are the kinds of operations that kindOfOperation cannot tell by method, path and tag.
var kindsByID = map[string]operationKind{
	"listCases": readFiltered, "previewLabel": readFiltered, "getLedger": readRestricted, "listKeys": readRestricted,
	"getCase": readOneSecret, "listCodes": readOneSecret, "getItemSVG": readOneSecret, "getItemPNG": readOneSecret,
	"createBatch": writeMany, "importFile": writeKey, "closeCase": writeCase, "createKey": writeKey,
}

func kindOfOperation(op *huma.Operation) operationKind {
	if kind, ok := kindsByID[op.OperationID]; ok {
		return kind
	}
	switch {
	case len(op.Security) > 0 && len(op.Security[0]) == 0:
		return readPublic
	case op.Method == http.MethodDelete:
		return removeKey
	case op.Method == http.MethodPost && op.Tags[0] == tagMaster:
		return writeMaster
	case op.Method == http.MethodPost:
		return writeFact
	case strings.Contains(op.Path, "{"):
		return readOne
	}
	return readList
}

// describeFailures writes into each operation how the operation can fail. An operation without a body and without query parameters takes
// no value that could be wrong: 422 is left out there.
func (a *API) describeFailures() {
	schema := a.reg.Schema(reflect.TypeFor[problem.Problem](), true, "Problem")
	content := map[string]*huma.MediaType{problem.MediaType: {Schema: schema}}
	components := map[string]*huma.Response{}
	for status, text := range failureText {
		components[failureName(status)] = &huma.Response{Description: text, Content: content}
	}
	a.OpenAPI().Components.Responses = components
	for _, item := range a.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			if op == nil {
				continue
			}
			op.Responses["default"] = &huma.Response{Description: "An error.", Content: content}
			for _, status := range failuresOf[kindOfOperation(op)] {
				if status != http.StatusUnprocessableEntity || takesValues(op) {
					op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + failureName(status)}
				}
			}
		}
	}
}

// failureName is a status in words without spaces: NotFound.
func failureName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// takesValues reports whether an operation takes values besides the name of a thing in its path.
func takesValues(op *huma.Operation) bool {
	if op.RequestBody != nil {
		return true
	}
	for _, p := range op.Parameters {
		if p.In != "path" {
			return true
		}
	}
	return false
}

// describeBatchBodies says which bodies the reports of a batch have: those of the single operations, and field work with its season.
func (a *API) describeBatchBodies() {
	body := a.reg.Map()["Item"].Properties["body"]
	for _, name := range sortedNames(a.kinds) {
		body.AnyOf = append(body.AnyOf, a.reg.Schema(a.kinds[name].body, true, a.kinds[name].body.Name()))
	}
}
