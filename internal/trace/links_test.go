package trace

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/corpora"
)

// newRecipeLink makes a link to a recipe as an organisation would register the link.
func newRecipeLink() WebLink {
	return WebLink{Href: "https://coop.example/r?a=1", Hreflang: []string{"zh-CN"}, LinkType: "gs1:recipeInfo", Title: "柚子茶的做法",
		Type: "text/html"}
}

// editLinks registers a recipe for a lot of the co-operative, with a change made before the registration.
func editLinks(a Actor, change func(fx *Fixture, s *LinkSet)) func(fx *Fixture) Command {
	return func(fx *Fixture) Command {
		s := LinkSet{ID: fx.jars(), Links: []WebLink{newRecipeLink()}, Org: a.Org}
		change(fx, &s)
		return MasterCommand(a, KindLinks, s)
	}
}

func editLink(change func(w *WebLink)) func(fx *Fixture) Command {
	return editLinks(Coop, func(_ *Fixture, s *LinkSet) { change(&s.Links[0]) })
}

func editHref(address string) func(fx *Fixture) Command {
	return editLink(func(w *WebLink) { w.Href = address })
}

// linkRefusals are sets of links that the ledger refuses.
var linkRefusals = []commandRefusal{
	{"of nothing", editLinks(Coop, func(_ *Fixture, s *LinkSet) { s.ID = "" }), CodeRequired, "id"},
	{"of an unknown lot", editLinks(Coop, func(fx *Fixture, s *LinkSet) { s.ID = fx.NewLotID() }), CodeUnknownLot, "id"},
	{"of an unknown product", editLinks(System, func(_ *Fixture, s *LinkSet) { s.ID = NS + "/product/x" }), CodeUnknownLot, "id"},
	{"of an item of an unknown lot", editLinks(Coop, func(fx *Fixture, s *LinkSet) { s.ID = ItemURI(fx.NewLotID(), "0123456789AB") }),
		CodeUnknownLot, "id"},
	{"of an item with eleven characters", editLinks(Coop, func(_ *Fixture, s *LinkSet) { s.ID = ItemURI(s.ID, "0123456789A") }), CodeBadValue,
		"id"},
	{"of an item with a character no number has", editLinks(Coop, func(_ *Fixture, s *LinkSet) { s.ID = ItemURI(s.ID, "0123456789AU") }),
		CodeBadValue, "id"},
	{"in another's name", editLinks(Coop, func(_ *Fixture, s *LinkSet) { s.Org = Mill.Org }), CodeNotAllowed, "org"},
	{"of a stranger's lot", editLinks(Mill, func(*Fixture, *LinkSet) {}), CodeNotHolder, "id"},
	{"of a stranger's item", editLinks(Mill, func(_ *Fixture, s *LinkSet) { s.ID = ItemURI(s.ID, "0123456789AB") }), CodeNotHolder, "id"},
	{"none where there were none, of a stranger's", editLinks(Mill, func(_ *Fixture, s *LinkSet) { s.Links = nil }), CodeNotHolder, "id"},
	{"of a product one has not made", editLinks(Coop, func(_ *Fixture, s *LinkSet) { s.ID = NS + "/product/juice" }), CodeNotAllowed, "id"},
	{"a recipe by a bureau", editLinks(Office, func(*Fixture, *LinkSet) {}), CodeNotAllowed, "links[0].linkType"},
	{"too many", editLinks(Coop, func(_ *Fixture, s *LinkSet) { s.Links = make([]WebLink, 51) }), CodeTooLarge, "links"},
	{"a twin", editLinks(Coop, func(_ *Fixture, s *LinkSet) {
		twin := newRecipeLink()
		twin.Title = "另一个"
		s.Links = append(s.Links, twin)
	}), CodeTwinLink, "links[1]"},
	{"of no type", editLink(func(w *WebLink) { w.LinkType = "" }), CodeBadValue, "links[0].linkType"},
	{"of a type of one's own", editLink(func(w *WebLink) { w.LinkType = "gs1:recipe" }), CodeBadValue, "links[0].linkType"},
	{"of the type that is the resolver's", editLink(func(w *WebLink) { w.LinkType = "gs1:defaultLink" }), CodeBadValue, "links[0].linkType"},
	{"of a type in full", editLink(func(w *WebLink) { w.LinkType = "https://ref.gs1.org/voc/recipeInfo" }), CodeBadValue, "links[0].linkType"},
	{"without a title", editLink(func(w *WebLink) { w.Title = " " }), CodeRequired, "links[0].title"},
	{"with an endless title", editLink(func(w *WebLink) { w.Title = strings.Repeat("柚", 201) }), CodeTooLarge, "links[0].title"},
	{"with a title that turns the line", editLink(func(w *WebLink) { w.Title = "a\u202eb" }), CodeBadValue, "links[0].title"},
	{"in a script", editLink(func(w *WebLink) { w.Hreflang = []string{"en", "zh-Hans"} }), CodeBadValue, "links[0].hreflang[1]"},
	{"in a language twice", editLink(func(w *WebLink) { w.Hreflang = []string{"en", "en"} }), CodeBadValue, "links[0].hreflang[1]"},
	{"of a type that is no media type", editLink(func(w *WebLink) { w.Type = "pdf" }), CodeBadValue, "links[0].type"},
	{"of a type with a line in it", editLink(func(w *WebLink) { w.Type = "text/html\r\nX: y" }), CodeBadValue, "links[0].type"},
	{"for too many", editLink(func(w *WebLink) { w.Context = make([]string, 11) }), CodeTooLarge, "links[0].context"},
	{"for nobody", editLink(func(w *WebLink) { w.Context = []string{""} }), CodeBadValue, "links[0].context[0]"},
	{"to nowhere", editHref(""), CodeRequired, "links[0].href"},
	{"not encrypted", editHref("http://coop.example/"), CodeBadValue, "links[0].href"},
	{"to a script", editHref("javascript:alert(1)"), CodeBadValue, "links[0].href"},
	{"to no host", editHref("https:///x"), CodeBadValue, "links[0].href"},
	{"to a port alone", editHref("https://:443/x"), CodeBadValue, "links[0].href"},
	{"with a password", editHref("https://a:b@coop.example/"), CodeBadValue, "links[0].href"},
	{"with a blank", editHref("https://coop.example/a b"), CodeBadValue, "links[0].href"},
	{"with a line in it", editHref("https://coop.example/\r\nSet-Cookie: a=b"), CodeBadValue, "links[0].href"},
	{"with Chinese characters as they are", editHref("https://coop.example/柚"), CodeBadValue, "links[0].href"},
	{"that breaks a header", editHref("https://coop.example/>;rel=x"), CodeBadValue, "links[0].href"},
	{"of another form", editHref("https:coop.example"), CodeBadValue, "links[0].href"},
	{"with an endless address", editHref("https://coop.example/" + strings.Repeat("a", 2000)), CodeTooLarge, "links[0].href"},
}

