package trace

import "encoding/json"

// KindPlace 地点, 地块 are places.
const KindPlace RecordKind = "place"

// Place 地点 is anything with a location: a county, town, village, group, plot, single tree, works or warehouse. Geometry is never on a
// public page for a plot.
type Place struct {
	AdminCode string          `json:"adminCode,omitempty" maxLength:"12" doc:"GB/T 2260 code with township and village, 6–12 digits."`
	AreaMu    Amount          `json:"areaMu,omitempty" doc:"Area in mu 亩 (666.67 m²)."`
	Geometry  json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON geometry, WGS84. A plot's is never shown to the public."`
	ID        string          `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI. One that exists is changed."`
	Kind      string          `json:"kind" enum:"county,town,village,group,plot,tree,site"`
	Name      string          `json:"name" maxLength:"100"`
	NameEn    string          `json:"nameEn,omitempty" maxLength:"100"`
	Org       string          `json:"org,omitempty" maxLength:"300" doc:"Organisation it belongs to. An operator's own where absent."`
	Parent    string          `json:"parent,omitempty" maxLength:"300" doc:"The place around it: slug or URI."`
	Tier      Tier            `json:"tier" enum:"village,town,county,outside"`
}

var placeKind = KindOf[Place]{
	Name: KindPlace, Number: 3,
	Names:  func(v *Place) (changes, refersTo []string) { return []string{v.ID}, []string{v.Org, v.Parent} },
	Judge:  (*Ledger).judgePlace,
	Commit: (*Ledger).commitPlaceRecord,
	Visibility: Visibility[Place]{
		Who: "the organisation that recorded it, bureaus, administrators; everyone with a key, unless it is a plot or a tree of an " +
			"organisation; its outline only for its organisation, bureaus, administrators",
		See: seePlaceRecord,
	},
}.Register()

// SeePlace shows a place to an actor as lists of places do: false where the actor may not see the place. Plots and trees of an
// organisation, whose names and outlines may tell of a family, are the organisation's own; a place with a public name or without an owner
// is visible to all, and the outline is for the owner, a bureau and an administrator.
func (a Actor) SeePlace(p Place) (Place, bool) {
	if a.SeesAll() || p.Org != "" && p.Org == a.Org {
		return p, true
	}
	private := p.Org != "" && (p.Kind == "plot" || p.Kind == "tree")
	p.Geometry = nil
	return p, !private
}

func seePlaceRecord(_ *Ledger, a Actor, r *Record, value func() (*Place, error)) ([]byte, bool) {
	if a.seesWhole(r) {
		return r.Body, true
	}
	p, err := value()
	if err != nil {
		return nil, false
	}
	shown, ok := a.SeePlace(*p)
	if !ok || len(shown.Geometry) == len(p.Geometry) {
		return r.Body, ok
	}
	body, err := CanonicalJSON(shown)
	return body, err == nil
}

func (l *Ledger) judgePlace(v *Place, a Actor) error {
	if err := l.checkPlace(v); err != nil {
		return err
	}
	if err := requireOwn(a, v.Org); err != nil {
		return err
	}
	return l.checkOperatorsPlace(v, a)
}

// checkPlace checks a place without regard to who writes the place.
func (l *Ledger) checkPlace(v *Place) error {
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
	if err := requireText("id", v.ID, "name", v.Name); err != nil {
		return err
	}
	if err := l.checkID(v.ID, "place"); err != nil {
		return err
	}
	if err := checkTier(v.Tier); err != nil {
		return err
	}
	if err := checkAdminCode(v.AdminCode); err != nil {
		return err
	}
	if err := l.checkPlaceRef("parent", v.Parent); err != nil {
		return err
	}
	if err := l.checkOrgRef("org", v.Org); err != nil {
		return err
	}
	return checkGeometry(v.Geometry)
}

// checkOperatorsPlace checks what an operator may write: an operator keeps the land and works of its own organisation, each under a place
// that is known; towns and counties are the administrator's, since pages name them as origins.
func (l *Ledger) checkOperatorsPlace(v *Place, a Actor) error {
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

func (l *Ledger) commitPlaceRecord(v *Place, r *Record) error {
	old := l.places[v.ID]
	l.places[v.ID] = v
	if v.Parent != "" {
		l.parents[v.Parent] = true
	}
	if old != nil {
		n := l.siteOf[v.ID]
		l.sites[n] = v
		l.notePlaceChange(n, old, v, r.Seq)
		return nil
	}
	l.siteOf[v.ID] = int32(len(l.sites))
	l.sites = append(l.sites, v)
	l.siteLots = append(l.siteLots, -1)
	return nil
}

// checkPlaceRef refuses a reference to a place that is not registered; "" refers to none.
func (l *Ledger) checkPlaceRef(field, id string) error {
	if _, ok := l.places[id]; !ok && id != "" {
		return E(Invalid, CodeUnknownThing, field, "thing", "place", "value", Clip(id))
	}
	return nil
}
