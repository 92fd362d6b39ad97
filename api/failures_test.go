package api_test

import (
	"regexp"
	"strings"
	"testing"
)

// parameterInPath is a parameter in the template of a path.
var parameterInPath = regexp.MustCompile(`\{[^}]+\}`)

// TestFailuresAreDescribed asks every operation for errors that every operation of its kind gives: without a key, with a query parameter
// that no operation has, with the name of a thing that is not there, and as an organisation where a bureau or an administrator is needed.
// That the status is in the API's document is checked by ask, for these requests and for those of all other tests.
func TestFailuresAreDescribed(t *testing.T) {
	c := newWholeCounty(t)
	restricted := []string{"listCases", "getCase", "closeCase", "getLedger", "listKeys", "createKey", "revokeKey", "putOrganisation",
		"putProduct"}
	forBureau := map[string]string{"closeCase": `{"note":"x"}`, "createKey": `{"org":"park","role":"operator"}`,
		"putOrganisation": `{"id":"park","name":"x","kind":"park","tier":"county"}`, "putProduct": `{"id":"product-x","name":"x","unit":"kg"}`}
	seen := 0
	for template, methods := range readOpenAPI(t).Paths {
		for method, op := range methods {
			path := parameterInPath.ReplaceAllString(template, "0123456789AB")
			if strings.HasPrefix(op.OperationID, "get") && strings.HasPrefix(template, "/items/") {
				path = strings.Replace(template, "{code}", "0123456789ABC", 1)
			}
			body := ""
			if method == "post" {
				body = "{}"
			}
			ask := func(who, path string, want int) {
				t.Helper()
				if r := c.sendRequest(who, strings.ToUpper(method), path, body); r.status != want {
					t.Errorf("%s as %q: %d, want %d: %.200s", op.OperationID, who, r.status, want, r.body)
				}
			}
			if op.OperationID != "getCodeSVG" && op.OperationID != "getCodePNG" {
				ask("", path, 401)
			}
			ask("park", path+"?nonsense=1", 400)
			if method == "get" && path != template {
				who := "park"
				if op.OperationID == "getCase" {
					who = "bureau"
				}
				ask(who, path, 404)
			}
			for _, id := range restricted {
				if id == op.OperationID {
					body = forBureau[id]
					ask("park", path, 403)
					seen++
				}
			}
		}
	}
	if seen != len(restricted) {
		t.Errorf("%d operations need a bureau or an administrator, want %d", seen, len(restricted))
	}
}
