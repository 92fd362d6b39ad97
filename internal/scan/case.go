package scan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

// The collections of documents. Cases, which servers write, and closings, which the bureau writes, are apart: each document has one kind of
// writer, so that a flush can never undo a closing made at the same moment.
const (
	casesCollection    = "cases"
	closingsCollection = "caseClosings"
)

// CaseState says whether the bureau still has to look at a case.
type CaseState string

// The states of a case.
const (
	CaseOpen   CaseState = "open"   // 待核查
	CaseClosed CaseState = "closed" // 已办结
)

// RegionCount is the number of page views in one region, over all days.
type RegionCount struct {
	Region string    `json:"region"`         // six digits of GB/T 2260, or ""
	Name   string    `json:"name,omitempty"` // from the table of regions
	Count  int64     `json:"count"`          // page views
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

// Closing 办结 is the bureau's decision on a case.
type Closing struct {
	Note    string    `json:"note"`
	Org     string    `json:"org,omitempty"`  // acting organisation's URI
	User    string    `json:"user,omitempty"` // id of the key or account; never a name
	Time    time.Time `json:"time"`
	Regions []string  `json:"regions"` // in which the code had been seen by then
}

// Case 线索 is one rule that one item broke. The case's ID is made of the two, so that several servers, or a server that starts again, write
// one case. A case is evidence that people examine; no item is held because of a case.
type Case struct {
	ID      string        `json:"id"`   // code, hyphen, rule
	Item    string        `json:"item"` // the item's URI
	Code    string        `json:"code"` // its serial number
	Lot     string        `json:"lot"`
	Org     string        `json:"org"` // that issued the serial number
	Rule    Rule          `json:"rule"`
	State   CaseState     `json:"state"` // derived: see deriveState
	First   time.Time     `json:"first"` // first and last page view that broke the rule
	Last    time.Time     `json:"last"`
	Count   int64         `json:"count"` // page views in the evidence
	Regions []RegionCount `json:"regions"`
	Args    Args          `json:"args,omitempty"`
	Closed  *Closing      `json:"closed,omitempty"` // the last closing, kept when the case is open again
}

// deriveState sets the case open or closed. A closed case opens again when the code is seen in a region in which the code had not been seen
// at the closing: the same dealer's next scan is no news, a further region is.
func (c *Case) deriveState() {
	c.State = CaseOpen
	if c.Closed == nil {
		return
	}
	for _, t := range c.Regions {
		if !slices.Contains(c.Closed.Regions, t.Region) {
			return
		}
	}
	c.State = CaseClosed
}

// CoversFinding reports whether the case is closed and its closing knew all regions of a finding.
func (c *Case) CoversFinding(f *Finding) bool {
	if c.Closed == nil {
		return false
	}
	for _, t := range f.Evidence {
		if !slices.Contains(c.Closed.Regions, t.Region) {
			return false
		}
	}
	return true
}

// CaseID is the ID of the case of an item's serial number and a rule.
func CaseID(code string, rule Rule) string { return code + "-" + string(rule) }

// Limits of cases.
const (
	MaxNote  = 2000 // characters of a closing's note
	MaxCases = 1000 // cases of one call of ListCases
)

// CaseQuery chooses cases; empty fields do not filter.
type CaseQuery struct {
	State CaseState
	Lot   string // URI
	After string // ID of the last case of the page before
	Limit int    // 0 means 100; at most MaxCases
}

// ListCases returns cases in order of their IDs, and the ID after which the next page begins, "" at the end. Errors: CodeBadValue for an
// unknown state; the store's.
func ListCases(ctx context.Context, s trace.DocumentStore, q CaseQuery) (list []Case, next string, err error) {
	if q.State != "" && q.State != CaseOpen && q.State != CaseClosed {
		return nil, "", trace.E(trace.Invalid, trace.CodeBadValue, "state", "value", string(q.State), "allowed", "open, closed")
	}
	if q.Limit <= 0 {
		q.Limit = 100
	}
	q.Limit = min(q.Limit, MaxCases)
	after, closings := q.After, &closingReader{store: s, after: q.After}
	for {
		docs, err := s.Documents(ctx, casesCollection, after, documentsPerRead)
		if err != nil {
			return nil, "", fmt.Errorf("list cases: %w", err)
		}
		for _, d := range docs {
			c, err := decodeCase(d, func() (*Closing, error) { return closings.findClosing(ctx, d.ID) })
			if err != nil {
				return nil, "", err
			}
			after = d.ID
			if q.State != "" && c.State != q.State || q.Lot != "" && c.Lot != q.Lot {
				continue
			}
			if list = append(list, c); len(list) == q.Limit {
				return list, after, nil
			}
		}
		if len(docs) < documentsPerRead {
			return list, "", nil
		}
	}
}

// GetCase returns one case. Errors: NotFound; the store's.
func GetCase(ctx context.Context, s trace.DocumentStore, id string) (Case, error) {
	d, err := s.Document(ctx, casesCollection, id)
	if err != nil {
		return Case{}, fmt.Errorf("read case: %w", err)
	}
	return decodeCase(d, func() (*Closing, error) {
		d, err := s.Document(ctx, closingsCollection, id)
		if isNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read closing: %w", err)
		}
		return decodeClosing(d)
	})
}

