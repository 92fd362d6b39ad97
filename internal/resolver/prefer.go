package resolver

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// Preferences are what a request says about the link it would like, besides its type.
type Preferences struct {
	context   string
	languages []weighted // nil where it does not say
	types     []weighted
}

// weighted is a language or media range of a request's header in lower case, with its quality in thousandths.
type weighted struct {
	name string
	q    int
}

// maxRanges bounds what is read of a header; browsers send a handful.
const maxRanges = 32

// Prefer reads the headers Accept and Accept-Language, and the parameters lang and context, which may be empty; lang goes before the header.
// What cannot be read in a header, such as "undefined", is as if it were not there.
func Prefer(accept, acceptLanguage, lang, context string) *Preferences {
	p := &Preferences{context: context, types: ranges(accept, true), languages: ranges(acceptLanguage, false)}
	if chosen := ranges(lang, false); len(chosen) == 1 {
		p.languages = chosen
	}
	return p
}

// ranges reads a header of ranges with qualities (RFC 9110 §12.4.2).
func ranges(header string, media bool) (list []weighted) {
	for header != "" && len(list) < maxRanges {
		var one string
		one, header, _ = strings.Cut(header, ",")
		name, params, _ := strings.Cut(one, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || strings.ContainsAny(name, " \t\"") || media != strings.Contains(name, "/") {
			continue
		}
		q, good := quality(params)
		if good {
			list = append(list, weighted{name, q})
		}
	}
	return list
}

// quality finds q among the parameters of a range: 1000 where there is none, false where it is not a number from 0 to 1.
func quality(params string) (q int, good bool) {
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

// How well a link fits, from worst to best: a range that refuses it, no range, no statement on the link's side, and then by quality and by
// how closely the range names it.
const (
	refused = -1
	unnamed = 0
	neutral = 1
	steps   = 4 // of closeness within a quality
)

func rank(q, closeness int) int {
	if q == 0 {
		return refused
	}
	return q*steps + closeness
}

// language ranks a language tag. The closest range counts: the tag itself, then its primary language, so that zh-CN is content with zh
// and zh with zh-CN, then *.
func (p *Preferences) language(tag string) int {
	tag = strings.ToLower(tag)
	primary, _, _ := strings.Cut(tag, "-")
	best, near := unnamed, 0
	for _, r := range p.languages {
		asked, _, _ := strings.Cut(r.name, "-")
		closeness := 0
		switch {
		case r.name == tag:
			closeness = 3
		case asked == primary:
			closeness = 2
		case r.name == "*":
			closeness = 1
		}
		if closeness > near || closeness == near && closeness > 0 && rank(r.q, closeness) > best {
			best, near = rank(r.q, closeness), closeness
		}
	}
	return best
}

// mediaType ranks a media type; the closest range counts (RFC 9110 §12.5.1).
func (p *Preferences) mediaType(name string) int {
	name, _, _ = strings.Cut(strings.ToLower(name), ";")
	name = strings.TrimSpace(name)
	kind, _, _ := strings.Cut(name, "/")
	best, near := unnamed, 0
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
		if closeness > near {
			best, near = rank(r.q, closeness), closeness
		}
	}
	return best
}

// Choose keeps the links that fit best: by context, then language, then media type. More than one is left where nothing in the request
// tells them apart; links to one place count as one. list is not changed.
func (p *Preferences) Choose(list []trace.WebLink) []trace.WebLink {
	list = best(list, p.inContext)
	list = best(list, p.inLanguage)
	list = best(list, func(l *trace.WebLink) int {
		switch {
		case len(p.types) == 0:
			return unnamed
		case l.Type == "":
			return neutral
		}
		return p.mediaType(l.Type)
	})
	for i := range list {
		if list[i].Href != list[0].Href {
			return list
		}
	}
	return list[:min(1, len(list))]
}

// inContext: a link for the context asked for, else one for everybody, else any.
func (p *Preferences) inContext(l *trace.WebLink) int {
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

func (p *Preferences) inLanguage(l *trace.WebLink) int {
	switch {
	case len(p.languages) == 0:
		return unnamed
	case len(l.Hreflang) == 0:
		return neutral
	}
	top := refused
	for _, tag := range l.Hreflang {
		top = max(top, p.language(tag))
	}
	return top
}

// best keeps the links of the highest rank.
func best(list []trace.WebLink, rank func(*trace.WebLink) int) (out []trace.WebLink) {
	top := refused - 1
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

// WantsLinkset reports whether the header Accept asks for the link set itself: it names its type, and no page rather.
func (p *Preferences) WantsLinkset() bool {
	for _, r := range p.types {
		if r.name == LinksetType && r.q > 0 {
			return r.q*steps+steps > p.mediaType(htmlType)
		}
	}
	return false
}

// PageForLinkset reports whether a link set is better sent as a page: to a browser, not to a program that does not mind.
func (p *Preferences) PageForLinkset() bool { return p.page() > p.json() }

// PageForError reports whether an error is better sent as a page: to all that do not prefer JSON.
func (p *Preferences) PageForError() bool { return p.json() <= p.page() }

func (p *Preferences) page() int { return max(0, p.mediaType(htmlType)) / steps }

func (p *Preferences) json() (top int) {
	for _, name := range [...]string{LinksetType, "application/json", "application/ld+json", ProblemType} {
		top = max(top, p.mediaType(name)/steps)
	}
	return top
}