func TestLinkRules(t *testing.T) {
	expectCommandRefusals(t, linkRefusals)
}

// TestTheLongestAddressOfALink: an address of 2,000 characters is kept, one more character is refused.
func TestTheLongestAddressOfALink(t *testing.T) {
	fx := newFixture(t)
	lot, start := fx.jars(), "https://coop.example/"
	set := func(length int) Command {
		link := titleLink("长", "gs1:pip", start+strings.Repeat("a", length-len(start)))
		return MasterCommand(Coop, KindLinks, LinkSet{ID: lot, Links: []WebLink{link}, Org: Coop.Org})
	}
	fx.mustSubmit(set(2000))
	fx.expectCommandRefused(set(2001), CodeTooLarge, "links[0].href")
}

// TestLinksOfSeveral: each organisation replaces its own links and no others, and pages that show them are fresh.
func TestLinksOfSeveral(t *testing.T) {
	fx := newFixture(t)
	lot := fx.jars()
	set := func(a Actor, id string, list ...WebLink) {
		t.Helper()
		before, _ := fx.Ledger.PageSeq(lot)
		fx.mustSubmit(MasterCommand(a, KindLinks, LinkSet{ID: id, Links: list, Org: a.Org}))
		if after, _ := fx.Ledger.PageSeq(lot); after <= before {
			t.Errorf("the page of %s is still that of %d", id, before)
		}
	}
	item, product := ItemURI(lot, "0123456789AB"), NS+"/product/jar"
	fx.expectLinkTitles(t, lot, "")
	set(Coop, lot, titleLink("茶", "gs1:recipeInfo", "https://a.example/1"), titleLink("证", "gs1:certificationInfo", "https://a.example/2"))
	set(Office, lot, titleLink("召回", LinkRecall, "https://gov.example/1"))
	set(Coop, item, titleLink("单件", "gs1:instructions", "https://a.example/3"))
	set(Coop, product, titleLink("产品", "gs1:pip", "https://a.example/4"))
	fx.expectLinkTitles(t, lot, "茶 证 召回")
	fx.expectLinkTitles(t, item, "单件")
	fx.expectLinkTitles(t, product, "产品")
	set(Coop, lot, titleLink("新茶", "gs1:recipeInfo", "https://a.example/5"), titleLink("也说召回", LinkRecall, "https://gov.example/1"))
	fx.expectLinkTitles(t, lot, "新茶 也说召回") // the same link by two is given once
	if sets := fx.Ledger.LinkSets(lot); len(sets) != 2 || sets[0].Org != Coop.Org || sets[1].Org != Office.Org || len(sets[1].Links) != 1 {
		t.Errorf("sets = %+v", sets)
	}
	list := fx.Ledger.Links(lot)
	list[0].Title = "改"
	fx.expectLinkTitles(t, lot, "新茶 也说召回")
	fx.expectSameReplay()

	id, all := fx.NewShipmentID(), quantities(EventQuantity{lot, Whole(10), Piece})
	fx.MustRecord(Coop, ShipEvent(Day(10, 6), id, Mill, all))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 7), id, all))
	set(Mill, lot, titleLink("磨坊", "gs1:support", "https://mill.example/"))
	set(Coop, lot)
	set(Office, lot)
	fx.expectLinkTitles(t, lot, "磨坊")
	fx.MustRecord(Mill, ShipEvent(Day(10, 8), fx.NewShipmentID(), Park, all))
	set(Mill, lot) // the co-operative no longer holds the lot, but the links are its own
	if got := fx.Ledger.Links(lot); got != nil || fx.Ledger.LinkSets(lot) != nil {
		t.Errorf("links = %+v", got)
	}
	links := LinkSet{ID: lot, Links: []WebLink{newRecipeLink()}, Org: Mill.Org}
	fx.expectCommandRefused(MasterCommand(Mill, KindLinks, links), CodeNotHolder, "id")
	if n := fx.Ledger.Stats().LinkSets; n != 2 {
		t.Errorf("%d sets of links", n)
	}
	fx.expectSameReplay()
}

