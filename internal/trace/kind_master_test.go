package trace

import (
	"context"
	"strings"
	"testing"
)

// editOrganisation is an administrator's new organisation, with a change made before the registration.
func editOrganisation(change func(o *Organisation)) Command {
	o := Organisation{ID: NS + "/org/new", Kind: "cooperative", Name: "新社", Tier: Village, AdminCode: "500155", Place: placeURI("village-a")}
	change(&o)
	return MasterCommand(System, KindOrganisation, o)
}

// editPlace is a new plot of the co-operative, changed before an actor registers it.
func editPlace(a Actor, change func(p *Place)) Command {
	p := Place{ID: NS + "/place/new", Kind: "plot", Name: "新地", Org: Coop.Org, Parent: placeURI("village-a"), Tier: Village}
	change(&p)
	return MasterCommand(a, KindPlace, p)
}

// editProduct is an administrator's new product, with a change made before the registration.
func editProduct(change func(p *Product)) Command {
	p := Product{ID: NS + "/product/new", Name: "新品", Unit: Kilogram}
	change(&p)
	return MasterCommand(System, KindProduct, p)
}

// editSeason is a new season of the co-operative, changed before an actor registers it.
func editSeason(a Actor, change func(s *Season)) Command {
	s := Season{ID: NS + "/season/new", Name: "春", Org: Coop.Org, Place: placeURI("plot-a"), From: Time{Day(1, 1)}, To: Time{Day(6, 1)}}
	change(&s)
	return MasterCommand(a, KindSeason, s)
}

// makeCommand is an administrator's command with any body.
func makeCommand(kind RecordKind, body string) Command {
	return Command{Actor: System, Kind: kind, Body: []byte(body)}
}

