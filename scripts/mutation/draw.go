package main

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
)

// drawSample draws mutants that compile and are not known to be equivalent: the same number for each target, and for each target the kinds
// in turn. The sample depends on the seed and the source alone.
func drawSample(random *rand.Rand, sources []*source, equivalents map[string]bool, o options) []mutant {
	pools := map[string]map[string][]mutant{} // target → kind → mutants that are left
	var folders []string
	for _, s := range sources {
		folder := s.target.folder
		if pools[folder] == nil {
			pools[folder] = map[string][]mutant{}
			folders = append(folders, folder)
		}
		for _, m := range listMutants(s, o.kinds) {
			pools[folder][m.kind] = append(pools[folder][m.kind], m)
		}
	}
	var sample []mutant
	for i, folder := range folders {
		share := o.count / len(folders)
		if i < o.count%len(folders) {
			share++
		}
		sample = append(sample, drawShare(random, pools[folder], equivalents, share)...)
	}
	return sample
}

// listMutants lists the mutants of a package of the named kinds, all where none is named.
func listMutants(s *source, kinds string) []mutant {
	var mutants []mutant
	for _, file := range s.files {
		if bytes.Contains(file.text, []byte("DO NOT EDIT")) {
			continue
		}
		for _, e := range findEdits(s, file) {
			if kinds == "" || slices.Contains(strings.Split(kinds, ","), e.kind) {
				mutants = append(mutants, mutant{e, s, file})
			}
		}
	}
	return mutants
}

// drawShare draws the mutants of one target. The kinds take turns in an order that is drawn first.
func drawShare(random *rand.Rand, pool map[string][]mutant, equivalents map[string]bool, share int) []mutant {
	kinds := slices.Clone(allKinds)
	random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	var drawn []mutant
	for len(drawn) < share {
		before := len(drawn)
		for _, kind := range kinds {
			if m, ok := drawOne(random, pool, kind, equivalents); ok && len(drawn) < share {
				drawn = append(drawn, m)
			}
		}
		if len(drawn) == before { // nothing is left
			break
		}
	}
	return drawn
}

func drawOne(random *rand.Rand, pool map[string][]mutant, kind string, equivalents map[string]bool) (mutant, bool) {
	for len(pool[kind]) > 0 {
		i := random.IntN(len(pool[kind]))
		m := pool[kind][i]
		pool[kind] = slices.Delete(pool[kind], i, i+1)
		if !equivalents[m.identity()] && m.source.compiles(m.file, m.apply()) {
			return m, true
		}
	}
	return mutant{}, false
}
