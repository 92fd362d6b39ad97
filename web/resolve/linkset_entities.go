package resolve

import (
	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/consumer"
	"github.com/yousang/yousang/web/shell"
)

// listEntities are the links of the thing that a code names and of all that the thing is part of: item, lot, product. Each entity has our
// own page first, which is its default link: an organisation that registers links cannot lead people past the page that says whether a lot
// was recalled.
func (room *Room) listEntities(r *app.App, t target, lang shell.Language) resolver.Linkset {
	n := room.site.Namer(r, lang)
	if t.unit != "" {
		return resolver.Linkset{room.unitEntity(n, t)}
	}
	if t.lot == "" {
		return room.addProductEntity(nil, n, t.product)
	}
	v, err := r.Ledger.Lot(t.lot, 0)
	if err != nil {
		return nil
	}
	var set resolver.Linkset
	name := n.LotName(v) + n.PickSeparator("，", ", ") + n.Printer.T("page.lot", "Key", trace.GroupKey(v.Key))
	if t.serial != "" {
		item := name + n.PickSeparator("，", ", ") + n.Printer.T("page.serial", "Serial", t.serial)
		set = append(set, room.lotEntity(n, item, t, trace.ItemURI(t.lot, t.serial)))
	}
	set = append(set, room.lotEntity(n, name, lotTarget(t.lot), t.lot))
	return room.addProductEntity(set, n, v.Product.ID)
}

// pageLanguages are the languages of our pages, as link sets write them.
var pageLanguages = []string{"zh", "en"}

// linkToPage is a link to a page of ours.
func (room *Room) linkToPage(linkType, page, title string) trace.WebLink {
	return trace.WebLink{Href: room.site.PublicURL + page, Title: title, LinkType: linkType, Type: "text/html", Hreflang: pageLanguages}
}

// lotEntity is a lot, or an item of a lot, with the links registered for its identifier.
func (room *Room) lotEntity(n *story.Namer, name string, t target, id string) resolver.Entity {
	e := resolver.Entity{Anchor: room.site.PublicURL + t.ident, Description: name}
	e.Default = room.linkToPage(resolver.Traceability, t.page, n.Printer.T("page.link.trace", "Name", name))
	recall := room.linkToPage(resolver.RecallStatus, t.page, n.Printer.T("page.link.recall", "Name", name))
	e.Links = append([]trace.WebLink{e.Default, recall}, consumer.RegisteredLinks(n.Ledger, id)...)
	return e
}

// addProductEntity adds a product, where the ledger knows the product.
func (room *Room) addProductEntity(set resolver.Linkset, n *story.Namer, id string) resolver.Linkset {
	p, ok := n.Ledger.Product(id)
	if !ok {
		return set
	}
	name := n.ProductName(&p)
	e := resolver.Entity{Anchor: room.site.PublicURL + digitallink.ProductPath(&p), Description: name}
	e.Default = room.linkToPage(resolver.ProductPage, consumer.ProductPath(p.ID), n.Printer.T("page.links.of", "Name", name))
	e.Links = append([]trace.WebLink{e.Default}, consumer.RegisteredLinks(n.Ledger, p.ID)...)
	return append(set, e)
}

func (room *Room) unitEntity(n *story.Namer, t target) resolver.Entity {
	title := n.Printer.T("page.link.unit")
	e := resolver.Entity{Anchor: room.site.PublicURL + t.ident,
		Description: n.Printer.T("page.unit.code") + " " + trace.GroupKey(trace.KeyOf(t.unit))}
	e.Default = room.linkToPage(resolver.WhatsInTheBox, t.page, title)
	e.Links = []trace.WebLink{e.Default, room.linkToPage(resolver.Traceability, t.page, title)}
	return e
}