// CloseCase writes the bureau's decision on a case; closing again replaces the decision. The caller checks the right to close, and leaves
// the regions to the case. Errors: NotFound; CodeRequired without a note; CodeTooLarge; the store's.
func CloseCase(ctx context.Context, s trace.DocumentStore, id string, closing Closing) (Case, error) {
	closing.Note = strings.TrimSpace(closing.Note)
	switch {
	case closing.Note == "":
		return Case{}, trace.E(trace.Invalid, trace.CodeRequired, "note")
	case utf8.RuneCountInString(closing.Note) > MaxNote || !utf8.ValidString(closing.Note):
		return Case{}, trace.E(trace.TooLarge, trace.CodeTooLarge, "note", "limit", fmt.Sprint(MaxNote))
	}
	c, err := GetCase(ctx, s, id)
	if err != nil {
		return Case{}, err
	}
	closing.Time = closing.Time.UTC().Truncate(time.Millisecond)
	closing.Regions = []string{}
	for _, t := range c.Regions {
		closing.Regions = append(closing.Regions, t.Region)
	}
	c.Closed = &closing
	if err := putDocument(ctx, s, closingsCollection, id, c.Closed); err != nil {
		return Case{}, fmt.Errorf("close case: %w", err)
	}
	c.deriveState()
	return c, nil
}

// decodeCase reads a case's document together with its closing; findClosing returns nil where the case was never closed.
func decodeCase(d trace.Document, findClosing func() (*Closing, error)) (c Case, err error) {
	if err := json.Unmarshal(d.Body, &c); err != nil {
		return Case{}, fmt.Errorf("read case %s: %w", d.ID, err)
	}
	if c.Closed, err = findClosing(); err != nil {
		return Case{}, err
	}
	c.deriveState()
	return c, nil
}

func decodeClosing(d trace.Document) (*Closing, error) {
	c := &Closing{}
	if err := json.Unmarshal(d.Body, c); err != nil {
		return nil, fmt.Errorf("read closing of %s: %w", d.ID, err)
	}
	return c, nil
}

// documentsPerRead is the number of documents of one call of the store.
const documentsPerRead = 500

// closingReader reads the closings beside the cases, both in the order of their IDs.
type closingReader struct {
	store trace.DocumentStore
	after string
	page  []trace.Document
	end   bool // the store has no further closing
}

// findClosing is the closing of a case, nil for none. IDs must ascend from call to call.
func (k *closingReader) findClosing(ctx context.Context, id string) (*Closing, error) {
	for {
		for len(k.page) > 0 && k.page[0].ID < id {
			k.page = k.page[1:]
		}
		switch {
		case len(k.page) > 0 && k.page[0].ID == id:
			return decodeClosing(k.page[0])
		case len(k.page) > 0 || k.end:
			return nil, nil
		}
		var err error
		if k.page, err = k.store.Documents(ctx, closingsCollection, k.after, documentsPerRead); err != nil {
			return nil, fmt.Errorf("list closings: %w", err)
		}
		k.end = len(k.page) < documentsPerRead
		if n := len(k.page); n > 0 {
			k.after = k.page[n-1].ID
		}
	}
}

// keepFinding adds a finding to the case of an item, or begins a case, and reports whether anything was written.
func keepFinding(ctx context.Context, s trace.DocumentStore, it Item, f Finding, r *Regions) (bool, error) {
	c := Case{ID: CaseID(it.Code, f.Rule), Item: it.URI(), Code: it.Code, Lot: it.Lot, Org: it.Org, Rule: f.Rule}
	d, err := s.Document(ctx, casesCollection, c.ID)
	switch {
	case isNotFound(err):
	case err != nil:
		return false, fmt.Errorf("read case: %w", err)
	default:
		if err := json.Unmarshal(d.Body, &c); err != nil {
			return false, fmt.Errorf("read case %s: %w", c.ID, err)
		}
	}
	before, err := json.Marshal(c)
	if err != nil {
		return false, fmt.Errorf("encode case: %w", err)
	}
	c.addFinding(f, r)
	after, err := json.Marshal(c)
	if err != nil {
		return false, fmt.Errorf("encode case: %w", err)
	}
	if string(before) == string(after) {
		return false, nil
	}
	if err := s.PutDocument(ctx, trace.Document{Collection: casesCollection, ID: c.ID, Body: after}); err != nil {
		return false, fmt.Errorf("keep case: %w", err)
	}
	return true, nil
}

// maxRegionsOfCase bounds the size of a case; more regions would not make the code more suspect.
const maxRegionsOfCase = 100

// addFinding merges a finding into the case. Case and finding are made of the same counters, so the larger count is the newer one, and
// nothing is added up twice.
func (c *Case) addFinding(f Finding, r *Regions) {
	for _, t := range f.Evidence {
		i := slices.IndexFunc(c.Regions, func(o RegionCount) bool { return o.Region == t.Region })
		if i < 0 {
			if len(c.Regions) == maxRegionsOfCase {
				continue
			}
			t.Name = r.Name(t.Region)
			c.Regions = append(c.Regions, t)
			continue
		}
		o := &c.Regions[i]
		o.Count, o.First, o.Last = max(o.Count, t.Count), earlierTime(o.First, t.First), laterTime(o.Last, t.Last)
	}
	slices.SortFunc(c.Regions, func(a, b RegionCount) int { return strings.Compare(a.Region, b.Region) })
	c.Count = 0
	for _, t := range c.Regions {
		c.Count += t.Count
		c.First, c.Last = earlierTime(c.First, t.First), laterTime(c.Last, t.Last)
	}
	c.Args = f.Args
}

func putDocument(ctx context.Context, s trace.DocumentStore, collection, id string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return s.PutDocument(ctx, trace.Document{Collection: collection, ID: id, Body: body})
}

func isNotFound(err error) bool {
	var e *trace.Error
	return errors.As(err, &e) && e.Kind == trace.NotFound
}

// earlierTime is the earlier of two times; a zero time is unknown and never the earlier one.
func earlierTime(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// laterTime is the later of two times.
func laterTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
