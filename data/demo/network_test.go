package demo_test

import (
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/street"
)

// TestEverythingIsReached holds that every building, booth and shelter snaps to
// the one large piece of the walking network.
func TestEverythingIsReached(t *testing.T) {
	c := city(t)
	net := street.Build(c.snapshot, nil)
	size := map[int32]int{}
	for e := range net.Edges {
		size[net.Island(int32(e))]++
	}
	largest, most := int32(-1), 0
	for island, n := range size {
		if n > most {
			largest, most = island, n
		}
	}
	if share := float64(most) / float64(len(net.Edges)); share < 0.99 {
		t.Errorf("the largest piece has %.1f %% of %d edges, %d pieces", share*100, len(net.Edges), len(size))
	}
	check := func(f geo.Feature) {
		p := f.Common().Shape.Box().Centre()
		foot, ok := net.Snap(p, nil)
		switch {
		case !ok:
			t.Errorf("%s %s %s is too far from every street", f.Layer(), f.Common().Code, f.Common().Name)
		case net.Island(foot.Edge) != largest:
			t.Errorf("%s %s is on an island", f.Layer(), f.Common().Code)
		}
	}
	for _, f := range c.buildings {
		check(f)
	}
	for _, f := range c.booths {
		check(f)
	}
	for _, f := range c.shelters {
		check(f)
	}
	for _, f := range c.facilities {
		check(f)
	}
}
