package trace

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MaxCopies is how many copies of each label one record may state.
const MaxCopies = 1000

// sheetID is the form of a layout's id: the ledger keeps each once, and knows none of them.
var sheetID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

func checkSheet(s string) error {
	if s == "" {
		return E(Invalid, CodeRequired, "sheet")
	}
	if !sheetID.MatchString(s) {
		return E(Invalid, CodeBadValue, "sheet", "value", Clip(s), "allowed", "a4-24, 40x30 …")
	}
	return nil
}

// CertificateBases are what the promise of a certificate may rest on (农业农村部令 2025年第4号): 质量安全控制, 自行检测, 委托检测.
var CertificateBases = []string{"control", "own_test", "lab_test"}

func checkBasis(list []string) error {
	for i, s := range list {
		if !slices.Contains(CertificateBases, s) || slices.Contains(list[:i], s) {
			return E(Invalid, CodeBadValue, IndexedField("basis", i), "value", Clip(s), "allowed", strings.Join(CertificateBases, " "))
		}
	}
	return nil
}

// judgePrint: an organisation that made a lot or ever held some prints its labels, unless the lot must not come on the market. The same
// serial numbers are printed again only for a reason, and voided ones never: the page of a voided number warns its buyer.
func (l *Ledger) judgePrint(v *PrintRun, a Actor) error {
	n, b, err := l.findPrintedBatch(v)
	if err != nil {
		return err
	}
	if err := l.checkKeyID(v.ID, "print"); err != nil {
		return err
	}
	if err := l.checkOwnRecord(v.Org, a); err != nil {
		return err
	}
	if err := checkSheet(v.Sheet); err != nil {
		return err
	}
	if err := checkBasis(v.Basis); err != nil {
		return err
	}
	if v.Copies < 1 || v.Copies > MaxCopies {
		return E(Invalid, CodeBadValue, "copies", "value", strconv.FormatInt(v.Copies, 10), "allowed", "1–"+strconv.Itoa(MaxCopies))
	}
	at, ok := l.locationOf[v.Org]
	if a.Role != Admin && (!ok || a.Role != Operator || !l.everHeld(n, at)) {
		return E(Forbidden, CodeNotHolder, "lot", "lot", KeyOf(v.Lot))
	}
	if err := l.checkAction(n, ActionPrint, "lot"); err != nil {
		return err
	}
	if err := checkNotVoided(b, v); err != nil {
		return err
	}
	return checkReason(v.Reason, b != nil && b.printed.overlap(int32(v.From), int32(v.To)), "reprint")
}

// checkNotVoided refuses a run with serial numbers that were voided. b is nil for labels of the lot as such.
func checkNotVoided(b *issuedBatch, v *PrintRun) (err error) {
	if b == nil {
		return nil
	}
	b.states.forEachRun(int32(v.From), func(x serialRun, to int32) bool {
		if x.state == codeVoided && int64(x.from) <= v.To {
			err = E(Conflict, CodeSerialState, "from", "ordinal", strconv.FormatInt(int64(x.from), 10), "state", string(SerialVoided), "thing",
				"print")
		}
		return err == nil && int64(to) < v.To
	})
	return err
}
