package api

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// registerMaster adds an operation that records master data of type T. required are the members that a client has to send, in the order of
// the document.
func registerMaster[T any](a *API, op *huma.Operation, put func(*app.App, context.Context, trace.Actor, string, T) (app.Recorded, error),
	required ...string) {
	t := reflect.TypeFor[T]()
	rules := readRules(t)
	huma.Register(a.huma, *op, func(ctx context.Context, in *ReportInput) (*written, error) {
		var v T
		if err := decodeBody(in.RawBody, &v, rules); err != nil {
			return nil, err
		}
		c := callerOf(ctx)
		res, err := put(a.App(), ctx, c.Actor, in.Key, v)
		return a.replyToWrite(c, res, err)
	})
	op.RequestBody.Content["application/json"] = &huma.MediaType{Schema: a.describeSent(t, required)}
	op.RequestBody.Required = true
}

func (a *API) registerOrganisations() {
	a.registerOrganisationReads()
	registerMaster(a, a.describeWrite("/organisations", "putOrganisation", tagMaster, "Register or change an organisation",
		"For an admin. Replaces all members of one that exists."), (*app.App).PutOrganisation, "id", "name", "kind", "tier")
}

func (a *API) registerPlaces() {
	a.registerPlaceReads()
	registerMaster(a, a.describeWrite("/places", "putPlace", tagMaster, "Register or change a place",
		"An operator keeps the plots, trees and sites of its own organisation; an admin keeps all places. Replaces all members of one that "+
			"exists."),
		(*app.App).PutPlace, "id", "name", "kind", "tier")
}

func (a *API) registerProducts() {
	a.registerProductReads()
	registerMaster(a, a.describeWrite("/products", "putProduct", tagMaster, "Register or change a product",
		"For an admin. Unit and GTIN cannot change: lots are kept and named by them."), (*app.App).PutProduct, "id", "name", "unit")
}
