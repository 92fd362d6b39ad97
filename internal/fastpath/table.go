package fastpath

import (
	"hash/maphash"
	"sync/atomic"
)

// Table remembers values by a key of bytes, in a fixed number of places. Every key has one place; another key of the same place takes the
// place over, so that a sender of many keys cannot make the table grow. A table is safe for concurrent use and takes no lock.
type Table[V any] struct {
	seed   maphash.Seed
	places []atomic.Pointer[entry[V]]
}

type entry[V any] struct {
	key   string
	value V
}

// NewTable makes a table with a number of places.
func NewTable[V any](places int) *Table[V] {
	return &Table[V]{seed: maphash.MakeSeed(), places: make([]atomic.Pointer[entry[V]], places)}
}

func (t *Table[V]) placeOf(key []byte) *atomic.Pointer[entry[V]] {
	return &t.places[maphash.Bytes(t.seed, key)%uint64(len(t.places))]
}

// Get finds the value of a key; nil where the key is not remembered. The value must not be changed. A look-up allocates nothing.
func (t *Table[V]) Get(key []byte) *V {
	if e := t.placeOf(key).Load(); e != nil && e.key == string(key) {
		return &e.value
	}
	return nil
}

// Put remembers the value of a key.
func (t *Table[V]) Put(key string, value V) {
	t.placeOf([]byte(key)).Store(&entry[V]{key, value})
}
