package locale

import (
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// serialSentences are errors about serial numbers, links and prints with their sentences.
var serialSentences = []errorSentence{
	{"more numbers than items",
		trace.E(trace.Conflict, trace.CodeTooManySerials, "count", "lot", key, "items", "1200", "left", "200", "asked", "1000"),
		"批次 " + grouped + " 有 1,200 个，还能发 200 个序列号，不能发 1,000 个。请核对个数，或先作废不用的序列号。",
		"Lot " + grouped +
			" has 1,200 items; 200 more serial numbers can be issued, not 1,000. Please check how many, or void the ones that are not used."},
	{"an item in the way", trace.E(trace.Conflict, trace.CodeSerialState, "from", "ordinal", "1200", "state", "sold", "target", "activated"),
		"第 1,200 号现在是“已售”，不能变成“已激活”。请先看这一批的状态，再选起止序号。",
		"Item 1,200 is “sold” now, which cannot become “activated”. Please look at the states of the batch and choose the range again."},
	{"an ordinal out of range is no recipient",
		trace.E(trace.Invalid, trace.CodeBadValue, "to", "value", "11", "allowed", "1–10", "thing", "ordinal"),
		"序号 11 不在范围内。可以填：1–10。", "Number 11 is out of range. Please use: 1–10."},
	{"a torn number", trace.E(trace.Invalid, trace.CodeBadKey, "codes[1]", "value", "0AB", "thing", "serial"),
		"序列号“0AB”不对。请对照标签重新输入 12 位序列号（里面没有 I、L、O、U），或者扫码。",
		"The serial number “0AB” is not right. Please type the 12 characters again from the label (there is no I, L, O or U in it), or scan it."},
	{"a made-up number", trace.E(trace.NotFound, trace.CodeNotIssued, "serial", "value", "0ABC DEFG HJKM"),
		"没有发过序列号 0ABC DEFG HJKM。请对照标签重新输入；标签上就是这样的，可能是假的，请联系卖方或主管部门。",
		"Serial number 0ABC DEFG HJKM was never issued. Please type it again from the label; if the label says so, it may be false: " +
			"please ask the seller or the bureau."},
	{"a reprint", trace.E(trace.Invalid, trace.CodeReasonNeeded, "reason", "thing", "reprint"),
		"这些序列号的标签已经打印过。再打一次要写明原因，请补上；旧标签请销毁。",
		"Labels with these serial numbers were printed before. Please say why they are printed again, and destroy the old ones."},
	{"voided", trace.E(trace.Invalid, trace.CodeReasonNeeded, "reason", "thing", "void"), "没有写原因。序列号作废要写明原因，请补上。",
		"No reason was given. Please say why the serial numbers are voided."},
	{"a bureau's recipe", trace.E(trace.Forbidden, trace.CodeNotAllowed, "links[0].linkType"),
		"主管部门只登记召回通知这一种链接。其他链接请产出单位或持有单位来登记。",
		"The bureau registers recall notices only. Please leave other links to the maker or the holder of the lot."},
	{"links of another's product", trace.E(trace.Forbidden, trace.CodeNotAllowed, "id"),
		"本单位没有产出过这个产品，不能登记它的链接。请产出单位或管理员来登记。",
		"Your organisation has made no lot of this product, so it cannot register links for it. Please ask a maker or the administrator."},
	{"a region", trace.E(trace.Invalid, trace.CodeBadValue, "regions[1]", "value", "500", "allowed", "2、4 或 6 位数字 / 2, 4 or 6 digits"),
		"第 2 个地区不能填“500”。可以填：2、4 或 6 位数字。", "Region 2: “500” cannot be used. Please use: 2, 4 or 6 digits."},
	{"no batch", trace.E(trace.NotFound, trace.CodeUnknownThing, "batch", "thing", "serials", "value", "x"), "没有找到序列号批次“x”。请从列表里选。",
		"There is no serial batch “x”. Please choose from the list."},
}

func TestErrorsOfCodes(t *testing.T) { checkErrorSentences(t, serialSentences) }
