package worklist_test

import (
	"encoding/json"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/worklist"
)

func gap(lon float64) worklist.Item {
	return worklist.Item{Kind: worklist.Gap, Layer: geo.Grids, At: &[2]float64{lon, 36.7}, Members: []string{"G1", "G2"}, AreaM2: 12}
}

// list keeps records as a store does.
type list map[string]worklist.Held

func (l list) merge(t *testing.T, now int64, covers func(*worklist.Item) bool, found ...worklist.Item) {
	t.Helper()
	changes, err := worklist.Merge(l, found, covers, time.Unix(now, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Expect != l[c.Key].Version {
			t.Fatalf("%s: version %d expected, %d stands", c.Key, c.Expect, l[c.Key].Version)
		}
		held := worklist.Held{Version: c.Expect + 1}
		if err := json.Unmarshal(c.Value, &held.Item); err != nil {
			t.Fatal(err)
		}
		l[c.Key] = held
	}
}

func (l list) state(t *testing.T, item worklist.Item, want worklist.State, foundAt int64) {
	t.Helper()
	held, ok := l[item.ID()]
	if !ok || held.State != want || held.FoundAt.Unix() != foundAt {
		t.Errorf("%s: %v since %d, want %v since %d", item.String(), held.State, held.FoundAt.Unix(), want, foundAt)
	}
}

func TestMerge(t *testing.T) {
	grids := func(item *worklist.Item) bool { return item.Layer == geo.Grids }
	row := worklist.Item{Kind: worklist.Unplaced, Layer: geo.Booths, Title: "修鞋", Source: "list", Key: "7", Address: "五道庙"}
	l := list{}
	l.merge(t, 1, grids, gap(119.1), gap(119.1), gap(119.2), row)
	if len(l) != 3 {
		t.Fatalf("%d items", len(l))
	}
	a, b := gap(119.1), gap(119.2)
	l.state(t, a, worklist.Open, 1)

	// Found again it waits since the first time; not found any more it is mended,
	// if the import would have found it.
	a.AreaM2 = 13
	l.merge(t, 2, grids, a)
	l.state(t, a, worklist.Open, 1)
	l.state(t, b, worklist.Mended, 1)
	l.state(t, row, worklist.Open, 1)
	if l[a.ID()].AreaM2 != 13 || l[b.ID()].Settled == nil {
		t.Error("not brought up to date")
	}

	// What was mended may break again; what a person settled stays settled.
	dropped := l[a.ID()]
	dropped.State = worklist.Dropped
	l[a.ID()] = dropped
	l.merge(t, 3, grids, a, b)
	l.state(t, a, worklist.Dropped, 1)
	l.state(t, b, worklist.Open, 3)
	if l[b.ID()].Settled != nil {
		t.Error("open and settled")
	}
}

// The same row of a source is the same item, whatever else it says.
func TestOneRowIsOneItem(t *testing.T) {
	one, two := worklist.Item{Kind: worklist.Unplaced, Source: "s", Key: "1", Title: "a"}, worklist.Item{Kind: worklist.Unplaced, Source: "s", Key: "1", Address: "b"}
	if one.ID() != two.ID() {
		t.Error("one row, two items")
	}
}
