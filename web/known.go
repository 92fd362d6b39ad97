package web

import (
	"hash/maphash"
	"sync/atomic"
)

// knownLots remembers where the codes of lots last scanned lead: a lot stays what it is, so that this never grows old, and a look here
// touches one place in memory where the ledger of a million lots touches many. Every path has one place in the table; another one of that
// place takes it over, so that nobody can make the table grow.
type knownLots struct {
	seed  maphash.Seed
	table []atomic.Pointer[target]
}

const knownSize = 1 << 15 // 256 KiB, and some 5 MB when it is full

func newKnownLots() knownLots {
	return knownLots{maphash.MakeSeed(), make([]atomic.Pointer[target], knownSize)}
}

func (k *knownLots) place(path []byte) *atomic.Pointer[target] {
	return &k.table[maphash.Bytes(k.seed, path)%knownSize]
}

// get is the lot whose code has a path, as it is printed; nil for one that is not remembered.
func (k *knownLots) get(path []byte) *target {
	if t := k.place(path).Load(); t != nil && t.ident == string(path) {
		return t
	}
	return nil
}

// put remembers a lot. What is no lot, or may come to be another thing, is not kept.
func (k *knownLots) put(t target) {
	if t.lot != "" && t.serial == "" {
		k.place([]byte(t.ident)).Store(&t)
	}
}
