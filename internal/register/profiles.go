package register

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// role says what a column means to the import.
type role string

const (
	roleDate    role = "date"
	roleGrower  role = "grower"
	rolePlot    role = "plot"
	roleVillage role = "village"
	roleStation role = "station"
	roleVariety role = "variety"
	roleWeight  role = "weight"
	rolePieces  role = "pieces"
	rolePremium role = "premium" // 优级果: a part of the pieces
	roleLastUse role = "lastUse"
	rolePrice   role = "price"
	roleMoney   role = "money"
	roleRemark  role = "remark"
	roleNumber  role = "number" // kept with the lot as an attribute
	roleShare   role = "share"  // the same, in per cent
	roleSerial  role = "serial" // 序号: a number of the paper, not of the fact
)

// column is one column of a kind of register, with the words that clerks write above the column.
type column struct {
	role  role
	names []string
	attr  string // name under which the lot keeps the value
	must  bool   // the register is not this kind without it
}

// profile is a kind of register. A profile is data, so that another kind of register is another entry of profiles.
type profile struct {
	id       string
	name     string // 中文
	chain    string
	step     string
	product  string // role within the chain
	orgKind  string
	tier     trace.Tier
	seasonal bool // harvests come from a plot's season
	columns  []column
}

// profiles are the kinds of registers that can be imported.
var profiles = []profile{
	{
		id: "pomelo-harvest", name: "采收登记表", chain: "pomelo", step: "pomelo/harvest", product: "fruit",
		orgKind: "cooperative", tier: trace.Village, seasonal: true,
		columns: []column{
			{role: roleSerial, names: []string{"序号", "编号", "No"}},
			{role: roleDate, names: []string{"采收日期", "日期", "采摘日期", "采收时间"}, must: true},
			{role: roleGrower, names: []string{"农户编号", "农户代码", "户号", "种植户编号", "果农编号", "社员编号"}, must: true},
			{role: rolePlot, names: []string{"地块", "地块名称", "地块编号", "果园", "园地"}, must: true},
			{role: roleVariety, names: []string{"品种", "柚子品种"}, attr: "品种"},
			{role: roleWeight, names: []string{"采收数量", "采收重量", "采收量", "重量", "数量", "净重"}, must: true},
			{role: rolePieces, names: []string{"个数", "果数", "采收个数"}},
			{role: rolePremium, names: []string{"优级果个数", "优级果", "优级果数", "优果个数"}, attr: "优级果个数"},
			{role: roleNumber, names: []string{"株数", "采收株数"}, attr: "株数"},
			{role: roleLastUse, names: []string{"末次用药日期", "最后用药日期", "末次施药日期", "最近用药日期"}},
			{role: roleRemark, names: []string{"备注", "说明"}},
		},
	},
	{
		id: "cocoon-purchase", name: "鲜茧收购台账", chain: "silk", step: "silk/buy", product: "cocoon",
		orgKind: "processor", tier: trace.Town,
		columns: []column{
			{role: roleSerial, names: []string{"序号", "编号", "No"}},
			{role: roleDate, names: []string{"收购日期", "日期", "收茧日期"}, must: true},
			{role: roleStation, names: []string{"收购站", "茧站", "收购点", "收茧站"}},
			{role: roleVillage, names: []string{"村", "村名", "村社", "来源村", "产地"}, must: true},
			{role: roleGrower, names: []string{"蚕农编号", "农户编号", "蚕农代码", "户号"}, must: true},
			{role: roleNumber, names: []string{"蚕种张数", "张数", "蚕种"}, attr: "蚕种张数"},
			{role: roleWeight, names: []string{"鲜茧重量", "鲜茧", "茧重", "收购重量", "重量"}, must: true},
			{role: roleNumber, names: []string{"干壳量"}, attr: "干壳量"},
			{role: roleShare, names: []string{"上茧率"}, attr: "上茧率"},
			{role: roleShare, names: []string{"茧层率"}, attr: "茧层率"},
			{role: rolePrice, names: []string{"单价", "价格"}},
			{role: roleMoney, names: []string{"金额", "总金额", "应付金额"}},
			{role: roleRemark, names: []string{"备注", "说明"}},
		},
	},
}

// placeRole is the role of the column that says where the lot of a row was made.
func (p *profile) placeRole() role {
	if p.seasonal {
		return rolePlot
	}
	return roleVillage
}

// splitHeading splits a header cell into its words and the text in brackets: 采收数量（斤） → 采收数量, 斤.
func splitHeading(s string) (words, bracket string) {
	s = removeSpace(foldWidth(s))
	if i := strings.IndexByte(s, '('); i >= 0 {
		bracket = strings.TrimSuffix(s[i+1:], ")")
		s = s[:i]
	}
	return strings.Trim(s, "*:"), bracket
}

// field is a column of a table with its meaning.
type field struct {
	column
	col     int
	header  string // as the clerk wrote it
	bracket string
}

// matchHeader reads a line as the header of this kind of register; the result is nil where a column is missing that the kind
// must have.
func (p *profile) matchHeader(l *line) (fields []field) {
	taken := map[int]bool{}
	for i := range p.columns {
		c := p.columns[i]
		at, bracket := findColumn(l, c.names, taken)
		if at < 0 {
			if c.must {
				return nil
			}
			continue
		}
		taken[at] = true
		fields = append(fields, field{c, at, removeSpace(l.cellAt(at)), bracket})
	}
	return fields
}

// findColumn finds the column of the first of the names, so that 采收日期 wins over a second column 日期.
func findColumn(l *line, names []string, taken map[int]bool) (int, string) {
	for _, n := range names {
		for i := range l.cells {
			words, bracket := splitHeading(l.cells[i])
			if !taken[i] && strings.EqualFold(words, n) {
				return i, bracket
			}
		}
	}
	return -1, ""
}
