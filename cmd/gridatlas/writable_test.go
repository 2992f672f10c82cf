package main

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/postgis/pgtest"
)

// scribe sends requests with the token of a server.
type scribe struct {
	*server
	token string
}

// ask sends a request; header are name, value pairs. The answer must have a status.
func (a scribe) ask(t testing.TB, status int, method, url, body string, header ...string) (http.Header, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d: %s", method, url, answer.StatusCode, status, text)
	}
	var members map[string]any
	_ = json.Unmarshal(text, &members)
	return answer.Header, members
}

// TestWriteOverHTTP is a script as another department would write it, over either
// store: a booth is made, replaced, patched and deleted, and nobody writes over what
// he has not seen. What was written is read at once, and outlasts the server.
func TestWriteOverHTTP(t *testing.T) {
	stores := map[string]func(testing.TB) string{
		"GeoPackage": func(t testing.TB) string { return filepath.Join(t.TempDir(), "city.gpkg") },
		"PostGIS":    func(t testing.TB) string { return pgtest.Start(t).URL(t) },
	}
	for name, location := range stores {
		t.Run(name, func(t *testing.T) {
			store := location(t)
			runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 3))
			runs(t, exitOK, "user", "add", "--store", store, "wang", "planner")
			token := strings.TrimSpace(runs(t, exitOK, "user", "token", "--store", store, "wang", "--label", "script", "--scope", "see,record"))
			a := scribe{startServer(t, "--store", store, "--cache-dir", "none"), token}
			items := a.url + "/collections/booths/items"
			const geojson, patch = "application/geo+json", "application/merge-patch+json"
			feature := func(properties string) string {
				return `{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,36.7]},"properties":{` + properties + `}}`
			}

			made, _ := a.ask(t, http.StatusCreated, "POST", items, feature(`"name":"新小蓝棚","trades":["shoe"]`), "Content-Type", geojson)
			booth := made.Get("Location")
			seen, doc := a.ask(t, http.StatusOK, "GET", booth, "")
			if seen.Get("ETag") != made.Get("ETag") || doc["properties"].(map[string]any)["name"] != "新小蓝棚" {
				t.Errorf("made %v, seen %v %v", made, seen, doc)
			}
			a.ask(t, http.StatusPreconditionRequired, "PUT", booth, feature(`"name":"甲"`), "Content-Type", geojson)
			replaced, _ := a.ask(t, http.StatusOK, "PUT", booth, feature(`"name":"甲"`), "Content-Type", geojson, "If-Match", made.Get("ETag"))
			a.ask(t, http.StatusPreconditionFailed, "PATCH", booth, `{"properties":{"name":"乙"}}`, "Content-Type", patch, "If-Match", made.Get("ETag"))
			patched, doc := a.ask(t, http.StatusOK, "PATCH", booth, `{"properties":{"phone":"0536-1"}}`, "Content-Type", patch, "If-Match", replaced.Get("ETag"))
			if properties := doc["properties"].(map[string]any); properties["name"] != "甲" || properties["phone"] != "0536-1" || doc["version"] != 3.0 {
				t.Errorf("patched %v", doc)
			}
			_, doc = a.ask(t, http.StatusOK, "GET", booth+"/history", "")
			if states := doc["states"].([]any); len(states) != 3 {
				t.Errorf("history %v", states)
			}
			a.ask(t, http.StatusPreconditionFailed, "DELETE", booth, "", "If-Match", replaced.Get("ETag"))
			a.ask(t, http.StatusNoContent, "DELETE", booth, "", "If-Match", patched.Get("ETag"))
			a.ask(t, http.StatusNotFound, "GET", booth, "")
			_, doc = a.ask(t, http.StatusOK, "POST", a.url+"/changes/5/revert", "")
			if wrote := doc["wrote"].([]any); len(wrote) != 1 || doc["revision"] != 6.0 {
				t.Errorf("reverted %v", doc)
			}
			if status, answer := a.get(t, anyBooth); status != http.StatusOK || answer["numberMatched"] != 4.0 {
				t.Errorf("%d %v", status, answer)
			}
			// Revoked by another process it is refused at once.
			runs(t, exitOK, "user", "revoke", "--store", store, strings.Fields(runs(t, exitOK, "user", "tokens", "--store", store))[0])
			a.ask(t, http.StatusUnauthorized, "DELETE", items+"/1", "", "If-Match", "*")
			a.ask(t, http.StatusUnauthorized, "GET", items, "")
			a.stop(t)
			runs(t, exitOK, "check", "--store", store)
		})
	}
}
