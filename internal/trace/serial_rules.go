package trace

import (
	"slices"
	"strconv"
	"strings"
)

// checkOwnRecord refuses a record in the name of another organisation, or of one that is not registered. An administrator writes for any.
func (l *Ledger) checkOwnRecord(org string, a Actor) error {
	if a.Role != Admin && (org != a.Org || org == "") {
		return E(Forbidden, CodeNotAllowed, "org")
	}
	if org == "" && a.Role == Admin {
		return nil
	}
	return l.checkOrgRef("org", org)
}

// checkKeyID refuses any identifier but {namespace}/{dir}/{key}, with a key of ours that nothing else of the kind bears.
func (l *Ledger) checkKeyID(id, dir string) error {
	if id == "" {
		return E(Invalid, CodeRequired, "id")
	}
	key, ok := strings.CutPrefix(id, l.info.Namespace+"/"+dir+"/")
	if clean, err := ParseKey(key); !ok || err != nil || clean != key {
		return E(Invalid, CodeBadValue, "id", "value", Clip(id), "allowed", l.info.Namespace+"/"+dir+"/…")
	}
	if _, taken := l.codes.used[[KeyLength]byte([]byte(key))]; taken {
		return E(Conflict, CodeKeyTaken, "id", "value", key)
	}
	return nil
}

// isMakerOrHolder reports whether an organisation made a lot or has some of it now.
func (l *Ledger) isMakerOrHolder(n int32, org string) bool {
	at, ok := l.locationOf[org]
	return ok && (l.lots[n].maker == at || l.isHolder(n, at))
}

// judgeSerials: the maker or a holder issues numbers for a lot that may be sold, and never more numbers than the lot has items.
func (l *Ledger) judgeSerials(v *SerialBatch, a Actor) error {
	n, err := l.checkSerialBatch(v)
	if err != nil {
		return err
	}
	if err := l.checkKeyID(v.ID, "serials"); err != nil {
		return err
	}
	if err := l.checkOwnRecord(v.Org, a); err != nil {
		return err
	}
	if err := checkSum(v.KeySum); err != nil {
		return err
	}
	if err := checkRegions(v.Regions); err != nil {
		return err
	}
	if a.Role != Admin && !l.isMakerOrHolder(n, v.Org) {
		return E(Forbidden, CodeNotHolder, "lot", "lot", KeyOf(v.Lot))
	}
	if err := l.checkAction(n, ActionIssue, "lot"); err != nil {
		return err
	}
	return l.judgeCount(n, v)
}

// judgeCount: numbers that were not voided never outnumber the items.
func (l *Ledger) judgeCount(n int32, v *SerialBatch) error {
	items, ok := l.countItems(n)
	if !ok {
		return E(Conflict, CodeNoCount, "lot", "lot", KeyOf(v.Lot))
	}
	left := max(items-l.countNumbered(n), 0)
	if v.Count > left {
		return E(Conflict, CodeTooManySerials, "count", "lot", KeyOf(v.Lot), "items", strconv.FormatInt(items, 10),
			"left", strconv.FormatInt(left, 10), "asked", strconv.FormatInt(v.Count, 10))
	}
	return nil
}

// countNumbered is how many serial numbers of a lot stand.
func (l *Ledger) countNumbered(n int32) int64 {
	var sum int64
	for _, i := range l.codes.ofLot[n] {
		b := l.codes.batches[i]
		sum += b.Count - b.counts[codeVoided]
	}
	return sum
}

// countItems is how many things a lot consists of: counted by its unit, else by the pieces stated at the making, else by the net mass of
// one (nominal). Counted things that were lost or made into something else are gone: a number for one of them would be one to spare, and
// genuine. Weighed goods may have dried. ok is false where none of these is known.
func (l *Ledger) countItems(n int32) (count int64, ok bool) {
	lt := &l.lots[n]
	pr := l.products[lt.product]
	if pr.Unit != Kilogram && pr.Unit != Litre {
		return int64(min(l.remainingAmount(n), lt.qty)) / AmountScale, true
	}
	if f := l.facts[n]; f != nil && f.Pieces > 0 {
		return int64(f.Pieces) / AmountScale, true
	}
	if pr.Unit == Kilogram && pr.NetMass > 0 {
		return int64(lt.qty / pr.NetMass), true
	}
	return 0, false
}

