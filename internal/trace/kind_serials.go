package trace

import "strconv"

var serialsKind = KindOf[SerialBatch]{
	Name: KindSerials, Number: 8,
	// All batches take indexes and key numbers in turn; and a record about a lot's codes depends on earlier records about them.
	Names: func(v *SerialBatch) (changes, refersTo []string) {
		return []string{v.ID, v.Lot, string(KindSerials)}, []string{v.Org}
	},
	Judge:      (*Ledger).judgeSerials,
	Lots:       func(_ *Ledger, v *SerialBatch) []string { return []string{v.Lot} },
	Commit:     (*Ledger).commitSerials,
	Visibility: VisibleWithLots(func(v *SerialBatch) []string { return []string{v.Lot} }),
	hash:       (*Ledger).hashSerials,
}.Register()

var serialChangeKind = KindOf[SerialChange]{
	Name: KindSerialChange, Number: 9,
	Names:      listChangedItems,
	Judge:      (*Ledger).judgeChange,
	Lots:       func(_ *Ledger, v *SerialChange) []string { return []string{v.Lot} },
	Commit:     (*Ledger).commitChange,
	Visibility: VisibleWithLots(func(v *SerialChange) []string { return []string{v.Lot} }),
}.Register()

// maxSingle is up to how many items a serial change names one by one, so that a list of single codes shares one durable write.
const maxSingle = 64

func listChangedItems(v *SerialChange) (changes, refersTo []string) {
	changes, refersTo = []string{v.ID}, []string{v.Batch, v.Lot, v.Org}
	if v.From < 1 || v.To > MaxBatch || v.To < v.From || v.To-v.From >= maxSingle { // the first two are refused when judged
		return append(changes, v.Batch), refersTo
	}
	for n := v.From; n <= v.To; n++ {
		changes = append(changes, v.Batch+"#"+strconv.FormatInt(n, 10))
	}
	return changes, refersTo
}
