package mvt_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/demo"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
	"gridatlas/tiles/mvt"
)

// TestCityIsValid asks PostGIS about every polygon in the tiles of the demo city: in
// all of zoom 10 to 14, and in each third of zoom 15 and 16.
func TestCityIsValid(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole city is drawn in the full run")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	b := snapshot.NewBuilder()
	ids := map[geo.Layer]int64{}
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		base := change.After.Common()
		ids[change.Key.Layer]++
		base.ID, base.Version, base.Revision = ids[change.Key.Layer], 1, 1
		b.Add(change.After)
	}
	city := b.Build(geo.Head{Epoch: 1, Revision: 1})
	set, err := tiles.ParseSet(tiles.Public, "map")
	if err != nil {
		t.Fatal(err)
	}
	box := city.Layer(geo.Buildings).Box()
	var atlas tiles.Atlas
	for zoom := uint32(10); zoom <= 16; zoom++ {
		first, last := tileOf(zoom, geo.Point{X: box.W, Y: box.N}), tileOf(zoom, geo.Point{X: box.E, Y: box.S})
		var polygons [][]byte
		count := 0
		for x := first.X; x <= last.X; x++ {
			for y := first.Y; y <= last.Y; y++ {
				if zoom > 14 && (x+y)%3 != 0 {
					continue
				}
				data, _, err := atlas.Encode(ctx, city, set, tiles.Address{Z: zoom, X: x, Y: y}, 0)
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
		var faults int
		var reason *string
		err := conn.QueryRow(ctx, `SELECT count(*), min(ST_IsValidReason(g) || ' ' || ST_AsText(g))
			FROM (SELECT ST_GeomFromWKB(unnest($1::bytea[])) g) q WHERE NOT ST_IsValid(g)`, polygons).Scan(&faults, &reason)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("zoom %d: %d tiles, %d polygons", zoom, count, len(polygons))
		if faults > 0 {
			t.Errorf("zoom %d: %d of %d polygons are not valid: %s", zoom, faults, len(polygons), *reason)
		}
	}
}

// tileOf returns the tile of a zoom that a place lies in.
func tileOf(zoom uint32, p geo.Point) tiles.Address {
	x, y := crs.Mercator(p)
	n := float64(uint32(1) << zoom)
	return tiles.Address{Z: zoom, X: uint32(x * n), Y: uint32(y * n)}
}
