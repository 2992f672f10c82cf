package main

import (
	"bufio"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// A page that listens hears of what another program imports, and does not keep the
// server from stopping.
func TestEventsOfARunningServer(t *testing.T) {
	store := filepath.Join(t.TempDir(), "city.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 3))
	s := startServer(t, "--store", store)
	s.wait(t, anyBooth, matched(3))
	answer, err := http.Get(s.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	hears := func(word string) {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data: ") {
				if !strings.Contains(lines.Text(), word) {
					t.Fatalf("heard %s", lines.Text())
				}
				return
			}
		}
		t.Fatalf("heard nothing more: %v", lines.Err())
	}
	hears(`"revision":1,`)
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "second", 2))
	hears(`"layers":{"booths":[[`)
	s.stop(t)
	for lines.Scan() {
		if lines.Text() != "" {
			t.Errorf("heard %q after the end", lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stop waited for who listens, and cut him off: %v", err)
	}
}
