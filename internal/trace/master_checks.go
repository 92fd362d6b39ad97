package trace

import (
	"encoding/json"
	"errors"
	"strings"
)

// The tags doc, maxLength and enum of the bodies of master data describe a member to clients (the tags are those of huma) and bound what a
// client may send; a record that is read again is not measured by them. later:"true" marks a member that its use judges, not its reading.

// Tier is where in the county an organisation or place stands: 村种 → 镇加工 → 县园区.
type Tier string

// The tiers; Outside is beyond the county (a bought honey lot).
const (
	Village Tier = "village" // 村
	Town    Tier = "town"    // 镇
	County  Tier = "county"  // 县
	Outside Tier = "outside" // 县外
)

func checkTier(t Tier) error {
	switch t {
	case Village, Town, County, Outside:
		return nil
	}
	return E(Invalid, CodeBadValue, "tier", "value", Clip(string(t)), "allowed", "village town county outside")
}

// requireAdmin refuses all but an administrator.
func requireAdmin(a Actor) error {
	if a.Role != Admin {
		return E(Forbidden, CodeNotAllowed, "")
	}
	return nil
}

// requireOwn refuses master data of another organisation than the operator's. An administrator writes for any.
func requireOwn(a Actor, org string) error {
	if a.Role == Admin || a.Role == Operator && org == a.Org {
		return nil
	}
	return E(Forbidden, CodeNotAllowed, "org")
}

// requireText checks members that are text for people: there, short and plain. pairs are the names of members and their texts.
func requireText(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			return E(Invalid, CodeRequired, pairs[i])
		}
		if len(pairs[i+1]) > 500 {
			return E(TooLarge, CodeTooLarge, pairs[i], "limit", "500")
		}
		if err := checkPlainText(pairs[i], pairs[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// idCharacters may stand in the last part of an identifier: those of a slug, and those of a key of ours.
const idCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-.ACDEFGHJKMNPQRTUVWXYZ"

// checkID accepts {namespace}/{dir}/{slug}: lower-case letters, digits, hyphen and full stop, or a key of ours.
func (l *Ledger) checkID(id, dir string) error {
	slug, ok := strings.CutPrefix(id, l.info.Namespace+"/"+dir+"/")
	if !ok || len(slug) < 2 || len(slug) > 80 || strings.Trim(slug, idCharacters) != "" {
		return E(Invalid, CodeBadValue, "id", "value", Clip(id), "allowed", l.info.Namespace+"/"+dir+"/a-z0-9-")
	}
	return nil
}

// CanonicalJSON encodes the body of a record, or another value of this package, with members as declared: all bodies declare them sorted.
func CanonicalJSON(v any) ([]byte, error) { return encodeJSON(v) }

// malformedJSON is the error of a body that cannot be decoded.
func malformedJSON(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return E(Invalid, CodeBadValue, t.Field, "value", t.Value)
	}
	return E(Invalid, CodeMalformed, "", "why", err.Error())
}
