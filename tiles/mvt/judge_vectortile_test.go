package mvt_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// TestVectorTileReads lets @mapbox/vector-tile, which web maps read with, read a
// tile: every corner comes back within half a unit of its source, in tile units and
// as degrees, and so do ids and attributes.
func TestVectorTileReads(t *testing.T) {
	modules := filepath.Dir(filepath.Dir(fixtures(t)))
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no node")
	}
	r := seedtest.New(t)
	f, m := frame(64), mvt.Mender{}
	f.KeepStraight = true
	var w mvt.Writer
	w.Reset(nil)
	var shapes []mvt.Shape
	w.BeginLayer("形状", []string{"n", "half", "text", "even", "large"}, mvt.Values{})
	for len(shapes) < 600 {
		at := place{200 + 3600*r.Float64(), 200 + 3600*r.Float64()}
		var s mvt.Shape
		var geometry []byte
		kind := mvt.Type(1 + len(shapes)%3)
		switch kind {
		case mvt.Points:
			s = shapeOf([][]place{{at}})
			geometry = f.Points(&s)
		case mvt.Lines:
			s = shapeOf([][]place{star(r, at, 10, 100, 7), star(r, at, 10, 100, 3)})
			geometry = f.Lines(&s)
		case mvt.Polygons:
			s = shapeOf([][]place{star(r, at, 100, 150, 12), star(r, at, 10, 50, 5)}, 1)
			if !m.Simple(&s, zoom) {
				continue
			}
			geometry = f.Polygons(&s)
		}
		i := len(shapes)
		shapes = append(shapes, s)
		w.Tags(mvt.AppendUniqueTag(nil, 0, mvt.AppendInt(nil, int64(-i))))
		w.Tags(mvt.AppendUniqueTag(nil, 1, mvt.AppendDouble(nil, float64(i)/2)))
		w.Tags(mvt.AppendUniqueTag(nil, 2, mvt.AppendString(nil, fmt.Sprint("楼 ", i))))
		w.Tags(mvt.AppendUniqueTag(nil, 3, mvt.AppendBool(nil, i%2 == 0)))
		w.Tags(mvt.AppendUniqueTag(nil, 4, mvt.AppendInt(nil, mvt.MaxExact-int64(i))))
		w.Feature(uint64(i+1), kind, geometry)
	}
	w.EndLayer()
	file := filepath.Join(t.TempDir(), "tile.mvt")
	if err := os.WriteFile(file, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, filepath.Join("testdata", "read.mjs"), modules, file, fmt.Sprint(zoom), fmt.Sprint(column), fmt.Sprint(row))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var layers map[string][]struct {
		ID         int
		Properties struct {
			N, Half, Large float64
			Text           string
			Even           bool
		}
		Parts    [][]struct{ X, Y float64 }
		Geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
	}
	if err := json.Unmarshal(out, &layers); err != nil {
		t.Fatal(err)
	}
	if len(layers) != 1 || len(layers["形状"]) != len(shapes) {
		t.Fatalf("%d layers, %d features", len(layers), len(layers["形状"]))
	}
	for i, f := range layers["形状"] {
		p, s := f.Properties, shapes[i]
		if f.ID != i+1 || p.N != float64(-i) || p.Half != float64(i)/2 || p.Text != fmt.Sprint("楼 ", i) || p.Even != (i%2 == 0) || p.Large != float64(mvt.MaxExact-i) {
			t.Fatalf("feature %d comes as %d %v", i, f.ID, p)
		}
		if want := []string{"Point", "MultiLineString", "Polygon"}[i%3]; f.Geometry.Type != want {
			t.Errorf("feature %d is a %s, not a %s", i, f.Geometry.Type, want)
		}
		var places []place
		for _, part := range f.Parts {
			for _, c := range part {
				places = append(places, place{c.X, c.Y})
			}
		}
		near(t, i, s, places)
		near(t, i, s, degrees(t, f.Geometry.Coordinates))
	}
}

// near holds that places are those of a shape, within half a unit.
func near(t *testing.T, feature int, s mvt.Shape, places []place) {
	t.Helper()
	const half = 0.5 + 1e-6
	meets := func(p, q place) bool { return math.Abs(p.x-q.x) <= half && math.Abs(p.y-q.y) <= half }
	if len(places) < len(s.Corners) {
		t.Fatalf("feature %d has %d corners, its source %d", feature, len(places), len(s.Corners))
	}
	for _, p := range places {
		found := false
		for _, c := range s.Corners {
			found = found || meets(p, local(c))
		}
		if !found {
			t.Fatalf("feature %d: corner %v is none of\n%s", feature, p, describe(s))
		}
	}
	for _, c := range s.Corners {
		found := false
		for _, p := range places {
			found = found || meets(p, local(c))
		}
		if !found {
			t.Fatalf("feature %d: corner %v is missing in %v", feature, local(c), places)
		}
	}
}

// degrees returns the places of GeoJSON coordinates in units of the tile.
func degrees(t *testing.T, text json.RawMessage) (places []place) {
	t.Helper()
	var lonLat [2]float64
	if json.Unmarshal(text, &lonLat) == nil {
		x := lonLat[0]/360 + 0.5
		y := 0.5 - math.Asinh(math.Tan(lonLat[1]*math.Pi/180))/(2*math.Pi)
		return []place{{(x*(1<<zoom) - column) * mvt.Extent, (y*(1<<zoom) - row) * mvt.Extent}}
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		places = append(places, degrees(t, part)...)
	}
	return places
}
