package api

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

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

func (a *API) registerOrganisations() {
	a.registerOrganisationReads()
	master(a, a.operation("/organisations", "putOrganisation", tagMaster, "Register or change an organisation", "For an admin. Replaces all members of one that exists."), trace.KindOrganisation,
		func(r *app.App, _ *caller, b *NewOrganisation) any {
			return trace.Organisation{AdminCode: b.AdminCode, Contact: b.Contact, ID: r.ID("org", b.ID), Kind: b.Kind, Name: b.Name, NameEn: b.NameEn,
				Place: r.ID("place", b.Place), Tier: trace.Tier(b.Tier)}
		})
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

func (a *API) registerPlaces() {
	a.registerPlaceReads()
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

func (a *API) registerProducts() {
	a.registerProductReads()
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
