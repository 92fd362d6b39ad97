package consumer

import (
	"context"
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/diagram"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// lotPage is the provenance page 溯源页. A value that is not known is empty, and its part of the page is left out.
type lotPage struct {
	shell.Frame
	Band      story.StandingWords
	Call      []contact     // whom to call, above everything for a recalled lot
	Notices   []OutwardLink // recall notices
	Links     []OutwardLink // other links registered for the lot and its product
	Name      string
	Grade     string
	Amount    string
	AmountJin string // the same amount in 斤
	More      string // pieces, net mass
	Key       string // in groups of four
	Where     story.Origin
	Journey   *diagram.Journey
	Days      []story.Day
	Rest      string // steps left out
	Gap       string // sentence where the steps cannot be read just now
	Evidence  []story.EvidenceGroup
	People    []story.Party
	Others    string // organisations left out
	Proof     proof
	Complain  []contact
	AsOf      string

	Made, Net string // day of making, mass of one piece: for the pages of the lot's items
}

// proof is what a reader can check without us.
type proof struct {
	EventID   string
	Seq       string
	Recorded  string
	Namespace string
	Lot       string
}

// buildLotPage gathers a lot's page and the lots that the page speaks of. Errors: unknown lot; the store's.
func (room *Room) buildLotPage(ctx context.Context, r *app.App, lot string, lang shell.Language) (*lotPage, []string, error) {
	from := story.Source{Ledger: r.Ledger, Chains: r.Chains, Records: r.FindRecordsBySeq}
	st, err := story.Read(ctx, from, lang.Printer, lot, func(other string) string { return LotPath(other) + lang.QuerySuffix() })
	if err != nil {
		return nil, nil, err
	}
	standing, err := st.Standing()
	if err != nil {
		return nil, nil, err
	}
	p := &lotPage{Frame: room.look.NewFrame(LotPath(lot), room.site.PublicURL, lang), Band: standing, Where: st.Origin(),
		Journey: diagram.DrawJourney(st), Proof: makeProof(st)}
	p.Image = room.site.ShareImage()
	if st.Chain != nil && st.Chain.Theme != "" {
		p.Theme = st.Chain.Theme
	}
	p.describeGoods(st)
	p.Complain = listContacts(st)
	if st.Root.Status == "recalled" || p.Band.State == "recalled" {
		p.Call, p.Complain = p.Complain, nil
	}
	p.Notices, p.Links = splitLotLinks(st)
	history := st.History()
	p.Days, p.Rest, p.Evidence = history.Days, history.Rest, history.Evidence
	if st.RecordsMissing {
		p.Gap = st.Printer.T("page.steps.gap")
	}
	p.People, p.Others = st.Parties()
	p.Title = st.Printer.T("page.card", "Name", st.LotName(st.Root), "State", p.Band.Word)
	p.Desc = describeSharedLink(st, p)
	return p, st.Lots(), nil
}

// describeGoods says what the lot is: name, grade, amounts, key and day of making.
func (p *lotPage) describeGoods(st *story.Story) {
	v := st.Root
	p.Name, p.Grade, p.Key = st.ProductName(&v.Product), st.GradeName(v.Product.Chain, v.Grade), trace.GroupKey(v.Key)
	p.Amount, p.AmountJin = st.Printer.Quantity(v.Quantity, st.CountWord(&v.Product)), st.Printer.Jin(v.Quantity)
	p.Made, p.Net = st.Printer.Date(v.Made.Time), describeNetMass(st)
	p.More = p.Net
	if v.Pieces > 0 && v.Quantity.Unit == trace.Kilogram {
		pieces := trace.Quantity{Amount: v.Pieces, Unit: trace.Piece}
		p.More = st.Printer.T("page.pieces", "Pieces", st.Printer.Quantity(pieces, st.CountWord(&v.Product)))
	}
}

// describeNetMass is the mass of one piece, where the product has one.
func describeNetMass(st *story.Story) string {
	if v := st.Root; v.Product.NetMass > 0 && v.Quantity.Unit != trace.Kilogram {
		return st.Printer.T("page.net", "Mass", trace.Quantity{Amount: v.Product.NetMass, Unit: trace.Kilogram})
	}
	return ""
}

// describeSharedLink is the line below a shared link.
func describeSharedLink(st *story.Story, p *lotPage) string {
	from := p.Where.Joined
	if len(p.Where.Shares) > 0 {
		var parts []string
		for _, s := range p.Where.Shares {
			parts = append(parts, s.Name+" "+s.Percent)
		}
		from = strings.Join(parts, st.PickSeparator("、", ", "))
	}
	if from == "" {
		return p.Band.Say
	}
	return st.Printer.T("page.desc", "From", from, "State", p.Band.Say)
}

// makeProof is the record of the lot's making, to be checked.
func makeProof(st *story.Story) proof {
	p := proof{Seq: strconv.FormatInt(st.Root.Made.Seq, 10), Namespace: st.Ledger.Namespace(), Lot: st.Root.Lot}
	if r, ok := st.MakingRecord(); ok {
		p.EventID, p.Recorded = r.EventID, st.Printer.DateTime(r.RecordTime)
	}
	return p
}
