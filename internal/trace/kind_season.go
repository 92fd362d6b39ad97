package trace

// KindSeason 种植季, 饲养批 are seasons.
const KindSeason RecordKind = "season"

// Season 种植季/饲养批 is one growing season of a plot, a tree or a rearing: field work goes in, harvest lots come out. Org may be left out
// by a client, never in a record.
type Season struct {
	From    Time   `json:"from" doc:"First day."`
	ID      string `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI."`
	Name    string `json:"name" maxLength:"100"`
	Org     string `json:"org" required:"false" later:"true" maxLength:"300" doc:"Organisation that grows. An operator's own where absent."`
	Place   string `json:"place" maxLength:"300" doc:"The plot, tree or house: slug or URI. Fixed for good."`
	Product string `json:"product,omitempty" maxLength:"300" doc:"What is grown: slug or URI."`
	To      Time   `json:"to" doc:"Last day; work and harvests after it are refused."`
}

var seasonKind = KindOf[Season]{
	Name: KindSeason, Number: 6,
	Names: func(v *Season) (changes, refersTo []string) {
		return []string{v.ID}, []string{v.Org, v.Place, v.Product}
	},
	Judge:  (*Ledger).judgeSeasonRecord,
	Commit: (*Ledger).commitSeasonRecord,
	Visibility: Visibility[Season]{
		Who: "the season's organisation, the organisation that recorded it, bureaus, administrators",
		See: func(_ *Ledger, a Actor, r *Record, value func() (*Season, error)) ([]byte, bool) {
			if a.seesWhole(r) {
				return r.Body, true
			}
			v, err := value()
			return r.Body, err == nil && v.Org == a.Org
		},
	},
}.Register()

func (l *Ledger) judgeSeasonRecord(v *Season, a Actor) error {
	if v.From.IsZero() || v.To.Before(v.From.Time) {
		return E(Invalid, CodeBadTime, "to", "value", v.To.Format(timeLayout))
	}
	if n, ok := l.seasonOf[v.ID]; ok && (l.seasons[n].Org != v.Org || l.seasons[n].Place != v.Place) {
		return E(Conflict, CodeKeyTaken, "id", "value", v.ID)
	}
	if pl := l.places[v.Place]; pl != nil && pl.Org != "" && pl.Org != v.Org { // the plot of another organisation
		return E(Forbidden, CodeNotAllowed, "place")
	}
	if err := requireText("id", v.ID, "name", v.Name, "org", v.Org, "place", v.Place); err != nil {
		return err
	}
	if err := l.checkID(v.ID, "season"); err != nil {
		return err
	}
	if err := l.checkOrgRef("org", v.Org); err != nil {
		return err
	}
	if err := l.checkPlaceRef("place", v.Place); err != nil {
		return err
	}
	return requireOwn(a, v.Org)
}

func (l *Ledger) commitSeasonRecord(v *Season, r *Record) error {
	if n, ok := l.seasonOf[v.ID]; ok {
		l.seasons[n].Season = *v
		l.noteSeasonChange(n, r.Seq)
		return nil
	}
	l.seasonOf[v.ID] = int32(len(l.seasons))
	l.seasons = append(l.seasons, season{Season: *v, yielded: map[int32]Amount{}})
	return nil
}
