package story

import (
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// Namer says what products, grades, places, organisations and steps are called in the language of its Printer. A Namer shows nothing that
// Ledger.PublicPath holds back: plots, trees and growers have no name here.
type Namer struct {
	Ledger  *trace.Ledger
	Chains  *chain.Set
	Printer *locale.Printer
}

// PickName returns the name in the reader's language, and the Chinese name where there is no English one.
func (n *Namer) PickName(zh, en string) string {
	if n.Printer.Lang() == locale.English && en != "" {
		return en
	}
	return zh
}

// PickNames is PickName for the pair of names of a chain template.
func (n *Namer) PickNames(v chain.Names) string { return n.PickName(v.Zh, v.En) }

// PickSeparator returns the punctuation that stands between names in the reader's language; the catalogs hold no bare punctuation.
func (n *Namer) PickSeparator(zh, en string) string {
	if n.Printer.Lang() == locale.English {
		return en
	}
	return zh
}

// ProductName is the name of a product 产品.
func (n *Namer) ProductName(pr *trace.Product) string { return n.PickName(pr.Name, pr.NameEn) }

// LotName is the name of a lot's product with the lot's grade: 柚子鲜果（优级）.
func (n *Namer) LotName(v *trace.LotView) string {
	return n.WithGrade(n.ProductName(&v.Product), n.GradeName(v.Product.Chain, v.Grade))
}

// WithGrade joins the name of a product with a grade, unless the name has the grade in it already (等外果).
func (n *Namer) WithGrade(name, grade string) string {
	if grade == "" || strings.Contains(strings.ToLower(name), strings.ToLower(grade)) {
		return name
	}
	return n.Printer.T("page.graded", "Name", name, "Grade", grade)
}

// GradeName translates a grade that the chain template names; any other grade stays as the clerk wrote it.
func (n *Namer) GradeName(chainID, grade string) string {
	c, ok := n.Chains.Chain(chainID)
	if !ok || grade == "" {
		return grade
	}
	for i := range c.Steps {
		for _, g := range c.Steps[i].Grades {
			if g.Zh == grade || strings.EqualFold(g.En, grade) {
				return n.PickNames(g)
			}
		}
	}
	return grade
}

// CountWord is the Chinese measure word of a product's pieces (床, 个); English counts in pieces and has none.
func (n *Namer) CountWord(pr *trace.Product) string {
	if n.Printer.Lang() == locale.English {
		return ""
	}
	return pr.CountWord
}

// OrganisationName is the name of an organisation 主体; "" where the ledger knows no such organisation.
func (n *Namer) OrganisationName(id string) string {
	o, ok := n.Ledger.Organisation(id)
	if !ok {
		return ""
	}
	return n.PickName(o.Name, o.NameEn)
}

// StepName is the chain's own word for a step, "pomelo/juice" → 榨汁. Where the chain has no such step, the word is the sentence of the
// catalog whose identifier is otherwise.
func (n *Namer) StepName(full, otherwise string) string {
	if st, ok := n.Chains.Step(full); ok {
		return n.PickNames(st.Name)
	}
	return n.Printer.T(otherwise)
}

// JoinPlaces writes a path of places, the largest first, as the language does: 合兴街道龙滩村三组; Group 3, Longtan Village, Hexing.
func (n *Namer) JoinPlaces(path []trace.Place) string {
	if n.Printer.Lang() == locale.English {
		path = slices.Clone(path)
		slices.Reverse(path)
	}
	return strings.Join(n.PlaceNames(path), n.PickSeparator("", ", "))
}

// PlaceNames are the names of places in the order of the path.
func (n *Namer) PlaceNames(path []trace.Place) []string {
	out := make([]string, len(path))
	for i := range path {
		out[i] = n.PlaceName(&path[i])
	}
	return out
}

// PlaceName is the name of a place 地点. A name that begins with the name of the place around it (邻村丙, 邻村丙一组) is shortened by that
// beginning.
func (n *Namer) PlaceName(pl *trace.Place) string {
	name := n.PickName(pl.Name, pl.NameEn)
	if around, ok := n.Ledger.Place(pl.Parent); ok {
		if rest, same := strings.CutPrefix(name, n.PickName(around.Name, around.NameEn)); same && strings.TrimSpace(rest) != "" {
			return strings.TrimSpace(rest)
		}
	}
	return name
}

// NearbyAddress is the address of a place without its county, for a sentence on the county's own page.
func (n *Namer) NearbyAddress(id string) string {
	path := n.Ledger.PublicPath(id)
	if len(path) > 1 && path[0].Kind == "county" {
		path = path[1:]
	}
	return n.JoinPlaces(path)
}
