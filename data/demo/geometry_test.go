package demo_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/valid"
)

// cell is the size of index cells: about 180 m.
const cell = 20000

// crossAt reports whether two pieces cross in their inside, or one touches the
// other with an end; shared ends alone count only where touch is set.
func segmentsMeet(a, b, p, q geo.Point) bool {
	o1, o2 := geo.Cross(a, b, p), geo.Cross(a, b, q)
	o3, o4 := geo.Cross(p, q, a), geo.Cross(p, q, b)
	if (o1 > 0) != (o2 > 0) && (o3 > 0) != (o4 > 0) && o1 != 0 && o2 != 0 && o3 != 0 && o4 != 0 {
		return true
	}
	on := func(o int64, a, b, p geo.Point) bool {
		return o == 0 && geo.NoBox.With(a).With(b).Holds(p)
	}
	return on(o1, a, b, p) || on(o2, a, b, q) || on(o3, p, q, a) || on(o4, p, q, b)
}

func sides(s geo.Shape, each func(a, b geo.Point)) {
	for part := range s.Parts() {
		n := len(part.Points)
		last := n
		if s.Kind() == geo.Lines {
			last = n - 1
		}
		for i := range last {
			each(part.Points[i], part.Points[(i+1)%n])
		}
	}
}

// overlap reports whether two polygons share ground or touch.
func overlap(a, b geo.Shape) bool {
	if a.Covers(b.Points()[0]) || b.Covers(a.Points()[0]) {
		return true
	}
	hit := false
	sides(a, func(p, q geo.Point) {
		box := geo.NoBox.With(p).With(q)
		sides(b, func(r, s geo.Point) {
			if !hit && box.Intersects(geo.NoBox.With(r).With(s)) && segmentsMeet(p, q, r, s) {
				hit = true
			}
		})
	})
	return hit
}

func TestAllShapesAreValid(t *testing.T) {
	for _, f := range city(t).all {
		base := f.Common()
		if base.Shape.IsZero() {
			continue
		}
		if faults := valid.Check(base.Shape); faults != nil {
			t.Errorf("%s %d %s: %v", f.Layer(), base.ID, base.Name, faults[0])
		}
	}
}

func TestBuildingsKeepApart(t *testing.T) {
	c := city(t)
	x := newIndex(c.buildings, cell)
	for _, b := range c.buildings {
		x.near(b.Shape.Box(), func(o *geo.Building) {
			if o.ID > b.ID && overlap(b.Shape, o.Shape) {
				t.Errorf("buildings %s and %s overlap", b.Code, o.Code)
			}
		})
	}
}

func TestBuildingsStandOnDryGround(t *testing.T) {
	c := city(t)
	var water []*geo.LandArea
	for _, l := range c.land {
		if l.Kind == "water" {
			water = append(water, l)
		}
	}
	if len(water) < 20 {
		t.Fatalf("only %d waters", len(water))
	}
	x := newIndex(c.buildings, cell)
	for _, w := range water {
		x.near(w.Shape.Box(), func(b *geo.Building) {
			if overlap(b.Shape, w.Shape) {
				t.Errorf("building %s stands in %s %d", b.Code, w.Name, w.ID)
			}
		})
	}
}

// metresTo is the distance from a point to a piece of line, in metres.
func metresTo(local crs.Local, p, a, b geo.Point) float64 {
	px, py := local.XY(p)
	ax, ay := local.XY(a)
	bx, by := local.XY(b)
	dx, dy := bx-ax, by-ay
	t := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		t = min(max(((px-ax)*dx+(py-ay)*dy)/n, 0), 1)
	}
	return math.Hypot(px-ax-t*dx, py-ay-t*dy)
}

// TestCarriagewaysAreFree holds that no building comes nearer to the middle of
// a street than half its width. Two straight pieces that do not meet are nearest
// at an end of one of them.
func TestCarriagewaysAreFree(t *testing.T) {
	c := city(t)
	x := newIndex(c.buildings, cell)
	for _, s := range c.streets {
		half := s.WidthM.Value / 2
		local := crs.NewLocal(s.Shape.Points()[0])
		dx, dy := local.Steps(half)
		x.near(s.Shape.Box().Grown(dx, dy), func(b *geo.Building) {
			near := math.Inf(1)
			sides(s.Shape, func(p, q geo.Point) {
				sides(b.Shape, func(u, v geo.Point) {
					if segmentsMeet(p, q, u, v) {
						near = 0
					}
					near = min(near, metresTo(local, u, p, q), metresTo(local, p, u, v), metresTo(local, q, u, v))
				})
			})
			if near < half-0.02 {
				t.Errorf("building %s %s (%s) stands %.1f m from the middle of %s %d %q of %.1f m", b.Code, b.Name, b.Use, near, s.Class, s.ID, s.Name, s.WidthM.Value)
			}
		})
	}
}

// TestStreetsCrossAtCorners holds that lines meet where both have a corner, or
// on different levels.
func TestStreetsCrossAtCorners(t *testing.T) {
	c := city(t)
	type piece struct {
		street *geo.Street
		a, b   geo.Point
	}
	cells := map[[2]int32][]piece{}
	x := &index[*geo.Street]{size: 5000}
	for _, s := range c.streets {
		sides(s.Shape, func(a, b geo.Point) {
			p := piece{s, a, b}
			x.over(geo.NoBox.With(a).With(b), func(k [2]int32) {
				for _, o := range cells[k] {
					if o.a == a || o.a == b || o.b == a || o.b == b || o.street.Level != s.Level {
						continue
					}
					if geo.NoBox.With(a).With(b).Intersects(geo.NoBox.With(o.a).With(o.b)) && segmentsMeet(a, b, o.a, o.b) {
						t.Errorf("%s %d %q and %s %d %q cross without a common corner: %v-%v and %v-%v", s.Class, s.ID, s.Name, o.street.Class, o.street.ID, o.street.Name, a, b, o.a, o.b)
					}
				}
				cells[k] = append(cells[k], p)
			})
		})
	}
}

// TestWallsLetStreetsThrough holds that no street at ground level runs through
// a wall or over the railway.
func TestWallsLetStreetsThrough(t *testing.T) {
	c := city(t)
	x := newIndex(c.streets, cell)
	for _, b := range c.barriers {
		sides(b.Shape, func(p, q geo.Point) {
			box := geo.NoBox.With(p).With(q)
			x.near(box, func(s *geo.Street) {
				if s.Level.Value != 0 {
					return
				}
				sides(s.Shape, func(u, v geo.Point) {
					if segmentsMeet(p, q, u, v) {
						t.Errorf("%s %d %q runs through a %s at %v", s.Class, s.ID, s.Name, b.Kind, u)
					}
				})
			})
		})
	}
}

func TestGatesStandInGapsOnAStreet(t *testing.T) {
	c := city(t)
	corners := map[geo.Point]bool{}
	for _, s := range c.streets {
		for _, p := range s.Shape.Points() {
			corners[p] = true
		}
	}
	gates := 0
	for _, g := range c.gates {
		if g.Kind != "gate" {
			continue
		}
		gates++
		if !corners[g.Shape.Points()[0]] {
			t.Errorf("gate %d %s stands on no corner of a street", g.ID, g.Name)
		}
	}
	between(t, "gates", gates, 2500, 8000)
}
