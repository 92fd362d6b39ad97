package consumer

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// showLot answers with a lot's page.
func (room *Room) showLot(c *fiber.Ctx) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	lang := room.site.LanguageOf(c)
	if page := room.pages.Kept(c, r, lang); page != nil {
		return room.sendLotPage(c, page)
	}
	typed := shell.PathParam(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return room.AnswerUnknown(c, fiber.StatusNotFound, typed, err)
	}
	if _, err := r.Ledger.ResolveKey(key); err != nil {
		return room.AnswerUnknown(c, fiber.StatusNotFound, key, err)
	}
	page, err := room.pages.Page(c.UserContext(), r, lotPages+key, lang)
	if err != nil {
		return err
	}
	return room.sendLotPage(c, page)
}

// sendLotPage answers with a lot's page and counts the view.
func (room *Room) sendLotPage(c *fiber.Ctx, page *shell.PublicPage[lotSummary]) error {
	room.countView(c, page.Summary.key)
	return room.pages.Send(c, page)
}
