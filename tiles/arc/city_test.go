package arc_test

import (
	"context"
	"maps"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo/seedtest"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// cutSide is a side of a ring in a tile, with the direction it is walked in.
type cutSide struct{ from, to mvt.Corner }

// level is what of one level of areas lies in a tile: how often each side is walked.
type level map[cutSide]int

// add walks around the parts of an area, but for what runs along the clip box.
func (l level) add(parts []mvt.Part, buffer int64) {
	for _, part := range parts {
		for i, to := range part.Corners {
			from := part.Corners[(i+len(part.Corners)-1)%len(part.Corners)]
			low, high := -buffer, mvt.Extent+buffer
			if from.X == to.X && (to.X == low || to.X == high) || from.Y == to.Y && (to.Y == low || to.Y == high) {
				continue
			}
			l[cutSide{from, to}]++
		}
	}
}

// rim takes out the sides that are walked both ways and returns those left. Each
// side may be walked once each way.
func (l level) rim(t *testing.T) level {
	t.Helper()
	rim := level{}
	for s, n := range l {
		if n > 1 {
			t.Fatalf("side %v is walked %d times", s, n)
		}
		if l[cutSide{s.to, s.from}] == 0 {
			rim[s] = n
		}
	}
	return rim
}

// In every tile of the demo city from zoom 8 to 16 both areas along a border have
// the same corners, and the border of the city is that of its districts, streets,
// communities and grids together. What lies in the tiles is valid for PostGIS.
func TestCityBorders(t *testing.T) {
	const buffer = 64
	areas := must(city())(t)
	borders := must(arc.New(t.Context(), areas))(t)
	judge := judges(t)
	frame, writer := mvt.Frame{KeepStraight: true}, mvt.Writer{}
	for zoom := uint8(8); zoom <= 16; zoom++ {
		z := must(borders.At(t.Context(), int(zoom)))(t)
		checkZoom(t, areas, z, int(zoom))
		var shapes []mvt.Shape
		var rows [][]any
		box := mvt.NoBox
		for _, a := range areas {
			s, _ := z.Shape(a.Key)
			if a.From <= int(zoom) && len(s.Parts) < 2 {
				t.Fatalf("zoom %d: %v has vanished", zoom, a.Key)
			}
			shapes = append(shapes, s)
			if len(s.Parts) > 1 {
				box = box.Extend(s.Box.Min).Extend(s.Box.Max)
				rows = append(rows, []any{geometry(partsOf(s))})
			}
		}
		tiles, sides := 0, 0
		for x := box.Min.X >> (32 - zoom); x <= box.Max.X>>(32-zoom); x++ {
			for y := box.Min.Y >> (32 - zoom); y <= box.Max.Y>>(32-zoom); y++ {
				frame.Reset(zoom, x, y, buffer)
				writer.Reset(nil)
				writer.BeginLayer("areas", nil, mvt.Values{})
				for i := range shapes {
					if bytes := frame.Polygons(&shapes[i]); len(bytes) > 0 {
						writer.Feature(uint64(i), mvt.Polygons, bytes)
					}
				}
				writer.EndLayer()
				tile := must(mvt.Decode(writer.Bytes()))(t)
				if len(tile.Layers) == 0 {
					continue
				}
				tiles++
				levels := map[int]level{}
				for _, f := range tile.Layers[0].Features {
					rows = append(rows, []any{geometry(f.Parts)})
					from := areas[f.ID].From
					if levels[from] == nil {
						levels[from] = level{}
					}
					levels[from].add(f.Parts, buffer)
				}
				city := levels[0].rim(t)
				for from, l := range levels {
					sides += len(l)
					if rim := l.rim(t); from != zoneFrom && !maps.Equal(rim, city) {
						t.Fatalf("tile %d/%d/%d: the border of the areas from zoom %d is not that of the city", zoom, x, y, from)
					}
				}
			}
		}
		judge.valid(t, rows)
		t.Logf("zoom %d: %d sides in %d tiles, %d geometries", zoom, sides, tiles, len(rows))
	}
}

// partsOf returns the rings of a whole shape, in world units.
func partsOf(s mvt.Shape) []mvt.Part {
	var parts []mvt.Part
	for i := range len(s.Parts) - 1 {
		part := mvt.Part{Hole: s.Parts[i].IsHole()}
		for _, p := range s.Corners[s.Parts[i].At():s.Parts[i+1].At()] {
			part.Corners = append(part.Corners, mvt.Corner{X: int64(p.X), Y: int64(p.Y)})
		}
		parts = append(parts, part)
	}
	return parts
}

// geometry returns rings as a database reads them.
func geometry(parts []mvt.Part) orb.MultiPolygon {
	var polygons orb.MultiPolygon
	for _, part := range parts {
		var ring orb.Ring
		for i := range len(part.Corners) + 1 {
			c := part.Corners[i%len(part.Corners)]
			ring = append(ring, orb.Point{float64(c.X), float64(c.Y)})
		}
		if !part.Hole {
			polygons = append(polygons, nil)
		}
		last := len(polygons) - 1
		polygons[last] = append(polygons[last], ring)
	}
	return polygons
}

// judge is a PostGIS that is asked whether geometries are valid.
type judge struct{ *pgx.Conn }

func judges(t testing.TB) judge {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return judge{conn}
}

func (j judge) valid(t testing.TB, rows [][]any) {
	t.Helper()
	if _, err := j.Exec(t.Context(), `CREATE TEMPORARY TABLE drawn (wkb bytea)`); err != nil {
		t.Fatal(err)
	}
	encoded := make([][]any, len(rows))
	for i, row := range rows {
		encoded[i] = []any{must(wkb.Marshal(row[0].(orb.MultiPolygon)))(t)}
	}
	if _, err := j.CopyFrom(t.Context(), pgx.Identifier{"drawn"}, []string{"wkb"}, pgx.CopyFromRows(encoded)); err != nil {
		t.Fatal(err)
	}
	var broken int
	var reason *string
	query := `SELECT count(*), min(ST_IsValidReason(g)) FROM (SELECT ST_GeomFromWKB(wkb) AS g FROM drawn) d WHERE NOT ST_IsValid(g)`
	if err := j.QueryRow(t.Context(), query).Scan(&broken, &reason); err != nil {
		t.Fatal(err)
	}
	if broken > 0 {
		t.Fatalf("%d of %d geometries are not valid: %s", broken, len(rows), *reason)
	}
	if _, err := j.Exec(t.Context(), `DROP TABLE drawn`); err != nil {
		t.Fatal(err)
	}
}

// In random countries, whose areas fold up and touch themselves, all is valid.
func TestCountriesAreValid(t *testing.T) {
	r, judge := seedtest.New(t), judges(t)
	var rows [][]any
	frame := mvt.Frame{KeepStraight: true}
	for range 40 {
		c := invent(t, r, 5+r.IntN(30), 200<<r.IntN(10))
		borders := must(arc.New(t.Context(), c.areas))(t)
		for zoom := 6; zoom <= 17; zoom++ {
			z := must(borders.At(t.Context(), zoom))(t)
			for _, a := range c.areas {
				if s, _ := z.Shape(a.Key); len(s.Parts) > 1 {
					rows = append(rows, []any{geometry(partsOf(s))})
					// And where a corner of a tile lies in it.
					frame.Reset(uint8(zoom), s.Box.Max.X>>(32-zoom), s.Box.Max.Y>>(32-zoom), r.IntN(100))
					if parts := decodePolygons(t, frame.Polygons(&s)); len(parts) > 0 {
						rows = append(rows, []any{geometry(parts)})
					}
				}
			}
		}
	}
	t.Logf("%d geometries", len(rows))
	judge.valid(t, rows)
}
