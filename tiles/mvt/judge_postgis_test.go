package mvt_test

import (
	"context"
	"math"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"github.com/twpayne/go-geos"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestPostGISAgrees cuts random shapes with ST_AsMVTGeom and ST_AsMVT and with a
// frame. Both round, one before it cuts and one after, so borders lie a unit from
// each other at most, and PostGIS calls all of ours valid.
func TestPostGISAgrees(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	r := seedtest.New(t)
	c := geos.NewContext()
	box := c.NewGeomFromBounds(-64, -64, mvt.Extent+64, mvt.Extent+64)
	f, m := frame(64), mvt.Mender{}

	const count = 2000
	var kinds []string
	var shapes []mvt.Shape
	var sources, ours [][]byte
	byID := map[uint64]orb.Geometry{}
	for len(shapes) < count {
		kind, s := polygon(r)
		exact := orb.Geometry(source(s))
		var geometry []byte
		switch r.IntN(6) {
		case 0: // its rings as lines
			kind += " lines"
			var lines orb.MultiLineString
			for _, polygon := range exact.(orb.MultiPolygon) {
				for _, ring := range polygon {
					lines = append(lines, orb.LineString(ring[:len(ring)-1]))
				}
			}
			exact, geometry = lines, f.Lines(&s)
		case 1: // its corners as points
			kind += " points"
			var points orb.MultiPoint
			for _, p := range s.Corners {
				points = append(points, toOrb(local(p)))
			}
			exact, geometry = points, f.Points(&s)
		default:
			if !toGEOS(t, c, exact).IsValid() {
				continue
			}
			s.Flawed = !m.Simple(&s, zoom)
			geometry = f.Polygons(&s)
		}
		id := uint64(len(shapes) + 1)
		kinds, shapes = append(kinds, kind), append(shapes, s)
		sources = append(sources, wellKnown(t, upside(exact)))
		if len(geometry) > 0 {
			byID[id] = read(t, geometry, exact)
			ours = append(ours, wellKnown(t, byID[id]))
		}
	}

	rows, err := conn.Query(ctx, `SELECT ST_IsValidReason(g) FROM (SELECT ST_GeomFromWKB(unnest($1::bytea[])) g) q WHERE NOT ST_IsValid(g)`, ours)
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(reasons) > 0 {
		t.Errorf("%d of %d not valid: %v", len(reasons), len(ours), reasons[0])
	}

	var theirs []byte
	err = conn.QueryRow(ctx, `
		SELECT ST_AsMVT(q, 'shapes', 4096, 'g', 'id')
		FROM (SELECT id, ST_AsMVTGeom(ST_GeomFromWKB(source), ST_MakeEnvelope(0, 0, 4096, 4096), 4096, 64, true) g
			FROM unnest($1::bytea[]) WITH ORDINALITY AS s(source, id)) q`, sources).Scan(&theirs)
	if err != nil {
		t.Fatal(err)
	}
	tile, err := mvt.Decode(theirs)
	if err != nil {
		t.Fatalf("PostGIS's tile: %v", err)
	}
	var worst, size, ourSize float64
	both := 0
	for _, feature := range tile.Layers[0].Features {
		mine, ok := byID[feature.ID]
		if !ok {
			continue
		}
		both++
		their := geometryOf(feature)
		g, h := toGEOS(t, c, mine), toGEOS(t, c, their)
		switch feature.Type {
		case mvt.Points:
			// PostGIS writes equal ones once and rounds halves to even. It cuts before it
			// rounds, so that it drops what comes to lie there from beyond the border.
			for _, p := range mine.(orb.MultiPoint) {
				border := min(p[0], p[1]) <= -63 || max(p[0], p[1]) >= mvt.Extent+63
				if !border && h.Distance(c.NewPoint(p[:])) > math.Sqrt2 {
					t.Errorf("%s %d: %v is not in %v", kinds[feature.ID-1], feature.ID, p, their)
				}
			}
			for _, p := range their.(orb.MultiPoint) {
				if g.Distance(c.NewPoint(p[:])) > math.Sqrt2 {
					t.Errorf("%s %d: %v is not in %v", kinds[feature.ID-1], feature.ID, p, mine)
				}
			}
		case mvt.Lines:
			if a, b := planar.Length(mine), planar.Length(their); math.Abs(a-b) > 2*float64(len(shapes[feature.ID-1].Corners)) {
				t.Errorf("%s %d: %g and %g long", kinds[feature.ID-1], feature.ID, a, b)
			}
		case mvt.Polygons:
			differ := g.SymDifference(h).Area()
			border := toGEOS(t, c, source(shapes[feature.ID-1])).Intersection(box).Length()
			if share := differ / (border + 1); share > 1 {
				t.Errorf("%s %d: differ by %g along a border of %g\n%s", kinds[feature.ID-1], feature.ID, differ, border, describe(shapes[feature.ID-1]))
			} else {
				worst = max(worst, share)
			}
			size += h.Area()
			ourSize += g.Area()
		}
	}
	// What one has and the other has not is no larger than a few units.
	if missing := len(byID) + len(tile.Layers[0].Features) - 2*both; missing > count/50 {
		t.Errorf("%d shapes in one tile alone", missing)
	}
	if both < count/3 {
		t.Errorf("%d shapes compared", both)
	}
	t.Logf("%d shapes; borders differ by %.2f units at most in the mean of a shape, areas by %.4f %%", both, worst, 100*math.Abs(size-ourSize)/size)
}

// TestOrbAgrees cuts random stars with orb, which leaves edges along the border of
// the clip box and so the same area.
func TestOrbAgrees(t *testing.T) {
	r := seedtest.New(t)
	f, m := frame(64), mvt.Mender{}
	bound := orb.Bound{Min: orb.Point{-64, -64}, Max: orb.Point{mvt.Extent + 64, mvt.Extent + 64}}
	compared := 0
	for range 5_000 {
		at := place{r.Float64() * mvt.Extent, r.Float64() * mvt.Extent}
		size := math.Exp2(3 + 9*r.Float64())
		s := shapeOf([][]place{star(r, at, size/10, size, 3+r.IntN(15))})
		s.Flawed = !m.Simple(&s, zoom)
		bytes := f.Polygons(&s)
		cut := orb.Round(clip.Geometry(bound, source(s)), 1)
		if cut == nil || len(bytes) == 0 {
			continue
		}
		theirs, err := orbmvt.Marshal(orbmvt.Layers{{Name: "shapes", Version: 2, Extent: mvt.Extent, Features: []*geojson.Feature{{Geometry: cut}}}})
		if err != nil {
			t.Fatal(err)
		}
		layers, err := orbmvt.Unmarshal(theirs)
		if err != nil {
			t.Fatal(err)
		}
		mine := geometry(readBack(t, mvt.Polygons, bytes))
		a, b := planar.Area(mine), planar.Area(layers[0].Features[0].Geometry)
		if border := planar.Length(cut); math.Abs(a-b) > border/2+2 {
			t.Fatalf("areas %g and %g, border %g\n%s", a, b, border, describe(s))
		}
		compared++
	}
	if compared < 2_500 {
		t.Errorf("%d compared", compared)
	}
}

func toOrb(p place) orb.Point { return orb.Point{p.x, p.y} }

// upside turns a geometry over: ST_AsMVTGeom lets y grow to the north.
func upside(g orb.Geometry) orb.Geometry {
	turn := func(points []orb.Point) {
		for i := range points {
			points[i][1] = mvt.Extent - points[i][1]
		}
	}
	g = orb.Clone(g)
	switch g := g.(type) {
	case orb.MultiPoint:
		turn(g)
	case orb.MultiLineString:
		for _, line := range g {
			turn(line)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				turn(ring)
			}
		}
	}
	return g
}

func wellKnown(t *testing.T, g orb.Geometry) []byte {
	t.Helper()
	bytes, err := wkb.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// read reads geometry of the kind that like is of.
func read(t *testing.T, bytes []byte, like orb.Geometry) orb.Geometry {
	t.Helper()
	kind := mvt.Polygons
	switch like.(type) {
	case orb.MultiPoint:
		kind = mvt.Points
	case orb.MultiLineString:
		kind = mvt.Lines
	}
	return geometryOf(readBack(t, kind, bytes))
}

// geometryOf returns the geometry of a feature that was read.
func geometryOf(f mvt.Feature) orb.Geometry {
	if f.Type == mvt.Polygons {
		return geometry(f)
	}
	var points orb.MultiPoint
	var lines orb.MultiLineString
	for _, p := range f.Parts {
		var line orb.LineString
		for _, c := range p.Corners {
			line = append(line, orb.Point{float64(c.X), float64(c.Y)})
		}
		points, lines = append(points, line...), append(lines, line)
	}
	if f.Type == mvt.Points {
		return points
	}
	return lines
}
