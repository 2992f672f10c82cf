package crs_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

// worldMetres is the width of the world in EPSG:3857.
const worldMetres = 2 * math.Pi * 6378137

// Places of PROJ's cs2cs, EPSG:4326 to EPSG:3857.
func TestMercatorKnown(t *testing.T) {
	for _, c := range []struct{ lon, lat, x, y float64 }{
		{119.107, 36.7093, 13258930.5899, 4398664.0457},
		{0, 0, 0, 0},
	} {
		x, y := crs.Mercator(crs.At(c.lon, c.lat))
		near(t, "x", (x-0.5)*worldMetres, c.x, 0.0001)
		near(t, "y", (0.5-y)*worldMetres, c.y, 0.0001)
	}
}

func TestMercatorEdges(t *testing.T) {
	for _, c := range []struct{ lon, lat, x, y float64 }{
		{-180, 90, 0, 0}, {180, -90, 1, 1}, {-180, crs.MaxLat, 0, 0}, {180, -crs.MaxLat, 1, 1}, {0, 0, 0.5, 0.5},
	} {
		x, y := crs.Mercator(crs.At(c.lon, c.lat))
		near(t, "x", x, c.x, 1e-12)
		near(t, "y", y, c.y, 1e-8) // MaxLat lies between two lattice points
	}
}

func TestMercatorRoundTrip(t *testing.T) {
	rng := seedtest.New(t)
	for range 200000 {
		p := randomPoint(rng)
		if limit := int32(85e7); p.Y > limit || p.Y < -limit {
			continue
		}
		if q := crs.FromMercator(crs.Mercator(p)); q != p {
			t.Fatalf("%v comes back as %v", p, q)
		}
	}
}

// World is Mercator on a grid, and tells any two meridians of the lattice apart.
func TestWorld(t *testing.T) {
	rng := seedtest.New(t)
	for range 200000 {
		p := randomPoint(rng)
		x, y := crs.World(p)
		u, v := crs.Mercator(p)
		near(t, "x", float64(x), min(u*(1<<32), 1<<32-1), 0.5001)
		near(t, "y", float64(y), min(v*(1<<32), 1<<32-1), 0.5001)
		if p.X < geo.World.E {
			if east, _ := crs.World(geo.Point{X: p.X + 1, Y: p.Y}); east == x && x != 1<<32-1 {
				t.Fatalf("the meridians at and right after %v fall together", p)
			}
		}
	}
	for _, c := range []struct {
		lon, lat float64
		x, y     uint32
	}{{-180, 90, 0, 0}, {180, -90, 1<<32 - 1, 1<<32 - 1}, {0, 0, 1 << 31, 1 << 31}, {90, crs.MaxLat, 3 << 30, 0}} {
		// MaxLat lies between two lattice points, within three units.
		if x, y := crs.World(crs.At(c.lon, c.lat)); x != c.x || int64(y)-int64(c.y) > 3 || int64(c.y)-int64(y) > 3 {
			t.Errorf("%v, %v lies at %d, %d", c.lon, c.lat, x, y)
		}
	}
}

func TestTileBox(t *testing.T) {
	world := crs.TileBox(0, 0, 0)
	if world.W != geo.World.W || world.E != geo.World.E || world.N != -world.S {
		t.Errorf("tile 0/0/0 is %v", world)
	}
	near(t, "northern end", float64(world.N)/crs.PerDegree, crs.MaxLat, 1e-7)
	rng := seedtest.New(t)
	for range 20000 {
		z := 1 + rng.Uint32N(22)
		n := uint32(1) << z
		x, y := rng.Uint32N(n), rng.Uint32N(n)
		box := crs.TileBox(z, x, y)
		if box.Empty() || box.W == box.E || box.S == box.N {
			t.Fatalf("tile %d/%d/%d is %v", z, x, y, box)
		}
		if x+1 < n {
			if east := crs.TileBox(z, x+1, y); east.W != box.E || east.N != box.N || east.S != box.S {
				t.Fatalf("tile %d/%d/%d is %v, its neighbour to the east %v", z, x, y, box, east)
			}
		}
		if y+1 < n {
			if south := crs.TileBox(z, x, y+1); south.N != box.S || south.W != box.W || south.E != box.E {
				t.Fatalf("tile %d/%d/%d is %v, its neighbour to the south %v", z, x, y, box, south)
			}
		}
		nw, se := crs.TileBox(z+1, 2*x, 2*y), crs.TileBox(z+1, 2*x+1, 2*y+1)
		if nw.Union(se) != box || nw.E != se.W || nw.S != se.N {
			t.Fatalf("tile %d/%d/%d is %v, its children %v and %v", z, x, y, box, nw, se)
		}
		// Its middle lies in it, and in the unit square where the address says.
		u, v := crs.Mercator(box.Centre())
		if size := float64(n); uint32(u*size) != x || uint32(v*size) != y {
			t.Fatalf("the middle of %d/%d/%d lies in column %v, row %v", z, x, y, u*size, v*size)
		}
	}
}
