package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
)

// decodeMaster reads a body strictly: a misspelt member is an error, not a loss.
func decodeMaster[T any](body []byte) (*T, error) {
	v := new(T)
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return nil, malformedJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, E(Invalid, CodeMalformed, "", "why", "text after the value")
	}
	return v, nil
}

// checkNamespace accepts an absolute http(s) URI without trailing slash, query or fragment.
func checkNamespace(s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(s, "/") {
		return E(Invalid, CodeBadValue, "namespace", "value", Clip(s), "allowed", "https://…")
	}
	return nil
}

// judgeMaster checks a record of master data: its form, its identifier, what it refers to, and who may write it.
func (l *Ledger) judgeMaster(r *Record, a Actor) error {
	if l.info.Namespace == "" && r.Kind != KindLedger {
		return E(Invalid, CodeRequired, "namespace")
	}
	own := func(org string) error {
		if a.Role == Admin || a.Role == Operator && org == a.Org {
			return nil
		}
		return E(Forbidden, CodeNotAllowed, "org")
	}
	admin := func() error {
		if a.Role != Admin {
			return E(Forbidden, CodeNotAllowed, "")
		}
		return nil
	}
	switch r.Kind {
	case KindLedger:
		return l.judgeBirth(r)
	case KindOrganisation:
		v, err := decodeMaster[Organisation](r.Body)
		return first(err, func() error { return l.judgeOrganisation(v) }, admin)
	case KindPlace:
		v, err := decodeMaster[Place](r.Body)
		return first(err, func() error { return l.judgePlace(v) }, func() error { return own(v.Org) }, func() error { return l.judgeOwnPlace(v, a) })
	case KindProduct:
		v, err := decodeMaster[Product](r.Body)
		return first(err, func() error { return l.judgeProduct(v) }, admin)
	case KindSeason:
		v, err := decodeMaster[Season](r.Body)
		return first(err, func() error { return l.judgeSeasonRecord(v) }, func() error { return own(v.Org) })
	case KindChain:
		v, err := decodeMaster[Chain](r.Body)
		return first(err, func() error { return requireText("id", v.ID, "name", v.Name, "digest", v.Digest) }, admin, func() error { return l.judgeChain(v) })
	}
	return l.judgeCodes(r, a)
}

// judgeChain refuses a template that is in force already: servers that start at the same moment would each record it.
func (l *Ledger) judgeChain(v *Chain) error {
	if old := l.chains[v.ID]; old != nil && old.Digest == v.Digest {
		return E(Conflict, CodeSameAsBefore, "digest")
	}
	return nil
}

// first runs the checks in order and returns the first error.
func first(err error, checks ...func() error) error {
	for _, c := range checks {
		if err != nil {
			return err
		}
		err = c()
	}
	return err
}

func requireText(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return E(Invalid, CodeRequired, pairs[i])
		}
		if len(pairs[i+1]) > 500 {
			return E(TooLarge, CodeTooLarge, pairs[i], "limit", "500")
		}
		if err := checkPlainText(pairs[i], pairs[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) judgeBirth(r *Record) error {
	v, err := decodeMaster[LedgerInfo](r.Body)
	if err != nil {
		return err
	}
	if l.info.Namespace != "" {
		return E(Conflict, CodeKeyTaken, "namespace", "value", l.info.Namespace)
	}
	return checkNamespace(v.Namespace)
}

// checkID wants {namespace}/{dir}/{slug}: lower-case letters, digits, hyphen and full stop, or a key of ours.
func (l *Ledger) checkID(id, dir string) error {
	slug, ok := strings.CutPrefix(id, l.info.Namespace+"/"+dir+"/")
	if !ok || len(slug) < 2 || len(slug) > 80 || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-.ACDEFGHJKMNPQRTUVWXYZ") != "" {
		return E(Invalid, CodeBadValue, "id", "value", Clip(id), "allowed", l.info.Namespace+"/"+dir+"/a-z0-9-")
	}
	return nil
}

func (l *Ledger) checkTier(t Tier) error {
	switch t {
	case Village, Town, County, Outside:
		return nil
	}
	return E(Invalid, CodeBadValue, "tier", "value", Clip(string(t)), "allowed", "village town county outside")
}

func checkAdminCode(s string) error {
	if s != "" && (len(s) < 6 || len(s) > 12 || strings.Trim(s, "0123456789") != "") {
		return E(Invalid, CodeBadValue, "adminCode", "value", Clip(s), "allowed", "6–12 digits")
	}
	return nil
}

