package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// levels are the links of what a code names and of all that it is part of: item, lot, product. Each has our own page first, which is
// its default link: whoever registers links cannot lead people past the page that says whether a lot was recalled.
func (s *site) levels(r *app.App, t target, ch choice) resolver.Linkset {
	n := &story.Namer{Ledger: r.Ledger, Chains: r.Chains, Printer: ch.p}
	if t.unit != "" {
		return resolver.Linkset{s.unitLevel(n, t)}
	}
	if t.lot == "" {
		return s.productLevel(nil, n, t.product)
	}
	v, err := r.Ledger.Lot(t.lot, 0)
	if err != nil {
		return nil
	}
	var set resolver.Linkset
	lot := n.LotName(v) + n.PickSeparator("，", ", ") + n.Printer.T("page.lot", "Key", trace.GroupKey(v.Key))
	if t.serial != "" {
		item := lot + n.PickSeparator("，", ", ") + n.Printer.T("page.serial", "Serial", t.serial)
		set = append(set, s.lotLevel(n, item, t.ident, t.page, trace.ItemURI(t.lot, t.serial)))
	}
	set = append(set, s.lotLevel(n, lot, identPath(t.lot), pathOf(t.lot), t.lot))
	return s.productLevel(set, n, v.Product.ID)
}

// tongue codes of our pages, as link sets write them.
var spoken = []string{"zh", "en"}

// own is a link to a page of ours.
func (s *site) own(linkType, page, title string) trace.WebLink {
	return trace.WebLink{Href: s.url + page, Title: title, LinkType: linkType, Type: "text/html", Hreflang: spoken}
}

// lotLevel is a lot, or an item of one.
func (s *site) lotLevel(n *story.Namer, name, ident, page, id string) resolver.Entity {
	e := resolver.Entity{Anchor: s.url + ident, Description: name}
	e.Default = s.own(resolver.Traceability, page, n.Printer.T("page.link.trace", "Name", name))
	e.Links = append([]trace.WebLink{e.Default, s.own(resolver.RecallStatus, page, n.Printer.T("page.link.recall", "Name", name))}, listRegistered(n, id)...)
	return e
}

func (s *site) productLevel(set resolver.Linkset, n *story.Namer, id string) resolver.Linkset {
	p, ok := n.Ledger.Product(id)
	if !ok {
		return set
	}
	name := n.ProductName(&p)
	e := resolver.Entity{Anchor: s.url + productPath(&p), Description: name}
	e.Default = s.own(resolver.ProductPage, productTarget(&p).page, n.Printer.T("page.links.of", "Name", name))
	e.Links = append([]trace.WebLink{e.Default}, listRegistered(n, p.ID)...)
	return append(set, e)
}

func (s *site) unitLevel(n *story.Namer, t target) resolver.Entity {
	title := n.Printer.T("page.link.unit")
	e := resolver.Entity{Anchor: s.url + t.ident, Description: n.Printer.T("page.unit.code") + " " + trace.GroupKey(trace.KeyOf(t.unit))}
	e.Default = s.own(resolver.WhatsInTheBox, t.page, title)
	e.Links = []trace.WebLink{e.Default, s.own(resolver.Traceability, t.page, title)}
	return e
}

// listRegistered are the links that organisations registered for an identifier, recall notices first. A default link among them does not
// count: see levels.
func listRegistered(n *story.Namer, id string) []trace.WebLink {
	list := slices.DeleteFunc(slices.Clone(n.Ledger.Links(id)), func(l trace.WebLink) bool { return strings.HasPrefix(l.LinkType, resolver.DefaultLink) })
	slices.SortStableFunc(list, func(a, b trace.WebLink) int { return cmp.Compare(notice(a), notice(b)) })
	return list
}

// notice is 0 for a recall notice, 1 for others.
func notice(l trace.WebLink) int {
	if l.LinkType == resolver.RecallStatus {
		return 0
	}
	return 1
}

// outward is a registered link as a page shows it.
type outward struct {
	Title, Href, Lang string
	Where             string // the host it leads to, and what kind of file is there, so that nobody is surprised
}

// outside prepares links for a page.
func outside(list []trace.WebLink) (out []outward) {
	for _, l := range list {
		o := outward{Title: l.Title, Href: l.Href}
		if u, err := url.Parse(l.Href); err == nil {
			o.Where = u.Host
		}
		if kind, _, _ := strings.Cut(l.Type, ";"); kind != "" && kind != "text/html" {
			o.Where += " · " + strings.ToUpper(kind[strings.LastIndexByte(kind, '/')+1:])
		}
		if len(l.Hreflang) == 1 {
			o.Lang = l.Hreflang[0]
		}
		out = append(out, o)
	}
	return out
}

// listLinks are those registered for the lot and its product, recall notices apart.
func (b *lotStory) listLinks() (notices, rest []outward) {
	list := append(listRegistered(&b.Namer, b.Root.Lot), listRegistered(&b.Namer, b.Root.Product.ID)...)
	slices.SortStableFunc(list, func(x, y trace.WebLink) int { return cmp.Compare(notice(x), notice(y)) })
	n := 0
	for n < len(list) && notice(list[n]) == 0 {
		n++
	}
	return outside(list[:n]), outside(list[n:])
}
