package api

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Page is a page of master data, by id.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Pass it as after for the next page; absent at the end."`
}

// Listing are the parameters that all lists of master data have.
type Listing struct {
	Q     string `query:"q" maxLength:"60" doc:"Part of the name or id."`
	After string `query:"after" maxLength:"300" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"Rows of a page."`
}

// paged cuts a page out of all there is: what keep admits, by id.
func paged[T any](all []T, l *Listing, id func(*T) string, keep func(*T) bool) Page[T] {
	slices.SortFunc(all, func(x, y T) int { return strings.Compare(id(&x), id(&y)) })
	p := Page[T]{Items: []T{}}
	for i := range all {
		if id(&all[i]) <= l.After || !keep(&all[i]) {
			continue
		}
		if len(p.Items) == l.Limit {
			p.Next = id(&p.Items[l.Limit-1])
			break
		}
		p.Items = append(p.Items, all[i])
	}
	return p
}

// has reports whether a search text is part of any of some names.
func (l *Listing) has(names ...string) bool {
	if l.Q == "" {
		return true
	}
	q := strings.ToLower(l.Q)
	return slices.ContainsFunc(names, func(s string) bool { return strings.Contains(strings.ToLower(s), q) })
}

// master adds an operation that records master data from a body of type B.
func master[B any](a *API, op *huma.Operation, kind trace.RecordKind, build func(*app.App, *caller, *B) any) {
	rules := rulesOf(reflect.TypeFor[B]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *ReportInput) (*written, error) {
		b := new(B)
		if err := decode(in.RawBody, b, rules); err != nil {
			return nil, err
		}
		c, r := callerOf(ctx), a.Recorder()
		v := build(r, c, b)
		cmd, err := r.MasterCommand(c.Actor, kind, v)
		if err != nil {
			return nil, err
		}
		if in.Key != "" {
			cmd = app.WithID(cmd, in.Key, append([]byte(kind+"\n"), cmd.Body...))
		}
		res := r.Submit(ctx, cmd)[0]
		if res.Err != nil {
			return nil, res.Err
		}
		return a.reply(c, res, nil)
	})
	a.documented(op, reflect.TypeFor[B]())
}

// NewOrganisation is an organisation 主体 to be registered or changed.
type NewOrganisation struct {
	ID        string `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. One that exists is changed."`
	Name      string `json:"name" maxLength:"100"`
	NameEn    string `json:"nameEn,omitempty" maxLength:"100"`
	Kind      string `json:"kind" enum:"cooperative,processor,park,bureau,supplier"`
	Tier      string `json:"tier" enum:"village,town,county,outside"`
	Place     string `json:"place,omitempty" maxLength:"300" doc:"Where it is: slug or URI of a place."`
	AdminCode string `json:"adminCode,omitempty" maxLength:"12" doc:"GB/T 2260 code with township and village, 6–12 digits."`
	Contact   string `json:"contact,omitempty" maxLength:"100" doc:"A public service number of the organisation; never a person's."`
}

type organisationList struct {
	Listing
	Tier string `query:"tier" enum:"village,town,county,outside" doc:"Only this tier."`
	Kind string `query:"kind" enum:"cooperative,processor,park,bureau,supplier" doc:"Only this kind."`
}

