package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestUser goes through what an administrator does on the command line, on both
// stores.
func TestUser(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			place := store.make(t)
			user := func(want int, args ...string) string {
				t.Helper()
				return runs(t, want, append([]string{"user", args[0], "--store", place}, args[1:]...)...)
			}
			user(exitNotFound, "list")
			runs(t, exitOK, "import", "--store", place, "--layer", "places", write(t, t.TempDir(), "places.geojson", square))
			user(exitOK, "add", "wang", "planner:370705001", "--password", "five willows by the river")
			if out := user(exitOK, "add", "li", "reviewer", "administrator"); !regexp.MustCompile(`(?s)^password: \w{26}\nsecond factor, .*: [A-Z2-7]{32}\notpauth://totp/`).MatchString(out) {
				t.Errorf("what must be told once is not: %s", out)
			}
			for _, bad := range [][]string{
				{"add", "Zhao", "planner"}, {"add", "zhao", "king"}, {"add", "zhao", "planner:370705002"},
				{"add", "zhao", "planner", "--password", "short"}, {"grant", "wang", "resident"},
			} {
				user(exitUsage, bad...)
			}
			user(exitConflict, "add", "wang", "planner")
			for _, step := range []string{"close", "password", "sign-out"} {
				user(exitNotFound, step, "zhao")
			}
			token := strings.TrimSpace(user(exitOK, "token", "wang", "--label", "qgis", "--scope", "see,draw"))
			if !strings.HasPrefix(token, "gridatlas_") {
				t.Errorf("a token is %q", token)
			}
			list := user(exitOK, "tokens")
			if strings.Contains(list, token) || !strings.Contains(list, "qgis") {
				t.Errorf("the tokens: %s", list)
			}
			user(exitOK, "revoke", strings.Fields(list)[0])
			user(exitNotFound, "revoke", strings.Fields(list)[0])
			user(exitOK, "grant", "wang", "emergency")
			user(exitOK, "password", "wang")
			user(exitOK, "factor", "li")
			user(exitOK, "close", "wang")
			if out := user(exitOK, "list"); !regexp.MustCompile(`(?m)^li +reviewer administrator *\nwang +emergency +closed$`).MatchString(out) {
				t.Errorf("the accounts: %q", out)
			}
			user(exitOK, "reopen", "wang")
			if out := user(exitOK, "log"); strings.Count(out, "\n") != 9 || !strings.Contains(out, "opened as planner:370705001") {
				t.Errorf("the log: %s", out)
			}
		})
	}
}

// square is one place.
const square = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"370705001","name":"南关街道","kind":"street"},
	"geometry":{"type":"Polygon","coordinates":[[[119.10,36.70],[119.11,36.70],[119.11,36.71],[119.10,36.71],[119.10,36.70]]]}}]}`
