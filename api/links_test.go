package api_test

import "testing"

// linkBody is the body that registers a certificate's link.
func linkBody(id, href string) string {
	return `{"id":"` + id + `","links":[{"linkType":"gs1:certificationInfo","href":"` + href +
		`","title":"检测报告","type":"application/pdf","hreflang":["zh"]}]}`
}

// linkScenarios are the rows of TestLinks.
var linkScenarios = []scenario{
	{name: "the maker", who: "zhongyuan", method: "POST", path: "/links", body: linkBody("{box}", "https://coop.example/report.pdf"),
		status: 201, want: []string{"/lot/{box}"}},
	{name: "a holder", who: "park", method: "POST", path: "/links", body: linkBody(publicURL+"/lot/{box}", "https://park.example/report.pdf"),
		status: 201},
	{name: "both are there", who: "park", method: "GET", path: "/lots/{box}/links", status: 200,
		want: []string{"coop.example", "park.example", "中元柚子合作社", "县园区", publicURL + "/lot/{box}"}},
	{name: "a stranger writes", who: "longtan", method: "POST", path: "/links", body: linkBody("{box}", "https://x.example/"), status: 404,
		want: []string{`"code":"unknown_lot"`}},
	{name: "a stranger reads", who: "longtan", method: "GET", path: "/lots/{box}/links", status: 404, never: []string{"coop.example"}},
	{name: "nobody", method: "GET", path: "/lots/{box}/links", status: 401, never: []string{"coop.example"}},
	{name: "not https", who: "zhongyuan", method: "POST", path: "/links", body: linkBody("{box}", "http://coop.example/"), status: 422,
		want: []string{`"field":"links[0].href"`}},
	{name: "an unknown type", who: "zhongyuan", method: "POST", path: "/links",
		body: `{"id":"{box}","links":[{"linkType":"gs1:party","href":"https://a.example/","title":"x"}]}`, status: 422,
		want: []string{`"field":"links[0].linkType"`}},
	{name: "no list", who: "zhongyuan", method: "POST", path: "/links", body: `{"id":"{box}"}`, status: 422,
		want: []string{`"code":"required"`, `"field":"links"`}},
	{name: "a stray member", who: "zhongyuan", method: "POST", path: "/links",
		body: `{"id":"{box}","links":[{"linkType":"gs1:pip","href":"https://a.example/","title":"x","color":"red"}]}`, status: 400,
		want: []string{`"field":"links[0].color"`}},
	{name: "an item", who: "zhongyuan", method: "POST", path: "/links", body: linkBody(publicURL+"/lot/{box}/21/{1}",
		"https://coop.example/item.pdf"), status: 201},
	{name: "an item by its number alone", who: "zhongyuan", method: "POST", path: "/links",
		body: linkBody("{2}", "https://coop.example/two.pdf"), status: 201, want: []string{"/21/{2}"}},
	{name: "of a stranger", who: "longtan", method: "POST", path: "/links", body: linkBody("{2}", "https://x.example/"), status: 404},
	{name: "taken away again", who: "zhongyuan", method: "POST", path: "/links", body: `{"id":"{2}","links":[]}`, status: 201},
	{name: "the item's", who: "park", method: "GET", path: "/items/{1}/links", status: 200, want: []string{"item.pdf", "/21/{1}"}},
	{name: "another item's", who: "park", method: "GET", path: "/items/{2}/links", status: 200, want: []string{`"sets":[]`}},
	{name: "an item of another lot", who: "zhongyuan", method: "POST", path: "/links",
		body: linkBody(publicURL+"/lot/{other}/21/{1}", "https://coop.example/"), status: 404, want: []string{`"code":"not_issued"`}},
	{name: "a product that one makes", who: "zhongyuan", method: "POST", path: "/links",
		body: linkBody("box", "https://coop.example/box.html"), status: 201},
	{name: "a product that one does not make", who: "longtan", method: "POST", path: "/links", body: linkBody("box", "https://x.example/"),
		status: 403},
	{name: "a product's are everybody's", who: "longtan", method: "GET", path: "/products/box/links", status: 200,
		want: []string{"box.html", publicURL + "/product/box"}},
	{name: "a product with a GTIN", who: "longtan", method: "GET", path: "/products/juice/links", status: 200,
		want: []string{publicURL + "/01/09506000134352"}},
	{name: "no product", who: "longtan", method: "GET", path: "/products/none/links", status: 404},
	{name: "a bureau's recall notice", who: "bureau", method: "POST", path: "/links",
		body: `{"id":"{box}","links":[{"linkType":"gs1:recallStatus","href":"https://bureau.example/recall","title":"召回公告"}]}`, status: 201},
	{name: "a bureau's advertisement", who: "bureau", method: "POST", path: "/links", body: linkBody("{box}", "https://bureau.example/"),
		status: 403},
	{name: "taken away", who: "zhongyuan", method: "POST", path: "/links", body: `{"id":"{box}","links":[]}`, status: 201},
	{name: "one's own only", who: "zhongyuan", method: "GET", path: "/lots/{box}/links", status: 200,
		want: []string{"park.example", "bureau.example"}, never: []string{"coop.example"}},
}

// TestLinks: who keeps the links of what.
func TestLinks(t *testing.T) {
	c := newBoxes(t)
	names := c.placeholders()
	for _, s := range linkScenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, names) })
	}
	first := decodeAnswer[made](t, c.mustSend("zhongyuan", "POST /links", `{"id":"`+c.other+`","links":[]}`, 201, "Idempotency-Key", "l"))
	again := decodeAnswer[made](t, c.mustSend("zhongyuan", "POST /links", `{"id":"`+c.other+`","links":[]}`, 200, "Idempotency-Key", "l"))
	if !again.Repeat || again.Seq != first.Seq {
		t.Errorf("again %+v, first %+v", again, first)
	}
}