func (a *API) registerOrganisations() {
	huma.Register(a.huma, get("/organisations", "listOrganisations", tagMaster, "List organisations 主体", "By id, page by page."),
		func(_ context.Context, in *organisationList) (*body[Page[trace.Organisation]], error) {
			return answer(paged(a.Recorder().Ledger.Organisations(), &in.Listing, func(o *trace.Organisation) string { return o.ID }, func(o *trace.Organisation) bool {
				return (in.Tier == "" || string(o.Tier) == in.Tier) && (in.Kind == "" || o.Kind == in.Kind) && in.has(o.Name, o.NameEn, o.ID)
			}), nil)
		})
	huma.Register(a.huma, get("/organisations/{id}", "getOrganisation", tagMaster, "One organisation", "By slug or URI."),
		func(_ context.Context, in *thingInput) (*body[trace.Organisation], error) {
			v, ok := a.Recorder().Ledger.Organisation(a.Recorder().ID("org", unescape(in.ID)))
			return found(v, ok, "organisation", in.ID)
		})
	master(a, a.operation("/organisations", "putOrganisation", tagMaster, "Register or change an organisation", "For an admin. Replaces all members of one that exists."), trace.KindOrganisation,
		func(r *app.App, _ *caller, b *NewOrganisation) any {
			return trace.Organisation{AdminCode: b.AdminCode, Contact: b.Contact, ID: r.ID("org", b.ID), Kind: b.Kind, Name: b.Name, NameEn: b.NameEn,
				Place: r.ID("place", b.Place), Tier: trace.Tier(b.Tier)}
		})
}

// found answers one thing, or says that there is none.
func found[T any](v T, ok bool, thing, id string) (*body[T], error) {
	if !ok {
		return nil, unknown(thing, unescape(id))
	}
	return &body[T]{v}, nil
}

// NewPlace is a place 地点 to be registered or changed.
type NewPlace struct {
	ID        string          `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. One that exists is changed."`
	Name      string          `json:"name" maxLength:"100"`
	NameEn    string          `json:"nameEn,omitempty" maxLength:"100"`
	Kind      string          `json:"kind" enum:"county,town,village,group,plot,tree,site"`
	Tier      string          `json:"tier" enum:"village,town,county,outside"`
	Parent    string          `json:"parent,omitempty" maxLength:"300" doc:"The place around it: slug or URI."`
	Org       string          `json:"org,omitempty" maxLength:"300" doc:"Organisation it belongs to. An operator's own where absent."`
	AdminCode string          `json:"adminCode,omitempty" maxLength:"12" doc:"GB/T 2260 code with township and village, 6–12 digits."`
	AreaMu    trace.Amount    `json:"areaMu,omitempty" doc:"Area in mu 亩 (666.67 m²)."`
	Geometry  json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON geometry, WGS84. A plot's is never shown to the public."`
}

type placeList struct {
	Listing
	Tier   string `query:"tier" enum:"village,town,county,outside" doc:"Only this tier."`
	Kind   string `query:"kind" enum:"county,town,village,group,plot,tree,site" doc:"Only this kind."`
	Parent string `query:"parent" maxLength:"300" doc:"Only places directly in this one: slug or URI."`
	Org    string `query:"org" maxLength:"300" doc:"Only places of this organisation: slug or URI."`
}

func (a *API) registerPlaces() {
	huma.Register(a.huma, get("/places", "listPlaces", tagMaster, "List places 地点", "By id, page by page. An operator gets its own places and the public ones, not the plots and trees of others; a place's geometry is for its owner, a bureau and an admin."),
		func(ctx context.Context, in *placeList) (*body[Page[trace.Place]], error) {
			c, r := callerOf(ctx), a.Recorder()
			parent, org := r.ID("place", in.Parent), r.ID("org", in.Org)
			page := paged(r.Ledger.Places(), &in.Listing, func(p *trace.Place) string { return p.ID }, func(p *trace.Place) bool {
				return c.seesPlace(p) && (in.Tier == "" || string(p.Tier) == in.Tier) && (in.Kind == "" || p.Kind == in.Kind) && (parent == "" || p.Parent == parent) &&
					(org == "" || p.Org == org) && in.has(p.Name, p.NameEn, p.ID)
			})
			for i := range page.Items {
				page.Items[i] = c.shown(page.Items[i])
			}
			return answer(page, nil)
		})
	huma.Register(a.huma, get("/places/{id}", "getPlace", tagMaster, "One place", "By slug or URI. Seen as in the list."),
		func(ctx context.Context, in *thingInput) (*body[trace.Place], error) {
			c := callerOf(ctx)
			v, ok := a.Recorder().Ledger.Place(a.Recorder().ID("place", unescape(in.ID)))
			return found(c.shown(v), ok && c.seesPlace(&v), "place", in.ID)
		})
	master(a, a.operation("/places", "putPlace", tagMaster, "Register or change a place", "An operator keeps the plots, trees and sites of its own organisation; an admin keeps all places. Replaces all members of one that exists."),
		trace.KindPlace, func(r *app.App, c *caller, b *NewPlace) any {
			if b.Org == "" && c.Role == trace.Operator {
				b.Org = c.Org
			}
			return trace.Place{AdminCode: b.AdminCode, AreaMu: b.AreaMu, Geometry: b.Geometry, ID: r.ID("place", b.ID), Kind: b.Kind, Name: b.Name, NameEn: b.NameEn,
				Org: r.ID("org", b.Org), Parent: r.ID("place", b.Parent), Tier: trace.Tier(b.Tier)}
		})
}

