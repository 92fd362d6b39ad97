package trace

import "strconv"

// judgeCodes checks a record about printed codes, and says which lots it is about.
func (l *Ledger) judgeCodes(r *Record, a Actor) error {
	switch r.Kind {
	case KindLinks:
		v, err := decodeMaster[LinkSet](r.Body)
		return first(err, func() error { return l.judgeLinks(v, a) }, func() error { return l.aboutLinks(r, v.ID) })
	case KindSerials:
		v, err := decodeMaster[SerialBatch](r.Body)
		return first(err, func() error { return l.judgeSerials(v, a) }, func() error { return about(r, v.Lot) })
	case KindSerialChange:
		v, err := decodeMaster[SerialChange](r.Body)
		return first(err, func() error { return l.judgeChange(v, a) }, func() error { return about(r, v.Lot) })
	case KindPrint:
		v, err := decodeMaster[PrintRun](r.Body)
		return first(err, func() error { return l.judgePrint(v, a) }, func() error { return about(r, v.Lot) })
	}
	return E(Invalid, CodeBadValue, "kind", "value", Clip(string(r.Kind)))
}

// about fills the field of a record that stores index lots by.
func about(r *Record, lots ...string) error {
	r.Lots = lots
	return nil
}

// aboutLinks: links of an item are found by its lot as well; those of a product are about no lot.
func (l *Ledger) aboutLinks(r *Record, id string) error {
	if _, ok := l.productOf[id]; ok {
		return nil
	}
	if lot, _, item := SplitItem(id); item {
		return about(r, lot, id)
	}
	return about(r, id)
}

// codeNames are the members of a record about codes that name what it changes, besides its own id. What is said of a lot's codes depends on
// what was said of them before.
func codeNames(r *Record) map[string]bool {
	switch r.Kind {
	case KindSerials:
		return map[string]bool{"lot": true}
	case KindPrint:
		return map[string]bool{"lot": true, "batch": true}
	}
	return nil
}

// maxSingle is up to how many items a serial change names one by one, so that a list of single codes shares one durable write.
const maxSingle = 64

// codeItems are the things a record about codes changes or leans on that none of its members names as they are.
func codeItems(r *Record) (names, reads []string) {
	switch r.Kind {
	case KindSerials: // all batches take indexes and key numbers in turn
		return []string{string(KindSerials)}, nil
	case KindLinks:
		if v, err := decodeMaster[LinkSet](r.Body); err == nil {
			return nil, []string{lotPart(v.ID)}
		}
	case KindSerialChange:
		v, err := decodeMaster[SerialChange](r.Body)
		if err != nil {
			return nil, nil
		}
		if v.To-v.From >= maxSingle || v.To < v.From {
			return []string{v.Batch}, nil
		}
		for n := v.From; n <= v.To; n++ {
			names = append(names, v.Batch+"#"+strconv.FormatInt(n, 10))
		}
	}
	return names, nil
}
