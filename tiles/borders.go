package tiles

import (
	"context"
	"slices"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

// coverage is the layers whose areas share borders, drawn alike for all of them.
var coverage = [...]geo.Layer{geo.Places, geo.Grids, geo.Blocks}

// earliest is how many zooms before its own a layer begins in some set.
func earliest(layer geo.Layer) int {
	most := 0
	for _, set := range named {
		for _, r := range set.rules {
			if r.layer == layer {
				most = max(most, r.earlier)
			}
		}
	}
	return most
}

// borders keeps the borders of the coverage layers as a view shows them: of the
// newest maps, each made from one before.
type borders struct {
	turn chan struct{} // holds one while somebody has the rest
	kept []keptBorders // the last used in front
}

// keptBorders are the borders of one state of the coverage layers; nil when they
// are beyond what can be made, and areas are drawn each for itself.
type keptBorders struct {
	of      [len(coverage)]weak.Pointer[snapshot.Layer]
	borders *arc.Borders
}

func coverageOf(s *snapshot.Snapshot) (of [len(coverage)]weak.Pointer[snapshot.Layer]) {
	for i, layer := range coverage {
		of[i] = weak.Make(s.Layer(layer))
	}
	return of
}

// bordersOf returns the borders of a view with the turn taken. Done gives it back.
func (a *Atlas) bordersOf(ctx context.Context, view View) (b *borders, done func(), err error) {
	a.mu.Lock()
	b = a.borders[view.name]
	if b == nil {
		if a.borders == nil {
			a.borders = map[string]*borders{}
		}
		b = &borders{turn: make(chan struct{}, 1)}
		a.borders[view.name] = b
	}
	a.mu.Unlock()
	select {
	case b.turn <- struct{}{}:
		return b, func() { <-b.turn }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// drawnBorders returns the borders of a map at a zoom, nil when there are none. The
// error is ctx's.
func (a *Atlas) drawnBorders(ctx context.Context, s *snapshot.Snapshot, view View, zoom int) (*arc.Zoom, error) {
	b, done, err := a.bordersOf(ctx, view)
	if err != nil {
		return nil, err
	}
	of, err := b.make(ctx, s, view)
	done()
	if err != nil || of == nil {
		return nil, err
	}
	return of.At(ctx, zoom)
}

// find puts the borders of a map in front, if they are kept.
func (b *borders) find(s *snapshot.Snapshot) (*arc.Borders, bool) {
	of := coverageOf(s)
	for i, k := range b.kept {
		if k.of == of {
			copy(b.kept[1:i+1], b.kept[:i])
			b.kept[0] = k
			return k.borders, true
		}
	}
	return nil, false
}

func (b *borders) make(ctx context.Context, s *snapshot.Snapshot, view View) (*arc.Borders, error) {
	if found, ok := b.find(s); ok {
		return found, nil
	}
	var areas []arc.Area
	for _, layer := range coverage {
		r := ruleOf(layer)
		for f := range s.Layer(layer).After(0) {
			if base := f.Common(); view.shows(f) && base.Shape.Kind() == geo.Polygons {
				areas = append(areas, arc.Area{
					Key:  geo.Key{Layer: layer, ID: base.ID},
					From: r.first(f) - earliest(layer), Shape: base.Shape,
				})
			}
		}
	}
	var newest *arc.Borders
	if len(b.kept) > 0 {
		newest = b.kept[0].borders
	}
	made, err := newest.With(ctx, areas)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		made = nil
	}
	b.kept = append([]keptBorders{{coverageOf(s), made}}, b.kept[:min(len(b.kept), keptDrawings)]...)
	return made, nil
}

// addMoved adds to changes where the borders of areas are drawn otherwise, also of
// areas that did not change themselves, at the zooms at which somebody has seen them.
func (a *Atlas) addMoved(ctx context.Context, before, after *snapshot.Snapshot, view View, changes *Changes) error {
	b, done, err := a.bordersOf(ctx, view)
	if err != nil {
		return err
	}
	defer done()
	old, seen := b.find(before)
	if !seen {
		return nil
	}
	now, err := b.make(ctx, after, view)
	switch {
	case err != nil || old == now:
		return err
	case old == nil || now == nil:
		changes.All = true
		return nil
	}
	for zoom := range arc.MaxZoom + 1 {
		if !old.Made(zoom) {
			continue
		}
		was, err := old.At(ctx, zoom)
		if err != nil {
			return err
		}
		is, err := now.At(ctx, zoom)
		if err != nil {
			return err
		}
		to := zoom
		if zoom == arc.MaxZoom {
			to = MaxZoom
		}
		for _, t := range arc.Touched(was, is) {
			changes.add(t.Key.Layer, Touch{Box: latticeBox(t.Box), From: zoom, To: to, exact: true, ground: groundOf(t.Box)})
		}
	}
	return nil
}

// hasBorders reports whether a set has layers whose areas share borders.
func (s *Set) hasBorders() bool {
	return slices.ContainsFunc(coverage[:], func(layer geo.Layer) bool { return s.rule(layer) != nil })
}

// latticeBox returns the lattice box around a box of world units.
func latticeBox(b mvt.Box) geo.Box {
	at := func(p mvt.Point) geo.Point {
		return crs.FromMercator(float64(p.X)/(1<<32), float64(p.Y)/(1<<32))
	}
	nw, se := at(b.Min), at(b.Max)
	return geo.Box{W: nw.X, S: se.Y, E: se.X, N: nw.Y}.Grown(1, 1)
}
