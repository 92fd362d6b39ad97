package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestHealth: 200 is well; anything else, and nothing at all, is not.
func TestHealth(t *testing.T) {
	mux := http.NewServeMux()
	for path, status := range map[string]int{"/well": 200, "/starting": 503, "/gone": 404, "/empty": 204} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	mux.Handle("/moved", http.RedirectHandler("/well", http.StatusTemporaryRedirect))
	s := httptest.NewServer(mux)
	defer s.Close()
	for name, tc := range map[string]struct {
		url  string
		code int
	}{
		"ready":               {s.URL + "/well", 0},
		"starting":            {s.URL + "/starting", 1},
		"no such page":        {s.URL + "/gone", 1},
		"answered by nothing": {s.URL + "/empty", 1},
		"another page's":      {s.URL + "/moved", 1},
		"nobody listens":      {"http://" + freePort(t) + "/well", 1},
		"no address":          {"well", 1},
	} {
		t.Run(name, func(t *testing.T) {
			if out, errs, code := runProgram(t, "health", "--url", tc.url); code != tc.code || (code != 0) != (errs != "") || out != "" {
				t.Errorf("exit %d, want %d; %q, %q", code, tc.code, out, errs)
			}
		})
	}
}
