package trace

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind sorts errors by what the caller can do about them; the one error handler of the server maps it to a status.
type Kind uint8

// The kinds, with the HTTP status each one becomes.
const (
	Internal    Kind = iota // 500: a fault of the program; logged
	Invalid                 // 400/422: the request can never succeed unchanged
	Forbidden               // 403: another actor may do this
	NotFound                // 404
	Conflict                // 409: the request clashes with records; a look at the lot helps
	TooLarge                // 413
	Unavailable             // 503: try again later
)

// Code is a stable machine-readable name of an error; a sentence for every code, in every language, is in internal/locale.
type Code string

// The rules of the ledger, each a named error with a test of its own.
const (
	CodeMalformed        Code = "malformed"         // the text is not JSON, not UTF-8, or not of this shape (why)
	CodeRequired         Code = "required"          // a field is missing
	CodeBadValue         Code = "bad_value"         // a field has a value outside its list or form (value, allowed)
	CodeBadQuantity      Code = "bad_quantity"      // not a decimal number > 0 with at most six decimals (value)
	CodeNotWhole         Code = "not_whole"         // a count with a fraction (value, unit)
	CodeUnknownUnit      Code = "unknown_unit"      // (value)
	CodeUnitMismatch     Code = "unit_mismatch"     // the unit cannot be converted to the lot's (value, unit)
	CodeBadTime          Code = "bad_time"          // not RFC 3339 with an offset (value)
	CodeFutureTime       Code = "future_time"       // later than now + 5 min (value)
	CodeBeforeLot        Code = "before_lot"        // the event is earlier than the lot it uses (lot, since)
	CodeBadKey           Code = "bad_key"           // a proposed key with a wrong length, letter or check character (value)
	CodeKeyTaken         Code = "key_taken"         // the proposed identifier exists (value)
	CodeUnknownLot       Code = "unknown_lot"       // (lot)
	CodeUnknownThing     Code = "unknown_thing"     // master data that is not registered (thing, value)
	CodeInsufficient     Code = "insufficient"      // more out of a holding than is in it (lot, available, wanted, unit)
	CodeNotHolder        Code = "not_holder"        // the acting organisation does not hold the lot (lot)
	CodeInputIsOutput    Code = "input_is_output"   // (lot)
	CodeDuplicateLot     Code = "duplicate_lot"     // a lot is named twice in one list (lot)
	CodeMoreOutThanIn    Code = "more_out_than_in"  // physics (in, out, unit)
	CodeImpossible       Code = "impossible"        // a chain's hard limit is broken (what, value, limit)
	CodeLotOnHold        Code = "lot_on_hold"       // (lot)
	CodeLotRecalled      Code = "lot_recalled"      // (lot)
	CodeReasonNeeded     Code = "reason_needed"     // a received quantity differs from the shipped one, or a loss, without a reason
	CodeNotInTransit     Code = "not_in_transit"    // nothing of this is on its way to the acting organisation (lot or shipment)
	CodeInsideInterval   Code = "inside_interval"   // harvest inside the pesticide's safety interval 安全间隔期 (agent, days, until)
	CodeSeasonClosed     Code = "season_closed"     // work or harvest outside the season's dates (from, to)
	CodeWrongPlace       Code = "wrong_place"       // the place is not of the season's plot
	CodeIDReused         Code = "id_reused"         // the same client-made id with other content (id)
	CodeSameAsBefore     Code = "same_as_before"    // word for word an event of before, which no longer stands (seq)
	CodeAlreadyDeclared  Code = "already_declared"  // the event is already declared an error
	CodeUsedSince        Code = "used_since"        // a correction of an event whose results were used (lot)
	CodeUnknownEvent     Code = "unknown_event"     // (id)
	CodeNotAllowed       Code = "not_allowed"       // the role or organisation may not do this
	CodeNotVisible       Code = "not_visible"       // the lot exists but not for this organisation
	CodeQueueFull        Code = "queue_full"        // the writer is busy; Retry-After
	CodeStoreUnavailable Code = "store_unavailable" // the store does not answer; Retry-After
	CodeTooManySerials   Code = "too_many_serials"  // more serial numbers than the lot has items (lot, items, left, asked)
	CodeNoCount          Code = "no_count"          // a lot that does not say how many items it has (lot)
	CodeLotVoid          Code = "lot_void"          // the making of the lot was withdrawn (lot)
	CodeSerialState      Code = "serial_state"      // an item cannot come into the wanted state from its own (ordinal, state, target)
	CodeSerialKey        Code = "serial_key"        // the secret key of serial numbers is not the one the log names (value)
	CodeNotIssued        Code = "not_issued"        // no item bears this serial number (value)
	CodeBadRow           Code = "bad_row"           // the last serial number of a row is of another batch than the first, or before it (value)
	CodeTwinLink         Code = "twin_link"         // the same link is given twice (value)
	CodeBehind           Code = "behind"            // this server has not read as far as the client asks for (wanted, head); Retry-After
	CodeTooLarge         Code = "too_large"         // body, batch or record beyond its limit (limit)
	CodeNotFound         Code = "not_found"         // a page or thing by that name (value)
	CodeUnauthenticated  Code = "unauthenticated"   // no key or a wrong one
	CodeClosed           Code = "closed"            // the server is stopping
	CodeBadCheck         Code = "bad_check"         // a stored record does not fit what is derived from it (verify)
)

// Error is the one error vocabulary. Field is the path of the field in what the caller sent ("inputs[0].quantity"), Args are the values a
// sentence about it needs. Errors are compared by code: errors.Is(err, &Error{Code: CodeInsufficient}).
type Error struct {
	Kind  Kind
	Code  Code
	Field string
	Args  map[string]string
}

// E makes an error; args are pairs of name and value.
func E(kind Kind, code Code, field string, args ...string) *Error {
	e := &Error{Kind: kind, Code: code, Field: field}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]string, len(args)/2)
		}
		e.Args[args[i]] = args[i+1]
	}
	return e
}

// Malformed makes the error of a text that cannot be read as the format says; why tells the reason.
func Malformed(field, why string) *Error { return E(Invalid, CodeMalformed, field, "why", why) }

// Error is for logs and developers; people get the sentence of their language from internal/locale.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Field != "" {
		fmt.Fprintf(&b, " at %s", e.Field)
	}
	names := make([]string, 0, len(e.Args))
	for n := range e.Args {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Fprintf(&b, " %s=%q", n, e.Args[n])
	}
	return b.String()
}

// Is reports whether target is an Error of the same code.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// IsCode reports whether an error is, or wraps, an Error of a code.
func IsCode(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// At returns the error with its field below a parent path: At("items[3]", err). Other errors pass unchanged.
func At(parent string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	switch {
	case c.Field == "":
		c.Field = parent
	case strings.HasPrefix(c.Field, "["):
		c.Field = parent + c.Field
	default:
		c.Field = parent + "." + c.Field
	}
	return &c
}

// ErrConflict is what Store.Append returns when another writer appended first.
var ErrConflict = errors.New("another writer appended first")
