package mvt_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/demo"
	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
	"gridatlas/tiles/mvt"
)

// demoCity returns the features of the demo city.
func demoCity(t *testing.T) (features []geo.Feature) {
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		features = append(features, change.After)
	}
	return features
}

// extract returns the features of a real OpenStreetMap file, which lies beside the
// checkout, never in it.
func extract(name string) func(*testing.T) []geo.Feature {
	return func(t *testing.T) []geo.Feature {
		result, err := osm.ReadFile(t.Context(), osmtest.File(t, name), osm.Options{Repair: true})
		if err != nil {
			t.Fatal(err)
		}
		return result.Features
	}
}

// TestCitiesAreValid asks PostGIS about every polygon in the tiles of cities: in all
// of zoom 10 to 14, and in each third of zoom 15 and 16.
func TestCitiesAreValid(t *testing.T) {
	if testing.Short() {
		t.Skip("whole cities are drawn in the full run")
	}
	conn, err := pgx.Connect(t.Context(), pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for name, features := range map[string]func(*testing.T) []geo.Feature{
		"demo":     demoCity,
		"monaco":   extract("osm/monaco-2016.osm.pbf"),
		"helsinki": extract("osm/helsinki-centre-2019.osm.pbf"),
		"guixi":    extract("osm-china/guixi-jiangxi-city.osm"),
	} {
		t.Run(name, func(t *testing.T) {
			b := snapshot.NewBuilder()
			ids := map[geo.Layer]int64{}
			for _, f := range features(t) {
				layer := f.Layer()
				ids[layer]++
				base := f.Common()
				base.ID, base.Version, base.Revision = ids[layer], 1, 1
				b.Add(f)
			}
			city := b.Build(geo.Head{Epoch: 1, Revision: 1})
			set, err := tiles.ParseSet(tiles.Public, "map")
			if err != nil {
				t.Fatal(err)
			}
			var atlas tiles.Atlas
			for zoom := uint32(10); zoom <= 16; zoom++ {
				count, polygons := drawn(t, &atlas, city, set, zoom)
				var faults int
				var reason *string
				err := conn.QueryRow(t.Context(), `SELECT count(*), min(ST_IsValidReason(g) || ' ' || ST_AsText(g))
					FROM (SELECT ST_GeomFromWKB(unnest($1::bytea[])) g) q WHERE NOT ST_IsValid(g)`, polygons).Scan(&faults, &reason)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("zoom %d: %d tiles, %d polygons", zoom, count, len(polygons))
				if faults > 0 {
					t.Errorf("zoom %d: %d of %d polygons are not valid: %s", zoom, faults, len(polygons), *reason)
				}
			}
		})
	}
}

// drawn returns the polygons in tiles of a zoom around the buildings of a city.
func drawn(t *testing.T, atlas *tiles.Atlas, city *snapshot.Snapshot, set *tiles.Set, zoom uint32) (count int, polygons [][]byte) {
	t.Helper()
	box := city.Layer(geo.Buildings).Box()
	first, last := tileOf(zoom, geo.Point{X: box.W, Y: box.N}), tileOf(zoom, geo.Point{X: box.E, Y: box.S})
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			if zoom > 14 && (x+y)%3 != 0 {
				continue
			}
			data, _, err := atlas.Append(t.Context(), nil, city, set, tiles.Address{Z: zoom, X: x, Y: y}, 0)
			if err != nil {
				t.Fatal(err)
			}
			tile, err := mvt.Decode(data)
			if err != nil {
				t.Fatalf("%d/%d/%d: %v", zoom, x, y, err)
			}
			count++
			for _, layer := range tile.Layers {
				for _, f := range layer.Features {
					if f.Type == mvt.Polygons {
						polygons = append(polygons, wellKnown(t, geometry(f)))
					}
				}
			}
		}
	}
	return count, polygons
}

// tileOf returns the tile of a zoom that a place lies in.
func tileOf(zoom uint32, p geo.Point) tiles.Address {
	x, y := crs.Mercator(p)
	n := float64(uint32(1) << zoom)
	return tiles.Address{Z: zoom, X: uint32(x * n), Y: uint32(y * n)}
}
