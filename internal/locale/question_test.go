package locale

import (
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// questionedLot is the identifier of the lot in questions.
var questionedLot = "https://example.cn/ledger/lot/" + key

// questionSentences are questions with their sentences in both languages.
var questionSentences = []struct {
	name           string
	q              trace.Question
	what, whatEn   string
	unit           string
	wantZh, wantEn string
}{
	{"high", trace.Question{Code: "ratio_high", What: "yield", Value: "23", Low: "14", High: "21"}, "得丝率", "silk yield", "%",
		"得丝率 23%，通常 14–21%。是不是把斤当成了千克？", "Silk yield is 23%, usually 14–21%. Was jin entered as kg?"},
	{"low", trace.Question{Code: "ratio_low", What: "per_mu", Value: "3.3", Low: "1200", High: "4000"}, "亩产", "yield per mu", "kg/亩",
		"亩产 3.3 千克/亩，通常 1,200–4,000 千克/亩。是不是把千克当成了斤，或者还有没记的？",
		"Yield per mu is 3.3 kg/mu, usually 1,200–4,000 kg/mu. Was kg entered as jin, or is something not recorded yet?"},
	{"one lot", trace.Question{Code: "ratio_high", What: "per_fruit", Value: "2", Low: "0.8", High: "1.5", Lot: questionedLot}, "单果重",
		"mass per fruit",
		"kg/个",
		"批次 " + grouped + "：单果重 2 千克/个，通常 0.8–1.5 千克/个。是不是把斤当成了千克？",
		"Lot " + grouped + ": Mass per fruit is 2 kg/piece, usually 0.8–1.5 kg/piece. Was jin entered as kg?"},
	{"temperature", trace.Question{Code: "ratio_high", What: "temperature", Value: "11.5", Low: "-1", High: "8"}, "库温", "temperature", "°C",
		"库温 11.5 °C，通常 -1 至 8 °C。请核对仪器和记录。", "Temperature is 11.5 °C, usually -1 to 8 °C. Please check the instrument and the record."},
	{"humidity", trace.Question{Code: "ratio_low", Value: "70", Low: "85", High: "90"}, "湿度", "humidity", "% RH",
		"湿度 70% RH，通常 85–90% RH。请核对仪器和记录。", "Humidity is 70% RH, usually 85–90% RH. Please check the instrument and the record."},
	{"only low", trace.Question{Code: "ratio_low", Value: "3", Low: "14"}, "得丝率", "silk yield", "%",
		"得丝率 3%，通常不低于 14%。是不是把千克当成了斤，或者还有没记的？",
		"Silk yield is 3%, usually not below 14%. Was kg entered as jin, or is something not recorded yet?"},
	{"only high", trace.Question{Code: "ratio_high", Value: "30", High: "21"}, "得丝率", "silk yield", "%",
		"得丝率 30%，通常不超过 21%。是不是把斤当成了千克？", "Silk yield is 30%, usually not above 21%. Was jin entered as kg?"},
	{"no bounds", trace.Question{Code: "ratio_high", Value: "30"}, "得丝率", "silk yield", "%",
		"得丝率 30%，和平常不一样。是不是把斤当成了千克？", "Silk yield is 30%, which is unusual. Was jin entered as kg?"},
	{"an exact bound", trace.Question{Code: "ratio_high", Value: "30", Low: "21", High: "21"}, "得丝率", "silk yield", "%",
		"得丝率 30%，通常 21%。是不是把斤当成了千克？", "Silk yield is 30%, usually 21%. Was jin entered as kg?"},
	{"no unit, no name", trace.Question{Code: "ratio_high", What: "yield", Value: "30", Low: "14", High: "21"}, "", "", "",
		"yield 30，通常 14–21。是不是把斤当成了千克？", "Yield is 30, usually 14–21. Was jin entered as kg?"},
	{"evidence", trace.Question{Code: "evidence_missing", What: "dose"}, "保鲜剂用量", "preservative dose", "",
		"没有记保鲜剂用量。请补上；没有的，请说明原因。", "Preservative dose: nothing was recorded. Please add it, or say why there is none."},
	{"step", trace.Question{Code: "unknown_step", Step: "pomelo/jam", What: "jam"}, "", "", "", "现行的产业链里没有“jam”这个环节。是不是选错了？",
		"No chain in force has the step “jam”. Is it the right one?"},
	{"product", trace.Question{Code: "unexpected_product", What: "silk", Lot: questionedLot}, "生丝", "raw silk", "",
		"批次 " + grouped + "（生丝）通常不在这个环节里。是不是选错了批次或产品？",
		"Lot " + grouped + " (raw silk) does not usually belong to this step. Is it the right lot and product?"},
	{"late work", trace.Question{Code: "late_field_work", What: "啶虫脒", Value: "3", Low: "14", Lot: questionedLot}, "", "", "",
		"啶虫脒用后要隔 14 天才能采收，批次 " + grouped + " 只隔了 3 天。请核对日期；属实的，请先暂停销售并说明原因。",
		"啶虫脒 needs 14 days before a harvest; lot " + grouped +
			" was harvested after 3. Please check the dates; if they are right, put the lot on hold and say why."},
	{"late work, same day", trace.Question{Code: "late_field_work", What: "X", Value: "0", Low: "1", Lot: questionedLot}, "", "", "",
		"X用后要隔 1 天才能采收，批次 " + grouped + " 当天就采了。请核对日期；属实的，请先暂停销售并说明原因。",
		"X needs 1 day before a harvest; lot " + grouped +
			" was harvested the same day. Please check the dates; if they are right, put the lot on hold and say why."},
	{"late work without an agent", trace.Question{Code: "late_field_work", Value: "3", Low: "14", Lot: questionedLot}, "", "", "",
		"补记的用药在采收之前，采收时还在安全间隔期里。请核对日期；属实的，请先暂停销售并说明原因。",
		"The spraying recorded only now was before a harvest, inside its safety interval. Please check the dates; if they are right, put " +
			"the lot on hold and say why."},
	{"nominal gain", trace.Question{Code: "mass_gain", Value: "1020", High: "1000"}, "", "", "",
		"按包装上的净含量算，出来 1,020 千克，进去只有 1,000 千克。请核对数量；属实的，请说明原因。",
		"By the net masses on the packs, 1,020 kg come out of 1,000 kg. Please check the quantities; if they are right, say why."},
	{"unknown mass", trace.Question{Code: "mass_unknown", Value: "50", High: "0"}, "", "", "",
		"有的原料没有重量，有重量的进去 0 千克，出来 50 千克，算不出够不够。请核对数量；属实的，请说明原因。",
		"The mass of some of what went in is not known; of what is known, 0 kg went in and 50 kg come out. Please check the quantities; " +
			"if they are right, say why."},
	{"a code of tomorrow", trace.Question{Code: "moon_phase", What: "moon"}, "", "", "", "“moon”和平常不一样。请核对后说明原因。",
		"“moon” is out of the ordinary. Please check it, or say why."},
}

func TestQuestion(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range questionSentences {
		t.Run(test.name, func(t *testing.T) {
			if got := zh.Question(test.q, test.what, test.unit); got != test.wantZh {
				t.Errorf("got  %s\nwant %s", got, test.wantZh)
			}
			if got := en.Question(test.q, test.whatEn, test.unit); got != test.wantEn {
				t.Errorf("got  %s\nwant %s", got, test.wantEn)
			}
		})
	}
}

func TestEveryQuestionHasASentence(t *testing.T) {
	zh, en := loadPrinters(t)
	codes := findQuestionCodes(t)
	if len(codes) < 6 {
		t.Fatalf("found only %d codes", len(codes))
	}
	for code := range codes {
		for _, q := range []trace.Question{{Code: code}, {Code: code, What: "x", Value: "1", Low: "2", High: "3", Lot: key}} {
			other, otherEn := zh.Question(trace.Question{Code: "?", What: q.What}, ""), en.Question(trace.Question{Code: "?", What: q.What}, "")
			got, gotEn := zh.Question(q, ""), en.Question(q, "")
			if got == other || gotEn == otherEn {
				t.Errorf("%s has no sentence of its own", code)
			}
			if strings.Contains(got+gotEn, "{{") || strings.Contains(got, "“”") {
				t.Errorf("%s is not whole: %s %s", code, got, gotEn)
			}
		}
	}
}
