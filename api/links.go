package api

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Links are what a code may lead to besides its page.
type Links struct {
	ID   string     `json:"id" doc:"URI of the product, lot or item."`
	URL  string     `json:"url" doc:"What its code opens; with ?linkType=linkset it answers all links."`
	Sets []LinksSet `json:"sets" doc:"One for each organisation that keeps links here, in the order they came."`
}

// LinksSet are the links that one organisation keeps.
type LinksSet struct {
	Org     string          `json:"org,omitempty" doc:"URI of the organisation; none for the administrator."`
	OrgName string          `json:"orgName,omitempty"`
	Links   []trace.WebLink `json:"links"`
}

func (a *API) registerLinks() {
	huma.Register(a.huma, get("/lots/{key}/links", "listLotLinks", tagCodes, "Links of a lot's code 链接", "Those registered for the lot itself; its items and its product have their own."),
		func(ctx context.Context, in *LotRef) (*body[Links], error) {
			id, err := a.visible(callerOf(ctx), in.Key)
			if err != nil {
				return nil, err
			}
			return answer(a.links(id, a.url(id)), nil)
		})
	huma.Register(a.huma, get("/products/{id}/links", "listProductLinks", tagCodes, "Links of a product's code", "Those registered for the product itself. By slug or URI."),
		func(_ context.Context, in *thingInput) (*body[Links], error) {
			p, ok := a.Recorder().Ledger.Product(a.Recorder().ID("product", unescape(in.ID)))
			if !ok {
				return nil, unknown("product", unescape(in.ID))
			}
			return answer(a.links(p.ID, a.productURL(&p)), nil)
		})
	huma.Register(a.huma, get("/items/{code}/links", "listItemLinks", tagCodes, "Links of an item's code", "Those registered for the item itself. For those who may see its lot."),
		func(ctx context.Context, in *ItemRef) (*body[Links], error) {
			it, err := a.item(ctx, in.Code)
			if err != nil {
				return nil, err
			}
			return answer(a.links(it.uri(), a.itemURL(it)), nil)
		})
	a.registerLinkWrite()
}

// registerLinkWrite adds the write. It answers as master data does.
func (a *API) registerLinkWrite() {
	op := a.operation("/links", "putLinks", tagCodes, "Register the links of a code",
		"All links that the organisation keeps for a product, a lot or an item, besides its page: certificate, recipe, instructions, recall notice. They replace those it registered before; an empty list takes them away. An organisation keeps links of lots it made or holds, of their items, and of products it makes; a bureau may register a recall notice (gs1:recallStatus) anywhere.")
	read := readerOf[app.LinkReport](trace.KindLinks)
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*written, error) {
		b, sent, err := read.read(in)
		if err != nil {
			return nil, err
		}
		if b.Links == nil { // left out, it would take away all
			return nil, trace.E(trace.Invalid, trace.CodeRequired, "links")
		}
		c, r := callerOf(ctx), a.Recorder()
		res, err := a.submit(ctx, in.Key, sent, func() (trace.Command, error) { return r.Links(ctx, c.Actor, *b) })
		if err != nil {
			return nil, err
		}
		return a.reply(c, res, nil)
	})
	a.documented(op, reflect.TypeFor[app.LinkReport]())
	example(op, app.LinkReport{ID: "A9DK4TXW2HQZ", Links: []trace.WebLink{{LinkType: "gs1:certificationInfo", Href: "https://county.example/reports/2026-118.pdf",
		Title: "检测报告 2026-118", Type: "application/pdf", Hreflang: []string{"zh"}}}})
}

func (a *API) links(id, url string) Links {
	out := Links{ID: id, URL: url, Sets: []LinksSet{}}
	for _, s := range a.Recorder().Ledger.LinkSets(id) {
		set := LinksSet{Org: s.Org, Links: s.Links}
		if o, ok := a.Recorder().Ledger.Organisation(s.Org); ok {
			set.OrgName = o.Name
		}
		out.Sets = append(out.Sets, set)
	}
	return out
}

// productURL is what the code of a product opens.
func (a *API) productURL(p *trace.Product) string {
	if p.GTIN != "" {
		return a.PublicURL + "/01/" + p.GTIN
	}
	return a.PublicURL + "/product/" + trace.KeyOf(p.ID)
}
