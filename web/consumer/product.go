package consumer

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// productPage is the page of a product as such: what the product is, and how to find the lot in one's hand.
type productPage struct {
	shell.Frame
	Band    *story.StandingWords // where the code named an unknown lot: shown before all that looks genuine
	Reasons []string
	Report  []contact
	Name    string
	Facts   []story.NamedValue
	Links   []OutwardLink
	Code    string // the form is filled with this
}

// showProduct shows a product. With ?lot= the page is that of a lot that is not known, and an error.
func (room *Room) showProduct(c *fiber.Ctx) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	lang := room.site.LanguageOf(c)
	unknownLot := c.Context().URI().QueryArgs().Has("lot")
	if page := room.pages.Kept(c, r, lang); page != nil && !unknownLot {
		return room.pages.Send(c, page)
	}
	slug := shell.PathParam(c, "slug")
	product, ok := findProduct(r, slug)
	if !ok {
		return room.AnswerUnknown(c, fiber.StatusNotFound, slug,
			trace.E(trace.NotFound, trace.CodeUnknownThing, "product", "thing", "product", "value", trace.Clip(slug)))
	}
	if unknownLot {
		return room.showUnknownLot(c, r, &product, lang)
	}
	page, err := room.pages.Page(c.UserContext(), r, ProductPath(product.ID), lang)
	if err != nil {
		return err
	}
	return room.pages.Send(c, page)
}

func findProduct(r *app.App, slug string) (trace.Product, bool) {
	return r.Ledger.Product(r.Ledger.Namespace() + "/product/" + slug)
}

// renderProduct makes the kept page of a product. Errors: NotFound.
func (room *Room) renderProduct(r *app.App, slug string, lang shell.Language) (shell.Rendered[lotSummary], error) {
	head := r.Ledger.Head() // before the page is read: a record that comes meanwhile makes the page stale
	product, ok := findProduct(r, slug)
	if !ok {
		return shell.Rendered[lotSummary]{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "product", "thing", "product", "value",
			trace.Clip(slug))
	}
	body, err := room.look.Render("product.html", room.buildProductPage(r, &product, lang))
	return shell.Rendered[lotSummary]{Body: body, ChangedAt: head, ReadAt: head}, err
}

func (room *Room) buildProductPage(r *app.App, product *trace.Product, lang shell.Language) *productPage {
	namer := room.site.Namer(r, lang)
	p := &productPage{Frame: room.look.NewFrame(ProductPath(product.ID), room.site.PublicURL, lang), Name: namer.ProductName(product)}
	p.Image = room.site.ShareImage()
	p.Title = p.Name
	p.Desc = lang.Printer.T("page.product.lots")
	add := func(message, value string) {
		if value != "" {
			p.Facts = append(p.Facts, story.NamedValue{Name: lang.Printer.T(message), Value: value})
		}
	}
	add("page.product.gtin", product.GTIN)
	if chain, ok := r.Chains.Chain(product.Chain); ok {
		add("page.product.chain", namer.PickNames(chain.Name))
		if chain.Theme != "" {
			p.Theme = chain.Theme
		}
	}
	if product.NetMass > 0 {
		add("page.product.net", lang.Printer.Quantity(trace.Quantity{Amount: product.NetMass, Unit: trace.Kilogram}, ""))
	}
	if product.Certificate {
		add("page.certificate", lang.Printer.T("page.product.certificate"))
	}
	p.Links = OutwardLinks(RegisteredLinks(r.Ledger, product.ID))
	return p
}

// showUnknownLot answers for a lot that the product does not have. Any person may have made the address: a lot of the product that exists
// after all gets its own page.
func (room *Room) showUnknownLot(c *fiber.Ctx, r *app.App, product *trace.Product, lang shell.Language) error {
	typed := string(c.Context().URI().QueryArgs().Peek("lot"))
	plain := shell.PlainInput(typed)
	if lot, err := r.Ledger.ResolveKey(plain); err == nil {
		if v, err := r.Ledger.Lot(lot, 0); err == nil && v.Product.ID == product.ID {
			return c.Redirect(LotPath(lot)+lang.QuerySuffix(), fiber.StatusSeeOther)
		}
	}
	p := room.buildProductPage(r, product, lang)
	p.Band = &story.StandingWords{State: "unknown", Word: lang.Printer.T("page.product.unknown"),
		Say: lang.Printer.T("page.product.unknown.text"),
		Do:  lang.Printer.T("page.state.unknown.do")}
	p.Code, p.NoIndex, p.Canonical, p.Image = trace.Clip(plain), true, "", ""
	p.Title = p.Band.Word
	p.Other = p.OtherAddress(ProductPath(product.ID) + "?lot=" + url.QueryEscape(trace.Clip(typed)))
	p.Reasons = listReasons(lang, reasonsOfUnknown)
	p.Report = listHotlines(lang.Printer, true)
	return room.look.Send(c, fiber.StatusNotFound, "product.html", p, lang)
}
