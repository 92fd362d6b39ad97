package trace

import "slices"

// Visibility says who may see the records of a kind whose body is a T.
type Visibility[T any] struct {
	// Who says so in words, for the documentation.
	Who string

	// See answers the body of a record as the actor may see it, and whether the actor may see the record at all. See is called without the
	// ledger's lock. value decodes the body: most records are shown or refused without a look into them.
	See func(l *Ledger, a Actor, r *Record, value func() (*T, error)) (body []byte, visible bool)
}

// SeesAll reports whether an actor sees everything: a bureau and an administrator do.
func (a Actor) SeesAll() bool { return a.Role == Bureau || a.Role == Admin }

// seesWhole reports whether an actor sees a record unchanged: its organisation's own, and every record where the actor sees all.
func (a Actor) seesWhole(r *Record) bool { return a.SeesAll() || r.Org == a.Org }

// VisibleToAll are records that every actor may see.
func VisibleToAll[T any]() Visibility[T] {
	return Visibility[T]{Who: "everyone with a key", See: func(_ *Ledger, _ Actor, r *Record, _ func() (*T, error)) ([]byte, bool) {
		return r.Body, true
	}}
}

// VisibleWithLots are records for the organisation that recorded them, bureaus and administrators, and organisations that may see one of
// the lots that the record is about.
func VisibleWithLots[T any](lots func(v *T) []string) Visibility[T] {
	return Visibility[T]{
		Who: "the organisation that recorded it, whoever may see the lot, bureaus, administrators",
		See: func(l *Ledger, a Actor, r *Record, value func() (*T, error)) ([]byte, bool) {
			if a.seesWhole(r) {
				return r.Body, true
			}
			v, err := value()
			return r.Body, err == nil && slices.ContainsFunc(lots(v), func(lot string) bool { return l.Visible(a.Org, lot) })
		},
	}
}

// See answers the body of a record as an actor may see it, and whether the actor may see the record at all. A record of a kind that is not
// registered, or that does not say who may see its records, is visible to no actor.
func (l *Ledger) See(a Actor, r *Record) (body []byte, visible bool) {
	k := l.kinds.byName[r.Kind]
	if k == nil || k.see == nil {
		return nil, false
	}
	if body, visible = k.see(l, a, r); !visible {
		return nil, false
	}
	return body, true
}
