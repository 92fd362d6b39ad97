package trace

import (
	"context"
	"slices"
	"sync"
)

// Memory is a log without a disk, for tests of rules. What the tests of rules do not need of a Store is missing.
type Memory struct {
	Store
	mu   sync.Mutex
	recs []Record
}

// Head implements Store.
func (m *Memory) Head(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.recs)), nil
}

// Append implements Store.
func (m *Memory) Append(_ context.Context, after int64, records []Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if after != int64(len(m.recs)) {
		return ErrConflict
	}
	m.recs = append(m.recs, records...)
	return nil
}

// Records implements Store.
func (m *Memory) Records(_ context.Context, after int64, limit int) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := min(int(after), len(m.recs))
	return slices.Clone(m.recs[from:min(from+limit, len(m.recs))]), nil
}

// Find implements Store for sequence numbers.
func (m *Memory) Find(_ context.Context, q Query) (out []Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.recs {
		if slices.Contains(q.Seqs, r.Seq) {
			out = append(out, r)
		}
	}
	return out, nil
}