func (l *Ledger) checkPlaceRef(field, id string) error {
	if _, ok := l.places[id]; !ok && id != "" {
		return E(Invalid, CodeUnknownThing, field, "thing", "place", "value", Clip(id))
	}
	return nil
}

func (l *Ledger) checkOrgRef(field, id string) error {
	if _, ok := l.orgs[id]; !ok && id != "" {
		return E(Invalid, CodeUnknownThing, field, "thing", "organisation", "value", Clip(id))
	}
	return nil
}

func (l *Ledger) judgeOrganisation(v *Organisation) error {
	switch v.Kind {
	case "cooperative", "processor", "park", "bureau", "supplier":
	default:
		return E(Invalid, CodeBadValue, "kind", "value", Clip(v.Kind), "allowed", "cooperative processor park bureau supplier")
	}
	return first(requireText("id", v.ID, "name", v.Name), func() error { return l.checkID(v.ID, "org") }, func() error { return l.checkTier(v.Tier) },
		func() error { return checkAdminCode(v.AdminCode) }, func() error { return l.checkPlaceRef("place", v.Place) })
}

func (l *Ledger) judgePlace(v *Place) error {
	switch v.Kind {
	case "county", "town", "village", "group", "plot", "tree", "site":
	default:
		return E(Invalid, CodeBadValue, "kind", "value", Clip(v.Kind), "allowed", "county town village group plot tree site")
	}
	if old := l.places[v.ID]; old != nil && old.Org != v.Org {
		return E(Forbidden, CodeNotAllowed, "org")
	}
	for up := l.places[v.Parent]; up != nil; up = l.places[up.Parent] {
		if up.ID == v.ID {
			return E(Invalid, CodeBadValue, "parent", "value", v.Parent)
		}
	}
	return first(requireText("id", v.ID, "name", v.Name), func() error { return l.checkID(v.ID, "place") }, func() error { return l.checkTier(v.Tier) },
		func() error { return checkAdminCode(v.AdminCode) }, func() error { return l.checkPlaceRef("parent", v.Parent) },
		func() error { return l.checkOrgRef("org", v.Org) }, func() error { return checkGeometry(v.Geometry) })
}

// judgeOwnPlace: an operator keeps the land and works of its own organisation, each under a place that is known; towns and counties are the
// administrator's, since pages name them as origins.
func (l *Ledger) judgeOwnPlace(v *Place, a Actor) error {
	if a.Role == Admin {
		return nil
	}
	switch v.Kind {
	case "village", "group", "plot", "tree", "site":
	default:
		return E(Forbidden, CodeNotAllowed, "kind")
	}
	if v.Kind != "site" && v.Tier != Village { // land is in the village, whatever it is put under
		return E(Invalid, CodeBadValue, "tier", "value", string(v.Tier), "allowed", string(Village))
	}
	up := l.places[v.Parent]
	if up == nil {
		if v.Kind == "village" && v.Tier == Village { // its town is not registered yet
			return nil
		}
		return E(Invalid, CodeRequired, "parent")
	}
	if inTown := v.Kind == "village" && up.Kind == "town" && v.Tier == Village; !inTown && up.Tier != v.Tier {
		return E(Invalid, CodeBadValue, "tier", "value", string(v.Tier), "allowed", string(up.Tier))
	}
	return nil
}

func (l *Ledger) judgeProduct(v *Product) error {
	if f, ok := units[v.Unit]; !ok || f.base != v.Unit {
		return E(Invalid, CodeUnknownUnit, "unit", "value", Clip(string(v.Unit)))
	}
	if v.GTIN != "" && !ValidGTIN14(v.GTIN) {
		return E(Invalid, CodeBadValue, "gtin", "value", Clip(v.GTIN), "allowed", "GTIN-14")
	}
	for _, other := range l.products {
		if v.GTIN != "" && other.GTIN == v.GTIN && other.ID != v.ID { // a Digital Link must lead to one product
			return E(Conflict, CodeKeyTaken, "gtin", "value", v.GTIN)
		}
	}
	if n, ok := l.productOf[v.ID]; ok && l.products[n].Unit != v.Unit { // its lots are kept in it
		return E(Conflict, CodeUnitMismatch, "unit", "value", string(v.Unit), "unit", string(l.products[n].Unit))
	} else if ok && l.products[n].GTIN != v.GTIN { // its lots are named by it
		return E(Conflict, CodeBadValue, "gtin", "value", v.GTIN)
	}
	return first(requireText("id", v.ID, "name", v.Name), func() error { return l.checkID(v.ID, "product") })
}