// expectLinkTitles compares the titles of the links of a lot, product or item.
func (fx *Fixture) expectLinkTitles(t *testing.T, id, want string) {
	t.Helper()
	var got []string
	for _, w := range fx.Ledger.Links(id) {
		got = append(got, w.Title)
	}
	if s := strings.Join(got, " "); s != want {
		t.Errorf("links of %s: %q, want %q", id, s, want)
	}
}

func titleLink(title, kind, href string) WebLink {
	return WebLink{Href: href, LinkType: kind, Title: title}
}

// TestLinkTypesAreGS1s compares the table with the vocabulary as GS1 publishes it, and with the names of it that were noted for this
// project.
func TestLinkTypesAreGS1s(t *testing.T) {
	for i, path := range corpora.FindPaths(t, "../corpora/testdata/linktypes.json", "digital-link", "linktypes-v1_16.json") {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var theirs map[string]any
		if err := json.Unmarshal(b, &theirs); err != nil {
			t.Fatal(err)
		}
		ours := LinkTypes()
		for name := range theirs {
			resolvers := strings.HasPrefix(name, "defaultLink")
			if slices.Contains(ours, "gs1:"+name) == resolvers {
				t.Errorf("gs1:%s may be registered: %v", name, !resolvers)
			}
		}
		if whole := i == 1; whole && len(ours) != len(theirs)-2 {
			t.Errorf("%d link types, GS1 has %d and two of the resolver's own", len(ours), len(theirs)-2)
		}
	}
}

func TestProductByGTIN(t *testing.T) {
	fx := newFixture(t)
	fx.mustSubmit(MasterCommand(System, KindProduct, Product{ID: NS + "/product/gift", Name: "礼盒", Unit: Box, GTIN: GTIN}))
	if p, ok := fx.Ledger.ProductByGTIN(GTIN); !ok || p.ID != NS+"/product/gift" || p.Name != "礼盒" {
		t.Errorf("product = %+v, %v", p, ok)
	}
	if p, ok := fx.Ledger.ProductByGTIN("06912345678919"); ok {
		t.Errorf("product = %+v", p)
	}
}
