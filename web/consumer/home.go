package consumer

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// findPage is the landing page, and the answer to a code that is unknown or mistyped.
type findPage struct {
	shell.Frame
	Band    *story.StandingWords
	Heading string
	Say     string
	Reasons []string // what an unknown code can mean
	Label   string   // names what Shown is: a lot's code, a serial number
	Shown   string   // the code that is unknown
	Code    string   // the form is filled with this
	Report  []contact
}

// showHome answers with the landing page.
func (room *Room) showHome(c *fiber.Ctx) error {
	lang := room.site.LanguageOf(c)
	p := &findPage{Frame: room.look.FrameAt(c, room.site.PublicURL, lang), Heading: lang.Printer.T("page.home.heading"),
		Say: lang.Printer.T("page.home.text")}
	p.Title, p.Desc, p.Image = p.Heading, p.Say, room.site.ShareImage()
	return room.look.Send(c, fiber.StatusOK, "find.html", p, lang)
}

// findCode goes straight to the page of a code that was typed: a key, a serial number, or the whole address of a lot, unit or item.
func (room *Room) findCode(c *fiber.Ctx) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(strings.Clone(c.Query("code")))
	lang := room.site.LanguageOf(c)
	if typed == "" {
		return c.Redirect("/"+lang.QuerySuffix(), fiber.StatusSeeOther)
	}
	code := shell.AddressIn(shell.PlainInput(typed))
	if lot, err := r.ResolveLot(code); err == nil {
		return c.Redirect(LotPath(lot)+lang.QuerySuffix(), fiber.StatusSeeOther)
	}
	last := code[strings.LastIndexByte(code, '/')+1:]
	switch path, err := findItemPath(c.UserContext(), r, code); {
	case err == nil:
		return c.Redirect(path+lang.QuerySuffix(), fiber.StatusSeeOther)
	case errors.Is(err, errNotIssued):
		return room.AnswerNotIssued(c, last)
	}
	key, err := trace.ParseKey(last)
	if err != nil {
		return room.AnswerUnknown(c, fiber.StatusNotFound, typed, err)
	}
	if _, ok := r.Ledger.Unit(r.CompleteID("unit", key)); ok {
		return c.Redirect(unitPages+key+lang.QuerySuffix(), fiber.StatusSeeOther)
	}
	return c.Redirect(lotPages+key+lang.QuerySuffix(), fiber.StatusSeeOther)
}

// errNotIssued is a serial number that was never issued.
var errNotIssued = errors.New("serial number not issued")

// findItemPath is the path of the page of an item, found by its serial number or by an address with a serial number. Errors: errNotIssued
// where the code can only be meant as a serial number; any other where the code may be something else, such as a mistyped lot, which has
// the same length.
func findItemPath(ctx context.Context, r *app.App, code string) (path string, err error) {
	v, err := r.FindItem(ctx, "", code)
	if err == nil {
		number, err := r.Serials.MakeSerial(ctx, v.Batch.Key, v.Index)
		return ItemPath(v.Batch.Lot, number), err
	}
	const inNoLotKey = "01BILOS" // characters that no key of a lot has
	unknown := trace.IsCode(err, trace.CodeNotIssued) || trace.IsCode(err, trace.CodeUnknownLot)
	if unknown && (strings.Contains(code, "/") || strings.ContainsAny(strings.ToUpper(code), inNoLotKey)) {
		return "", errNotIssued
	}
	return "", err
}