// remainingAmount is how much of a lot is with its holders or on its way.
func (l *Ledger) remainingAmount(n int32) (sum Amount) {
	for i := l.lots[n].hold; i >= 0; i = l.holdings[i].nextLot {
		sum += max(l.holdings[i].qty, 0)
	}
	return sum
}

// CountItems is how many items a lot has, and for how many of them serial numbers stand. ok is false where the lot does not say how many it
// has. Errors: NotFound.
func (l *Ledger) CountItems(lot string) (count, numbered int64, ok bool, err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", lot)
	if err != nil {
		return 0, 0, false, err
	}
	count, ok = l.countItems(n)
	return count, l.countNumbered(n), ok, nil
}

func checkSum(sum string) error {
	if sum == "" {
		return E(Invalid, CodeRequired, "keySum")
	}
	if len(sum) != 16 || strings.Trim(sum, "0123456789abcdef") != "" {
		return E(Invalid, CodeBadValue, "keySum", "value", Clip(sum), "allowed", "0-9a-f")
	}
	return nil
}

// maxRegions bounds the sales regions of a batch; a county sells to fewer.
const maxRegions = 50

// checkRegions refuses all but beginnings of administrative codes (GB/T 2260): a province, a prefecture or a county, each once.
func checkRegions(list []string) error {
	if len(list) > maxRegions {
		return E(TooLarge, CodeTooLarge, "regions", "limit", strconv.Itoa(maxRegions))
	}
	for i, s := range list {
		if len(s) != 2 && len(s) != 4 && len(s) != 6 || strings.Trim(s, "0123456789") != "" {
			return E(Invalid, CodeBadValue, IndexedField("regions", i), "value", Clip(s), "allowed", "2、4 或 6 位数字 / 2, 4 or 6 digits")
		}
		if slices.Contains(list[:i], s) {
			return E(Invalid, CodeBadValue, IndexedField("regions", i), "value", s, "allowed", "每个只填一次 / each of them once")
		}
	}
	return nil
}

// judgeChange: the organisation that issued the numbers, or holds the lot, activates them and reports sales; a bureau may void. Items of a
// lot that is recalled, withdrawn or on hold are not activated; a sale of such an item is a fact, and is recorded all the same.
func (l *Ledger) judgeChange(v *SerialChange, a Actor) error {
	b, state, err := l.findChangedBatch(v)
	if err != nil {
		return err
	}
	if err := l.checkKeyID(v.ID, "serial-change"); err != nil {
		return err
	}
	if err := l.checkOwnRecord(v.Org, a); err != nil {
		return err
	}
	if err := l.checkMayChange(v, b, state, a); err != nil {
		return err
	}
	action := [...]Action{codeActivated: ActionActivate, codeSold: ActionSell, codeVoided: ActionVoid}[state]
	if err := l.checkAction(b.lot, action, "lot"); err != nil {
		return err
	}
	return checkReason(v.Reason, state == codeVoided, "void")
}

// checkMayChange refuses a change by an organisation that neither issued the numbers nor has to do with the lot. A bureau only voids.
func (l *Ledger) checkMayChange(v *SerialChange, b *issuedBatch, state stateCode, a Actor) error {
	switch {
	case a.Role == Admin, a.Role == Bureau && state == codeVoided:
		return nil
	case a.Role == Bureau:
		return E(Forbidden, CodeNotAllowed, "state")
	case a.Role == Operator && (v.Org == b.Org || l.isMakerOrHolder(b.lot, v.Org)):
		return nil
	}
	return E(Forbidden, CodeNotHolder, "lot", "lot", KeyOf(v.Lot))
}

// checkReason refuses a missing reason where a reason is needed, and a reason that is not plain and short.
func checkReason(s string, needed bool, thing string) error {
	if strings.TrimSpace(s) == "" && !needed {
		return nil
	}
	if strings.TrimSpace(s) == "" {
		return E(Invalid, CodeReasonNeeded, "reason", "thing", thing)
	}
	return requireText("reason", s)
}
