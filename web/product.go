package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// productPage is the page of a product as such: what it is, and how to find the lot in one's hand.
type productPage struct {
	shell
	Band   *StateWords // where the code named a lot that nobody knows: before anything that looks genuine
	Means  []string
	Report []contact
	Name   string
	Facts  []NamedValue
	Links  []outward
	Code   string // what the form is filled with
}

// product shows a product. With ?lot= it is the page of a lot that is not known, and an error.
func (s *site) product(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	ch := languageOf(s.words, &s.heard, c)
	args := c.Context().URI().QueryArgs()
	unknown := args.Has("lot")
	if p := s.kept(c, r, ch); p != nil && !unknown {
		return s.answer(c, p)
	}
	slug := param(c, "slug")
	head := r.Ledger.Head()
	pr, ok := r.Ledger.Product(r.Ledger.Namespace() + "/product/" + slug)
	if !ok {
		return s.notFound(c, slug, trace.E(trace.NotFound, trace.CodeUnknownThing, "product", "thing", "product", "value", trace.Clip(slug)))
	}
	data := s.productPage(c, r, &pr, ch)
	if unknown {
		return s.unknownLot(c, r, &pr, data, ch)
	}
	body, err := render("product.html", data)
	if err != nil {
		return err
	}
	p := newPage(head, body, ch)
	p.checked.Store(head)
	s.cache.put(pageKey{productTarget(&pr).page, ch.voice()}, p)
	return s.answer(c, p)
}

func (s *site) productPage(c *fiber.Ctx, r *app.App, pr *trace.Product, ch choice) *productPage {
	n := &story.Namer{Ledger: r.Ledger, Chains: r.Chains, Printer: ch.p}
	p := &productPage{shell: shellFor(c, ch, s.url), Name: n.ProductName(pr)}
	path := productTarget(pr).page
	p.Other, p.Canonical, p.Image = path+"?lang="+short(p.OtherLang), s.url+path, s.url+s.share
	p.Title = p.Name
	p.Desc = ch.p.T("page.product.lots")
	add := func(message, value string) {
		if value != "" {
			p.Facts = append(p.Facts, NamedValue{ch.p.T(message), value})
		}
	}
	add("page.product.gtin", pr.GTIN)
	if chain, ok := r.Chains.Chain(pr.Chain); ok {
		add("page.product.chain", n.PickNames(chain.Name))
		if chain.Theme != "" {
			p.Theme = chain.Theme
		}
	}
	if pr.NetMass > 0 {
		add("page.product.net", ch.p.Quantity(trace.Quantity{Amount: pr.NetMass, Unit: trace.Kilogram}, ""))
	}
	if pr.Certificate {
		p.Facts = append(p.Facts, NamedValue{ch.p.T("page.certificate"), ch.p.T("page.product.certificate")})
	}
	p.Links = outside(listRegistered(n, pr.ID))
	return p
}

// unknownLot answers for a lot that the product does not have. The address may have been made by anybody: a lot of the product that there
// is after all gets its own page.
func (s *site) unknownLot(c *fiber.Ctx, r *app.App, pr *trace.Product, p *productPage, ch choice) error {
	lot := string(c.Context().URI().QueryArgs().Peek("lot"))
	if key, err := trace.ParseKey(fold(lot)); err == nil {
		if id, err := lotOf(r, key); err == nil && productOf(r, id) == pr.ID {
			return c.Redirect(pathOf(id)+ch.suffix(), fiber.StatusSeeOther)
		}
	}
	p.Band = &StateWords{State: "unknown", Word: ch.p.T("page.product.unknown"), Say: ch.p.T("page.product.unknown.text"), Do: ch.p.T("page.state.unknown.do")}
	p.Code, p.NoIndex, p.Canonical, p.Image = trace.Clip(fold(lot)), true, "", ""
	p.Title, p.Other = p.Band.Word, productTarget(pr).page+"?lot="+url.QueryEscape(trace.Clip(lot))+"&lang="+short(p.OtherLang)
	for _, id := range []string{"typed", "early", "elsewhere", "false"} {
		p.Means = append(p.Means, ch.p.T("page.unknown.why."+id))
	}
	p.Report = s.hotlines(ch.p, true)
	return send(c, fiber.StatusNotFound, "product.html", p, ch)
}

// productOf is the product of a lot; "" where there is no such lot.
func productOf(r *app.App, lot string) string {
	v, err := r.Ledger.Lot(lot, 0)
	if err != nil {
		return ""
	}
	return v.Product.ID
}