// NewProduct is a product 产品 to be registered or changed.
type NewProduct struct {
	ID          string       `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. A chain knows a product by the last part of its id."`
	Name        string       `json:"name" maxLength:"100"`
	NameEn      string       `json:"nameEn,omitempty" maxLength:"100"`
	Unit        string       `json:"unit" maxLength:"10" doc:"Unit its lots are kept in: KGM, H87, LTR, ST, XBG, XBX or XPX, or a usual spelling of one. Fixed for good."`
	Chain       string       `json:"chain,omitempty" maxLength:"60" doc:"Its chain, as in pomelo."`
	GTIN        string       `json:"gtin,omitempty" maxLength:"14" doc:"14 digits, only where the organisation really has one. Fixed for good."`
	NetMass     trace.Amount `json:"netMass,omitempty" doc:"kg in one piece, box or bag, where it is counted."`
	CountWord   string       `json:"countWord,omitempty" maxLength:"4" doc:"Its count word (个、床、株、箱)."`
	Certificate bool         `json:"certificate,omitempty" doc:"A 承诺达标合格证 is due."`
}

type productList struct {
	Listing
	Chain string `query:"chain" maxLength:"60" doc:"Only products of this chain."`
}

func (a *API) registerProducts() {
	huma.Register(a.huma, get("/products", "listProducts", tagMaster, "List products 产品", "By id, page by page."),
		func(_ context.Context, in *productList) (*body[Page[trace.Product]], error) {
			return answer(paged(a.Recorder().Ledger.Products(), &in.Listing, func(p *trace.Product) string { return p.ID }, func(p *trace.Product) bool {
				return (in.Chain == "" || p.Chain == in.Chain) && in.has(p.Name, p.NameEn, p.ID, p.GTIN)
			}), nil)
		})
	huma.Register(a.huma, get("/products/{id}", "getProduct", tagMaster, "One product", "By slug or URI."),
		func(_ context.Context, in *thingInput) (*body[trace.Product], error) {
			v, ok := a.Recorder().Ledger.Product(a.Recorder().ID("product", unescape(in.ID)))
			return found(v, ok, "product", in.ID)
		})
	master(a, a.operation("/products", "putProduct", tagMaster, "Register or change a product", "For an admin. Unit and GTIN cannot change: lots are kept and named by them."), trace.KindProduct,
		func(r *app.App, _ *caller, b *NewProduct) any {
			unit := trace.Unit(b.Unit)
			if u, err := trace.ParseUnit(b.Unit); err == nil {
				unit = u
			}
			return trace.Product{Certificate: b.Certificate, Chain: b.Chain, CountWord: b.CountWord, GTIN: b.GTIN, ID: r.ID("product", b.ID), Name: b.Name,
				NameEn: b.NameEn, NetMass: b.NetMass, Unit: unit}
		})
}
