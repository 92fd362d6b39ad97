package web

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/trace"
)

// linksPage shows the links of a code to people: all of them, those among which a request does not decide, or those there are where the
// one asked for is not. Data is the same for programs, as JSON-LD.
type linksPage struct {
	shell
	Heading string
	Say     string
	Levels  []linkLevel
	Data    template.JS
}

// linkLevel are the links of one level.
type linkLevel struct {
	Name  string
	Own   []Reference
	Links []outward
}

// linksAnswer is an answer that lists links.
type linksAnswer struct {
	status int
	title  string // message
	say    string // message; "" for none
	item   bool   // of one item: nobody may keep it
	set    resolver.Linkset
}

// sendLinks answers with a link set: as JSON, or as a page to those who prefer one. Where no link is of the type asked for, a program gets
// problem details: an error is no link set.
func (s *site) sendLinks(c *fiber.Ctx, ch choice, p *resolver.Preferences, a linksAnswer) error {
	err := s.writeLinks(c, ch, p, a)
	c.Set(fiber.HeaderVary, "Accept, Accept-Language")
	c.Set(fiber.HeaderCacheControl, map[bool]string{false: "no-cache", true: "no-store"}[a.item])
	return err
}

func (s *site) writeLinks(c *fiber.Ctx, ch choice, p *resolver.Preferences, a linksAnswer) error {
	if a.status == fiber.StatusNotFound {
		if !p.PrefersPageForError() {
			return s.problem(c, ch, a.status, ch.p.T(a.say), nil)
		}
		return s.linksPage(c, ch, a, nil)
	}
	if p.PrefersPageToLinkset() {
		data, err := a.set.EncodeEmbedded()
		if err != nil {
			return err
		}
		return s.linksPage(c, ch, a, data)
	}
	body, err := a.set.EncodeJSON()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, resolver.LinksetType)
	c.Set(fiber.HeaderContentLanguage, ch.p.Lang())
	c.Append(fiber.HeaderLink, `<`+resolver.Context+`>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`)
	return c.Status(a.status).Send(body)
}

func (s *site) linksPage(c *fiber.Ctx, ch choice, a linksAnswer, data []byte) error {
	p := &linksPage{shell: shellFor(c, ch, s.url), Heading: ch.p.T(a.title), Data: template.JS(data)}
	p.Title, p.Canonical, p.NoIndex = p.Heading, "", true
	if len(a.set) > 0 {
		p.Title = ch.p.T("page.card", "Name", p.Heading, "State", a.set[0].Description)
	}
	if a.say != "" {
		p.Say = ch.p.T(a.say)
	}
	for _, e := range a.set {
		level := linkLevel{Name: e.Description}
		for _, l := range e.Links {
			path, ours := s.ownPath(l.Href)
			switch {
			case !ours:
				level.Links = append(level.Links, outside([]trace.WebLink{l})...)
			case len(level.Own) == 0 || level.Own[len(level.Own)-1].Href != path+ch.suffix():
				level.Own = append(level.Own, Reference{Text: l.Title, Href: path + ch.suffix()})
			}
		}
		p.Levels = append(p.Levels, level)
	}
	return send(c, a.status, "links.html", p, ch)
}
