// Package demotest gives tests of other packages the demo city as a map.
package demotest

import (
	"testing"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// City returns the demo city with so many buildings, 0: as it is, numbered as a
// store would that was empty before.
func City(t testing.TB, scale int) *snapshot.Snapshot {
	t.Helper()
	b, ids := snapshot.NewBuilder(), map[geo.Layer]int64{}
	for change, err := range demo.Weifang(demo.Options{Scale: scale}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		base := change.After.Common()
		ids[change.Key.Layer]++
		base.ID, base.Version, base.Revision = ids[change.Key.Layer], 1, 1
		b.Add(change.After)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}
