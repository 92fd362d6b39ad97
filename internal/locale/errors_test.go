package locale

import (
	"cmp"
	"strings"
	"testing"
	"unicode"

	"github.com/yousang/yousang/internal/trace"
)

var kinds = map[string]trace.Kind{
	"Internal": trace.Internal, "Invalid": trace.Invalid, "Forbidden": trace.Forbidden, "NotFound": trace.NotFound,
	"Conflict": trace.Conflict, "TooLarge": trace.TooLarge, "Unavailable": trace.Unavailable}

func TestEveryCodeHasASentence(t *testing.T) {
	codes := findConstants(t, "../trace", "Code")
	if len(codes) < 35 {
		t.Fatalf("found only %d codes in internal/trace", len(codes))
	}
	zh, en := loadPrinters(t)
	for constant, code := range codes {
		if !zh.Has("error." + code) {
			t.Errorf("%s has no sentence error.%s", constant, code)
			continue
		}
		for _, p := range []*Printer{zh, en} {
			checkSentence(t, p, constant, trace.E(trace.Invalid, trace.Code(code), ""))
		}
	}
}

// sample gives each argument a value like those in the code.
var sample = map[string]string{
	"lot": "https://example.cn/ledger/lot/" + key, "value": "12.5", "available": "120", "wanted": "150", "unit": "KGM", "in": "10",
	"out": "11", "shipped": "9",
	"received": "0", "since": "2026-11-03T00:00:00.000Z", "from": "2026-03-01", "to": "2026-11-30", "until": "2026-11-17", "agent": "啶虫脒",
	"days": "14",
	"what": "出丝量", "whatEn": "Silk", "limit": "25", "limitID": "silk", "step": "silk/reel", "thing": "season", "allowed": "village town",
	"id": "7", "why": "not UTF-8",
	"path": "data/yousang.db", "found": "schema 9", "known": "schema 3",
}

var key = makeKey()

// makeKey makes a key that is the same in every run.
func makeKey() string {
	for _, c := range "23456789ACDEFGHJKMNPQRTUVWXYZ" {
		if k, err := trace.ParseKey("7K2M9QXR4TD" + string(c)); err == nil {
			return k
		}
	}
	return ""
}

// TestEveryRaisedErrorIsSaidWhole checks each error of the project's source with all of its arguments, with each argument empty, and with
// none.
func TestEveryRaisedErrorIsSaidWhole(t *testing.T) {
	all := findRaisedErrors(t)
	if len(all) < 80 {
		t.Fatalf("found only %d calls of trace.E", len(all))
	}
	zh, en := loadPrinters(t)
	for _, r := range all {
		kind, ok := kinds[r.kind]
		if !ok {
			kind = trace.Invalid
		}
		full := &trace.Error{Kind: kind, Code: r.code, Field: strings.TrimPrefix(r.field, "."), Args: map[string]string{}}
		for arg, value := range r.args {
			if value == "" {
				value = sample[arg]
			}
			full.Args[arg] = cmp.Or(value, "x")
		}
		variants := []*trace.Error{full, {Kind: kind, Code: r.code, Field: full.Field}, {Kind: kind, Code: r.code, Args: full.Args},
			{Kind: kind, Code: r.code, Field: "items[2].inputs[1]." + full.Field, Args: full.Args}}
		for arg := range full.Args {
			one := &trace.Error{Kind: kind, Code: r.code, Field: full.Field, Args: map[string]string{}}
			for a, v := range full.Args {
				one.Args[a] = v
			}
			one.Args[arg] = ""
			variants = append(variants, one)
		}
		for _, e := range variants {
			for _, p := range []*Printer{zh, en} {
				checkSentence(t, p, r.at, e)
			}
		}
	}
}

