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
	ofLot := describeRead("/lots/{key}/links", "listLotLinks", tagCodes, "Links of a lot's code 链接",
		"Those registered for the lot itself; its items and its product have their own.")
	huma.Register(a.huma, ofLot, func(ctx context.Context, in *LotRef) (*body[Links], error) {
		v, err := a.App().ListLotLinks(ctx, callerOf(ctx).Actor, unescapePath(in.Key))
		return answerBody(a.linksAnswer(v), err)
	})
	ofProduct := describeRead("/products/{id}/links", "listProductLinks", tagCodes, "Links of a product's code",
		"Those registered for the product itself. By slug or URI.")
	huma.Register(a.huma, ofProduct, func(ctx context.Context, in *thingInput) (*body[Links], error) {
		v, err := a.App().ListProductLinks(ctx, callerOf(ctx).Actor, unescapePath(in.ID))
		return answerBody(a.linksAnswer(v), err)
	})
	ofItem := describeRead("/items/{code}/links", "listItemLinks", tagCodes, "Links of an item's code",
		"Those registered for the item itself. For those who may see its lot.")
	huma.Register(a.huma, ofItem, func(ctx context.Context, in *ItemRef) (*body[Links], error) {
		v, err := a.App().ListItemLinks(ctx, callerOf(ctx).Actor, unescapePath(in.Code))
		return answerBody(a.linksAnswer(v), err)
	})
	a.registerLinkWrite()
}

// registerLinkWrite adds the write. The write answers as the writes of master data do.
func (a *API) registerLinkWrite() {
	op := a.describeWrite("/links", "putLinks", tagCodes, "Register the links of a code",
		"All links that the organisation keeps for a product, a lot or an item, besides its page: certificate, recipe, instructions, recall "+
			"notice. They replace those it registered before; an empty list takes them away. An organisation keeps links of lots it made or "+
			"holds, of their items, and of products it makes; a bureau may register a recall notice (gs1:recallStatus) anywhere.")
	rules := readRules(reflect.TypeFor[app.LinkReport]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *KeyInput) (*written, error) {
		b, err := readBody[app.LinkReport](in, rules)
		if err != nil {
			return nil, err
		}
		c := callerOf(ctx)
		res, err := a.App().KeepLinks(ctx, c.Actor, in.Key, *b)
		return a.replyToWrite(c, res, err)
	})
	a.describeBody(op, reflect.TypeFor[app.LinkReport]())
	setExample(op, app.LinkReport{ID: "A9DK4TXW2HQZ", Links: []trace.WebLink{{LinkType: "gs1:certificationInfo",
		Href:  "https://county.example/reports/2026-118.pdf",
		Title: "检测报告 2026-118", Type: "application/pdf", Hreflang: []string{"zh"}}}})
}

// linksAnswer writes the links of a code as the API answers them.
func (a *API) linksAnswer(v app.CodeLinks) Links {
	out := Links{ID: v.ID, URL: a.PublicURL + v.Path, Sets: make([]LinksSet, len(v.Sets))}
	for i, set := range v.Sets {
		out.Sets[i] = LinksSet{Org: set.Org, OrgName: set.OrgName, Links: set.Links}
	}
	return out
}