// ValidGTIN14 reports whether s is 14 digits with a right check digit (GS1 General Specifications 7.9).
func ValidGTIN14(s string) bool {
	if len(s) != 14 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range 13 {
		d := int(s[i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return int(s[13]-'0') == (10-sum%10)%10
}

func (l *Ledger) judgeSeasonRecord(v *Season) error {
	if v.From.IsZero() || v.To.Before(v.From.Time) {
		return E(Invalid, CodeBadTime, "to", "value", v.To.Format(timeLayout))
	}
	if n, ok := l.seasonOf[v.ID]; ok && (l.seasons[n].Org != v.Org || l.seasons[n].Place != v.Place) {
		return E(Conflict, CodeKeyTaken, "id", "value", v.ID)
	}
	if pl := l.places[v.Place]; pl != nil && pl.Org != "" && pl.Org != v.Org { // somebody else's plot
		return E(Forbidden, CodeNotAllowed, "place")
	}
	return first(requireText("id", v.ID, "name", v.Name, "org", v.Org, "place", v.Place), func() error { return l.checkID(v.ID, "season") },
		func() error { return l.checkOrgRef("org", v.Org) }, func() error { return l.checkPlaceRef("place", v.Place) })
}

// commitMaster applies a record of master data that was judged, or once appended.
func (l *Ledger) commitMaster(r *Record) error {
	switch r.Kind {
	case KindLedger:
		v, err := decodeMaster[LedgerInfo](r.Body)
		if err != nil {
			return err
		}
		l.info = *v
	case KindOrganisation:
		v, err := decodeMaster[Organisation](r.Body)
		if err != nil {
			return err
		}
		if _, ok := l.locationOf[v.ID]; !ok {
			l.addLocation(location{id: v.ID, kind: organisationLocation, at: nowhere, from: nowhere, hold: -1}, uint32(r.Seq))
		}
		if l.orgs[v.ID] != nil {
			l.masterSeq = r.Seq
		}
		l.orgs[v.ID] = v
	case KindPlace:
		v, err := decodeMaster[Place](r.Body)
		if err != nil {
			return err
		}
		if n, ok := l.siteOf[v.ID]; ok {
			l.sites[n] = v
			l.masterSeq = r.Seq
		} else {
			l.siteOf[v.ID] = int32(len(l.sites))
			l.sites = append(l.sites, v)
		}
		l.places[v.ID] = v
	case KindProduct:
		v, err := decodeMaster[Product](r.Body)
		if err != nil {
			return err
		}
		if n, ok := l.productOf[v.ID]; ok {
			l.products[n] = v
			l.masterSeq = r.Seq
		} else {
			l.productOf[v.ID] = int32(len(l.products))
			if v.GTIN != "" { // it never changes
				l.gtins[v.GTIN] = int32(len(l.products))
			}
			l.products = append(l.products, v)
		}
	case KindSeason:
		v, err := decodeMaster[Season](r.Body)
		if err != nil {
			return err
		}
		if n, ok := l.seasonOf[v.ID]; ok {
			l.seasons[n].Season = *v
			l.masterSeq = r.Seq
		} else {
			l.seasonOf[v.ID] = int32(len(l.seasons))
			l.seasons = append(l.seasons, season{Season: *v, yielded: map[int32]Amount{}})
		}
	case KindChain:
		v, err := decodeMaster[Chain](r.Body)
		if err != nil {
			return err
		}
		if l.chains[v.ID] != nil {
			l.masterSeq = r.Seq
		}
		l.chains[v.ID] = v
	case KindLinks:
		return l.commitLinks(r)
	case KindSerials:
		return l.commitSerials(r)
	case KindSerialChange:
		return l.commitChange(r)
	case KindPrint:
		return l.commitPrint(r)
	default:
		return E(Invalid, CodeBadValue, "kind", "value", Clip(string(r.Kind)))
	}
	return nil
}

// masterNames are the identifiers a master record makes or changes, and those it refers to, for the batch rule of the writer.
func masterNames(r *Record) (names, reads []string) {
	var v map[string]any
	if json.Unmarshal(r.Body, &v) != nil {
		return []string{string(r.Kind)}, nil
	}
	changed := codeNames(r)
	for member, value := range v {
		s, ok := value.(string)
		switch {
		case !ok || s == "":
		case member == "id" || member == "gtin" || changed[member]:
			names = append(names, s)
		case strings.Contains(s, "://"):
			reads = append(reads, s)
		}
	}
	more, leans := codeItems(r)
	return append(names, more...), append(reads, leans...)
}
