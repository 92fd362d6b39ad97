package scan

import (
	"cmp"
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
)

// Point is the place of a region in degrees of WGS 84.
type Point struct{ Lat, Lon float64 }

const (
	earthKm           = 6371.0            // mean radius
	halfCircumference = math.Pi * earthKm // the largest distance of two places
	degree            = math.Pi / 180     // in radians
)

// distanceTo is the length of the great circle between two points in kilometres (haversine formula).
func (p Point) distanceTo(q Point) float64 {
	lat, lon := (q.Lat-p.Lat)*degree/2, (q.Lon-p.Lon)*degree/2
	h := math.Sin(lat)*math.Sin(lat) + math.Cos(p.Lat*degree)*math.Cos(q.Lat*degree)*math.Sin(lon)*math.Sin(lon)
	return 2 * earthKm * math.Asin(math.Sqrt(min(h, 1)))
}

// Regions is a table of address ranges and their coarse regions, with the regions' names and points. A nil table has none. A table never
// changes once read and is safe for concurrent use. docs/regions.md describes the file.
type Regions struct {
	v4      []range4 // sorted, without overlap
	v6      []range6
	regions []region
	byCode  map[string]int32 // by code
}

type range4 struct {
	first, last uint32
	region      int32
}

type range6 struct {
	first, last [16]byte
	region      int32
}

type region struct {
	code      string
	name      string
	point     Point
	hasPoint  bool // the point
	nameLine  int  // line of the file with its name, for errors
	pointLine int  // line with its point
}

// FindCode is the code of an address's region, "" for an address outside the table's ranges. An IPv4 address written as IPv6 counts as
// IPv4.
func (r *Regions) FindCode(a netip.Addr) string {
	if r == nil || !a.IsValid() {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		b := a.As4()
		n := binary.BigEndian.Uint32(b[:])
		i, hit := slices.BinarySearchFunc(r.v4, n, func(x range4, n uint32) int { return cmp.Compare(x.first, n) })
		if !hit {
			i--
		}
		if i >= 0 && n <= r.v4[i].last {
			return r.regions[r.v4[i].region].code
		}
		return ""
	}
	b := a.As16()
	i, hit := slices.BinarySearchFunc(r.v6, b, func(x range6, b [16]byte) int { return slices.Compare(x.first[:], b[:]) })
	if !hit {
		i--
	}
	if i >= 0 && slices.Compare(b[:], r.v6[i].last[:]) <= 0 {
		return r.regions[r.v6[i].region].code
	}
	return ""
}

// Name is the name of a region; "" where the table has none.
func (r *Regions) Name(code string) string {
	if g := r.findRegion(code); g != nil {
		return g.name
	}
	return ""
}

// Point is the place of a region; false where the table has none.
func (r *Regions) Point(code string) (Point, bool) {
	if g := r.findRegion(code); g != nil {
		return g.point, g.hasPoint
	}
	return Point{}, false
}

func (r *Regions) findRegion(code string) *region {
	if r == nil {
		return nil
	}
	i, ok := r.byCode[code]
	if !ok {
		return nil
	}
	return &r.regions[i]
}

// Len is the number of address ranges.
func (r *Regions) Len() int {
	if r == nil {
		return 0
	}
	return len(r.v4) + len(r.v6)
}
