package scan

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/yousang/yousang/internal/trace"
)

// memoryStore keeps documents and scans in memory, for tests with very many of them. Other methods of a store are not there.
type memoryStore struct {
	trace.Store
	mu    sync.Mutex
	docs  map[string]trace.Document // by collection and ID
	scans map[string]int64          // views by code
	onAdd func(scans []trace.Scan) error
}

func newMemoryStore() *memoryStore {
	return &memoryStore{docs: map[string]trace.Document{}, scans: map[string]int64{}}
}

func (s *memoryStore) Document(_ context.Context, collection, id string) (trace.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.docs[collection+"/"+id]
	if !ok {
		return d, trace.E(trace.NotFound, trace.CodeNotFound, "id", "value", id)
	}
	return d, nil
}

func (s *memoryStore) Documents(_ context.Context, collection, after string, limit int) ([]trace.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []trace.Document
	for d := range maps.Values(s.docs) {
		if d.Collection == collection && d.ID > after {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b trace.Document) int { return cmp.Compare(a.ID, b.ID) })
	return list[:min(limit, len(list))], nil
}

func (s *memoryStore) PutDocument(_ context.Context, d trace.Document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.docs[d.Collection+"/"+d.ID] = d
	return nil
}

func (s *memoryStore) AddScans(_ context.Context, scans []trace.Scan) error {
	if s.onAdd != nil {
		if err := s.onAdd(scans); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range scans {
		s.scans[n.Code] += n.Count
	}
	return nil
}

func (s *memoryStore) Scans(_ context.Context, code string) ([]trace.Scan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scans[code] == 0 {
		return nil, nil
	}
	day := noon.Format("2006-01-02")
	return []trace.Scan{{Code: code, Day: day, Region: "440300", Count: s.scans[code], First: noon, Last: noon}}, nil
}

// putCases keeps so many cases with ascending IDs, every third of them closed.
func (s *memoryStore) putCases(n int) {
	for i := range n {
		id := fmt.Sprintf("%06d", i)
		s.docs[casesCollection+"/"+id] = trace.Document{Collection: casesCollection, ID: id,
			Body: fmt.Appendf(nil, `{"id":"%s","lot":"%s","regions":[{"region":"440300","count":1}]}`, id, lot)}
		if i%3 == 0 {
			s.docs[closingsCollection+"/"+id] = trace.Document{Collection: closingsCollection, ID: id,
				Body: fmt.Appendf(nil, `{"note":"%d","regions":["440300"]}`, i)}
		}
	}
}
