package tiles_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

var update = flag.Bool("update", false, "write the golden tiles anew")

// middle is a place in Weifang and the tiles around it.
const middleLon, middleLat = 119.1, 36.7

func tileOf(z uint32, p geo.Point) tiles.Address {
	x, y := crs.Mercator(p)
	n := math.Exp2(float64(z))
	return tiles.Address{Z: z, X: uint32(x * n), Y: uint32(y * n)}
}

func mustSet(t testing.TB, text string) *tiles.Set {
	t.Helper()
	set, err := tiles.ParseSet(tiles.Public, text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// noon is when tiles are built that do not care.
var noon = geo.InstantOf(time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC))

func mustAppend(t testing.TB, s *snapshot.Snapshot, set string, a tiles.Address) []byte {
	t.Helper()
	return encodeWith(t, new(tiles.Atlas), s, set, a)
}

func encodeWith(t testing.TB, atlas *tiles.Atlas, s *snapshot.Snapshot, set string, a tiles.Address) []byte {
	t.Helper()
	data, _, err := atlas.Append(context.Background(), nil, s, mustSet(t, set), a, noon)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, data []byte) map[string]*mvt.Layer {
	t.Helper()
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]*mvt.Layer{}
	for _, layer := range layers {
		if byName[layer.Name] != nil {
			t.Fatalf("two layers %s", layer.Name)
		}
		if layer.Version != 2 || layer.Extent != 4096 || len(layer.Features) == 0 {
			t.Fatalf("layer %s: version %d, extent %d, %d features", layer.Name, layer.Version, layer.Extent, len(layer.Features))
		}
		byName[layer.Name] = layer
	}
	return byName
}

// ring returns corners given in metres around the middle.
func ring(metres ...float64) []geo.Point {
	local := crs.NewLocal(crs.At(middleLon, middleLat))
	var points []geo.Point
	for i := 0; i < len(metres); i += 2 {
		points = append(points, local.Point(metres[i], metres[i+1]))
	}
	return points
}

func box(w, s, e, n float64) []geo.Point { return ring(w, s, e, s, e, n, w, n) }

// town is a handful of features of every kind of geometry.
func town() []geo.Feature {
	base := func(id int64, code, name string, shape geo.Shape) geo.Base {
		return geo.Base{ID: id, Version: 1, Code: code, Name: name, Shape: shape, SurveyedBy: "CANARY"}
	}
	return []geo.Feature{
		&geo.Place{Base: base(1, "370705", "奎文区", geo.PolygonShape(box(-4000, -4000, 4000, 4000))), Kind: "district"},
		&geo.Place{Base: base(2, "370705001001", "五道庙社区", geo.PolygonShape(box(-300, -300, 300, 300), box(-40, -40, 40, 40))), Kind: "community", Population: geo.Some[int32](5210)},
		&geo.Place{Base: base(3, "370705001002", "西南关社区", geo.PointShape(ring(200, 100)[0])), Kind: "community"},
		&geo.Grid{Base: base(1, "370705001001001", "第一网格", geo.PolygonShape(ring(-300, -300, 0, -300, 0, 0, -250, 0, -250, 300, -300, 300))), Kind: "general"},
		&geo.Building{Base: base(7, "", "", geo.PolygonShape(box(50, 50, 110, 64))), Number: "3", Use: "residential", Levels: geo.Some[int32](6), Residents: geo.Some[int32](123), HeightM: geo.Some(18.5)},
		&geo.Booth{Base: base(4, "3707050001", "新华路小蓝棚", geo.PointShape(ring(20, -80)[0])), Number: "0001", Trades: []string{"shoe", "key"}, Status: "open"},
		&geo.Street{Base: base(9, "", "健康街", geo.LineShape(ring(-900, -100, 0, -100, 450, -100, 900, -140))), Class: "main", Foot: "yes", Bridge: true, WidthM: geo.Some(24.0)},
		&geo.Street{Base: base(8, "", "", geo.LineShape(ring(0, -100, 0, 90, 5, 95))), Class: "lane", Foot: "private"},
		&geo.LandArea{Base: base(5, "", "虞河", geo.MakeShape(geo.Polygons, []geo.Part{{Points: box(-500, 120, 500, 150)}, {Points: box(-500, 200, -400, 260)}})), Kind: "water"},
		&geo.Facility{Base: base(6, "", "鹰眼一号", geo.PointShape(ring(10, 10)[0])), Kind: "camera_high"},
		&geo.Facility{Base: base(10, "", "卫生服务站", geo.PointShape(ring(30, 10)[0])), Kind: "clinic", StepFree: geo.Some(false)},
	}
}

