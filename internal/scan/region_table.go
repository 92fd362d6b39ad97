package scan

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a table of regions, far above the size of any country's table, so that a wrong file is refused before memory ends.
const (
	maxRows = 5_000_000
	maxName = 60 // characters
)

// ReadRegions reads a table of regions from a file. Errors name the file and the line.
func ReadRegions(path string) (*Regions, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open table of regions: %w", err)
	}
	r, err := ParseRegions(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read table of regions %s: %w", path, err)
	}
	return r, nil
}

// ParseRegions reads a table of regions: UTF-8 CSV with the columns first, last, code, name, lat, lon, of which only the first three are
// required; rows in any order; empty lines, lines that begin with # and a row of column names at the top are skipped. first and last are
// addresses, or first is a prefix (192.0.2.0/24) and last is empty. Errors name the line; overlapping ranges are an error.
func ParseRegions(in io.Reader) (*Regions, error) {
	b := bufio.NewReaderSize(in, 64<<10)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" { // the byte order mark that spreadsheets write
		_, _ = b.Discard(3)
	}
	c := csv.NewReader(b)
	c.Comment, c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = '#', -1, true, true
	reader := &tableReader{regions: &Regions{byCode: map[string]int32{}}}
	for first := true; ; first = false {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err // the error names the line
		}
		line, _ := c.FieldPos(0)
		if first && strings.EqualFold(strings.TrimSpace(row[0]), "first") {
			continue
		}
		if err := reader.addRow(row, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	return reader.regions, reader.sortRanges()
}

// tableReader gathers ranges, and the line of each range for errors.
type tableReader struct {
	regions *Regions
	lines4  []int
	lines6  []int
}

// addRow adds the range of one row and its region.
func (p *tableReader) addRow(row []string, line int) error {
	if len(p.lines4)+len(p.lines6) >= maxRows {
		return fmt.Errorf("more than %d rows", maxRows)
	}
	var f [6]string
	if len(row) < 3 || len(row) > len(f) {
		return fmt.Errorf("%d columns, want first,last,code and at most name,lat,lon", len(row))
	}
	for i, s := range row {
		f[i] = strings.TrimSpace(s)
	}
	first, last, err := parseRange(f[0], f[1])
	if err != nil {
		return err
	}
	at, err := p.addRegion(f[2], f[3], line)
	if err != nil {
		return err
	}
	if err := p.setPoint(&p.regions.regions[at], f[4], f[5], line); err != nil {
		return err
	}
	if first.Is4() {
		a, z := first.As4(), last.As4()
		p.regions.v4 = append(p.regions.v4, range4{binary.BigEndian.Uint32(a[:]), binary.BigEndian.Uint32(z[:]), at})
		p.lines4 = append(p.lines4, line)
		return nil
	}
	p.regions.v6 = append(p.regions.v6, range6{first.As16(), last.As16(), at})
	p.lines6 = append(p.lines6, line)
	return nil
}

// parseRange reads the two ends of a range.
func parseRange(from, to string) (first, last netip.Addr, err error) {
	if strings.Contains(from, "/") {
		prefix, err := netip.ParsePrefix(from)
		if err != nil || prefix.Addr().Is4In6() {
			return first, last, fmt.Errorf("%q is no range of addresses, want 192.0.2.0/24 or 2001:db8::/32", from)
		}
		if to != "" {
			return first, last, fmt.Errorf("%q after the range %s, want an empty column", to, from)
		}
		if prefix != prefix.Masked() {
			return first, last, fmt.Errorf("%s has characters after its prefix, want %s", from, prefix.Masked())
		}
		return prefix.Addr(), lastAddress(prefix), nil
	}
	if first, err = parseAddress(from); err != nil {
		return first, last, err
	}
	if to == "" {
		return first, first, nil
	}
	if last, err = parseAddress(to); err != nil {
		return first, last, err
	}
	if first.Is4() != last.Is4() {
		return first, last, fmt.Errorf("%s and %s are of different kinds", first, last)
	}
	if last.Less(first) {
		return first, last, fmt.Errorf("%s is after %s", first, last)
	}
	return first, last, nil
}

func parseAddress(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return a, fmt.Errorf("%q is no address", s)
	}
	return a.Unmap(), nil
}

// lastAddress is the last address of a prefix.
func lastAddress(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b) // b has the length of an address
	return last
}

// addRegion finds or adds a region and returns its index.
func (p *tableReader) addRegion(code, name string, line int) (int32, error) {
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" || strings.HasPrefix(code, "0") {
		return 0, fmt.Errorf("%q is no code of a region, want six digits of GB/T 2260", code)
	}
	if utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) {
		return 0, fmt.Errorf("the name of %s is longer than %d characters or not UTF-8", code, maxName)
	}
	at, known := p.regions.byCode[code]
	if !known {
		at = int32(len(p.regions.regions))
		code = strings.Clone(code) // a copy: the reader uses the row's memory again
		p.regions.regions = append(p.regions.regions, region{code: code})
		p.regions.byCode[code] = at
	}
	g := &p.regions.regions[at]
	switch {
	case name == "" || name == g.name:
	case g.name == "":
		g.name, g.nameLine = strings.Clone(name), line
	default:
		return 0, fmt.Errorf("%s is called %q here and %q in line %d", code, name, g.name, g.nameLine)
	}
	return at, nil
}

// setPoint gives a region its point, if the row has one.
func (p *tableReader) setPoint(g *region, lat, lon string, line int) error {
	if lat == "" && lon == "" {
		return nil
	}
	x, err := strconv.ParseFloat(lat, 64)
	y, err2 := strconv.ParseFloat(lon, 64)
	if err != nil || err2 != nil || !(x >= -90 && x <= 90 && y >= -180 && y <= 180) {
		return fmt.Errorf("%q, %q are no latitude and longitude in degrees", lat, lon)
	}
	at := Point{x, y}
	if g.hasPoint && g.point != at {
		return fmt.Errorf("%s is at other coordinates than in line %d", g.code, g.pointLine)
	}
	if !g.hasPoint {
		g.point, g.hasPoint, g.pointLine = at, true, line
	}
	return nil
}

// sortRanges puts the ranges in order. Error: two ranges overlap.
func (p *tableReader) sortRanges() error {
	l4, err := orderRanges(p.regions.v4, p.lines4, func(a, b range4) int { return cmp.Compare(a.first, b.first) },
		func(a, b range4) bool { return a.last >= b.first })
	if err != nil {
		return err
	}
	p.regions.v4 = l4
	l6, err := orderRanges(p.regions.v6, p.lines6, func(a, b range6) int { return slices.Compare(a.first[:], b.first[:]) },
		func(a, b range6) bool { return slices.Compare(a.last[:], b.first[:]) >= 0 })
	p.regions.v6 = l6
	return err
}

// orderRanges sorts ranges by their first address. Error: two ranges overlap.
func orderRanges[T any](list []T, lines []int, compare func(a, b T) int, overlap func(a, b T) bool) ([]T, error) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(list[a], list[b]) })
	out := make([]T, len(list))
	for i, n := range order {
		if out[i] = list[n]; i > 0 && overlap(out[i-1], out[i]) {
			one, other := lines[n], lines[order[i-1]]
			return nil, fmt.Errorf("line %d: its addresses overlap those of line %d", max(one, other), min(one, other))
		}
	}
	return out, nil
}
