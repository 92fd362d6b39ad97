package consumer

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// RegisteredLinks are the links 链接 that organisations registered for an identifier, recall notices first. A default link among them does
// not count: our own page is always the default link of a code.
func RegisteredLinks(l *trace.Ledger, id string) []trace.WebLink {
	list := slices.DeleteFunc(slices.Clone(l.Links(id)), func(link trace.WebLink) bool {
		return strings.HasPrefix(link.LinkType, resolver.DefaultLink)
	})
	sortNoticesFirst(list)
	return list
}

func sortNoticesFirst(list []trace.WebLink) {
	slices.SortStableFunc(list, func(a, b trace.WebLink) int { return cmp.Compare(noticeOrder(a), noticeOrder(b)) })
}

// noticeOrder is 0 for a recall notice, 1 for other links.
func noticeOrder(l trace.WebLink) int {
	if l.LinkType == resolver.RecallStatus {
		return 0
	}
	return 1
}

// OutwardLink is a registered link as a page shows the link.
type OutwardLink struct {
	Title, Href, Lang string
	Where             string // the host that the link leads to, and the kind of file there, so that the reader is not surprised
}

// OutwardLinks prepares links for a page.
func OutwardLinks(list []trace.WebLink) (out []OutwardLink) {
	for _, l := range list {
		o := OutwardLink{Title: l.Title, Href: l.Href}
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

// splitLotLinks are the links registered for a lot and its product: recall notices, and the others.
func splitLotLinks(st *story.Story) (notices, others []OutwardLink) {
	list := append(RegisteredLinks(st.Ledger, st.Root.Lot), RegisteredLinks(st.Ledger, st.Root.Product.ID)...)
	sortNoticesFirst(list)
	n := 0
	for n < len(list) && noticeOrder(list[n]) == 0 {
		n++
	}
	return OutwardLinks(list[:n]), OutwardLinks(list[n:])
}
