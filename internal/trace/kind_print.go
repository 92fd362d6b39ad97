package trace

// KindPrint 打印 are runs of labels that were printed.
const KindPrint RecordKind = "print"

var printKind = KindOf[PrintRun]{
	Name: KindPrint, Number: 10,
	// A record about a lot's codes depends on earlier records about them.
	Names:      func(v *PrintRun) (changes, refersTo []string) { return []string{v.ID, v.Lot, v.Batch}, []string{v.Org} },
	Judge:      (*Ledger).judgePrint,
	Lots:       func(_ *Ledger, v *PrintRun) []string { return []string{v.Lot} },
	Commit:     (*Ledger).commitPrint,
	Visibility: VisibleWithLots(func(v *PrintRun) []string { return []string{v.Lot} }),
	hash:       (*Ledger).hashPrints,
}.Register()

func (l *Ledger) hashPrints(h *stateHash) {
	for i := range l.codes.prints {
		p := &l.codes.prints[i]
		h.addText(p.id)
		h.addNumbers(int64(p.lot), int64(p.batch), int64(p.from), int64(p.to), int64(p.copies), int64(p.seq), p.time)
	}
}
