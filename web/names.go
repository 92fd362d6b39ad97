package web

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// namer knows what things are called in the reader's language, and what may be told of them.
type namer struct {
	l   *trace.Ledger
	set *chain.Set
	p   *locale.Printer
}

// either picks the name of the reader's language, the Chinese one where there is no other.
func (n *namer) either(zh, en string) string {
	if n.p.Lang() == locale.English && en != "" {
		return en
	}
	return zh
}

func (n *namer) names(v chain.Names) string { return n.either(v.Zh, v.En) }

func (n *namer) product(pr *trace.Product) string { return n.either(pr.Name, pr.NameEn) }

// lot is the product with its grade: 柚子鲜果（优级）.
func (n *namer) lot(v *trace.LotView) string {
	return n.graded(n.product(&v.Product), n.grade(v.Product.Chain, v.Grade))
}

func (n *namer) graded(name, grade string) string {
	if grade == "" || strings.Contains(strings.ToLower(name), strings.ToLower(grade)) {
		return name // 等外果 says it already
	}
	return n.p.T("page.graded", "Name", name, "Grade", grade)
}

// grade translates a grade that the chain knows; any other stays as the clerk wrote it.
func (n *namer) grade(chainID, grade string) string {
	c, ok := n.set.Chain(chainID)
	if !ok || grade == "" {
		return grade
	}
	for i := range c.Steps {
		for _, g := range c.Steps[i].Grades {
			if g.Zh == grade || strings.EqualFold(g.En, grade) {
				return n.names(g)
			}
		}
	}
	return grade
}

// countWord is 床, 个 for pieces; English counts in pieces.
func (n *namer) countWord(pr *trace.Product) string {
	if n.p.Lang() == locale.English {
		return ""
	}
	return pr.CountWord
}

func (n *namer) org(id string) string {
	o, ok := n.l.Organisation(id)
	if !ok {
		return ""
	}
	return n.either(o.Name, o.NameEn)
}

// step is the chain's own word for a step, "pomelo/juice" → 榨汁; or one of the page's words where the chain has none.
func (n *namer) step(full, otherwise string) string {
	if st, ok := n.set.Step(full); ok {
		return n.names(st.Name)
	}
	return n.p.T(otherwise)
}

// address joins names as the language does: 合兴街道龙滩村三组; Group 3, Longtan Village, Hexing.
func (n *namer) address(path []trace.Place) string {
	if n.p.Lang() == locale.English {
		path = slices.Clone(path)
		slices.Reverse(path)
	}
	return strings.Join(n.each(path), n.glue("", ", "))
}

// each names the places of a path. Where a name begins with that of the place around it (邻村丙, 邻村丙一组) it is told without.
func (n *namer) each(path []trace.Place) []string {
	out := make([]string, len(path))
	for i := range path {
		out[i] = n.place(&path[i])
	}
	return out
}

func (n *namer) place(pl *trace.Place) string {
	name := n.either(pl.Name, pl.NameEn)
	if around, ok := n.l.Place(pl.Parent); ok {
		if rest, same := strings.CutPrefix(name, n.either(around.Name, around.NameEn)); same && strings.TrimSpace(rest) != "" {
			return strings.TrimSpace(rest)
		}
	}
	return name
}

// glue is what stands between words: the catalogs hold no bare punctuation.
func (n *namer) glue(zh, en string) string {
	if n.p.Lang() == locale.English {
		return en
	}
	return zh
}

// near is a place without its county, for a sentence on the county's own page.
func (n *namer) near(id string) string {
	path := n.l.PublicPath(id)
	if len(path) > 1 && path[0].Kind == "county" {
		path = path[1:]
	}
	return n.address(path)
}

var (
	longNumber  = regexp.MustCompile(`\d[\d \-]{8,}[\dXx]`)
	personWords = []string{"姓名", "电话", "手机", "身份证", "农户", "种植户", "养殖户", "联系人", "户主", "责任人", "操作人", "经办人", "负责人", "签名",
		"grower", "farmer", "phone", "mobile", "person", "contact", "signature"}
)

// personal reports whether a named value looks like something about a person. Such values have no place in the log; what came in through
// another system all the same is not shown.
func personal(name, value string) bool {
	low := strings.ToLower(name)
	for _, w := range personWords {
		if strings.Contains(low, w) {
			return true
		}
	}
	return maskNumbers(value) != value
}

// maskNumbers takes out what looks like a telephone or identity number: a mobile number of 11 digits that begins with 1, or 15 to 18 digits.
func maskNumbers(text string) string {
	return longNumber.ReplaceAllStringFunc(text, func(s string) string {
		digits := strings.Map(func(r rune) rune {
			if r == ' ' || r == '-' {
				return -1
			}
			return r
		}, s)
		if len(digits) == 11 && digits[0] == '1' || len(digits) == 18 || len(digits) == 15 {
			return "…"
		}
		return s
	})
}