func checkSentence(t *testing.T, p *Printer, at string, e *trace.Error) {
	t.Helper()
	got := p.Error(e)
	for _, bad := range []string{"{{", "}}", "“”", "()", "（）", "  ", "error.", "：。", ": .", "  ", "null", "<no value>"} {
		if strings.Contains(got, bad) {
			t.Errorf("%s: %v in %s has %q: %s", at, e, p.Lang(), bad, got)
		}
	}
	end := map[string]string{Chinese: "。", English: "."}[p.Lang()]
	if n := strings.Count(got, end); !strings.HasSuffix(got, end) && !strings.HasSuffix(got, "？") && !strings.HasSuffix(got, "?") || n == 0 {
		t.Errorf("%s: %v in %s is no sentence: %s", at, e, p.Lang(), got)
	}
	if r := []rune(got)[0]; p.Lang() == English && unicode.IsLower(r) {
		t.Errorf("%s: begins small: %s", at, got)
	}
}

// errorSentence is an error with its sentence in both languages.
type errorSentence struct {
	name   string
	err    *trace.Error
	zh, en string
}

func checkErrorSentences(t *testing.T, list []errorSentence) {
	t.Helper()
	zh, en := loadPrinters(t)
	for _, test := range list {
		t.Run(test.name, func(t *testing.T) {
			if got := zh.Error(test.err); got != test.zh {
				t.Errorf("got  %s\nwant %s", got, test.zh)
			}
			if got := en.Error(test.err); got != test.en {
				t.Errorf("got  %s\nwant %s", got, test.en)
			}
		})
	}
}

// grouped is the key of these tests as people read keys.
var grouped = trace.GroupKey(key)

var shortOfKilograms = trace.E(trace.Conflict, trace.CodeInsufficient, "inputs[0].quantity", "lot", key,
	"available", "120", "wanted", "150", "unit", "KGM")

