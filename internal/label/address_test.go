package label

import "testing"

func TestPlaceholder(t *testing.T) {
	for address, want := range map[string]bool{
		"https://trace.liangping.gov.cn":  false,
		"https://trace.liangping.gov.cn.": false,
		"https://203.0.113.9":             false,
		"http://trace.liangping.gov.cn":   true,
		"https://trace.example":           true,
		"https://trace.example.com":       true,
		"https://county.invalid":          true,
		"https://LOCALHOST:8443":          true,
		"https://yousang":                 true,
		"https://192.168.1.7":             true,
		"https://[::1]":                   true,
		"trace.liangping.gov.cn":          true,
		"":                                true,
	} {
		if got := IsPlaceholder(address); got != want {
			t.Errorf("%q: %v, want %v", address, got, want)
		}
	}
}
