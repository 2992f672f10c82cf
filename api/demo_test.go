package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"

	"gridatlas/api"
	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// What the demo city promises, asked for over HTTP; and how long answers take.
func TestDemoCity(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	n := newNode(t, func(c *api.Config) { c.Demo = true })
	n.publish(demotest.City(t, 0))
	if got := n.getJSON(t, "/collections/places/items?kind=community&limit=1")["numberMatched"]; got != 185.0 {
		t.Errorf("%v communities", got)
	}
	if got := n.getJSON(t, "/collections/booths/items?limit=1")["numberMatched"]; got != 128.0 {
		t.Errorf("%v booths", got)
	}
	ids := pages(t, n, "/collections/grids/items?limit=1000", nil)
	if len(ids) < 1200 || len(ids) > 1300 {
		t.Errorf("%d grids", len(ids))
	}
	if got := n.getJSON(t, "/search?q=%E4%BA%94%E9%81%93%E5%BA%99%E5%B0%8F%E5%8C%BA")["items"].([]any); len(got) == 0 || got[0].(map[string]any)["layer"] != "compounds" {
		t.Errorf("五道庙小区 is %v", got)
	}
	start := time.Now()
	asked := 0
	for grid := range snapshot.All[*geo.Grid](n.live.Current()) {
		lon, lat := crs.ToDegrees(walk.Pole(grid.Shape))
		doc := n.getJSON(t, fmt.Sprintf("/grids/at?lon=%.7f&lat=%.7f", lon, lat))
		found, community := doc["grid"].(map[string]any)["code"], doc["community"].(map[string]any)["code"]
		if found != grid.Code || community != grid.Community || doc["street"] == nil || doc["district"] == nil || len(doc["assignments"].([]any)) != 3 {
			t.Fatalf("in the grid %s of %s: %v", grid.Code, grid.Community, doc)
		}
		asked++
	}
	t.Logf("a grid at a point took %v", time.Since(start)/time.Duration(asked))
	lon, lat := 119.107, 36.709
	start = time.Now()
	circle := n.getJSON(t, fmt.Sprintf("/walk/circle?lon=%v&lat=%v&minutes=5,10,15", lon, lat))
	t.Logf("the first circle took %v", time.Since(start))
	if len(circle["features"].([]any)) != 3 || circle["reachable"].(map[string]any)["facilities"] == nil {
		t.Errorf("circle %v", circle)
	}
	for z := 9; z <= 18; z++ {
		a := n.live.Current().Box().Centre()
		path := fmt.Sprintf("/tiles/map/%d/%d/%d.mvt", z, columnOf(a, z), rowOf(a, z))
		start := time.Now()
		w := n.get(t, path, "Accept-Encoding", "gzip")
		took := time.Since(start)
		plain := n.get(t, path)
		if w.Code != 200 || plain.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
			continue
		}
		layers, err := mvt.Unmarshal(plain.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %v, %d bytes packed, %d plain, %d layers", path, took.Round(time.Microsecond), w.Body.Len(), plain.Body.Len(), len(layers))
		// A page on a phone asks for some six tiles.
		if w.Body.Len() > 700_000 {
			t.Errorf("%s: %d bytes", path, w.Body.Len())
		}
	}
}