// errorSentences are errors with their sentences in both languages.
var errorSentences = []errorSentence{
	{"not enough", shortOfKilograms, "批次 " + grouped + " 还剩 120 千克，不能用 150 千克。请核对磅单，或先登记损耗。",
		"Lot " + grouped + " has 120 kg left, so 150 kg cannot be used. Please check the weighing slip, or record a loss first."},
	{"not enough, lot not named", trace.E(trace.Conflict, trace.CodeInsufficient, "", "available", "1", "wanted", "1500", "unit", "XBX"),
		"还剩 1 箱，不能用 1,500 箱。请核对磅单，或先登记损耗。",
		"1 box left, so 1,500 boxes cannot be used. Please check the weighing slip, or record a loss first."},
	{"not enough, unit not known",
		trace.E(trace.Conflict, trace.CodeInsufficient, "", "lot", key, "available", "0", "wanted", "2", "unit", ""),
		"批次 " + grouped + " 还剩 0，不能用 2。请核对磅单，或先登记损耗。",
		"Lot " + grouped + " has 0 left, so 2 cannot be used. Please check the weighing slip, or record a loss first."},
	{"required", trace.E(trace.Invalid, trace.CodeRequired, "lots[1].product"), "没有填第 2 行的产品。请补上。",
		"Product in row 2: nothing was entered. Please fill it in."},
	{"the unit to unpack", trace.E(trace.Invalid, trace.CodeRequired, "unit"), "没有填箱（托）的编码。请扫码或输入。",
		"The code of the packed unit is missing. Please scan or type it."},
	{"a word out of its list", trace.E(trace.Invalid, trace.CodeBadValue, "tier", "value", "city", "allowed", "village town county outside"),
		"层级不能填“city”。可以填：村、镇、县、县外。", "Tier: “city” cannot be used. Please use: village, town, county, outside the county."},
	{"a phrase", trace.E(trace.Invalid, trace.CodeBadValue, "adminCode", "value", "50", "allowed", "6–12 digits"),
		"行政区划代码不能填“50”。可以填：6 到 12 位数字。", "Administrative code: “50” cannot be used. Please use: 6 to 12 digits."},
	{"both languages in one", trace.E(trace.Invalid, trace.CodeBadValue, "id", "value", "x", "allowed", "唯一 / unique"), "编号不能填“x”。可以填：唯一。",
		"Identifier: “x” cannot be used. Please use: unique."},
	{"units", trace.E(trace.Invalid, trace.CodeBadValue, "unit", "value", "GRM", "allowed", "KGM LTR"), "单位不能填“GRM”。可以填：千克、升。",
		"Unit: “GRM” cannot be used. Please use: kg, litres."},
	{"a range", trace.E(trace.Invalid, trace.CodeBadValue, "depth", "value", "0", "allowed", "1–1000000"), "层数不能填“0”。可以填：1–1000000。",
		"Depth: “0” cannot be used. Please use: 1–1000000."},
	{"a form", trace.E(trace.Invalid, trace.CodeBadValue, "id", "value", "x", "allowed", "https://e.cn/org/a-z0-9-"),
		"编号写得不对。请写成 https://e.cn/org/a-z0-9- 这样。", "Identifier: not in the right form. Please write it like https://e.cn/org/a-z0-9-."},
	{"a kind of JSON", trace.E(trace.Invalid, trace.CodeBadValue, "lots.quantity", "value", "object"), "数量的写法不对。请按接口说明的格式填写。",
		"Quantity: wrong type. Please enter it in the form the API documentation gives."},
	{"to oneself", trace.E(trace.Invalid, trace.CodeBadValue, "destinationList[0].destination", "value", "https://e.cn/org/a", "allowed", ""),
		"收货方不能是本单位自己。请选另一个单位。", "The recipient cannot be your own organisation. Please choose another one."},
	{"a fraction of a box", trace.E(trace.Invalid, trace.CodeNotWhole, "lots[0].quantity", "value", "2.5", "unit", "XBX"),
		"按箱数的要填整数，不能填 2.5。如果是称重的，请把单位换成千克。", "Boxes are counted in whole numbers, not 2.5. If it was weighed, please choose kg as the unit."},
	{"units apart", trace.E(trace.Invalid, trace.CodeUnitMismatch, "uom", "value", "XBX", "unit", "KGM"), "这个批次按千克记数，不能填箱。请换算成千克再填。",
		"This lot is kept in kg, which boxes cannot be converted to. Please enter the quantity in kg."},
	{"future", trace.E(trace.Invalid, trace.CodeFutureTime, "eventTime", "value", "2026-11-03T16:30:00.000Z"),
		"2026年11月4日 00:30 还没到。请核对日期，也看看手机的时钟准不准。",
		"4 November 2026, 00:30 has not come yet. Please check the date, and whether the phone's clock is right."},
	{"season without dates", trace.E(trace.Invalid, trace.CodeBadTime, "to", "value", "0001-01-01T00:00:00.000Z"), "开始和结束日期不对。请两个都填，结束不要早于开始。",
		"The first and last day are not right. Please give both, the last not before the first."},
	{"interval", trace.E(trace.Conflict, trace.CodeInsideInterval, "eventTime", "agent", "啶虫脒", "days", "14", "until", "2026-11-17"),
		"用了啶虫脒，安全间隔期 14 天，2026年11月17日起才能采收。请到那天再采；用药记录有误的，请先更正。",
		"啶虫脒 was used; its safety interval is 14 days, so harvesting may start on 17 November 2026. Please wait until then; if the " +
			"spraying record is wrong, correct it first."},
	{"unnamed agent, one day", trace.E(trace.Conflict, trace.CodeInsideInterval, "eventTime", "agent", "", "days", "1", "until", "2026-11-17"),
		"安全间隔期 1 天，2026年11月17日起才能采收。请到那天再采；用药记录有误的，请先更正。",
		"The safety interval is 1 day, so harvesting may start on 17 November 2026. Please wait until then; if the spraying record is " +
			"wrong, correct it first."},
	{"impossible",
		trace.E(trace.Invalid, trace.CodeImpossible, "outputs", "what", "果胶得率", "whatEn", "Pectin yield",
			"value", "26", "limit", "25", "unit", "%"),
		"果胶得率算出来是 26%，最多只能到 25%。请核对投入和产出的数量。",
		"Pectin yield comes to 26%, and more than 25% is not possible. Please check what went in and what came out."},
	{"too many uses", trace.E(trace.Conflict, trace.CodeImpossible, "work.maxUses", "what", "啶虫脒", "value", "2", "limit", "1"),
		"啶虫脒这一季最多用 1 次，这已经是第 2 次。请核对用药记录，换用别的药剂。",
		"啶虫脒 may be used 1 time a season at most, and this would be use 2. Please check the records, or use another agent."},
	{"before the lot", trace.E(trace.Invalid, trace.CodeBeforeLot, "eventTime", "lot", key, "since", "2026-11-03T00:00:00.000Z"),
		"批次 " + grouped + " 到 2026年11月3日 08:00 才有，填的时间比它早。请核对时间，看看是不是选错了批次。",
		"Lot " + grouped +
			" was not there before 3 November 2026, 08:00; the time entered is earlier. Please check the time, and whether it is the right lot."},
	{"before the shipment",
		trace.E(trace.Invalid, trace.CodeBeforeLot, "time", "thing", "shipment", "lot", key, "since", "2026-11-03T00:00:00.000Z"),
		"这批货到 2026年11月3日 08:00 才发出，签收不会更早。请核对签收时间。",
		"These goods were shipped only at 3 November 2026, 08:00 and cannot have arrived earlier. Please check the time of receipt."},
	{"before the unit", trace.E(trace.Invalid, trace.CodeBeforeLot, "time", "thing", "unit", "lot", key, "since", "2026-11-03T00:00:00.000Z"),
		"箱（托） " + grouped + " 到 2026年11月3日 08:00 才装好，填的时间比它早。请核对时间，看看是不是选错了箱（托）。",
		"Unit " + grouped +
			" was packed only at 3 November 2026, 08:00, after the time entered. Please check the time, and whether it is the right unit."},
	{"another's place", trace.E(trace.Forbidden, trace.CodeNotAllowed, "bizLocation"), "这个地点是别的单位的。请选本单位的地点，或请那个单位来登记。",
		"This place is another organisation's. Please choose one of your own, or ask that organisation to record it."},
	{"open elsewhere", trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "path", "data/yousang.db"),
		"另一个程序正开着这个账本，多半是正在运行的服务。请先停掉它再试；要导入登记表，也可以经接口 POST /api/v1/imports 交给正在运行的服务。",
		"Another program has this ledger open, most likely the running server. Please stop it first; to import a register, you can also " +
			"send the file to the running server by POST /api/v1/imports."},
	{"a database that is not there",
		trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "thing", "start", "path", "db1:27017/county", "why", "connection refused"),
		"数据库 db1:27017/county 没有回应（connection refused）。请看看它是不是在运行、从这里能不能连上，再核对地址（主机、端口、replicaSet、tls）。",
		"The database db1:27017/county does not answer (connection refused). Please check that it runs, that it can be reached from " +
			"here, and its address (hosts, ports, replicaSet, tls)."},
	{"a wrong password", trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "thing", "login", "path", "db1:27017/county"),
		"数据库 db1:27017/county 不让本程序进入。请核对地址里的用户、密码和 authSource，并看看这个用户有没有 readWrite 权限。",
		"The database db1:27017/county does not let this program in. Please check user, password and authSource in its address, and that " +
			"the user has the role readWrite."},
	{"no header", trace.E(trace.Invalid, trace.CodeRequired, "header"), "没有找到登记表的表头，什么也没有记。请核对是不是采收登记表或鲜茧台账，表头那一行要照原样保留。",
		"No header of a register was found, and nothing was recorded. Please check that it is a harvest register or a cocoon ledger, and " +
			"keep its header row as it is."},
	{"whose register", trace.E(trace.Invalid, trace.CodeRequired, "org", "in", "register"),
		"表里没有写是哪个主体的。请在标题下写上“填表单位：……”；用命令行导入的，也可以加 --org 指明。",
		"The register does not say whose it is. Please write the organisation below the title; on the command line, --org names it as well."},
	{"whose key", trace.E(trace.Invalid, trace.CodeRequired, "org"), "没有填主体。请补上。", "Organisation: nothing was entered. Please fill it in."},
	{"not a file we read", trace.E(trace.Invalid, trace.CodeBadValue, "file", "value", "PDF", "allowed", "XLSX CSV"),
		"文件不能填“PDF”。可以填：XLSX CSV。",
		"File: “PDF” cannot be used. Please use: XLSX CSV."},
	{"unknown lot by URI", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", "https://e.cn/lot/"+key),
		"没有找到批次 " + grouped + "。请对照标签重新输入，或者扫码。", "There is no lot " + grouped + ". Please type it again from the label, or scan it."},
	{"unknown place", trace.E(trace.Invalid, trace.CodeUnknownThing, "bizLocation", "thing", "place", "value", "https://e.cn/place/longtan"),
		"没有登记过地点“longtan”。请先登记，或从列表里选。", "There is no place “longtan”. Please register it first, or choose from the list."},
	{"difference",
		trace.E(trace.Invalid, trace.CodeReasonNeeded, "lots[0].reason", "lot", key, "shipped", "100", "received", "98.5", "unit", "KGM"),
		"批次 " + grouped + " 发来 100 千克，签收 98.5 千克，对不上。请写明原因。",
		"Of lot " + grouped + ", 100 kg were shipped and 98.5 kg received. Please write why they differ."},
	{"withdrawal of another's", trace.E(trace.Forbidden, trace.CodeNotAllowed, "eventID"), "这条记录不是本单位登记的。请登记的单位或主管部门来更正。",
		"This record is not your organisation's. Please ask the one that made it, or the bureau, to correct it."},
	{"megabytes", trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", "8 MiB"), "内容太大了，一次最多 8 MB。请分几次提交。",
		"This is too large; the limit is 8 MB. Please send it in smaller parts."},
	{"bytes", trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", "8388608"), "内容太大了，一次最多 8 MB。请分几次提交。",
		"This is too large; the limit is 8 MB. Please send it in smaller parts."},
	{"a file", trace.E(trace.TooLarge, trace.CodeTooLarge, "orange.yaml", "limit", "131072"), "内容太大了，一次最多 128 KB。请分几次提交。",
		"This is too large; the limit is 128 KB. Please send it in smaller parts."},
	{"rows", trace.E(trace.TooLarge, trace.CodeTooLarge, "inputQuantityList", "limit", "20000"), "一次填的太多了，上限是 20,000。请分几次登记。",
		"There are too many rows; the limit is 20,000. Please record them in several parts."},
	{"a long name", trace.E(trace.TooLarge, trace.CodeTooLarge, "name", "limit", "500"), "名称太长了。请写短一些。",
		"Name: too long. Please make it shorter."},
	{"newer data", trace.E(trace.Conflict, trace.CodeBadCheck, "", "path", "a.db", "found", "schema 9", "known", "schema 3"),
		"a.db 的数据版本是 9，这个程序只认到 3。请换新版程序再打开。",
		"The store a.db has data version 9; this program knows up to 3. Please open it with a newer version of the program."},
	{"not ours", trace.E(trace.Conflict, trace.CodeBadCheck, "", "path", "a.db", "found", "not a ledger of Yousang"),
		"a.db 不是柚桑的账本，没有打开。请核对 --store 指的是哪里。",
		"The store a.db is not a ledger of Yousang and was not opened. Please check where --store points."},
	{"an id that does not fit", trace.E(trace.Conflict, trace.CodeBadCheck, "eventID", "value", "ni:///x", "want", "ni:///y"),
		"记录编号和内容对不上。请去掉编号重新提交，或核对内容是不是被改动过。",
		"The event id does not fit the content. Please send it again without the id, or check whether the content was altered."},
	{"a code nobody knows", trace.E(trace.Internal, "new_code", ""), "没有成功。请稍后再试；还不行，请联系管理员。",
		"That did not work. Please try again later; if it still fails, ask the administrator."},
	{"none", nil, "", ""},
}

func TestErrorSentences(t *testing.T) { checkErrorSentences(t, errorSentences) }

// TestCausesStayInside: the error of a store or a driver is for the log, since such an error may hold addresses and paths.
func TestCausesStayInside(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, p := range []*Printer{zh, en} {
		got := p.Error(trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "why", "dial tcp 10.0.0.3", "path", "/srv/x.db"))
		if strings.ContainsAny(got, "/0") {
			t.Errorf("tells the cause: %s", got)
		}
	}
}
