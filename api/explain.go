package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// setExample shows what a body may look like. To be called after documented.
func setExample(op *huma.Operation, v any) { op.RequestBody.Content["application/json"].Example = v }

// explained says what the members of other packages' types mean: they are views of the ledger and of cases, whose tags are their own.
var explained = map[string]string{
	"WebLink.context":        "For whom, where type and language do not tell, as in CN or professional.",
	"WebLink.href":           "Address of a page that anybody may open: https.",
	"WebLink.hreflang":       "Languages of what is there, as in zh, zh-CN, en.",
	"WebLink.linkType":       "Type of the GS1 Web Vocabulary as a CURIE, as in gs1:certificationInfo, gs1:recipeInfo, gs1:instructions, gs1:recallStatus.",
	"WebLink.title":          "In the language of what is there.",
	"WebLink.type":           "Media type of what is there, as in text/html or application/pdf.",
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
}

// describeMembers writes explained into the document. A name that no schema has is a mistake of the program: a type was renamed.
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
}
