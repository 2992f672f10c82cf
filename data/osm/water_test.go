package osm_test

import (
	"testing"

	"gridatlas/data/osm"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// Nobody comes to a street across a river, but people walk over it on a bridge and
// stand where it runs in a culvert.
func TestRiverIsCrossedOnBridges(t *testing.T) {
	result := readText(t, extract(
		wayText(1, []int{0, 0, 15, 0, 19, 0}, "highway", "residential"),
		wayText(2, []int{0, 10, 15, 10, 19, 10}, "highway", "residential"),
		wayText(3, []int{15, 0, 15, 10}, "highway", "footway", "bridge", "yes"),
		wayText(4, []int{0, 2, 6, 2}, "waterway", "river", "tunnel", "culvert"),
		wayText(5, []int{6, 2, 19, 2}, "waterway", "river", "layer", "-1"),
	), osm.Options{})
	b := snapshot.NewBuilder()
	for i, f := range result.Features {
		f.Common().ID = int64(i + 1)
		b.Add(f)
	}
	network := street.Build(b.Build(geo.Head{Epoch: 1, Revision: 1}), nil)
	for _, test := range []struct {
		name          string
		x, y, on, off int
	}{
		{"on the near bank", 10, 1, 10, 0},
		{"on the far bank", 10, 3, 10, 10},
		{"behind the culvert", 3, 3, 3, 0},
		{"on the bridge", 15, 3, 15, 3},
	} {
		foot, ok := network.Snap(at(test.x, test.y), nil)
		if want := at(test.on, test.off); !ok || foot.At != want {
			t.Errorf("%s: joined at %v, %v, want %v", test.name, foot.At, ok, want)
		}
	}
	if n := network.Islands(); n != 1 {
		t.Errorf("%d pieces of network: the bridge does not join the banks", n)
	}
}
