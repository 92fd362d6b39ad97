package api

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/scan"
)

type caseList struct {
	State string `query:"state" enum:"open,closed" doc:"open 待核查 or closed 已办结; all where absent."`
	Lot   string `query:"lot" maxLength:"300" doc:"Only cases of this lot: key, URI or address."`
	After string `query:"after" maxLength:"60" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Rows of a page."`
}

// CaseRef names a case.
type CaseRef struct {
	ID string `path:"id" doc:"Id of the case: serial number, hyphen, rule."`
}

type caseCloseInput struct {
	CaseRef
	RawBody []byte `contentType:"application/json"`
}

// CaseNote closes a case.
type CaseNote struct {
	Note string `json:"note" maxLength:"2000" doc:"What was found, and what was done. No personal data."`
}

// registerCases adds what the bureau looks into. A case stops nothing.
func (a *API) registerCases() {
	huma.Register(a.huma, describeRead("/cases", "listCases", tagCodes, "Cases of suspect codes 线索",
		"For a bureau and an admin. A case is one rule that one item's page views broke: seen in many places in a short time, in two places "+
			"too far apart, outside its sales region 窜货, before it was activated, after a recall or a voiding. It stops nothing."),
		func(ctx context.Context, in *caseList) (*body[app.Page[CaseAnswer]], error) {
			c := callerOf(ctx)
			list, err := a.App().ListCases(ctx, c.Actor, app.CaseFilter(*in))
			page := app.Page[CaseAnswer]{Items: make([]CaseAnswer, len(list.Items)), Next: list.Next}
			for i := range list.Items {
				page.Items[i] = a.caseAnswer(c, list.Items[i])
			}
			return answerBody(page, err)
		})
	huma.Register(a.huma, describeRead("/cases/{id}", "getCase", tagCodes, "One case", "For a bureau and an admin."),
		func(ctx context.Context, in *CaseRef) (*body[CaseAnswer], error) {
			c := callerOf(ctx)
			v, err := a.App().ShowCase(ctx, c.Actor, unescapePath(in.ID))
			if err != nil {
				return nil, err
			}
			return answerBody(a.caseAnswer(c, v), nil)
		})
	op := a.describeWrite("/cases/{id}/close", "closeCase", tagCodes, "Close a case 办结",
		"For a bureau and an admin. Closing again replaces the note. The case opens again by itself when the code is seen in a region where it "+
			"had not been seen.")
	op.DefaultStatus, op.Responses = 200, nil
	rules := readRules(reflect.TypeFor[CaseNote]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *caseCloseInput) (*body[CaseAnswer], error) {
		var n CaseNote
		if err := decodeBody(in.RawBody, &n, rules); err != nil {
			return nil, err
		}
		c := callerOf(ctx)
		v, err := a.App().CloseCase(ctx, c.Actor, unescapePath(in.ID), n.Note)
		if err != nil {
			return nil, err
		}
		return answerBody(a.caseAnswer(c, v), nil)
	})
	a.describeBody(op, reflect.TypeFor[CaseNote]())
	setExample(op, CaseNote{Note: "到市场核对过，是仿印的标签，已移交。"})
}

// CaseAnswer is a case with its sentence.
type CaseAnswer struct {
	scan.Case
	Sentence string `json:"sentence" doc:"What was seen, in the language of Accept-Language."`
}

// caseAnswer puts a case into words.
func (a *API) caseAnswer(c *caller, v scan.Case) CaseAnswer {
	glue := "、"
	if c.say.Lang() == locale.English {
		glue = ", "
	}
	f := v.ToFinding()
	return CaseAnswer{v, c.say.Tell(f.Rule.MessageID(), f.MessageValues(a.Scans.Regions(), glue)...)}
}
