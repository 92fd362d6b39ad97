package story

import "github.com/yousang/yousang/internal/trace"

// SharedOrigin is the address of where the goods of a lot come from 产地, for a label: the path that all places of origin share, county,
// town, village. Where the origins share nothing, the address is that of the place the lot was made at. A lot made in a town of the fruit
// of one village comes from the village.
func (n *Namer) SharedOrigin(v *trace.LotView) string {
	var shared []trace.Place
	for i, o := range v.Origins {
		path := n.Ledger.PublicPath(o.Place)
		if i == 0 {
			shared = path
			continue
		}
		same := 0
		for same < min(len(shared), len(path)) && shared[same].ID == path[same].ID {
			same++
		}
		shared = shared[:same]
	}
	if len(shared) == 0 && v.Made.Place != nil {
		shared = n.Ledger.PublicPath(v.Made.Place.ID)
	}
	return n.JoinPlaces(shared)
}
