package walk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Level is a kind of area that buildings are counted by: grid, or a kind of place.
type Level string

// The levels, the smallest areas first.
const (
	ByGrid      Level = "grid"
	ByCommunity Level = "community"
	ByStreet    Level = "street"
	ByZone      Level = "zone"
	ByDistrict  Level = "district"
)

// Levels lists the levels.
var Levels = []Level{ByGrid, ByCommunity, ByStreet, ByZone, ByDistrict}

// ParseLevel reads a level by its word.
func ParseLevel(word string) (Level, bool) {
	level := Level(word)
	return level, slices.Contains(Levels, level)
}

func (l Level) layer() geo.Layer {
	if l == ByGrid {
		return geo.Grids
	}
	return geo.Places
}

// has reports whether a feature is an area of the level.
func (l Level) has(f geo.Feature) bool {
	place, isPlace := f.(*geo.Place)
	return !isPlace || place.Kind == string(l)
}

// areas are the areas of a level with the buildings in them.
type areas struct {
	layer *snapshot.Layer
	list  []geo.Feature // by code, then id
	of    []int32       // by index of the building: its area; -1: none
	// The time for which they are true, from included.
	from, until time.Time
}

func (a *areas) trueAt(at time.Time) bool { return !at.Before(a.from) && at.Before(a.until) }

// newAreas finds the area of every building: the one around its pole of
// inaccessibility, of several the first by code.
func (m *Map) newAreas(ctx context.Context, layer *snapshot.Layer, level Level, at time.Time) (*areas, error) {
	instant := geo.InstantOf(at)
	a := &areas{layer: layer, of: make([]int32, len(m.places.list)-m.places.buildings), from: at, until: at.AddDate(1, 0, 0)}
	next := geo.Instant(0)
	for f := range layer.After(0) {
		common := f.Common()
		if !level.has(f) || common.Shape.Kind() != geo.Polygons {
			continue
		}
		next = instant.FirstAfter(next, common.From, common.Until)
		if common.InEffect(instant) {
			a.list = append(a.list, f)
		}
	}
	if next != 0 {
		a.until = next.Time()
	}
	slices.SortFunc(a.list, func(f, g geo.Feature) int {
		return cmp.Or(cmp.Compare(f.Common().Code, g.Common().Code), cmp.Compare(f.Common().ID, g.Common().ID))
	})
	index := make(map[geo.Feature]int32, len(a.list))
	for i, f := range a.list {
		index[f] = int32(i)
	}
	err := eachErr(ctx, len(a.of), func(i int) error {
		pole := m.places.list[m.places.buildings+i].pole
		best := int32(-1)
		for f := range layer.Search(geo.NoBox.With(pole)) {
			if k, ok := index[f]; ok && (best < 0 || k < best) && f.Common().Shape.Covers(pole) {
				best = k
			}
		}
		a.of[i] = best
		return nil
	})
	return a, err
}

// Row says of an area who lives in it and who of them reaches a place in time.
type Row struct {
	Area    geo.Feature // *geo.Place or *geo.Grid; nil: the buildings in no area
	All, In Sums
}

// Rows counts by areas of a level who reaches a place within some minutes. Areas
// come by code, those without buildings too, and in the end, where there are any,
// the buildings in none. The total is that of all buildings. The rows are kept for
// who asks next and must not be changed.
func (c *Coverage) Rows(ctx context.Context, by Level, minutes int) (rows []Row, total Row, err error) {
	a, err := c.m.coverages.areasOf(ctx, c.m, by, c.At)
	if err != nil {
		return nil, total, err
	}
	figures, err := c.m.figuresFor(ctx, &c.Query)
	if err != nil {
		return nil, total, err
	}
	found := c.covered.counts.find(a, figures, minutes)
	if found == nil {
		found = &count{areas: a, figures: figures, minutes: minutes}
		found.rows, found.total = c.covered.count(a, figures, minutes)
		c.covered.counts.keep(found)
	}
	return found.rows, found.total, nil
}

// count counts by areas, with the figures by building, who reaches a place within
// some minutes.
func (c *covered) count(a *areas, figures []figures, minutes int) (rows []Row, total Row) {
	type pair struct{ all, in tally }
	pairs := make([]pair, len(a.list)+1) // the last for those in none
	budget := uint32(minutes) * 60_000
	for i := range c.homes {
		home := &c.homes[i]
		if home.reason == absent {
			continue
		}
		k := int(a.of[i])
		if k < 0 {
			k = len(a.list)
		}
		building := &figures[i]
		pairs[k].all.add(building)
		if home.reason == reached && home.ms <= budget {
			pairs[k].in.add(building)
		}
	}
	var whole pair
	for k := range pairs {
		whole.all.join(&pairs[k].all)
		whole.in.join(&pairs[k].in)
		row := Row{All: pairs[k].all.sums(), In: pairs[k].in.sums()}
		if k < len(a.list) {
			row.Area = a.list[k]
		} else if row.All.Buildings == 0 {
			break
		}
		rows = append(rows, row)
	}
	return rows, Row{All: whole.all.sums(), In: whole.in.sums()}
}

// Outside asks for buildings that reach no place in time.
type Outside struct {
	Minutes int
	// By and Code name an area; an empty code: everywhere.
	By   Level
	Code string
	// After is the id after which the list begins, Limit how many it has at most.
	After int64
	Limit int
}

// Outside lists buildings that reach no place within some minutes, by id, and says
// how many there are in the whole. The error is geo.ErrNotFound for an area that
// is none of the level.
func (c *Coverage) Outside(ctx context.Context, q Outside) (list []Served, matched int, err error) {
	within := func(int) bool { return true }
	if q.Code != "" {
		a, err := c.m.coverages.areasOf(ctx, c.m, q.By, c.At)
		if err != nil {
			return nil, 0, err
		}
		k := slices.IndexFunc(a.list, func(f geo.Feature) bool { return f.Common().Code == q.Code })
		if k < 0 {
			return nil, 0, fmt.Errorf("no %s %s: %w", q.By, q.Code, geo.ErrNotFound)
		}
		within = func(i int) bool { return a.of[i] == int32(k) }
	}
	for i := range c.covered.homes {
		home := &c.covered.homes[i]
		inTime := home.reason == reached && home.ms <= uint32(q.Minutes)*60_000
		if home.reason == absent || inTime || !within(i) {
			continue
		}
		matched++
		if s := c.served(i); s.Building.ID > q.After && len(list) < q.Limit {
			list = append(list, s)
		}
	}
	return list, matched, nil
}
