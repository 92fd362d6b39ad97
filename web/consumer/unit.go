package consumer

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// Bounds of what is read for one unit's page. Where there is more, the page says so, and calls nothing all right that was not read.
const (
	mostPacked  = 400     // lots and inner units
	mostBehind  = 100_000 // lots behind them
	mostNesting = 8       // box on pallet on truck; deeper nesting occurs nowhere
)

// unitPage shows what is packed in a unit 箱/托.
type unitPage struct {
	shell.Frame
	Band   story.StandingWords
	Key    string
	Holder string
	Rows   []packedRow
}

// packedRow is a lot in a unit, or a unit within the unit with the worst standing of what is in it.
type packedRow struct {
	story.Reference
	Amount, AmountJin, Key string
	State                  string
	Word                   string
}

// showUnit shows what is packed in a box or on a pallet.
func (room *Room) showUnit(c *fiber.Ctx) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	lang := room.site.LanguageOf(c)
	if page := room.pages.Kept(c, r, lang); page != nil {
		return room.pages.Send(c, page)
	}
	typed := shell.PathParam(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return room.AnswerUnknown(c, fiber.StatusNotFound, typed, err)
	}
	page, err := room.pages.Page(c.UserContext(), r, unitPages+key, lang)
	if app.IsNotFound(err) {
		return room.AnswerUnknown(c, fiber.StatusNotFound, key, err)
	}
	if err != nil {
		return err
	}
	return room.pages.Send(c, page)
}

// renderUnit makes the kept page of a unit. Errors: NotFound.
func (room *Room) renderUnit(r *app.App, key string, lang shell.Language) (shell.Rendered[lotSummary], error) {
	head := r.Ledger.Head() // before the unit is read: a record that comes meanwhile makes the page stale
	v, ok := r.Ledger.Unit(r.CompleteID("unit", key))
	if !ok {
		return shell.Rendered[lotSummary]{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "unit")
	}
	body, err := room.look.Render("unit.html", room.buildUnitPage(r, &v, lang))
	return shell.Rendered[lotSummary]{Body: body, ChangedAt: v.Seq, ReadAt: head}, err
}

func (room *Room) buildUnitPage(r *app.App, v *trace.UnitView, lang shell.Language) *unitPage {
	p := &unitPage{Frame: room.look.NewFrame(UnitPath(v.Unit), room.site.PublicURL, lang), Key: trace.GroupKey(trace.KeyOf(v.Unit))}
	p.Title, p.Image = lang.Printer.T("page.unit.title"), room.site.ShareImage()
	x := &unpacker{Namer: *room.site.Namer(r, lang), querySuffix: lang.QuerySuffix(), standings: map[string]story.StandingWords{},
		behindLeft: mostBehind, packedLeft: mostPacked}
	if v.Holder != nil {
		p.Holder = x.OrganisationName(v.Holder.ID)
	}
	p.Rows, p.Band = x.openUnit(v, 0)
	if b := &p.Band; story.RankState(b.State) >= story.RankState("hold") {
		b.Say, b.Do = lang.Printer.T("page.unit.alert"), lang.Printer.T("page.state."+b.State+".do")
	}
	if len(p.Rows) == 0 {
		p.Band = story.StandingWords{State: "void", Word: lang.Printer.T("page.unit.none"), Say: lang.Printer.T("page.unit.empty")}
	}
	p.Desc = p.Band.Say
	return p
}
