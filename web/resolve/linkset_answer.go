package resolve

import (
	"embed"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/consumer"
	"github.com/yousang/yousang/web/shell"
)

//go:embed templates/*.html
var templates embed.FS

// linksPage shows the links of a code to people: all of them, those among which a request does not decide, or those that exist where the
// requested one does not. Data is the same for programs, as JSON-LD.
type linksPage struct {
	shell.Frame
	Heading  string
	Say      string
	Entities []linkEntity
	Data     template.JS
}

// linkEntity is one of item, lot and product, with its links.
type linkEntity struct {
	Name  string
	Own   []story.Reference
	Links []consumer.OutwardLink
}

// linksAnswer is an answer that lists links.
type linksAnswer struct {
	status int
	title  string // message of the catalog
	say    string // message of the catalog; "" for none
	item   bool   // of one item: no cache may keep the answer
	set    resolver.Linkset
}

// sendLinks answers with a link set: as JSON, or as a page to those who prefer a page. Where no link is of the requested type, a program
// gets problem details: an error is no link set.
func (room *Room) sendLinks(c *fiber.Ctx, lang shell.Language, p *resolver.Preferences, a linksAnswer) error {
	err := room.writeLinks(c, lang, p, a)
	c.Set(fiber.HeaderVary, "Accept, Accept-Language")
	c.Set(fiber.HeaderCacheControl, map[bool]string{false: "no-cache", true: "no-store"}[a.item])
	return err
}

func (room *Room) writeLinks(c *fiber.Ctx, lang shell.Language, p *resolver.Preferences, a linksAnswer) error {
	if a.status == fiber.StatusNotFound {
		if !p.PrefersPageForError() {
			return shell.SendProblem(c, lang, a.status, lang.Printer.T(a.say), nil)
		}
		return room.sendLinksPage(c, lang, a, nil)
	}
	if p.PrefersPageToLinkset() {
		data, err := a.set.EncodeEmbedded()
		if err != nil {
			return err
		}
		return room.sendLinksPage(c, lang, a, data)
	}
	body, err := a.set.EncodeJSON()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, resolver.LinksetType)
	c.Set(fiber.HeaderContentLanguage, lang.Printer.Lang())
	c.Append(fiber.HeaderLink, `<`+resolver.Context+`>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`)
	return c.Status(a.status).Send(body)
}

func (room *Room) sendLinksPage(c *fiber.Ctx, lang shell.Language, a linksAnswer, data []byte) error {
	p := &linksPage{Frame: room.look.FrameAt(c, room.site.PublicURL, lang), Heading: lang.Printer.T(a.title), Data: template.JS(data)}
	p.Title, p.Canonical, p.NoIndex = p.Heading, "", true
	if len(a.set) > 0 {
		p.Title = lang.Printer.T("page.card", "Name", p.Heading, "State", a.set[0].Description)
	}
	if a.say != "" {
		p.Say = lang.Printer.T(a.say)
	}
	for _, e := range a.set {
		p.Entities = append(p.Entities, room.describeEntity(&e, lang))
	}
	return room.look.Send(c, a.status, "links.html", p, lang)
}

// describeEntity sorts the links of an entity into pages of ours, each once, and links that lead elsewhere.
func (room *Room) describeEntity(e *resolver.Entity, lang shell.Language) linkEntity {
	out := linkEntity{Name: e.Description}
	for _, l := range e.Links {
		path, ours := room.pathOfOwn(l.Href)
		href := path + lang.QuerySuffix()
		switch {
		case !ours:
			out.Links = append(out.Links, consumer.OutwardLinks([]trace.WebLink{l})...)
		case len(out.Own) == 0 || out.Own[len(out.Own)-1].Href != href:
			out.Own = append(out.Own, story.Reference{Text: l.Title, Href: href})
		}
	}
	return out
}
