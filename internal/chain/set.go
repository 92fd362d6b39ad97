package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Set holds the chains in force: the embedded chains and the county's own. A Set does not change after loading and is safe for
// concurrent use.
type Set struct {
	chains []*Chain // by id
	byID   map[string]*Chain
}

// Chains returns all chains in order of their ids.
func (s *Set) Chains() []*Chain { return slices.Clone(s.chains) }

// Chain returns a chain by its id; the result is false where no chain has the id.
func (s *Set) Chain(id string) (*Chain, bool) {
	c, ok := s.byID[id]
	return c, ok
}

// Step finds a step by the name that events use, "pomelo/juice"; the result is false where the chain or the step is not known.
func (s *Set) Step(name string) (*Step, bool) {
	id, step, ok := strings.Cut(name, "/")
	c := s.byID[id]
	if !ok || c == nil {
		return nil, false
	}
	return c.Step(step)
}

// Step returns a step by its id within the chain, "juice"; the result is false where the chain has no such step.
func (c *Chain) Step(id string) (*Step, bool) {
	st, ok := c.steps[id]
	return st, ok
}

// Product returns the product of a role; the result is false where the chain has no such role.
func (c *Chain) Product(role string) (*Product, bool) {
	p, ok := c.products[role]
	return p, ok
}

// Role is the role of a product of the ledger within the chain. The product must name the chain, and the last segment of the
// product's id is "{chain}-{role}" or "{role}", with an optional variety after a point:
// {namespace}/product/pomelo-fruit.old-tree has the role fruit. The role is "" where the product does not belong to the chain.
func (c *Chain) Role(p trace.Product) string {
	if p.Chain != c.ID {
		return ""
	}
	slug := p.ID[strings.LastIndexByte(p.ID, '/')+1:]
	slug, _, _ = strings.Cut(slug, ".")
	if role, ok := strings.CutPrefix(slug, c.ID+"-"); ok && c.products[role] != nil {
		return role
	}
	if c.products[slug] != nil {
		return slug
	}
	return ""
}

// Record is the body of the chain's master-data record: the template as canonical JSON with its digest. The same file always gives the
// same bytes, whatever the order of its keys, its spacing and its comments.
func (c *Chain) Record() (trace.Chain, error) {
	b, err := trace.CanonicalJSON(c)
	if err != nil {
		return trace.Chain{}, fmt.Errorf("encode chain %s: %w", c.ID, err)
	}
	// Once more through a map, whose members are written in order, so that the order does not depend on the declaration of the types.
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v map[string]any
	if err := dec.Decode(&v); err != nil {
		return trace.Chain{}, fmt.Errorf("order chain %s: %w", c.ID, err)
	}
	if b, err = trace.CanonicalJSON(v); err != nil {
		return trace.Chain{}, fmt.Errorf("encode chain %s: %w", c.ID, err)
	}
	sum := sha256.Sum256(b)
	return trace.Chain{Digest: hex.EncodeToString(sum[:]), ID: c.ID, Name: c.Name.Zh, Template: b}, nil
}

// MasterProducts returns a product record body for every role of the chain, with ids {namespace}/product/{chain}-{role}.
func (c *Chain) MasterProducts(namespace string) []trace.Product {
	out := make([]trace.Product, 0, len(c.Products))
	for i := range c.Products {
		p := &c.Products[i]
		out = append(out, trace.Product{
			Certificate: p.Certificate, Chain: c.ID, CountWord: p.CountWord, ID: namespace + "/product/" + c.ID + "-" + p.Role,
			Name: p.Name.Zh, NameEn: p.Name.En, NetMass: trace.Amount(p.NetMass.micro), Unit: trace.Unit(p.Unit),
		})
	}
	return out
}

// FullID is the name of the step that events use: "pomelo/juice".
func (st *Step) FullID() string { return st.chain + "/" + st.ID }

// RatioAt returns the ratio of an id in force at a time; the result is false where no such ratio is in force.
func (st *Step) RatioAt(id string, at time.Time) (*Ratio, bool) {
	for i := range st.Ratios {
		if r := &st.Ratios[i]; r.ID == id && r.isInForce(at) {
			return r, true
		}
	}
	return nil, false
}

func (r *Ratio) isInForce(at time.Time) bool {
	return !at.Before(r.From.start) && (r.To.IsZero() || at.Before(r.To.start.AddDate(0, 0, 1)))
}

// Grade computes how many grades a measured value lies above the base (negative: below); a value between two grades has the
// lower one. Errors: CodeBadValue where the text is no number.
func (g *GradeScale) Grade(value string) (int, error) {
	v, ok := parseAttributeNumber(value)
	if !ok {
		return 0, trace.E(trace.Invalid, trace.CodeBadValue, "", "value", trace.Clip(value), "allowed", g.Base.String())
	}
	n, step := v.micro-g.Base.micro, g.Step.micro
	grade := n / step
	if n%step < 0 {
		grade--
	}
	return int(grade), nil
}
