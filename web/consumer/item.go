package consumer

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// showItem answers for one item 单品 of a lot. A number that was never issued, or was issued for another lot, gets a page that says so and
// shows nothing that could pass for genuine. The page says how the item is at this moment, so that no cache may keep the page.
func (room *Room) showItem(c *fiber.Ctx) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	typed := shell.PathParam(c, "serial")
	lot, err := r.Ledger.ResolveKey(shell.PathParam(c, "lotkey"))
	if err != nil {
		return room.AnswerNotIssued(c, typed)
	}
	v, err := r.FindItem(c.UserContext(), lot, typed)
	if trace.IsCode(err, trace.CodeNotIssued) || trace.IsCode(err, trace.CodeBadKey) {
		return room.AnswerNotIssued(c, typed)
	}
	if err != nil {
		return err
	}
	number, err := r.Serials.MakeSerial(c.UserContext(), v.Batch.Key, v.Index)
	if err != nil {
		return err
	}
	return room.sendItemPage(c, r, &v, number)
}

// sendItemPage counts the view of an item and answers with the item's page. number is the serial number in its one form.
func (room *Room) sendItemPage(c *fiber.Ctx, r *app.App, v *trace.SerialView, number string) error {
	lang := room.site.LanguageOf(c)
	lotPage, err := room.pages.Page(c.UserContext(), r, LotPath(v.Batch.Lot), lang)
	if err != nil {
		return err
	}
	scans := room.site.Scans
	region, person := room.readViewer(c)
	if person {
		scans.CountItem(number, v.Index, region, scans.Now())
	}
	path := ItemPath(v.Batch.Lot, number)
	b := &itemBuilder{itemPage: &itemPage{Frame: room.look.NewFrame(path, room.site.PublicURL, lang), Code: trace.GroupKey(number),
		Lot: *lotPage.Summary.short}, v: v, counted: person, regions: scans.Regions(), words: lang.Printer}
	if b.rows, b.known = room.readViews(c, r, number); b.known {
		// without the item's row there are no signs of a copy, and the page is shown without them
		if it, ok, err := scans.FindItem(c.UserContext(), number, v.Index); err == nil && ok {
			b.found = room.findSuspicions(c, r, &it, b.rows)
		}
	}
	b.chooseBand()
	b.describeViews()
	b.listFacts()
	b.chooseContacts()
	p := b.itemPage
	p.Href, p.Theme = LotPath(v.Batch.Lot)+lang.QuerySuffix(), p.Lot.Theme
	p.Image, p.NoIndex = room.site.ShareImage(), true
	p.Title = lang.Printer.T("page.card", "Name", p.Lot.Name, "State", p.Band.Word)
	p.Desc = p.Band.Say
	err = room.look.Send(c, fiber.StatusOK, "item.html", p, lang)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderXRobotsTag, "noindex")
	return err
}
