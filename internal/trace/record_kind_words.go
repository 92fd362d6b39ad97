package trace

import "time"

// PageLine is a record's line in the history of a lot on the public page: the values of the message "page.kind.NAME" of internal/locale.
type PageLine struct {
	Time time.Time // time of the fact; the zero time means the time of recording

	// Values are pairs of a name and its value: a text, a number, a time, a Quantity. The name of the organisation that recorded is there
	// as Who already. Numbers in the line that look like a telephone's or an identity card's are left out.
	Values []any
}

// PageMessage is the id of the message of internal/locale that is a record's line on a public page.
func (k *RegisteredKind) PageMessage() string { return PageMessage(k.Name) }

// PageMessage is the id of the message of internal/locale that is the line of a record of a kind on a public page.
func PageMessage(kind RecordKind) string { return "page.kind." + string(kind) }

// registerWords registers how others read the records: the public on pages, trading partners in exports.
func (k KindOf[T]) registerWords(out *RegisteredKind) {
	out.hasLots = k.Lots != nil
	if k.PageWords != nil {
		out.OnPage = true
		out.pageLine = func(l *Ledger, r *Record) (PageLine, bool, error) {
			v, err := k.Decode(r.Body)
			if err != nil {
				return PageLine{}, false, err
			}
			line, public := k.PageWords(l, v)
			return line, public, nil
		}
	}
	if k.EPCIS != nil {
		out.HasEPCIS = true
		out.epcis = func(r *Record) (*Event, bool, error) {
			v, err := k.Decode(r.Body)
			if err != nil {
				return nil, false, err
			}
			event, shared := k.EPCIS(v, r)
			return event, shared && event != nil, nil
		}
	}
}

// notePageRecord adds a record to the history on the pages of its lots, and makes these pages old.
func (l *Ledger) notePageRecord(r *Record) {
	for _, id := range r.Lots {
		if n, ok := l.findLot(id); ok {
			l.pageRecords[n] = append(l.pageRecords[n], r.Seq)
			l.lots[n].pageSeq = uint32(r.Seq)
		}
	}
}

// PageLine gives a record's line on the public pages of its lots. The result is false for a record that no page tells. Errors: those of
// reading the body.
func (l *Ledger) PageLine(r *Record) (line PageLine, public bool, err error) {
	k := l.kinds.byName[r.Kind]
	if k == nil || k.pageLine == nil {
		return PageLine{}, false, nil
	}
	line, public, err = k.pageLine(l, r)
	if line.Time.IsZero() {
		line.Time = r.RecordTime
	}
	return line, public, err
}

// EPCIS gives the event as which trading partners read a record that is no event. The result is false for a record that is no event to
// partners. Errors: those of reading the body.
func (t *KindTable) EPCIS(r *Record) (event *Event, shared bool, err error) {
	k := t.byName[r.Kind]
	if k == nil || k.epcis == nil {
		return nil, false, nil
	}
	return k.epcis(r)
}
