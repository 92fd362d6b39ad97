package trace

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Limits of a set of links.
const (
	maxLinks   = 50
	maxHref    = 2000
	maxTitle   = 200
	maxContext = 10
)

// LinkRecall is the type of a recall notice, which a bureau may register for any product, lot or item.
const LinkRecall = "gs1:recallStatus"

// linkTypes are the link types of the GS1 Web Vocabulary, version 1.16 (https://ref.gs1.org/voc/data/linktypes), without defaultLink and
// defaultLinkMulti, which are the resolver's own: they lead to our pages.
var linkTypes = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`activityIdeas allergenInfo appDownload backgroundInfo brandHomepageClinical
		brandHomepagePatient careersInfo certificationInfo consumerHandlingStorageInfo dpp eifu epcis epil eventsInfo faqs handledBy
		hasRetailers homepage ingredientsInfo instructions jws leaveReview locationInfo logisticsInfo loyaltyProgram masterData menuInfo
		nutritionalInfo openingHoursInfo paymentLink pip productSustainabilityInfo promotion purchaseSuppliesOrAccessories quickStartGuide
		recallStatus recipeInfo registerProduct registryEntry relatedImage relatedVideo reportFound review safetyInfo scheduleTime
		serviceInfo smartLabel smpc socialMedia statisticInfo subscribe support sustainabilityInfo traceability tutorial userAgreement
		verificationService whatsInTheBox`) {
		linkTypes["gs1:"+name] = true
	}
}

// LinkTypes are the types a registered link may have, as CURIEs, sorted.
func LinkTypes() []string { return sortedKeys(linkTypes) }

var (
	languageTag = regexp.MustCompile(`^[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?$`) // BCP 47 without script: the standard asks for zh-CN, not zh-Hans
	mediaType   = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$`)
	serialSigns = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{12}$`)
)

// judgeLinks: each organisation keeps the links of its own products, lots and items.
func (l *Ledger) judgeLinks(v *LinkSet, a Actor) error {
	if err := l.checkOwnRecord(v.Org, a); err != nil {
		return err
	}
	if err := l.checkLinkedThing(v, a); err != nil {
		return err
	}
	return checkLinks(v.Links, a)
}

// checkLinkedThing: a product's links are kept by an organisation that has made lots of it, a lot's and its items' by its maker and
// holders; an organisation that has links there may take them away. A bureau's recall notice may stand anywhere. The ledger cannot read
// serial numbers: the application layer checks that a number was issued for the lot.
func (l *Ledger) checkLinkedThing(v *LinkSet, a Actor) error {
	if v.ID == "" {
		return E(Invalid, CodeRequired, "id")
	}
	lot, serial, item := SplitItem(v.ID)
	may := a.Role != Operator || len(v.Links) == 0 && slices.ContainsFunc(l.linkSets()[v.ID], func(s *LinkSet) bool { return s.Org == v.Org })
	if p, ok := l.productOf[v.ID]; ok {
		if !may && !l.producesProduct(v.Org, p) {
			return E(Forbidden, CodeNotAllowed, "id")
		}
		return nil
	}
	n, err := l.findLotAt("id", lot)
	if err != nil {
		return err
	}
	if item && !serialSigns.MatchString(serial) {
		return E(Invalid, CodeBadValue, "id", "value", Clip(v.ID), "allowed", "{lot}/21/{serial}")
	}
	if !may && !l.isMakerOrHolder(n, v.Org) {
		return E(Forbidden, CodeNotHolder, "id", "lot", KeyOf(lot))
	}
	return nil
}

// producesProduct reports whether an organisation has made a lot of a product.
func (l *Ledger) producesProduct(org string, product int32) bool {
	at, ok := l.locationOf[org]
	return ok && l.producers[producer{at, product}]
}

func checkLinks(list []WebLink, a Actor) error {
	if len(list) > maxLinks {
		return E(TooLarge, CodeTooLarge, "links", "limit", strconv.Itoa(maxLinks))
	}
	for i := range list {
		w := &list[i]
		if err := w.check(); err != nil {
			return At(IndexedField("links", i), err)
		}
		if a.Role == Bureau && w.LinkType != LinkRecall {
			return E(Forbidden, CodeNotAllowed, IndexedField("links", i)+".linkType")
		}
		if slices.ContainsFunc(list[:i], w.same) {
			return E(Conflict, CodeTwinLink, IndexedField("links", i), "value", Clip(w.Href))
		}
	}
	return nil
}

func (w *WebLink) check() error {
	if !linkTypes[w.LinkType] {
		return E(Invalid, CodeBadValue, "linkType", "value", Clip(w.LinkType), "allowed",
			"gs1:certificationInfo, gs1:instructions, gs1:recallStatus …")
	}
	if len(w.Title) > maxTitle*4 || len([]rune(w.Title)) > maxTitle {
		return E(TooLarge, CodeTooLarge, "title", "limit", strconv.Itoa(maxTitle))
	}
	if w.Type != "" && !mediaType.MatchString(w.Type) {
		return E(Invalid, CodeBadValue, "type", "value", Clip(w.Type), "allowed", "text/html, application/pdf …")
	}
	for i, tag := range w.Hreflang {
		if !languageTag.MatchString(tag) || slices.Contains(w.Hreflang[:i], tag) {
			return E(Invalid, CodeBadValue, IndexedField("hreflang", i), "value", Clip(tag), "allowed", "zh, zh-CN, en …")
		}
	}
	if err := checkHref(w.Href); err != nil {
		return err
	}
	if strings.TrimSpace(w.Title) == "" {
		return E(Invalid, CodeRequired, "title")
	}
	if err := checkPlainText("title", w.Title); err != nil {
		return err
	}
	return w.checkContext()
}

// checkHref refuses any address but that of a public page: https, no password in the address, and characters that may stand in a header.
func checkHref(s string) error {
	if s == "" {
		return E(Invalid, CodeRequired, "href")
	}
	if len(s) > maxHref {
		return E(TooLarge, CodeTooLarge, "href", "limit", strconv.Itoa(maxHref))
	}
	u, err := url.Parse(s)
	odd := strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 127 || strings.ContainsRune("\"<>\\^`{|}", r) })
	if err != nil || odd || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return E(Invalid, CodeBadValue, "href", "value", Clip(s), "allowed", "https://…")
	}
	return nil
}

func (w *WebLink) checkContext() error {
	if len(w.Context) > maxContext {
		return E(TooLarge, CodeTooLarge, "context", "limit", strconv.Itoa(maxContext))
	}
	for i, c := range w.Context {
		if c == "" || len(c) > 100 || checkPlainText("", c) != nil || slices.Contains(w.Context[:i], c) {
			return E(Invalid, CodeBadValue, IndexedField("context", i), "value", Clip(c), "allowed", "CN, professional …")
		}
	}
	return nil
}
