package register

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// sheet is a table that was recognised: its kind, its columns and the facts of its title rows.
type sheet struct {
	*table
	profile *profile
	fields  []field
	head    int // index of the header line
	facts   titleFacts
	ignored []string
}

// titleFacts are what the rows above the header, or the name of the file, say about the whole register.
type titleFacts struct {
	org     string // the formal name in the title
	alias   string // 填表单位
	unit    string // 单位：
	county  string
	town    string
	village string
	year    int
}

// headerWithin is how many lines a title may have.
const headerWithin = 30

// recogniseSheet finds the header row and reads the rows above the header; the result is nil where the table is no register.
func recogniseSheet(t *table, o *Options) *sheet {
	var best *sheet
	for i := 0; i < len(t.lines) && i < headerWithin; i++ {
		for p := range profiles {
			if f := profiles[p].matchHeader(&t.lines[i]); f != nil && (best == nil || len(f) > len(best.fields)) {
				best = &sheet{table: t, profile: &profiles[p], fields: f, head: i}
			}
		}
		if best != nil {
			break
		}
	}
	if best == nil {
		return nil
	}
	for i := range t.lines[:best.head] {
		best.facts.readTitle(&t.lines[i])
	}
	best.facts.completeFromNames(o)
	best.listIgnored()
	return best
}

// listIgnored lists the headers that no profile asks for. Such columns may hold names and telephone numbers, so they are left
// alone.
func (s *sheet) listIgnored() {
	l := &s.lines[s.head]
	for i := range l.cells {
		known := false
		for _, f := range s.fields {
			known = known || f.col == i
		}
		if h := removeSpace(l.cells[i]); h != "" && !known {
			s.ignored = append(s.ignored, clipCell(h))
		}
	}
}

func (s *sheet) findField(r role) *field {
	for i := range s.fields {
		if s.fields[i].role == r {
			return &s.fields[i]
		}
	}
	return nil
}

var (
	orgName     = regexp.MustCompile(`^.{2,30}?(?:有限责任公司|有限公司|专业合作社|合作社|联合社|公司|茧站|收购站|农场|集体经济组织)`)
	countyName  = regexp.MustCompile(`^(?:.*[省市])?(\p{Han}{1,6}?[县区])`)
	townName    = regexp.MustCompile(`^(?:\p{Han}*?[省市县区])?(\p{Han}{1,7}?(?:街道|镇|乡))`)
	villageName = regexp.MustCompile(`^(?:\p{Han}*?(?:街道|镇|乡))?(\p{Han}{1,7}?(?:村|社区))`)
)

// readTitle reads one row above the header.
func (f *titleFacts) readTitle(l *line) {
	for _, cell := range l.cells {
		text := removeSpace(foldWidth(cell))
		if text == "" {
			continue
		}
		label, value, labelled := strings.Cut(text, ":")
		switch {
		case labelled && (label == "单位" || label == "计量单位" || label == "重量单位"):
			f.unit = value
		case labelled && (label == "填表单位" || label == "填报单位" || label == "单位名称" || label == "制表单位" || label == "收购单位"):
			f.alias = value
		case labelled && (label == "产地" || label == "地址" || label == "产地地址"):
			f.readOrigin(value)
		default:
			if m := orgName.FindString(text); m != "" && f.org == "" {
				f.org = m
			}
			if m := titleYear.FindStringSubmatch(text); m != nil && f.year == 0 {
				f.year, _ = strconv.Atoi(m[1]) // four digits
			}
		}
	}
}

// readOrigin reads an address such as 梁平区合兴街道龙滩村. Places that the text does not name keep what was known.
func (f *titleFacts) readOrigin(s string) {
	if m := countyName.FindStringSubmatch(s); m != nil && f.county == "" {
		f.county = m[1]
		s = s[strings.Index(s, m[1])+len(m[1]):]
	}
	if m := townName.FindStringSubmatch(s); m != nil && f.town == "" {
		f.town = m[1]
		s = s[strings.Index(s, m[1])+len(m[1]):]
	}
	if m := villageName.FindStringSubmatch(s); m != nil && f.village == "" {
		f.village = m[1]
	}
}

// completeFromNames takes from the organisation's name and from the file's name what the title does not say:
// 鲜茧收购台账-石会镇-2026春.csv.
func (f *titleFacts) completeFromNames(o *Options) {
	if f.org != "" {
		f.readOrigin(f.org)
	} else if f.alias != "" {
		f.readOrigin(f.alias)
	}
	name := o.Name[strings.LastIndexAny(o.Name, `/\`)+1:]
	for _, part := range strings.FieldsFunc(foldWidth(name), func(r rune) bool { return strings.ContainsRune("-_ .()", r) }) {
		if f.town == "" {
			if m := townName.FindStringSubmatch(part); m != nil {
				f.town = m[1]
			}
		}
		if m := titleYear.FindStringSubmatch(part); m != nil && f.year == 0 {
			f.year, _ = strconv.Atoi(m[1])
		}
	}
	if o.Year != 0 {
		f.year = o.Year
	}
}

// findWeightUnit finds the unit of the weight column in its header, else in the title. The unit is never guessed: a 斤 taken for
// a 公斤 doubles every lot.
func (s *sheet) findWeightUnit() (trace.Unit, *fileFault) {
	said := s.findField(roleWeight).bracket
	if said == "" {
		said = s.facts.unit
	}
	if said == "" {
		return "", newFault(CodeNoUnit)
	}
	u, err := trace.ParseUnit(said)
	if err != nil {
		return "", newFault(CodeUnitUnknown, "value", clipCell(said))
	}
	if _, base, err := trace.ToBaseUnit(trace.Whole(1000), u); err != nil || base != trace.Kilogram {
		return "", newFault(CodeUnitUnknown, "value", clipCell(said))
	}
	return u, nil
}

// lineKind sorts the lines below the header.
type lineKind uint8

const (
	dataLine lineKind = iota
	subtotalLine
	totalLine
	otherLine // signatures, notes, page headers, rows with nothing but a printed number
)

var (
	subtotal  = regexp.MustCompile(`(?:小计|日计)[:]?$`)
	total     = regexp.MustCompile(`(?:合计|总计|共计|累计)[:]?$`)
	signature = regexp.MustCompile(`签字|签名|盖章|制表人|填表人|审核|复核|负责人|经手人|记账|会计`)
	note      = regexp.MustCompile(`^(?:注|备注|说明|填表说明)[:1-9]`)
)

func (s *sheet) classifyLine(l *line) lineKind {
	first, filled := "", 0
	for i := range l.cells {
		if c := removeSpace(foldWidth(l.cells[i])); c != "" {
			if filled++; first == "" {
				first = c
			}
		}
	}
	keyed := false // has something that only a data row has
	for _, r := range []role{roleGrower, rolePlot, roleVillage} {
		if f := s.findField(r); f != nil && removeSpace(foldWidth(l.cellAt(f.col))) != "" &&
			removeSpace(foldWidth(l.cellAt(f.col))) != first {
			keyed = true
		}
	}
	switch {
	case !keyed && subtotal.MatchString(first):
		return subtotalLine
	case !keyed && total.MatchString(first):
		return totalLine
	case !keyed && (signature.MatchString(first) || note.MatchString(first)):
		return otherLine
	case s.profile.matchHeader(l) != nil: // the header again, on a new page
		return otherLine
	}
	for _, f := range s.fields {
		if f.role != roleSerial && removeSpace(foldWidth(l.cellAt(f.col))) != "" {
			return dataLine
		}
	}
	return otherLine
}
