package trace

import "strings"

// KindOrganisation 主体 are organisations.
const KindOrganisation RecordKind = "organisation"

// Organisation 主体 is a co-operative, processor, park, bureau or supplier. Never a natural person.
type Organisation struct {
	AdminCode string `json:"adminCode,omitempty" maxLength:"12" doc:"GB/T 2260 code with township and village, 6–12 digits."`
	Contact   string `json:"contact,omitempty" maxLength:"100" doc:"A public service number of the organisation; never a person's."`
	ID        string `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. One that exists is changed."`
	Kind      string `json:"kind" enum:"cooperative,processor,park,bureau,supplier"`
	Name      string `json:"name" maxLength:"100"`
	NameEn    string `json:"nameEn,omitempty" maxLength:"100"`
	Place     string `json:"place,omitempty" maxLength:"300" doc:"Where it is: slug or URI of a place."`
	Tier      Tier   `json:"tier" enum:"village,town,county,outside"`
}

var organisationKind = KindOf[Organisation]{
	Name: KindOrganisation, Number: 2,
	Names:      func(v *Organisation) (changes, refersTo []string) { return []string{v.ID}, []string{v.Place} },
	Judge:      (*Ledger).judgeOrganisation,
	Commit:     (*Ledger).commitOrganisation,
	Visibility: VisibleToAll[Organisation](),
}.Register()

func (l *Ledger) judgeOrganisation(v *Organisation, a Actor) error {
	switch v.Kind {
	case "cooperative", "processor", "park", "bureau", "supplier":
	default:
		return E(Invalid, CodeBadValue, "kind", "value", Clip(v.Kind), "allowed", "cooperative processor park bureau supplier")
	}
	if err := requireText("id", v.ID, "name", v.Name); err != nil {
		return err
	}
	if err := l.checkID(v.ID, "org"); err != nil {
		return err
	}
	if err := checkTier(v.Tier); err != nil {
		return err
	}
	if err := checkAdminCode(v.AdminCode); err != nil {
		return err
	}
	if err := l.checkPlaceRef("place", v.Place); err != nil {
		return err
	}
	return requireAdmin(a)
}

func (l *Ledger) commitOrganisation(v *Organisation, r *Record) error {
	if _, ok := l.locationOf[v.ID]; !ok {
		l.addLocation(location{id: v.ID, kind: organisationLocation, at: nowhere, from: nowhere, hold: -1}, uint32(r.Seq))
	}
	if old := l.orgs[v.ID]; old != nil {
		l.noteOrganisationChange(old, v, r.Seq)
	}
	l.orgs[v.ID] = v
	return nil
}

// checkOrgRef refuses a reference to an organisation that is not registered; "" refers to none.
func (l *Ledger) checkOrgRef(field, id string) error {
	if _, ok := l.orgs[id]; !ok && id != "" {
		return E(Invalid, CodeUnknownThing, field, "thing", "organisation", "value", Clip(id))
	}
	return nil
}

func checkAdminCode(s string) error {
	if s != "" && (len(s) < 6 || len(s) > 12 || strings.Trim(s, "0123456789") != "") {
		return E(Invalid, CodeBadValue, "adminCode", "value", Clip(s), "allowed", "6–12 digits")
	}
	return nil
}
