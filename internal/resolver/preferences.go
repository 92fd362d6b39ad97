package resolver

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// Preferences are a request's preferences among links of one type: context, language and media type.
type Preferences struct {
	context   string
	languages []weightedRange // nil without a preference
	types     []weightedRange
}

// weightedRange is a language or media range of a request's header in lower case, with its quality in thousandths.
type weightedRange struct {
	name    string
	quality int
}

// maxRanges is the largest number of ranges read from a header; browsers send a handful.
const maxRanges = 32

// ParsePreferences reads the headers Accept and Accept-Language, and the parameters lang and context, each of which may be empty; lang
// replaces the header. An unreadable part of a header, such as "undefined", is ignored.
func ParsePreferences(accept, acceptLanguage, lang, context string) *Preferences {
	p := &Preferences{context: context, types: parseRanges(accept, true), languages: parseRanges(acceptLanguage, false)}
	if chosen := parseRanges(lang, false); len(chosen) == 1 {
		p.languages = chosen
	}
	return p
}

// parseRanges reads a header of ranges with qualities (RFC 9110 §12.4.2).
func parseRanges(header string, media bool) (list []weightedRange) {
	for header != "" && len(list) < maxRanges {
		var one string
		one, header, _ = strings.Cut(header, ",")
		name, params, _ := strings.Cut(one, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || strings.ContainsAny(name, " \t\"") || media != strings.Contains(name, "/") {
			continue
		}
		q, good := parseQuality(params)
		if good {
			list = append(list, weightedRange{name, q})
		}
	}
	return list
}

// parseQuality finds q among the parameters of a range, in thousandths: 1000 without q, false for a q that is not a number from 0 to 1.
func parseQuality(params string) (q int, good bool) {
	for params != "" {
		var one string
		one, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(one, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		whole, part, _ := strings.Cut(strings.TrimSpace(value), ".")
		if whole != "0" && whole != "1" || len(part) > 3 || strings.Trim(part, "0123456789") != "" {
			return 0, false
		}
		for _, digit := range (part + "000")[:3] {
			q = q*10 + int(digit-'0')
		}
		if whole == "1" {
			q = 1000
		}
		return q, true
	}
	return 1000, true
}

// Ranks of a link, from worst to best: a range refuses the link, no range names the link, the link states no language or type, and then by
// the quality of the range that names the link and by its closeness.
const (
	rankRefused    = -1
	rankUnnamed    = 0
	rankUnstated   = 1
	closenessSteps = 4 // ranks within one quality
)

func rankRange(q, closeness int) int {
	if q == 0 {
		return rankRefused
	}
	return q*closenessSteps + closeness
}

// rankLanguage ranks a language tag. The closest range counts: the tag itself, then the tag's primary language, so that zh-CN accepts zh
// and zh accepts zh-CN, then *. Of equally close ranges, the one with the best quality counts.
func (p *Preferences) rankLanguage(tag string) int {
	tag = strings.ToLower(tag)
	primary, _, _ := strings.Cut(tag, "-")
	best, closest := rankUnnamed, 0
	for _, r := range p.languages {
		requested, _, _ := strings.Cut(r.name, "-")
		closeness := 0
		switch {
		case r.name == tag:
			closeness = 3
		case requested == primary:
			closeness = 2
		case r.name == "*":
			closeness = 1
		}
		if closeness > closest || closeness == closest && closeness > 0 && rankRange(r.quality, closeness) > best {
			best, closest = rankRange(r.quality, closeness), closeness
		}
	}
	return best
}

// rankMediaType ranks a media type; the closest range counts (RFC 9110 §12.5.1).
func (p *Preferences) rankMediaType(name string) int {
	name, _, _ = strings.Cut(strings.ToLower(name), ";")
	name = strings.TrimSpace(name)
	kind, _, _ := strings.Cut(name, "/")
	best, closest := rankUnnamed, 0
	for _, r := range p.types {
		closeness := 0
		switch r.name {
		case name:
			closeness = 3
		case kind + "/*":
			closeness = 2
		case "*/*":
			closeness = 1
		}
		if closeness > closest {
			best, closest = rankRange(r.quality, closeness), closeness
		}
	}
	return best
}

// ChooseLinks keeps the links that fit best: by context, then language, then media type. More than one link is left where nothing in the
// request tells them apart; links to one address count as one. list is not changed.
func (p *Preferences) ChooseLinks(list []trace.WebLink) []trace.WebLink {
	list = keepBest(list, p.rankContext)
	list = keepBest(list, p.rankLinkLanguages)
	list = keepBest(list, func(l *trace.WebLink) int {
		switch {
		case len(p.types) == 0:
			return rankUnnamed
		case l.Type == "":
			return rankUnstated
		}
		return p.rankMediaType(l.Type)
	})
	for i := range list {
		if list[i].Href != list[0].Href {
			return list
		}
	}
	return list[:min(1, len(list))]
}

// rankContext ranks a link for the requested context first, then a link for every context, then any other.
func (p *Preferences) rankContext(l *trace.WebLink) int {
	for _, c := range l.Context {
		if p.context != "" && strings.EqualFold(c, p.context) {
			return 2
		}
	}
	if len(l.Context) == 0 {
		return 1
	}
	return 0
}

// rankLinkLanguages ranks a link by the best of its languages.
func (p *Preferences) rankLinkLanguages(l *trace.WebLink) int {
	switch {
	case len(p.languages) == 0:
		return rankUnnamed
	case len(l.Hreflang) == 0:
		return rankUnstated
	}
	top := rankRefused
	for _, tag := range l.Hreflang {
		top = max(top, p.rankLanguage(tag))
	}
	return top
}

// keepBest keeps the links of the highest rank.
func keepBest(list []trace.WebLink, rank func(*trace.WebLink) int) (out []trace.WebLink) {
	top := rankRefused - 1
	for i := range list {
		switch r := rank(&list[i]); {
		case r > top:
			top, out = r, append(out[:0:0], list[i])
		case r == top:
			out = append(out, list[i])
		}
	}
	return out
}

// The media types of answers.
const (
	LinksetType = "application/linkset+json"
	ProblemType = "application/problem+json"
	htmlType    = "text/html"
)

// WantsLinkset reports whether the header Accept requests the link set itself: the header names the link set's type and prefers no page.
func (p *Preferences) WantsLinkset() bool {
	for _, r := range p.types {
		if r.name == LinksetType && r.quality > 0 {
			return r.quality*closenessSteps+closenessSteps > p.rankMediaType(htmlType)
		}
	}
	return false
}

// PrefersPageToLinkset reports whether a link set is better sent as a page: to a browser, not to a program without a preference.
func (p *Preferences) PrefersPageToLinkset() bool { return p.pageQuality() > p.jsonQuality() }

// PrefersPageForError reports whether an error is better sent as a page: to every client that does not prefer JSON.
func (p *Preferences) PrefersPageForError() bool { return p.jsonQuality() <= p.pageQuality() }

// pageQuality is the quality of HTML in thousandths.
func (p *Preferences) pageQuality() int { return max(0, p.rankMediaType(htmlType)) / closenessSteps }

// jsonQuality is the best quality of the JSON types in thousandths.
func (p *Preferences) jsonQuality() (top int) {
	for _, name := range [...]string{LinksetType, "application/json", "application/ld+json", ProblemType} {
		top = max(top, p.rankMediaType(name)/closenessSteps)
	}
	return top
}
