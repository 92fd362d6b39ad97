package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// TestLinks: links are kept for a lot, an item or a product, however it is named, and taken away by an empty list.
func TestLinks(t *testing.T) {
	s := newShop(t)
	coop, ctx := newOperator(s.App, "coop"), t.Context()
	_, codes := s.issueSerials("coop", s.jars, 5)
	link := trace.WebLink{Href: " https://coop.example/柚子?q=茶 ", Hreflang: []string{"ZH-cn", "en"},
		LinkType: "https://ref.gs1.org/voc/recipeInfo", Title: " 做法 ", Type: "Text/HTML"}
	want := trace.WebLink{Href: "https://coop.example/%E6%9F%9A%E5%AD%90?q=%E8%8C%B6", Hreflang: []string{"zh-CN", "en"},
		LinkType: "gs1:recipeInfo", Title: "做法", Type: "text/html"}
	for id, as := range map[string][]string{
		s.jars: {s.jars, trace.KeyOf(s.jars), "https://shop.example/lot/" + trace.KeyOf(s.jars)},
		trace.ItemURI(s.jars, codes[1]): {trace.ItemURI(s.jars, codes[1]), "https://shop.example/lot/" + trace.KeyOf(s.jars) + "/21/" +
			strings.ToLower(codes[1])},
		s.CompleteID("product", "jar"): {"jar", s.CompleteID("product", "jar")},
	} {
		for _, said := range as {
			if _, err := s.KeepLinks(ctx, coop, "", app.LinkReport{ID: said, Links: []trace.WebLink{link}}); err != nil {
				t.Fatal(err)
			}
			got := s.Ledger.Links(id)
			if len(got) != 1 || got[0].Href != want.Href || got[0].LinkType != want.LinkType || got[0].Title != want.Title ||
				got[0].Type != want.Type || !slices.Equal(got[0].Hreflang, want.Hreflang) {
				t.Errorf("%s: %+v", said, got)
			}
			if _, err := s.KeepLinks(ctx, coop, "", app.LinkReport{ID: said, Links: []trace.WebLink{}}); err != nil {
				t.Fatal(err)
			}
			if got := s.Ledger.Links(id); got != nil {
				t.Errorf("%s: %+v after all were taken away", said, got)
			}
		}
	}
}

// TestLinksRefused: links of what one may not see, or of what is not there, are refused; a bureau's recall notice needs its vocabulary.
func TestLinksRefused(t *testing.T) {
	s := newShop(t)
	coop, ctx := newOperator(s.App, "coop"), t.Context()
	s.issueSerials("coop", s.jars, 5)
	_, theirs := s.issueSerials("works", s.other, 5)
	link := trace.WebLink{Href: "https://coop.example/", LinkType: "gs1:recipeInfo", Title: "做法", Type: "text/html"}
	for _, row := range []struct {
		name, id string
		code     trace.Code
	}{
		{"nothing", "", trace.CodeRequired},
		{"an unknown lot", "222222222222", trace.CodeUnknownLot},
		{"another's lot", s.other, trace.CodeUnknownLot},
		{"another's item", trace.ItemURI(s.other, theirs[0]), trace.CodeNotIssued},
		{"an item that was not issued", trace.ItemURI(s.jars, "0ABCDEFGHJKM"), trace.CodeNotIssued},
		{"an item of another lot", trace.ItemURI(s.jars, theirs[0]), trace.CodeNotIssued},
	} {
		_, err := s.KeepLinks(ctx, coop, "", app.LinkReport{ID: row.id, Links: []trace.WebLink{link}})
		s.checkRefusal(row.name, err, row.code, "id")
	}
	office := trace.Actor{Org: s.CompleteID("org", "works"), Role: trace.Bureau}
	recall := trace.WebLink{Href: "https://gov.example/1", LinkType: "recallStatus", Title: "召回"}
	_, err := s.KeepLinks(ctx, office, "", app.LinkReport{ID: s.jars, Links: []trace.WebLink{recall}})
	s.checkRefusal("a type without its vocabulary", err, trace.CodeBadValue, "links[0].linkType")
	recall.LinkType = "gs1:recallStatus"
	if _, err = s.KeepLinks(ctx, office, "", app.LinkReport{ID: s.jars, Links: []trace.WebLink{recall}}); err != nil {
		t.Fatal(err)
	}
}
