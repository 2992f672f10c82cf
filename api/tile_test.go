package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
)

func townTile(z int) string {
	a := tileAt(z)
	return fmt.Sprintf("/tiles/map/%d/%d/%d.mvt", z, a[0], a[1])
}

// A tile of a named revision is the same for as long as the node holds it; before
// and after that it says so.
func TestTileOfARevision(t *testing.T) {
	n := newTown(t)
	path := townTile(16)
	first := n.get(t, path)
	if got := first.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the newest may be kept for %q", got)
	}
	for i := range 7 {
		n.put(booth(900, float64(3*i), 5))
	}
	if n.get(t, path).Header().Get("ETag") == first.Header().Get("ETag") {
		t.Fatal("the booth is missing")
	}
	for _, query := range []string{"?revision=1", "?revision=1&epoch=7fffffffffffff01"} {
		w := n.get(t, path+query)
		if w.Code != http.StatusOK || w.Header().Get("ETag") != first.Header().Get("ETag") || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d %v", query, w.Code, w.Header())
		}
	}
	if w := n.get(t, path+"?revision=8"); w.Code != http.StatusOK || w.Header().Get("ETag") != n.get(t, path).Header().Get("ETag") {
		t.Errorf("the newest by name: %d", w.Code)
	}
	if w := n.get(t, "/tiles/map/16/1/1.mvt?revision=1"); w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("an empty tile: %d %v", w.Code, w.Header())
	}
	n.put(booth(900, 50, 5)) // the ninth
	for _, test := range []struct {
		query  string
		status int
		holds  string
	}{
		{"?revision=1", 410, `"revision":9`},
		{"?revision=2", 200, ""},
		{"?revision=9&epoch=7fffffffffffff02", 410, `"epoch":"7fffffffffffff01"`},
		{"?revision=10", 404, "the newest is 9"},
		{"?revision=09", 400, "is not a revision"},
		{"?revision=-1", 400, "is not a revision"},
		{"?revision=", 400, "is not a revision"},
		{"?epoch=7fffffffffffff01", 400, "which is not given"},
		{"?revision=9&revision=9", 400, "2 times"},
	} {
		for _, path := range []string{path, "/tiles/map.json"} {
			if w := n.get(t, path+test.query); w.Code != test.status || !strings.Contains(w.Body.String(), test.holds) {
				t.Errorf("%s%s: %d %s", path, test.query, w.Code, w.Body)
			}
		}
	}
	doc := n.getJSON(t, "/tiles/map.json?revision=2")
	if got := doc["tiles"].([]any)[0]; got != "http://map.example/tiles/map/{z}/{x}/{y}.mvt?revision=2&epoch=7fffffffffffff01" || doc["revision"] != 2.0 {
		t.Errorf("got %v", doc)
	}
	if doc := n.getJSON(t, "/tiles/map.json"); doc["revision"] != 9.0 || doc["epoch"] != "7fffffffffffff01" {
		t.Errorf("got %v", doc)
	}
}

// What comes into effect or goes out of it ends a tile, of a named revision too.
func TestTileEndsWithWhatIsInIt(t *testing.T) {
	clock := now
	n := newTown(t, func(c *api.Config) { c.Clock = func() time.Time { return clock } })
	short := booth(900, 5, 5)
	short.Until = geo.InstantOf(now) + 10 // minutes
	n.put(short)
	path := townTile(16)
	for query, want := range map[string]string{"": "no-cache, max-age=560", "?revision=2": "public, max-age=560"} {
		if got := n.get(t, path+query).Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	before := n.get(t, path).Header().Get("ETag")
	clock = clock.Add(10 * time.Minute)
	if w := n.get(t, path); w.Header().Get("ETag") == before || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("afterwards: %v", w.Header())
	}
}

// Zooms that the layers of a set do not have are said not to be there, in the
// TileJSON and by the tiles.
func TestZoomsAreEnforced(t *testing.T) {
	n := newTown(t)
	for set, first := range map[string]int{"map": 0, "booths": 11, "gates,booths": 11, "gates": 15, "planner": 0} {
		if got := n.getJSON(t, "/tiles/"+set+".json")["minzoom"]; got != float64(first) {
			t.Errorf("%s begins at %v", set, got)
		}
		if first > 0 {
			w := n.get(t, fmt.Sprintf("/tiles/%s/%d/0/0.mvt", set, first-1))
			if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "tile-out-of-range") {
				t.Errorf("%s, one before: %d %s", set, w.Code, w.Body)
			}
		}
		for _, z := range []int{first, 22} {
			if w := n.get(t, fmt.Sprintf("/tiles/%s/%d/0/0.mvt", set, z)); w.Code != http.StatusNoContent && w.Code != http.StatusOK {
				t.Errorf("%s at %d: %d", set, z, w.Code)
			}
		}
	}
}
