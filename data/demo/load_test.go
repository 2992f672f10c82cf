package demo_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gridatlas/data/demo"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// loaded is the demo city as a store gives it back.
type loaded struct {
	head   geo.Head
	places []*geo.Place
	grids  []*geo.Grid

	compounds   []*geo.Compound
	buildings   []*geo.Building
	parking     []*geo.ParkingSpace
	booths      []*geo.Booth
	shelters    []*geo.Shelter
	facilities  []*geo.Facility
	gates       []*geo.Gate
	barriers    []*geo.Barrier
	streets     []*geo.Street
	land        []*geo.LandArea
	assignments []*geo.Assignment
	incidents   []*geo.Incident

	all      []geo.Feature
	snapshot *snapshot.Snapshot
}

var storeOnce = sync.OnceValues(func() (*loaded, error) {
	folder, err := os.MkdirTemp("", "demo")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := gpkg.Open(ctx, filepath.Join(folder, "city.gpkg"))
	if err != nil {
		return nil, err
	}
	defer store.Close()
	if _, err := store.Apply(ctx, demo.Weifang(demo.Options{})); err != nil {
		return nil, err
	}
	c := &loaded{}
	builder := snapshot.NewBuilder()
	c.head, err = store.Load(ctx, func(f geo.Feature) error {
		c.all = append(c.all, f)
		builder.Add(f)
		switch f := f.(type) {
		case *geo.Place:
			c.places = append(c.places, f)
		case *geo.Grid:
			c.grids = append(c.grids, f)
		case *geo.Compound:
			c.compounds = append(c.compounds, f)
		case *geo.Building:
			c.buildings = append(c.buildings, f)
		case *geo.ParkingSpace:
			c.parking = append(c.parking, f)
		case *geo.Booth:
			c.booths = append(c.booths, f)
		case *geo.Shelter:
			c.shelters = append(c.shelters, f)
		case *geo.Facility:
			c.facilities = append(c.facilities, f)
		case *geo.Gate:
			c.gates = append(c.gates, f)
		case *geo.Barrier:
			c.barriers = append(c.barriers, f)
		case *geo.Street:
			c.streets = append(c.streets, f)
		case *geo.LandArea:
			c.land = append(c.land, f)
		case *geo.Assignment:
			c.assignments = append(c.assignments, f)
		case *geo.Incident:
			c.incidents = append(c.incidents, f)
		default:
			return fmt.Errorf("the demo city has no %s", f.Layer())
		}
		return nil
	})
	c.snapshot = builder.Build(c.head)
	return c, err
})

// city is the demo city read back from a GeoPackage, once for all tests.
func city(tb testing.TB) *loaded {
	tb.Helper()
	c, err := storeOnce()
	if err != nil {
		tb.Fatalf("make and load the demo city: %v", err)
	}
	return c
}

// index finds features by their boxes on a plain grid of cells.
type index[F geo.Feature] struct {
	size  int32
	cells map[[2]int32][]F
}

func newIndex[F geo.Feature](list []F, size int32) *index[F] {
	x := &index[F]{size: size, cells: map[[2]int32][]F{}}
	for _, f := range list {
		x.over(f.Common().Shape.Box(), func(cell [2]int32) { x.cells[cell] = append(x.cells[cell], f) })
	}
	return x
}

func (x *index[F]) over(b geo.Box, each func(cell [2]int32)) {
	for i := b.W / x.size; i <= b.E/x.size; i++ {
		for j := b.S / x.size; j <= b.N/x.size; j++ {
			each([2]int32{i, j})
		}
	}
}

// near gives the features whose boxes meet a box; some twice.
func (x *index[F]) near(b geo.Box, each func(F)) {
	x.over(b, func(cell [2]int32) {
		for _, f := range x.cells[cell] {
			if f.Common().Shape.Box().Intersects(b) {
				each(f)
			}
		}
	})
}
