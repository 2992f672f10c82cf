package api

import (
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// The maps that were promised longest ago give way when all take too much memory, and
// never the last one.
func TestPromisesAreBounded(t *testing.T) {
	build := func(revision int64) *snapshot.Snapshot {
		b := snapshot.NewBuilder()
		for id := range int64(1000) {
			b.Add(&geo.LandArea{Base: geo.Base{ID: id + 1}})
		}
		return b.Build(geo.Head{Epoch: 1, Revision: revision})
	}
	newest, one := build(100), snapshot.Weight([]*snapshot.Snapshot{build(1)}, build(2))
	if one < 40_000 || one > 60_000 {
		t.Errorf("the index of 1,000 features takes %d bytes", one)
	}
	at := time.Unix(0, 0)
	p := promises{most: 3*one + one/2}
	first := build(1)
	for revision := range int64(4) {
		p.keep(build(revision+2), newest, at)
		p.keep(newest, newest, at) // takes nothing
	}
	if p.find(1, 2) != nil || p.find(1, 3) == nil || p.find(1, 5) == nil || p.find(1, 100) == nil {
		t.Errorf("held are %d maps", len(p.list))
	}
	p.most = 1
	p.keep(first, newest, at)
	if len(p.list) != 1 || p.find(1, 1) != first {
		t.Errorf("held are %d maps", len(p.list))
	}
	p.most = 0
	p.keep(build(7), newest, at.Add(promised))
	if p.find(1, 1) == nil {
		t.Error("five minutes later the promise is not kept")
	}
	if p.keep(build(8), newest, at.Add(promised+time.Second)); p.find(1, 1) != nil {
		t.Error("later it is held on")
	}
}