func build(features ...geo.Feature) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, f := range features {
		b.Add(geo.Clone(f))
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

func TestGoldenTiles(t *testing.T) {
	s := build(town()...)
	for _, z := range []uint32{11, 14, 16} {
		a := tileOf(z, crs.At(middleLon, middleLat))
		data := mustAppend(t, s, "map", a)
		name := filepath.Join("testdata", "golden", filepath.FromSlash(path(a)))
		readable := describe(t, data)
		if *update {
			write(t, name+".mvt", data)
			write(t, name+".json", readable)
		}
		if want, err := os.ReadFile(name + ".json"); err != nil || string(want) != string(readable) {
			t.Errorf("%v: %v, (-want +got)\n%s", a, err, cmp.Diff(string(want), string(readable)))
		}
		if want, err := os.ReadFile(name + ".mvt"); err != nil || !bytes.Equal(want, data) {
			t.Errorf("%v: the bytes are others (%v)", a, err)
		}
	}
}

func path(a tiles.Address) string {
	text, _ := json.Marshal([]uint32{a.Z, a.X, a.Y})
	return string(bytes.ReplaceAll(bytes.Trim(text, "[]"), []byte(","), []byte("-")))
}

func describe(t testing.TB, data []byte) []byte {
	t.Helper()
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(layers, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// What the table of rules says, read back from tiles.
func TestWhatAppears(t *testing.T) {
	s := build(town()...)
	middle := crs.At(middleLon, middleLat)
	for _, test := range []struct {
		set    string
		zoom   uint32
		layers map[string][]int64
	}{
		{"map", 5, map[string][]int64{}},
		{"map", 6, map[string][]int64{"places": {1}, "places_label": {1}}},
		{"map", 11, map[string][]int64{"places": {1, 2, 3}, "places_label": {1, 2, 3}, "booths": {4}, "streets": {9}, "land": {5}, "land_label": {5}}},
		{"map", 14, map[string][]int64{
			"places": {1, 2, 3}, "places_label": {1, 2, 3}, "grids": {1}, "grids_label": {1}, "buildings": {7},
			"booths": {4}, "facilities": {10}, "streets": {8, 9}, "land": {5}, "land_label": {5},
		}},
		{"streets,buildings", 16, map[string][]int64{"buildings": {7}, "buildings_label": {7}, "streets": {8, 9}}},
		{"planner", 11, map[string][]int64{"places": {1, 2, 3}, "places_label": {1, 2, 3}, "grids": {1}, "grids_label": {1}, "streets": {9}, "land": {5}, "land_label": {5}}},
		{"facilities", 14, map[string][]int64{"facilities": {10}}}, // the camera is for staff
	} {
		t.Run(test.set, func(t *testing.T) {
			got := map[string][]int64{}
			// A layer counts when any of the tiles around the middle shows it.
			centre := tileOf(test.zoom, middle)
			seen := map[string]map[int64]bool{}
			for dx := -1; dx <= 1; dx++ {
				for dy := -1; dy <= 1; dy++ {
					a := tiles.Address{Z: centre.Z, X: uint32(int(centre.X) + dx), Y: uint32(int(centre.Y) + dy)}
					for name, layer := range decode(t, mustAppend(t, s, test.set, a)) {
						for _, f := range layer.Features {
							if seen[name] == nil {
								seen[name] = map[int64]bool{}
							}
							seen[name][int64(f.ID.(float64))] = true
						}
					}
				}
			}
			for name, ids := range seen {
				for id := range int64(20) {
					if ids[id] {
						got[name] = append(got[name], id)
					}
				}
			}
			if !cmp.Equal(got, test.layers) {
				t.Errorf("zoom %d (-want +got)\n%s", test.zoom, cmp.Diff(test.layers, got))
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	s := build(town()...)
	layers := decode(t, mustAppend(t, s, "map", tileOf(14, ring(20, 20)[0])))
	for layer, want := range map[string]map[string]any{
		"buildings": {"number": "3", "use": "residential", "levels": 6.0, "height_m": 18.5},
		"booths":    {"code": "3707050001", "name": "新华路小蓝棚", "number": "0001", "trades": "shoe,key", "status": "open"},
		// false is kept where it may also be unknown
		"facilities": {"name": "卫生服务站", "kind": "clinic", "step_free": false},
	} {
		if got := map[string]any(layers[layer].Features[0].Properties); !cmp.Equal(got, want) {
			t.Errorf("%s (-want +got)\n%s", layer, cmp.Diff(want, got))
		}
	}
	for _, f := range layers["streets"].Features {
		if street := f.Properties; f.ID.(float64) == 9 && (street["bridge"] != true || street["tunnel"] != nil) {
			t.Errorf("street: %v", street)
		}
	}
}

func TestEmptyTile(t *testing.T) {
	if data := mustAppend(t, build(town()...), "map", tiles.Address{Z: 14, X: 1, Y: 1}); len(data) > 0 {
		t.Errorf("got %d bytes", len(data))
	}
}

// Equal input gives equal bytes: on repeats, and however the features came in.
func TestBytesRepeat(t *testing.T) {
	r := seedtest.New(t)
	features := town()
	a := tileOf(13, crs.At(middleLon, middleLat))
	want := mustAppend(t, build(features...), "map", a)
	for i := range 1000 {
		s := build(features...)
		if i%10 == 0 {
			r.Shuffle(len(features), func(i, j int) { features[i], features[j] = features[j], features[i] })
		}
		if !bytes.Equal(mustAppend(t, s, "map", a), want) {
			t.Fatalf("other bytes in repeat %d", i)
		}
	}
}

func TestAppendStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := new(tiles.Atlas).Append(ctx, nil, build(town()...), mustSet(t, "map"), tileOf(12, crs.At(middleLon, middleLat)), noon)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

// Every polygon that appears decodes to itself: rings wound as the format asks,
// no repeated points, every corner within one unit of where it was.
func TestPolygonsDecodeToThemselves(t *testing.T) {
	r := seedtest.New(t)
	for range 300 {
		var features []geo.Feature
		for id := range int64(30) {
			features = append(features, &geo.Building{Base: geo.Base{ID: id + 1, Shape: star(r, r.Float64()*2000-1000, r.Float64()*2000-1000, 5+r.Float64()*60)}})
		}
		s := build(features...)
		a := tileOf(14+uint32(r.IntN(4)), crs.At(middleLon, middleLat))
		data := mustAppend(t, s, "buildings", a)
		if len(data) == 0 {
			continue
		}
		for _, f := range decode(t, data)["buildings"].Features {
			source, _ := s.Get(geo.Key{Layer: geo.Buildings, ID: int64(f.ID.(float64))})
			checkPolygon(t, a, source.Common().Shape, f.Geometry)
		}
	}
}

func star(r *rand.Rand, x, y, size float64) geo.Shape {
	var metres []float64
	n := 3 + r.IntN(9)
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		radius := size * (0.4 + 0.6*r.Float64())
		metres = append(metres, x+radius*math.Cos(angle), y+radius*math.Sin(angle))
	}
	return geo.PolygonShape(ring(metres...))
}

func checkPolygon(t testing.TB, a tiles.Address, source geo.Shape, g orb.Geometry) {
	t.Helper()
	n := math.Exp2(float64(a.Z))
	var truth orb.Ring
	for _, p := range append(source.Points(), source.Points()[0]) {
		x, y := crs.Mercator(p)
		truth = append(truth, orb.Point{(x*n - float64(a.X)) * 4096, (y*n - float64(a.Y)) * 4096})
	}
	var drawn []orb.Point
	for _, line := range lines(g) { // a star that is cut may be in pieces
		if shoelace(orb.Ring(line)) <= 0 {
			t.Fatalf("the outer ring has the area %v", shoelace(orb.Ring(line)))
		}
		for i, p := range line {
			if i > 0 && p == line[i-1] {
				t.Fatalf("point %v twice", p)
			}
			drawn = append(drawn, p)
		}
	}
	const edge = 64 // the buffer
	for _, p := range drawn {
		if p[0] < -edge || p[0] > 4096+edge || p[1] < -edge || p[1] > 4096+edge {
			t.Fatalf("%v lies outside the buffer", p)
		}
		onEdge := p[0] == -edge || p[0] == 4096+edge || p[1] == -edge || p[1] == 4096+edge
		if !onEdge && planar.DistanceFrom(orb.LineString(truth), p) > 1 {
			t.Fatalf("%v lies %v from the outline", p, planar.DistanceFrom(orb.LineString(truth), p))
		}
	}
	for _, p := range truth {
		inside := p[0] > -edge && p[0] < 4096+edge && p[1] > -edge && p[1] < 4096+edge
		if inside && distance(g, p) > 1 {
			t.Fatalf("corner %v was lost, %v away", p, distance(g, p))
		}
	}
}

func shoelace(r orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += r[i-1][0]*r[i][1] - r[i][0]*r[i-1][1]
	}
	return sum
}

// A clipped polygon with a hole covers the ground that it covered before.
func TestClippedPolygonCoversTheSameGround(t *testing.T) {
	r := seedtest.New(t)
	for range 200 {
		size := 500 + r.Float64()*3000
		x, y := r.Float64()*2000-1000, r.Float64()*2000-1000
		shape := geo.PolygonShape(box(x-size, y-size, x+size, y+size), box(x-size/2, y-size/2, x+size/2, y+size/2))
		s := build(&geo.Compound{Base: geo.Base{ID: 1, Name: "大院", Shape: shape}})
		a := tileOf(16, crs.At(middleLon, middleLat))
		layers := decode(t, mustAppend(t, s, "compounds", a))
		for range 200 {
			px, py := r.Float64()*4096, r.Float64()*4096
			n := math.Exp2(16)
			ground := crs.FromMercator((float64(a.X)+px/4096)/n, (float64(a.Y)+py/4096)/n)
			drawn, near := false, false
			if layer := layers["compounds"]; layer != nil {
				drawn, near = covers(layer.Features[0].Geometry, orb.Point{px, py})
			}
			if want := shape.Covers(ground); !near && drawn != want {
				t.Fatalf("point %v, %v: drawn %v, on the ground %v", px, py, drawn, want)
			}
		}
	}
}

func covers(g orb.Geometry, p orb.Point) (inside, near bool) {
	polygons, ok := g.(orb.MultiPolygon)
	if !ok {
		polygons = orb.MultiPolygon{g.(orb.Polygon)}
	}
	for _, polygon := range polygons {
		for _, ring := range polygon {
			near = near || planar.DistanceFrom(orb.LineString(ring), p) < 1.5
		}
	}
	return planar.MultiPolygonContains(polygons, p), near
}

// Degenerate shapes make no feature and no broken ring.
func TestSmallShapesVanish(t *testing.T) {
	s := build(
		&geo.Building{Base: geo.Base{ID: 1, Shape: geo.PolygonShape(box(0, 0, 0.1, 0.1))}, Number: "1"},
		&geo.Building{Base: geo.Base{ID: 2, Shape: geo.PolygonShape(box(0, 0, 300, 0.1))}},
		&geo.Building{Base: geo.Base{ID: 3, Shape: geo.PolygonShape(ring(0, 0, 100, 0, 100, 0, 200, 0, 100, 0, 100, 80, 0, 80))}}, // a spike
		&geo.Street{Base: geo.Base{ID: 4, Shape: geo.LineShape(ring(0, 0, 0.1, 0))}, Class: "main"},
	)
	layers := decode(t, mustAppend(t, s, "buildings,streets", tileOf(14, crs.At(middleLon, middleLat))))
	if len(layers["buildings"].Features) != 1 || layers["streets"] != nil {
		t.Fatalf("got %d buildings, streets %v", len(layers["buildings"].Features), layers["streets"])
	}
	polygon := layers["buildings"].Features[0].Geometry.(orb.Polygon)
	if len(polygon) != 1 || len(polygon[0]) != 5 {
		t.Errorf("the spike is still there: %v", polygon)
	}
}

// Neighbours that share a border share it after rounding, in each tile.
func TestSharedBordersStayShared(t *testing.T) {
	r := seedtest.New(t)
	for range 100 {
		var line []float64
		for i := range 40 {
			line = append(line, r.Float64()*60-30, float64(i)*20-400)
		}
		border := ring(line...)
		left := append(ring(-300, 380, -300, -400), border...)
		right := append(ring(300, 380, 300, -400), border...)
		s := build(
			&geo.Grid{Base: geo.Base{ID: 1, Shape: geo.PolygonShape(left)}},
			&geo.Grid{Base: geo.Base{ID: 2, Shape: geo.PolygonShape(right)}},
		)
		a := tileOf(14, crs.At(middleLon, middleLat))
		var corners [2]map[orb.Point]bool
		for i, f := range decode(t, mustAppend(t, s, "grids", a))["grids"].Features {
			corners[i] = map[orb.Point]bool{}
			for _, p := range f.Geometry.(orb.Polygon)[0] {
				corners[i][p] = true
			}
		}
		n := math.Exp2(14)
		for _, p := range border[1 : len(border)-1] {
			x, y := crs.Mercator(p)
			q := orb.Point{math.Floor((x*n-float64(a.X))*4096 + 0.5), math.Floor((y*n-float64(a.Y))*4096 + 0.5)}
			if q[0] < 0 || q[0] > 4096 || q[1] < 0 || q[1] > 4096 {
				continue
			}
			if corners[0][q] != corners[1][q] {
				t.Fatalf("%v is a corner of one side only", q)
			}
		}
	}
}

// What is planned or retired is not drawn; the tile says when that changes, and a
// kept tile is built anew then.
func TestOnlyWhatIsInEffect(t *testing.T) {
	booth := func(id int64, from, until geo.Instant) geo.Feature {
		return &geo.Booth{Base: geo.Base{ID: id, Version: 1, From: from, Until: until, Shape: geo.PointShape(crs.At(middleLon, middleLat))}}
	}
	s := build(booth(1, 0, 0), booth(2, noon+10, 0), booth(3, 0, noon+20), booth(4, noon-20, noon-10), booth(5, noon-5, noon+40))
	a, c := tileOf(16, crs.At(middleLon, middleLat)), tiles.NewCache(1<<20, 1)
	for _, test := range []struct {
		at, until geo.Instant
		ids       []uint64
	}{
		{noon - 30, noon - 20, []uint64{1, 3}},
		{noon, noon + 10, []uint64{1, 3, 5}},
		{noon + 10, noon + 20, []uint64{1, 2, 3, 5}},
		{noon + 20, noon + 40, []uint64{1, 2, 5}},
		{noon + 40, 0, []uint64{1, 2}},
	} {
		data, until, err := new(tiles.Atlas).Append(t.Context(), nil, s, mustSet(t, "booths"), a, test.at)
		if err != nil || until != test.until {
			t.Errorf("at %v: true until %v, want %v (%v)", test.at, until, test.until, err)
		}
		kept, err := c.Get(t.Context(), s, mustSet(t, "booths"), a, test.at)
		if err != nil {
			t.Fatal(err)
		}
		if bytes, err := kept.Bytes(); err != nil || string(bytes) != string(data) {
			t.Errorf("at %v: the kept tile has other bytes (%v)", test.at, err)
		}
		var ids []uint64
		for _, f := range decode(t, data)["booths"].Features {
			ids = append(ids, uint64(f.ID.(float64)))
		}
		if !slices.Equal(ids, test.ids) {
			t.Errorf("at %v: %v, want %v", test.at, ids, test.ids)
		}
		again, err := c.Get(t.Context(), s, mustSet(t, "booths"), a, test.at)
		if err != nil || again != kept {
			t.Errorf("at %v: built twice", test.at)
		}
	}
}
