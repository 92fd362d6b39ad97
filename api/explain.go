package api

import (
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
)

// setExample gives the body of an operation an example. To be called after describeBody.
func setExample(op *huma.Operation, v any) { op.RequestBody.Content["application/json"].Example = v }

// explained describes members of schemas: of other packages' types (views of the ledger and of cases, whose tags are their own), and those
// whose text is too long for a tag. The texts of app.MemberTexts belong to the structs of the application layer.
var explained = map[string]string{
	"WebLink.context":  "For whom, where type and language do not tell, as in CN or professional.",
	"WebLink.href":     "Address of a page that anybody may open: https.",
	"WebLink.hreflang": "Languages of what is there, as in zh, zh-CN, en.",
	"WebLink.linkType": "Type of the GS1 Web Vocabulary as a CURIE, as in gs1:certificationInfo, gs1:recipeInfo, gs1:instructions, " +
		"gs1:recallStatus.",
	"WebLink.title":   "In the language of what is there.",
	"WebLink.type":    "Media type of what is there, as in text/html or application/pdf.",
	"NewProduct.unit": "Unit its lots are kept in: KGM, H87, LTR, ST, XBG, XBX or XPX, or a usual spelling of one. Fixed for good.",
	"Problem.detail": "What is wrong and what to do, in a sentence for the person who sent it; in the language of Accept-Language " +
		"(zh, en).",
	"SerialCounts.printed":   "已印: not on a product yet.",
	"SerialCounts.activated": "已激活.",
	"SerialCounts.sold":      "已售.",
	"SerialCounts.voided":    "作废, for good.",
	"SerialRun.from":         "Ordinal of the first item, from 1.",
	"SerialRun.to":           "Ordinal of the last item.",
	"SerialRun.state":        "printed, activated, sold or voided.",
	"SerialRun.since":        "Latest change among them.",
	"SerialRun.seq":          "Record of that change.",
	"PrintView.batch":        "Batch of serial numbers; none for labels of the lot as such.",
	"PrintView.copies":       "Of each label.",
	"PrintView.from":         "First item, by its ordinal.",
	"PrintView.to":           "Last item.",
	"PrintView.reason":       "Why serial numbers were printed again.",
	"PrintView.reprint":      "Some of these labels had been printed before.",
	"PrintView.sheet":        "Id of the layout.",
	"SheetView.id":           "What /labels takes as sheet.",
	"SheetView.left":         "From the edge of the paper to the first label.",
	"SheetView.top":          "From the edge of the paper to the first label.",
	"SheetView.width":        "Of one label.",
	"SheetView.height":       "Of one label.",
	"SheetView.gapX":         "Between two labels.",
	"SheetView.gapY":         "Between two labels.",
	"SheetView.inset":        "No ink nearer to the edge of a label.",
	"SheetView.module":       "Side of a module of the code, where the code has room for it.",
	"SheetView.roll":         "One label a page, for a label printer 热敏标签机.",
	"CaseAnswer.id":          "Serial number, hyphen, rule.",
	"CaseAnswer.item":        "URI of the item.",
	"CaseAnswer.code":        "Its serial number.",
	"CaseAnswer.org":         "Who issued the serial number.",
	"CaseAnswer.rule":        "many_places, velocity, wrong_region 窜货, before_activation, after_recall or after_void.",
	"CaseAnswer.state":       "open 待核查 or closed 已办结.",
	"CaseAnswer.first":       "First page view that broke the rule.",
	"CaseAnswer.last":        "Last page view that broke the rule.",
	"CaseAnswer.count":       "Page views that make up the evidence.",
	"CaseAnswer.regions":     "Where.",
	"CaseAnswer.args":        "Values of the rule: km and minutes, or the sales regions.",
	"CaseAnswer.closed":      "The last closing, kept when the case is open again.",
	"Tally.region":           "Six digits of GB/T 2260; empty where it is not known.",
	"Tally.count":            "Page views.",
	"Closing.note":           "What was found.",
	"Closing.user":           "Id of the key; never a name.",
	"Closing.regions":        "Where the code had been seen by then.",
	"ItemAnswer.activated":   "When it was activated; kept when it is sold or voided. Absent where it never was.",
	"Warning.code": "placeholder_address: the public address is not one that strangers can open by https, so codes printed now will " +
		"open for nobody.",
	"Batch.items": "Reports in the order they happened. A later one may use what an earlier one makes, by keys the client " +
		"proposes.",
	"Item.type":                "Kind of the report. An unknown one fails its own item.",
	"Event.redacted":           "Growers' codes, or a place's geometry, were left out of body, which therefore does not give the hash.",
	"LotAnswer.historyMissing": "The store does not answer just now, so the history could not be read; everything else is as known.",
	"Serials.printed":          "Items whose labels have been printed here. A list of codes for a printing house is not counted.",
	"SerialsList.left":         "How many more serial numbers the lot may get; absent where it does not say how many items it has.",
}

// describeMembers writes explained and app.MemberTexts into the document. A name that no schema has is a mistake of the program: a type was
// renamed.
func (a *API) describeMembers() {
	for path, text := range explained {
		name, member, _ := strings.Cut(path, ".")
		s := a.reg.Map()[name]
		if s == nil || s.Properties[member] == nil {
			panic("the API's document has no " + path)
		}
		if p := s.Properties[member]; p.Description == "" && p.Ref == "" {
			p.Description = text
		}
	}
	described := map[string]bool{}
	for name, s := range a.reg.Map() {
		t := a.reg.TypeFromRef(schemaPrefix + name)
		if name == seasonWork {
			t = reflect.TypeFor[app.Work]()
		}
		describeStruct(s, t, described)
	}
	for path := range app.MemberTexts {
		if !described[path] {
			panic("the API's document has no " + path)
		}
	}
}

// describeStruct writes the texts of app.MemberTexts into the schema of a struct and notes which of them it wrote. The members of an
// embedded struct have the texts of that struct.
func describeStruct(s *huma.Schema, t reflect.Type, described map[string]bool) {
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			describeStruct(s, f.Type, described)
			continue
		}
		path := t.Name() + "." + jsonName(f)
		text, ok := app.MemberTexts[path]
		if p := s.Properties[jsonName(f)]; ok && p != nil {
			p.Description = text
			described[path] = true
		}
	}
}

// parameterTexts describe parameters whose text is too long for a tag.
var parameterTexts = map[string]string{
	"Idempotency-Key": "An id made by the client (a UUID). The same as the member id; one of the two is enough.",
	"code": "Serial number 序列号 as printed or typed (spaces, hyphens, small letters, O for 0), or the address its code " +
		"opens, with its slashes escaped.",
	"org": "Organisation whose shipments are meant: slug or URI. An operator always gets its own; a bureau gets all " +
		"where absent.",
}

// codesKeyText describes the Idempotency-Key of writes about codes, whose bodies have no member id.
const codesKeyText = "An id made by the client (a UUID). Sent again with the same content it gives the same answer; with other " +
	"content a conflict."

// describeParameters describes the parameters that have no text of their own.
func (a *API) describeParameters() {
	for _, item := range a.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				describeParameter(p, slices.Contains(op.Tags, tagCodes))
			}
		}
	}
}

// describeParameter describes a parameter that has no text of its own.
func describeParameter(p *huma.Param, ofCodes bool) {
	text, ok := parameterTexts[p.Name]
	if p.In == "header" && ofCodes {
		text = codesKeyText
	}
	switch {
	case p.Description != "":
	case ok:
		p.Description, p.Schema.Description = text, text
	case p.In == "path":
		p.Description = "Its key, slug, or URI with its slashes escaped."
	}
}
