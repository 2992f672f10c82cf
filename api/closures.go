package api

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// readClosures reads areas and lines that are supposed to be closed. Rings are
// closed and do not cross themselves: on both sides of a crossing nobody can say
// what is meant to be inside.
func readClosures(list []geometry, datum crs.System) ([]geo.Shape, error) {
	var shapes []geo.Shape
	points, metres := 0, 0.0
	for i, g := range list {
		if form := coordinateForms[g.Type]; form.kind != geo.Lines && form.kind != geo.Polygons {
			return nil, badChange("closures", i, "type: %q is none of Polygon, MultiPolygon, LineString, MultiLineString", g.Type)
		}
		s, err := g.shape(func(lon, lat float64) (geo.Point, error) { return fromDatum(lon, lat, datum) })
		if err != nil {
			return nil, badChange("closures", i, "%v", err)
		}
		if points += len(s.Points()); points > maxChangePoints {
			return nil, badChange("closures", i, "more than %d points in all", maxChangePoints)
		}
		for part := range s.Parts() {
			metres += crs.Length(part.Points)
			if s.Kind() == geo.Polygons {
				metres += crs.Distance(part.Points[len(part.Points)-1], part.Points[0])
			}
		}
		if metres > maxChangeMetres {
			return nil, badChange("closures", i, "more than %.0f km of lines and borders in all", maxChangeMetres/1000)
		}
		if s.Kind() == geo.Polygons {
			switch at, found := crossing(s); found {
			case isCrossed:
				p := badChange("closures", i, "a border crosses itself or another")
				lon, lat := crs.ToDegrees(inDatum(at, datum))
				p.Members["lon"], p.Members["lat"] = lon, lat
				return nil, p
			case isTangled:
				return nil, badChange("closures", i, "its border is too tangled to be checked")
			}
		}
		shapes = append(shapes, s)
	}
	return shapes, nil
}

// simplicity says what crossing found.
type simplicity int

const (
	isSimple simplicity = iota
	isCrossed
	isTangled // more work than a question is worth
)

// maxPairs bounds the work of crossing: about 0.1 s. Borders that people draw
// take some hundred pairs a corner at most.
const maxPairs = 20_000_000

type side struct{ a, b geo.Point }

func (s side) west() int32 { return min(s.a.X, s.b.X) }
func (s side) east() int32 { return max(s.a.X, s.b.X) }

// crossing returns a corner of a side of a polygon that crosses another, or runs
// along it; sides may share corners. Sides are swept from west to east, each
// against those that begin before it ends.
func crossing(s geo.Shape) (geo.Point, simplicity) {
	var sides []side
	for part := range s.Parts() {
		for k, a := range part.Points {
			sides = append(sides, side{a, part.Points[(k+1)%len(part.Points)]})
		}
	}
	slices.SortFunc(sides, func(s, t side) int { return int(s.west()) - int(t.west()) })
	pairs := 0
	for i, s := range sides {
		for _, t := range sides[i+1:] {
			if t.west() > s.east() {
				break
			}
			if pairs++; pairs > maxPairs {
				return s.a, isTangled
			}
			if max(s.a.Y, s.b.Y) >= min(t.a.Y, t.b.Y) && max(t.a.Y, t.b.Y) >= min(s.a.Y, s.b.Y) && s.cross(t) {
				return s.a, isCrossed
			}
		}
	}
	return geo.Point{}, isSimple
}

// cross reports whether two sides with boxes that meet share more than corners.
// Exact.
func (s side) cross(t side) bool {
	sign := func(v int64) int {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return 0
	}
	a, b := sign(geo.Cross(t.a, t.b, s.a)), sign(geo.Cross(t.a, t.b, s.b))
	c, d := sign(geo.Cross(s.a, s.b, t.a)), sign(geo.Cross(s.a, s.b, t.b))
	if a == 0 && b == 0 {
		// On one line: they may touch end to end.
		shared := s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b
		if !shared {
			return true
		}
		common, s2, t2 := s.a, s.b, t.b
		if s.b == t.a || s.b == t.b {
			common, s2 = s.b, s.a
		}
		if common == t.b {
			t2 = t.a
		}
		// Both go the same way from the shared corner: one lies over the other.
		dx := (int64(s2.X) - int64(common.X)) * (int64(t2.X) - int64(common.X))
		dy := (int64(s2.Y) - int64(common.Y)) * (int64(t2.Y) - int64(common.Y))
		return dx > 0 || dy > 0
	}
	return a*b < 0 && c*d < 0
}
