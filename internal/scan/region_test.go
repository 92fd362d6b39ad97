package scan

import (
	"math"
	"net/netip"
	"os"
	"strings"
	"testing"
)

func readTable(t testing.TB) *Regions {
	t.Helper()
	r, err := ReadRegions("testdata/regions.csv")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFind(t *testing.T) {
	r := readTable(t)
	if r.Len() != 7 {
		t.Errorf("%d ranges, want 7", r.Len())
	}
	for _, row := range []struct{ name, addr, want string }{
		{"first of a range", "192.0.2.0", "500155"},
		{"last of a range", "192.0.2.127", "500155"},
		{"first of the next", "192.0.2.128", "500101"},
		{"last of a prefix", "192.0.2.255", "500101"},
		{"between ranges", "198.51.100.201", ""},
		{"before all", "1.1.1.1", ""},
		{"after all", "255.255.255.255", ""},
		{"IPv4 written as IPv6", "::ffff:203.0.113.9", "440300"},
		{"IPv6", "2001:db8:1:ffff::1", "500155"},
		{"IPv6, last", "2001:db8:2::ffff", "440000"},
		{"IPv6, one after", "2001:db8:2::1:0", ""},
		{"IPv6 before all", "::1", ""},
		{"with a zone", "2001:db8:1::1%eth0", "500155"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := r.FindCode(netip.MustParseAddr(row.addr)); got != row.want {
				t.Errorf("%s is in %q, want %q", row.addr, got, row.want)
			}
		})
	}
	if got := r.Name("500155"); got != "重庆市梁平区" {
		t.Errorf("500155 is called %q", got)
	}
	if _, ok := r.Point("440000"); ok {
		t.Error("a region without coordinates has a point")
	}
	var none *Regions
	if none.FindCode(netip.MustParseAddr("192.0.2.1")) != "" || none.Name("500155") != "" || none.Len() != 0 {
		t.Error("no table knows something")
	}
	if none.FindCode(netip.Addr{}) != "" || r.FindCode(netip.Addr{}) != "" {
		t.Error("no address is somewhere")
	}
}

// TestDistance: Beijing to Shenzhen is 1,940 km by the great circle.
func TestDistance(t *testing.T) {
	r := readTable(t)
	a, _ := r.Point("110000")
	b, _ := r.Point("440300")
	if km := a.distanceTo(b); math.Abs(km-1940) > 20 {
		t.Errorf("%.0f km", km)
	}
	if math.Abs(halfCircumference-20015) > 1 {
		t.Errorf("half the earth's circumference is %.0f km", halfCircumference)
	}
	// The spherical law of cosines gives the same distances by another way.
	for _, pair := range [][2]Point{{a, b}, {{30, 107}, {31, 108}}, {{-30, 10}, {60, 170}}, {{10, -170}, {20, 170}}, {{0, 0}, {45, 0}}} {
		p, q := pair[0], pair[1]
		lat1, lat2, lon := p.Lat*math.Pi/180, q.Lat*math.Pi/180, (p.Lon-q.Lon)*math.Pi/180
		want := 6371 * math.Acos(math.Sin(lat1)*math.Sin(lat2)+math.Cos(lat1)*math.Cos(lat2)*math.Cos(lon))
		if km := p.distanceTo(q); math.Abs(km-want) > 0.1 || math.Abs(q.distanceTo(p)-want) > 0.1 {
			t.Errorf("%v to %v: %.1f km, want %.1f", p, q, km, want)
		}
	}
	if km := (Point{0, 0}).distanceTo(Point{0, 180}); math.Abs(km-halfCircumference) > 1 {
		t.Errorf("half round the earth: %.0f km", km)
	}
}

