package trace

import "math/bits"

// When master data that are there already change, the pages and lineage documents that show them have to be made again, and no others. Each
// lot has a set of 64 marks: one for each organisation and product that its page or document may name, those of all lots behind it
// included. Two organisations share a mark where there are more than 32: then a lot is made again that need not be, never the other way
// round. Places and seasons are found by their lots. What any page may name (a bureau, whose number stands on every page; a town or a
// works, which stand in addresses; a chain template) makes all pages old.

// markSet are the organisations and products that a lot's page may name.
type markSet uint64

// marksPerThing is how many marks organisations have, and products.
const marksPerThing = 32

// organisationMark is the mark of the organisation at a location.
func organisationMark(at int32) markSet { return 1 << (at % marksPerThing) }

func productMark(product int32) markSet { return 1 << (marksPerThing + product%marksPerThing) }

// partyMarks are the marks of the organisations that have what is at a location: the holder, or the two ends of a shipment.
func (l *Ledger) partyMarks(at int32) markSet {
	at = l.holderOf(at)
	if at < 0 {
		return 0
	}
	if s := &l.locations[at]; s.kind == shipmentLocation {
		return organisationMark(s.from) | organisationMark(s.at)
	}
	return organisationMark(at)
}

// noteMasterChange makes the pages of all lots with one of some marks old.
func (l *Ledger) noteMasterChange(marks markSet, seq int64) {
	for m := uint64(marks); m != 0; m &= m - 1 {
		l.markSeqs[bits.TrailingZeros64(m)] = uint32(seq)
	}
	l.markSeq = seq
}

// pageSeq is the last record that changed what a lot's page or document says.
func (l *Ledger) pageSeq(n int32) int64 {
	lt := &l.lots[n]
	seq := max(int64(lt.pageSeq), l.masterSeq)
	if l.markSeq <= seq { // the usual case: no organisation and no product changed since
		return seq
	}
	for m := uint64(lt.marks); m != 0; m &= m - 1 {
		seq = max(seq, int64(l.markSeqs[bits.TrailingZeros64(m)]))
	}
	return seq
}

// noteOrganisationChange makes the pages that may name an organisation old. Every page names a bureau.
func (l *Ledger) noteOrganisationChange(old, v *Organisation, seq int64) {
	if old.Kind == "bureau" || v.Kind == "bureau" {
		l.masterSeq = seq
		return
	}
	l.noteMasterChange(organisationMark(l.locationOf[v.ID]), seq)
}

// noteSeasonChange makes the pages of the lots that were harvested from a season old.
func (l *Ledger) noteSeasonChange(n int32, seq int64) {
	for _, h := range l.seasons[n].harvests {
		l.lots[h].pageSeq = uint32(seq)
	}
}

// notePlaceChange makes the pages that name a place old. A plot or tree in which no other place stands is named by the lots made there,
// and, where the plot has moved or lies in no village, decides the origins of everything made of these lots. Any other place stands in
// addresses.
func (l *Ledger) notePlaceChange(site int32, old, v *Place, seq int64) {
	if !old.isLand() || !v.isLand() || l.parents[v.ID] {
		l.masterSeq = seq
		return
	}
	var lots []int32
	for n := l.siteLots[site]; n >= 0; n = l.lots[n].nextAtSite {
		l.lots[n].pageSeq = uint32(seq)
		lots = append(lots, n)
	}
	if old.Parent == v.Parent && l.villageOf(v).Kind == "village" || len(lots) == 0 {
		return
	}
	r := l.walkFromAll(lots, Forward, len(l.lots)+1, len(l.lots)+1)
	for _, n := range r.lots {
		l.lots[n].pageSeq = uint32(seq)
	}
	l.releaseWalk(r)
}

// isLand reports whether a place is a plot or a tree, which pages do not name.
func (p *Place) isLand() bool { return p.Kind == "plot" || p.Kind == "tree" }