// masterRefusals are commands about master data that the ledger refuses.
var masterRefusals = []struct {
	name  string
	cmd   Command
	code  Code
	field string
}{
	{"a second birth", MasterCommand(System, KindLedger, LedgerInfo{Namespace: "https://other.example"}), CodeKeyTaken, "namespace"},
	{"an unknown kind", makeCommand("person", `{"id":"x"}`), CodeBadValue, "kind"},
	{"no JSON", makeCommand(KindPlace, `{`), CodeMalformed, ""},
	{"an unknown member", makeCommand(KindPlace, `{"nname":"x"}`), CodeMalformed, ""},
	{"text after the value", makeCommand(KindPlace, `{"id":"x"} {}`), CodeMalformed, ""},
	{"a member of the wrong type", makeCommand(KindPlace, `{"name":5}`), CodeBadValue, "name"},
	{"organisation of an unknown kind", editOrganisation(func(o *Organisation) { o.Kind = "person" }), CodeBadValue, "kind"},
	{"organisation without a name", editOrganisation(func(o *Organisation) { o.Name = " " }), CodeRequired, "name"},
	{"organisation with an endless name", editOrganisation(func(o *Organisation) { o.Name = strings.Repeat("社", 200) }), CodeTooLarge, "name"},
	{"organisation of another namespace", editOrganisation(func(o *Organisation) { o.ID = "https://x.example/org/new" }), CodeBadValue, "id"},
	{"organisation with blanks in its id", editOrganisation(func(o *Organisation) { o.ID = NS + "/org/new coop" }), CodeBadValue, "id"},
	{"organisation without a tier", editOrganisation(func(o *Organisation) { o.Tier = "" }), CodeBadValue, "tier"},
	{"organisation with a short code", editOrganisation(func(o *Organisation) { o.AdminCode = "5001" }), CodeBadValue, "adminCode"},
	{"organisation with letters in its code", editOrganisation(func(o *Organisation) { o.AdminCode = "50015x" }), CodeBadValue, "adminCode"},
	{"organisation at an unknown place", editOrganisation(func(o *Organisation) { o.Place += "x" }), CodeUnknownThing, "place"},
	{"place of an unknown kind", editPlace(System, func(p *Place) { p.Kind = "moon" }), CodeBadValue, "kind"},
	{"place below itself", editPlace(System, func(p *Place) { p.Parent = p.ID }), CodeUnknownThing, "parent"},
	{"place below what is below it", editPlace(System, func(p *Place) {
		*p = Place{ID: placeURI("village-a"), Kind: "village", Name: "中元村", Parent: placeURI("tree-a"), Tier: Village}
	}), CodeBadValue, "parent"},
	{"place of an unknown organisation", editPlace(System, func(p *Place) { p.Org += "x" }), CodeUnknownThing, "org"},
	{"place of another organisation", editPlace(Mill, func(*Place) {}), CodeNotAllowed, "org"},
	{"place of nobody by an operator", editPlace(Coop, func(p *Place) { p.Org = "" }), CodeNotAllowed, "org"},
	{"place by a bureau", editPlace(Office, func(p *Place) { p.Org = Office.Org }), CodeNotAllowed, "org"},
	{"a county by an operator", editPlace(Coop, func(p *Place) { p.Kind = "county" }), CodeNotAllowed, "kind"},
	{"a plot under nothing by an operator", editPlace(Coop, func(p *Place) { p.Parent = "" }), CodeRequired, "parent"},
	{"a plot of another tier than its village", editPlace(Coop, func(p *Place) { p.Tier = County }), CodeBadValue, "tier"},
	{"a geometry that is no GeoJSON", editPlace(System, func(p *Place) { p.Geometry = []byte(`"nonsense"`) }), CodeBadValue, "geometry"},
	{"a geometry with more to say", editPlace(System, func(p *Place) {
		p.Geometry = []byte(`{"coordinates":[107,30],"owner":"张三","type":"Point"}`)
	}), CodeBadValue, "geometry"},
	{"a point off the earth", editPlace(System, func(p *Place) { p.Geometry = []byte(`{"coordinates":[999,30],"type":"Point"}`) }),
		CodeBadValue, "geometry"},
	{"an open ring", editPlace(System, func(p *Place) {
		p.Geometry = []byte(`{"coordinates":[[[107,30],[108,30],[108,31],[107,31]]],"type":"Polygon"}`)
	}), CodeBadValue, "geometry"},
	{"a name that turns the line", editPlace(System, func(p *Place) { p.Name = "abc\u202egpj" }), CodeBadValue, "name"},
	{"a name of two lines", editPlace(System, func(p *Place) { p.Name = "a\nb" }), CodeBadValue, "name"},
	{"place taken over", editPlace(System, func(p *Place) { p.ID = placeURI("plot-a") }), CodeNotAllowed, "org"},
	{"product in 斤", editProduct(func(p *Product) { p.Unit = "斤" }), CodeUnknownUnit, "unit"},
	{"product without a unit", editProduct(func(p *Product) { p.Unit = "" }), CodeUnknownUnit, "unit"},
	{"product with a made-up GTIN", editProduct(func(p *Product) { p.GTIN = "06912345678901" }), CodeBadValue, "gtin"},
	{"product with a short GTIN", editProduct(func(p *Product) { p.GTIN = "6912345678902" }), CodeBadValue, "gtin"},
	{"product with the GTIN of another", editProduct(func(p *Product) { p.GTIN = GTIN }), CodeKeyTaken, "gtin"},
	{"product with another unit than before", editProduct(func(p *Product) { p.ID, p.Unit = NS+"/product/fruit", Piece }), CodeUnitMismatch,
		"unit"},
	{"product with a GTIN after the fact", editProduct(func(p *Product) { p.ID, p.GTIN = NS+"/product/fruit", "06912345678919" }),
		CodeBadValue, "gtin"},
	{"product by an operator", MasterCommand(Coop, KindProduct, Product{ID: NS + "/product/new", Name: "新品", Unit: Kilogram}), CodeNotAllowed,
		""},
	{"organisation by an operator", MasterCommand(Coop, KindOrganisation, Organisation{ID: NS + "/org/new", Kind: "park", Name: "x",
		Tier: Town}), CodeNotAllowed, ""},
	{"chain by a bureau", MasterCommand(Office, KindChain, Chain{ID: "c", Name: "c", Digest: "d"}), CodeNotAllowed, ""},
	{"chain without a digest", MasterCommand(System, KindChain, Chain{ID: "c", Name: "c"}), CodeRequired, "digest"},
	{"season without a beginning", Command{Actor: System, Kind: KindSeason, Body: []byte(`{"id":"` + NS + `/season/new","name":"x"}`)},
		CodeBadTime, "to"},
	{"season that ends before it begins", editSeason(Coop, func(s *Season) { s.To = Time{Day(1, 1).Add(-1)} }), CodeBadTime, "to"},
	{"season without a place", editSeason(Coop, func(s *Season) { s.Place = "" }), CodeRequired, "place"},
	{"season of an unknown place", editSeason(Coop, func(s *Season) { s.Place += "x" }), CodeUnknownThing, "place"},
	{"season of another", editSeason(Mill, func(*Season) {}), CodeNotAllowed, "org"},
	{"season moved to another plot", editSeason(Coop, func(s *Season) { s.ID, s.Place = NS+"/season/s-a", placeURI("plot-b") }), CodeKeyTaken,
		"id"},
}

