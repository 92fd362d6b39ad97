package app

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

// LinkReport 链接 registers all links that an organisation keeps for a product, a lot or an item; an empty list takes them away.
type LinkReport struct {
	ID    string          `json:"id" doc:"Product key or URI; lot key, URI or address; or the address of an item."`
	Links []trace.WebLink `json:"links" later:"true" maxItems:"50" doc:"An empty list takes them away."`
	Org   string          `json:"org,omitempty" doc:"Who keeps them, where an administrator writes; the acting organisation where absent."`
}

// CodeLinks are the links of one code besides its page, by who keeps them.
type CodeLinks struct {
	ID   string // URI of the product, lot or item
	Path string // path of the address that the code opens
	Sets []NamedLinkSet
}

// NamedLinkSet are the links that one organisation keeps, with the organisation's name; both are "" for the administrator.
type NamedLinkSet struct {
	trace.LinkSet
	OrgName string
}

// ListLotLinks lists the links registered for a lot that the actor may see. Errors: NotFound.
func (a *App) ListLotLinks(_ context.Context, actor trace.Actor, lot string) (CodeLinks, error) {
	id, err := a.findShownLot(actor, "key", lot)
	if err != nil {
		return CodeLinks{}, err
	}
	return a.listLinks(id, digitallink.LotPath(id)), nil
}

// ListProductLinks lists the links registered for a product, named by slug or URI; every actor may. Errors: NotFound.
func (a *App) ListProductLinks(_ context.Context, _ trace.Actor, product string) (CodeLinks, error) {
	p, ok := a.Ledger.Product(a.CompleteID("product", product))
	if !ok {
		return CodeLinks{}, unknownThing("product", product)
	}
	return a.listLinks(p.ID, digitallink.ProductPath(&p)), nil
}

// ListItemLinks lists the links registered for an item of a lot that the actor may see. Errors: NotFound; the store's.
func (a *App) ListItemLinks(ctx context.Context, actor trace.Actor, code string) (CodeLinks, error) {
	it, err := a.findShownItem(ctx, actor, code)
	if err != nil {
		return CodeLinks{}, err
	}
	return a.listLinks(it.URI(), digitallink.ItemPath(it.Batch.Lot, it.Code)), nil
}

func (a *App) listLinks(id, path string) CodeLinks {
	out := CodeLinks{ID: id, Path: path}
	for _, set := range a.Ledger.LinkSets(id) {
		named := NamedLinkSet{LinkSet: set}
		if o, ok := a.Ledger.Organisation(set.Org); ok {
			named.OrgName = o.Name
		}
		out.Sets = append(out.Sets, named)
	}
	return out
}

// KeepLinks registers the links that an organisation keeps for a product, a lot or an item; the list replaces the organisation's earlier
// one. That a serial number was issued for its lot is checked here: the ledger cannot read serial numbers. Errors: CodeRequired where the
// list is left out; NotFound for a lot the actor may not see and for an item that was not issued; those of the ledger's rules.
func (a *App) KeepLinks(ctx context.Context, actor trace.Actor, clientID string, in LinkReport) (Recorded, error) {
	if in.Links == nil { // an empty list takes all links away; a missing list is a slip
		return Recorded{}, trace.E(trace.Invalid, trace.CodeRequired, "links")
	}
	sent, err := sentContent(string(trace.KindLinks), in)
	if err != nil {
		return Recorded{}, err
	}
	return a.recordSubmission(ctx, &submission{actor: actor, clientID: clientID, sent: sent, prepareCommand: func() (trace.Command, error) {
		id, err := a.resolveLinked(ctx, actor, strings.TrimSpace(in.ID))
		if err != nil {
			return trace.Command{}, err
		}
		v := trace.LinkSet{ID: id, Links: make([]trace.WebLink, len(in.Links)), Org: a.actingOrganisation(actor, in.Org)}
		for i, w := range in.Links {
			v.Links[i] = normalizeLink(w)
		}
		return a.masterCommand(actor, trace.KindLinks, v)
	}})
}

// resolveLinked is the identifier that links are registered for.
func (a *App) resolveLinked(ctx context.Context, actor trace.Actor, s string) (string, error) {
	if _, ok := a.Ledger.Product(a.CompleteID("product", s)); ok {
		return a.CompleteID("product", s), nil
	}
	lot, code, item := trace.SplitItem(s)
	if !item {
		id, err := a.visibleLot(actor, s)
		if _, none := a.FindItem(ctx, "", s); err == nil || none != nil { // a lot, or nothing that is known
			return id, withField("id", err)
		}
		lot, code = "", s // the number of an item alone
	}
	v, err := a.FindItem(ctx, lot, code)
	if err != nil {
		return "", withField("id", err)
	}
	if _, err := a.visibleLot(actor, v.Batch.Lot); err != nil {
		return "", withField("id", itemNotIssued(code))
	}
	clean, err := serial.CleanSerial(code)
	return trace.ItemURI(v.Batch.Lot, clean), err
}

// gs1Vocabularies are the spellings in which clients send the vocabulary of GS1.
var gs1Vocabularies = []string{
	"https://gs1.org/voc/", "https://ref.gs1.org/voc/", "https://www.gs1.org/voc/",
	"http://gs1.org/voc/", "http://ref.gs1.org/voc/", "http://www.gs1.org/voc/", "gs1:",
}

// shortLinkType writes a link type as a CURIE: "https://ref.gs1.org/voc/pip" is "gs1:pip". A type of another vocabulary stays unchanged.
func shortLinkType(s string) string {
	s = strings.TrimSpace(s)
	for _, v := range gs1Vocabularies {
		if name, ok := strings.CutPrefix(s, v); ok {
			return "gs1:" + name
		}
	}
	return s
}

// percentEncode percent-encodes the characters of an address that are not ASCII, as a browser does; in a host name they stay wrong.
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b.WriteByte(s[i])
			continue
		}
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// normalizeLink writes a link in the form that the ledger keeps, where the meaning is clear: the type as a CURIE, languages as zh-CN,
// Chinese characters of an address percent-encoded.
func normalizeLink(w trace.WebLink) trace.WebLink {
	w.LinkType = shortLinkType(w.LinkType)
	w.Type = strings.ToLower(strings.TrimSpace(w.Type))
	w.Title = strings.TrimSpace(w.Title)
	w.Href = percentEncode(strings.TrimSpace(w.Href))
	var tags []string
	for _, tag := range w.Hreflang {
		language, region, two := strings.Cut(strings.TrimSpace(tag), "-")
		tag = strings.ToLower(language)
		if two && len(region) == 2 {
			region = strings.ToUpper(region)
		}
		if two {
			tag += "-" + region
		}
		tags = append(tags, tag)
	}
	w.Hreflang = tags
	return w
}
