package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMaster makes, lists and ends cards on the command line, on both stores.
func TestMaster(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			place, dir := store.make(t), t.TempDir()
			master := func(want int, args ...string) string {
				t.Helper()
				return runs(t, want, append([]string{"master", args[0], "--store", place}, args[1:]...)...)
			}
			booths := `{"type":"FeatureCollection","features":[
				{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,36.7]},"properties":{"code":"1","name":"甲","number":"370702000186"}},
				{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,36.8]},"properties":{"code":"2","name":"乙","number":"370702000283","status":"retired"}}]}`
			runs(t, exitOK, "import", "--store", place, "--layer", "booths", write(t, dir, "booths.geojson", booths))
			code := filepath.Join(dir, "card.svg")
			link := strings.TrimSpace(master(exitOK, "new", "--public-url", "https://map.example", "--svg", code, "3707 0200 0186"))
			if !strings.HasPrefix(link, "https://map.example/m/") {
				t.Fatalf("the link is %q", link)
			}
			if drawn, err := os.ReadFile(code); err != nil || !strings.HasPrefix(string(drawn), "<svg") {
				t.Errorf("%v %s", err, drawn)
			}
			_, secret, _ := strings.Cut(link, "/m/")
			if list := master(exitOK, "list"); !strings.HasPrefix(list, "3707 0200 0186  甲") || strings.Contains(list, secret) {
				t.Errorf("%s", list)
			}
			master(exitUsage, "new", "--public-url", "https://map.example", "370702000187")
			master(exitNotFound, "new", "--public-url", "https://map.example", "370702000380")
			master(exitFailed, "new", "--public-url", "https://map.example", "370702000283")
			master(exitUsage, "new", "370702000186")
			master(exitOK, "revoke", "370702000186")
			master(exitNotFound, "revoke", "370702000186")
			if list := master(exitOK, "list"); list != "" {
				t.Errorf("%s", list)
			}
			if log := runs(t, exitOK, "user", "log", "--store", place); strings.Contains(log, secret) || !strings.Contains(log, "lost its card") {
				t.Errorf("%s", log)
			}
		})
	}
}
