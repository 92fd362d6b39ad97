package trace

import (
	"net/url"
	"strings"
)

// KindLedger is the first record: the namespace.
const KindLedger RecordKind = "ledger"

// LedgerInfo is the body of the first record: fixed at the ledger's birth and never changed.
type LedgerInfo struct {
	Namespace string `json:"namespace"` // absolute URI without trailing slash; identity, not address
	Version   int    `json:"version"`
}

var ledgerKind = KindOf[LedgerInfo]{
	Name: KindLedger, Number: 1,
	Names: func(v *LedgerInfo) (changes, refersTo []string) { return nil, []string{v.Namespace} },
	Judge: func(l *Ledger, v *LedgerInfo, _ Actor) error {
		if l.info.Namespace != "" {
			return E(Conflict, CodeKeyTaken, "namespace", "value", l.info.Namespace)
		}
		return checkNamespace(v.Namespace)
	},
	Commit: func(l *Ledger, v *LedgerInfo, _ *Record) error {
		l.info = *v
		return nil
	},
	Visibility: VisibleToAll[LedgerInfo](),
}.Register()

// checkNamespace accepts an absolute http(s) URI without trailing slash, query or fragment.
func checkNamespace(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" ||
		strings.HasSuffix(s, "/") {
		return E(Invalid, CodeBadValue, "namespace", "value", Clip(s), "allowed", "https://…")
	}
	return nil
}
