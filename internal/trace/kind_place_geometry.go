package trace

import (
	"bytes"
	"encoding/json"
)

// maxPositions bounds a polygon; a village's boundary has a few hundred.
const maxPositions = 5000

// checkGeometry accepts a GeoJSON Point or Polygon in WGS84, longitude first, rings closed (RFC 7946), and no other member: the log is for
// ever, and free text in it could be anything.
func checkGeometry(raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	bad := E(Invalid, CodeBadValue, "geometry", "value", Clip(string(raw)), "allowed", `{"type":"Point","coordinates":[107.8,30.67]}`)
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&g) != nil {
		return bad
	}
	switch g.Type {
	case "Point":
		var p []float64
		if json.Unmarshal(g.Coordinates, &p) != nil || !onEarth(p) {
			return bad
		}
		return nil
	case "Polygon":
		var rings [][][]float64
		if json.Unmarshal(g.Coordinates, &rings) != nil || !closedRings(rings) {
			return bad
		}
		return nil
	}
	return bad
}

func onEarth(p []float64) bool {
	return len(p) == 2 && p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}

func closedRings(rings [][][]float64) bool {
	n := 0
	for _, ring := range rings {
		if len(ring) < 4 {
			return false
		}
		for _, p := range ring {
			if !onEarth(p) {
				return false
			}
		}
		last := len(ring) - 1
		if ring[0][0] != ring[last][0] || ring[0][1] != ring[last][1] {
			return false
		}
		n += len(ring)
	}
	return n > 0 && n <= maxPositions
}
