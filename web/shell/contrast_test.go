package shell

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// readSchemes reads the colours of the style sheet: light and dark, each with and without the silk accent.
func readSchemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	raw, err := os.ReadFile("templates/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(raw), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("no dark colours")
	}
	dark, _, _ = strings.Cut(dark, "* {")
	colour := regexp.MustCompile(`--([a-z0-9]+): (#[0-9a-f]{3,6})`)
	out := map[string]map[string]string{}
	read := func(name, from, css string) {
		m := map[string]string{}
		for k, v := range out[from] {
			m[k] = v
		}
		for _, c := range colour.FindAllStringSubmatch(css, -1) {
			m[c[1]] = c[2]
		}
		out[name] = m
	}
	lp, ls, _ := strings.Cut(light, ".silk")
	dp, ds, _ := strings.Cut(dark, ".silk")
	read("light pomelo", "", lp)
	read("light silk", "light pomelo", ls)
	read("dark pomelo", "light pomelo", dp)
	read("dark silk", "dark pomelo", ds)
	return out
}

func computeLuminance(t *testing.T, hex string) float64 {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	var c [3]float64
	for i := range c {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		if v := float64(n) / 255; v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

// WCAG 2.2: 4.5 for text, 3 for the edges of what is operated (1.4.3, 1.4.11).
func TestContrast(t *testing.T) {
	pairs := []struct {
		text, ground string
		least        float64
	}{
		{"ink", "paper", 4.5}, {"ink", "card", 4.5}, {"grey", "paper", 4.5}, {"grey", "card", 4.5}, {"leaf", "paper", 4.5}, {"leaf", "card", 4.5},
		{"gold", "card", 4.5}, {"on", "ok", 4.5}, {"on", "hold", 4.5}, {"on", "bad", 4.5}, {"on", "none", 4.5},
		{"ink", "l0", 4.5}, {"ink", "l1", 4.5}, {"ink", "l2", 4.5}, {"grey", "l0", 4.5}, {"grey", "l1", 4.5}, {"grey", "l2", 4.5},
		{"leaf", "l0", 4.5}, {"leaf", "l1", 4.5}, {"leaf", "l2", 4.5}, {"grey", "paper", 3},
	}
	all := readSchemes(t)
	for _, name := range []string{"light pomelo", "light silk", "dark pomelo", "dark silk"} {
		for _, p := range pairs {
			a, b := all[name][p.text], all[name][p.ground]
			if a == "" || b == "" {
				t.Fatalf("%s: %s on %s is not in the style", name, p.text, p.ground)
			}
			x, y := computeLuminance(t, a), computeLuminance(t, b)
			if ratio := (max(x, y) + .05) / (min(x, y) + .05); ratio < p.least {
				t.Errorf("%s: %s %s on %s %s has %.2f, want %.1f", name, p.text, a, p.ground, b, ratio, p.least)
			}
		}
	}
}