func TestMasterDataRules(t *testing.T) {
	for _, row := range masterRefusals {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			fx.T = t
			fx.expectCommandRefused(row.cmd, row.code, row.field)
		})
	}
}

func TestBirthRules(t *testing.T) {
	for name, body := range map[string]string{
		"no scheme": `{"namespace":"trace.example"}`, "another scheme": `{"namespace":"urn:x:y"}`, "no host": `{"namespace":"https:///x"}`,
		"trailing slash": `{"namespace":"https://x.example/"}`, "query": `{"namespace":"https://x.example?a=1"}`,
		"fragment": `{"namespace":"https://x.example#a"}`, "nothing": `{}`, "a bad escape": `{"namespace":"https://x.example/%zz"}`,
	} {
		t.Run(name, func(t *testing.T) {
			l := NewLedger()
			w := NewWriter(&Memory{}, l, WriterOptions{})
			defer w.Close()
			r := w.Submit(context.Background(), Command{Actor: System, Kind: KindLedger, Body: []byte(body)})[0]
			expectCode(t, r.Err, CodeBadValue, "namespace")
		})
	}
	w := NewWriter(&Memory{}, NewLedger(), WriterOptions{})
	defer w.Close()
	r := w.Submit(context.Background(), MasterCommand(System, KindPlace, Place{ID: "x"}))[0]
	expectCode(t, r.Err, CodeRequired, "namespace")
}

func TestMasterDataIsReplacedNotChanged(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("5")
	before, _ := fx.Ledger.Lot(f, 0)
	tr, _ := fx.Ledger.Trace(f, Back, 0, 0)
	cmds := []Command{
		MasterCommand(System, KindPlace, Place{ID: placeURI("plot-a"), Kind: "plot", Name: "改名地", Parent: placeURI("village-b"), Tier: Town}),
		MasterCommand(System, KindProduct, Product{ID: NS + "/product/fruit", Name: "梁平柚", Unit: Kilogram}),
		MasterCommand(System, KindOrganisation, Organisation{ID: Coop.Org, Kind: "cooperative", Name: "新名", Tier: Village}),
		MasterCommand(Coop, KindSeason, Season{ID: NS + "/season/s-a", Name: "长季", Org: Coop.Org, Place: placeURI("plot-a"),
			From: Time{Day(1, 1)}, To: Time{Day(12, 31)}}),
		MasterCommand(System, KindChain, Chain{ID: "pomelo", Name: "柚子", Digest: "d"}),
	}
	for _, r := range fx.Writer.Submit(context.Background(), cmds...) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	after, _ := fx.Ledger.Lot(f, 10)
	if before.Made.Place.Name != "一号地" || tr.Nodes[0].Place.Name != "一号地" || tr.Nodes[0].Product.Name != "fruit" {
		t.Fatal("a view that was handed out has changed")
	}
	if after.Made.Place.Name != "改名地" || after.Product.Name != "梁平柚" || after.Made.Org.Name != "新名" || after.Origins[0].Name != "龙滩村" {
		t.Fatalf("view = %+v", after)
	}
	if after.PageSeq <= before.PageSeq || after.Seq != before.Seq {
		t.Fatalf("page of %d before, %d after", before.PageSeq, after.PageSeq)
	}
	if got := after.Made.Path; strings.Join(got, "·") != "梁平·合兴·龙滩村·改名地" {
		t.Fatalf("path = %v", got)
	}
	if len(fx.Ledger.Chains()) != 1 || len(fx.Ledger.Products()) != 12 || len(fx.Ledger.Organisations()) != 5 || len(fx.Ledger.Places()) != 8 {
		t.Fatalf("stats = %+v", fx.Ledger.Stats())
	}
	fx.expectSameReplay()
}

func TestValidGTIN14(t *testing.T) {
	for _, row := range []struct {
		in   string
		want bool
	}{
		{GTIN, true}, {"00614141123452", true}, {"09506000134352", true}, {"00000000000000", true},
		{"09506000134351", false}, {"9506000134352", false}, {"0950600013435X", false}, {"", false}, {"095060001343521", false},
		{"٠9506000134352", false},
	} {
		if got := ValidGTIN14(row.in); got != row.want {
			t.Errorf("ValidGTIN14(%q) = %v, want %v", row.in, got, row.want)
		}
	}
}
