package consumer

import (
	"embed"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

//go:embed templates/*.html
var templates embed.FS

// Room serves the consumer's pages of one ledger.
type Room struct {
	site  *shell.Site
	look  *shell.Look
	pages *shell.Pages[lotSummary]
}

// lotSummary is what is kept beside the page of a lot; both are empty beside other pages.
type lotSummary struct {
	key   string    // key of the lot, for the count of the page's views
	short *lotShort // what the pages of the lot's items say of the lot
}

// Register adds the consumer's pages to an app or group. Errors are mistakes in the embedded templates.
func Register(router fiber.Router, site *shell.Site) (*Room, error) {
	look, err := shell.PublicLook(templates)
	if err != nil {
		return nil, err
	}
	room := &Room{site: site, look: look}
	room.pages = shell.NewPages(site, look, room.renderPage)
	for _, page := range pageRoutes {
		router.Get(page.path, func(c *fiber.Ctx) error { return page.show(room, c) })
	}
	return room, nil
}

// Paths of pages begin with these; a printed code has the path of the identifier, which redirects to the page (package resolve).
const (
	lotPages     = "/trace/"
	unitPages    = "/trace/unit/"
	productPages = "/trace/product/"
)

// pageRoute is a page that the room serves: the path, the handler, and the template with an empty page of the template's type, by which a
// test checks the template.
type pageRoute struct {
	path     string
	show     func(*Room, *fiber.Ctx) error
	template string
	empty    func(shell.Frame) any
}

// pageRoutes are all pages of the room.
var pageRoutes = []pageRoute{
	{"/", (*Room).showHome, "find.html", func(f shell.Frame) any { return &findPage{Frame: f} }},
	{"/find", (*Room).findCode, "find.html", func(f shell.Frame) any { return &findPage{Frame: f} }},
	{unitPages + ":key", (*Room).showUnit, "unit.html", func(f shell.Frame) any { return &unitPage{Frame: f} }},
	{productPages + ":slug", (*Room).showProduct, "product.html", func(f shell.Frame) any { return &productPage{Frame: f} }},
	{lotPages + ":key", (*Room).showLot, "lot.html", func(f shell.Frame) any { return &lotPage{Frame: f} }},
	{lotPages + ":lotkey/:serial", (*Room).showItem, "item.html", func(f shell.Frame) any { return &itemPage{Frame: f} }},
}

// LotPath is the path of a lot's page.
func LotPath(lot string) string { return lotPages + trace.KeyOf(lot) }

// ItemPath is the path of an item's page; number is the serial number in its one form.
func ItemPath(lot, number string) string { return LotPath(lot) + "/" + number }

// UnitPath is the path of a packed unit's page.
func UnitPath(unit string) string { return unitPages + trace.KeyOf(unit) }

// ProductPath is the path of a product's page.
func ProductPath(product string) string { return productPages + trace.KeyOf(product) }

// errUnknownPath is a path of no kept page.
var errUnknownPath = errors.New("no public page has this path")