// tableCases are tables of regions with a part of their error, "" for none.
var tableCases = []struct{ name, in, wrong string }{
	{"nothing", "", ""},
	{"byte order mark, names, blank lines, Windows line ends", "\ufefffirst,last,code\r\n\r\n 192.0.2.0/24 , , 500155 \r\n", ""},
	{"one address", "192.0.2.7,,500155\n", ""},
	{"the same name twice", "192.0.2.7,,500155,梁平\n192.0.2.8,,500155,梁平\n", ""},
	{"two columns", "192.0.2.7,500155\n", "line 1: 2 columns"},
	{"seven columns", "192.0.2.7,,500155,a,1,2,3\n", "line 1: 7 columns"},
	{"no address", "# first\n192.0.2,,500155\n", `line 2: "192.0.2" is no address`},
	{"no prefix", "192.0.2.0/33,,500155\n", `"192.0.2.0/33" is no range`},
	{"a prefix with a last", "192.0.2.0/24,192.0.2.9,500155\n", "want an empty column"},
	{"a prefix with more", "192.0.2.1/24,,500155\n", "want 192.0.2.0/24"},
	{"backwards", "192.0.2.9,192.0.2.1,500155\n", "192.0.2.9 is after 192.0.2.1"},
	{"two kinds", "192.0.2.9,2001:db8::1,500155\n", "different kinds"},
	{"a zone", "fe80::1%eth0,,500155\n", "is no address"},
	{"short code", "192.0.2.9,,5001\n", `line 1: "5001" is no code`},
	{"letters in the code", "192.0.2.9,,50015x\n", "is no code"},
	{"long name", "192.0.2.9,,500155," + strings.Repeat("长", 61) + "\n", "longer than 60"},
	{"two names", "192.0.2.9,,500155,梁平\n192.0.2.10,,500155,凉坪\n", `line 2: 500155 is called "凉坪" here and "梁平" in line 1`},
	{"half a point", "192.0.2.9,,500155,梁平,30.1\n", "no latitude and longitude"},
	{"no place on earth", "192.0.2.9,,500155,梁平,107.8,30.7\n", "no latitude and longitude"},
	{"not a number", "192.0.2.9,,500155,梁平,NaN,1\n", "no latitude and longitude"},
	{"the poles and the date line", "192.0.2.7,,500155,,90,180\n192.0.2.8,,510155,,-90,-180\n", ""},
	{"beyond the north pole", "192.0.2.9,,500155,,90.1,1\n", "no latitude and longitude"},
	{"beyond the south pole", "192.0.2.9,,500155,,-90.1,1\n", "no latitude and longitude"},
	{"east of the date line", "192.0.2.9,,500155,,1,180.1\n", "no latitude and longitude"},
	{"west of the date line", "192.0.2.9,,500155,,1,-180.1\n", "no latitude and longitude"},
	{"a longitude alone", "192.0.2.9,,500155,,,1\n", "no latitude and longitude"},
	{"the same point twice", "192.0.2.9,,500155,,1,2\n192.0.2.10,,500155,,1,2\n", ""},
	{"a code that begins with zero", "192.0.2.9,,050015\n", "is no code"},
	{"a name of 60 characters", "192.0.2.9,,500155," + strings.Repeat("长", 60) + "\n", ""},
	{"a name given later", "192.0.2.9,,500155\n192.0.2.10,,500155,梁平\n", ""},
	{"column names further down", "192.0.2.9,,500155\nfirst,last,code\n", "line 2"},
	{"neighbours", "192.0.2.0,192.0.2.9,500155\n192.0.2.10,192.0.2.20,500155\n", ""},
	{"one address in common", "192.0.2.0,192.0.2.10,500155\n192.0.2.10,192.0.2.20,500155\n", "overlap"},
	{"one IPv6 address in common", "2001:db8::,2001:db8::9,500155\n2001:db8::9,2001:db8::f,500155\n", "overlap"},
	{"one address as a range", "192.0.2.9,192.0.2.9,500155\n", ""},
	{"an IPv4 prefix written as IPv6", "::ffff:192.0.2.0/120,,500155\n", "is no range"},
	{"two points", "192.0.2.9,,500155,,1,2\n192.0.2.10,,500155,,1,3\n", "line 2: 500155 is at other coordinates than in line 1"},
	{"overlap", "192.0.2.0/24,,500155\n198.51.100.0/24,,500101\n192.0.2.200,192.0.3.4,110000\n",
		"line 3: its addresses overlap those of line 1"},
	{"overlap of IPv6", "2001:db8::/32,,500155\n2001:db8:1::/48,,500101\n", "line 2: its addresses overlap those of line 1"},
	{"a quote", "192.0.2.9,,\"500155\n", "line 1"},
}

func TestParseRegions(t *testing.T) {
	for _, row := range tableCases {
		t.Run(row.name, func(t *testing.T) {
			_, err := ParseRegions(strings.NewReader(row.in))
			if row.wrong == "" && err != nil {
				t.Errorf("error %v, want none", err)
			}
			if row.wrong != "" && (err == nil || !strings.Contains(err.Error(), row.wrong)) {
				t.Errorf("error %v, want one that says %s", err, row.wrong)
			}
		})
	}
	if _, err := ReadRegions("testdata/none.csv"); err == nil {
		t.Error("a file that is not there was read")
	}
}

// FuzzParseRegions: no table makes the reader panic, and an accepted table finds the ends of each of its ranges.
func FuzzParseRegions(f *testing.F) {
	f.Add("192.0.2.0/24,,500155,梁平,1,2\n2001:db8::,2001:db8::ff,110000\n")
	f.Add("first,last,code\n0.0.0.0/0,,500155\n::/0,,110000\n")
	f.Add("255.255.255.255,,999999\nffff::,,100000\n")
	f.Fuzz(func(t *testing.T, in string) {
		r, err := ParseRegions(strings.NewReader(in))
		if err != nil {
			return
		}
		for _, x := range r.v4 {
			for _, n := range []uint32{x.first, x.last} {
				a := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
				if got, want := r.FindCode(a), r.regions[x.region].code; got != want {
					t.Errorf("%s is in %q, want %q", a, got, want)
				}
			}
		}
		for _, x := range r.v6 {
			for _, b := range [][16]byte{x.first, x.last} {
				if got, want := r.FindCode(netip.AddrFrom16(b)), r.regions[x.region].code; got != want && !netip.AddrFrom16(b).Is4In6() {
					t.Errorf("%s is in %q, want %q", netip.AddrFrom16(b), got, want)
				}
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	r := readTable(b)
	a := netip.MustParseAddr("203.0.113.9")
	for b.Loop() {
		r.FindCode(a)
	}
}

// TestDocument: the example in docs/regions.md is a table that this program reads.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/regions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```csv\n")
	example, _, _ := strings.Cut(rest, "```")
	file, err := os.ReadFile("testdata/regions.csv")
	if err != nil {
		t.Fatal(err)
	}
	if example != string(file) {
		t.Errorf("the example of docs/regions.md is not testdata/regions.csv:\n%s", example)
	}
}
