package tiles

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Extent is the width of a tile in its own units.
const Extent = 4096

// cut projects a shape into a tile, clips it to the tile and its buffer, rounds
// it to whole units and drops what rounding made of no size. Nil when nothing is
// left. Whole says that the shape lies inside the clip box.
func (a Address) cut(s geo.Shape, buffer int, whole bool) orb.Geometry {
	bound := orb.Bound{
		Min: orb.Point{float64(-buffer), float64(-buffer)},
		Max: orb.Point{float64(Extent + buffer), float64(Extent + buffer)},
	}
	switch s.Kind() {
	case geo.Points:
		return a.cutPoints(s, bound)
	case geo.Lines:
		return a.cutLines(s, bound, whole)
	case geo.Polygons:
		return a.cutPolygons(s, bound, whole)
	}
	return nil
}

func (a Address) cutPoints(s geo.Shape, bound orb.Bound) orb.Geometry {
	var points orb.MultiPoint
	for _, p := range a.projectAll(s.Points(), false) {
		if bound.Contains(p) {
			points = append(points, round(p))
		}
	}
	switch len(points) {
	case 0:
		return nil
	case 1:
		return points[0]
	}
	return points
}

func (a Address) cutLines(s geo.Shape, bound orb.Bound, whole bool) orb.Geometry {
	var lines orb.MultiLineString
	for part := range s.Parts() {
		pieces := orb.MultiLineString{a.projectAll(part.Points, false)}
		if !whole {
			pieces = clip.LineString(bound, pieces[0])
		}
		for _, piece := range pieces {
			if line := tidyLine(piece); len(line) > 1 {
				lines = append(lines, line)
			}
		}
	}
	switch len(lines) {
	case 0:
		return nil
	case 1:
		return lines[0]
	}
	return lines
}

func (a Address) cutPolygons(s geo.Shape, bound orb.Bound, whole bool) orb.Geometry {
	var polygons orb.MultiPolygon
	outer := false // the outer ring of the holes that come now was kept
	for part := range s.Parts() {
		if part.Hole && !outer {
			continue
		}
		ring := orb.Ring(a.projectAll(part.Points, true))
		if !whole {
			ring = clip.Ring(bound, ring)
		}
		ring = tidyRing(ring)
		if !part.Hole {
			outer = ring != nil
		}
		if ring == nil {
			continue
		}
		// Decided after rounding, which can turn a flat ring over. Tile rows run
		// downwards, so a positive area looks clockwise.
		if (area2(ring) > 0) == part.Hole {
			ring.Reverse()
		}
		if part.Hole {
			last := len(polygons) - 1
			polygons[last] = append(polygons[last], ring)
		} else {
			polygons = append(polygons, orb.Polygon{ring})
		}
	}
	switch len(polygons) {
	case 0:
		return nil
	case 1:
		return polygons[0]
	}
	return polygons
}

// projectAll returns places in units of the tile, from its upper left corner, not
// rounded.
func (a Address) projectAll(points []geo.Point, closed bool) []orb.Point {
	out := make([]orb.Point, 0, len(points)+1)
	n, column, row := math.Exp2(float64(a.Z)), float64(a.X), float64(a.Y)
	for _, p := range points {
		x, y := crs.Mercator(p)
		// Exact but for Mercator itself, so that tiles side by side round a corner
		// to the same place.
		out = append(out, orb.Point{(x*n - column) * Extent, (y*n - row) * Extent})
	}
	if closed && len(out) > 0 {
		out = append(out, out[0])
	}
	return out
}

func round(p orb.Point) orb.Point {
	return orb.Point{math.Floor(p[0] + 0.5), math.Floor(p[1] + 0.5)}
}

// turn is twice the area of the triangle a, b, c; zero when b is no corner.
func turn(a, b, c orb.Point) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// tidyRing rounds a ring and drops every point that is not a corner: repeated
// ones, those on a straight line and the tips of spikes without width. It
// returns a closed ring, or nil when no area is left. It writes into its input.
func tidyRing(in orb.Ring) orb.Ring {
	ring := in[:0]
	for _, p := range in {
		p = round(p)
		for len(ring) > 1 && turn(ring[len(ring)-2], ring[len(ring)-1], p) == 0 {
			ring = ring[:len(ring)-1]
		}
		if len(ring) == 0 || ring[len(ring)-1] != p {
			ring = append(ring, p)
		}
	}
	for len(ring) > 2 { // where the ring closes
		n := len(ring)
		switch {
		case ring[n-1] == ring[0] || turn(ring[n-2], ring[n-1], ring[0]) == 0:
			ring = ring[:n-1]
		case turn(ring[n-1], ring[0], ring[1]) == 0:
			ring = ring[1:]
		default:
			if area2(ring) == 0 { // a figure of eight that cancels out
				return nil
			}
			return append(ring, ring[0])
		}
	}
	return nil
}

// tidyLine rounds a line and drops the points on its straight parts. Where it
// turns back on itself it keeps the turning point. It writes into its input.
func tidyLine(in orb.LineString) orb.LineString {
	line := in[:0]
	for _, p := range in {
		p = round(p)
		if n := len(line); n > 0 && line[n-1] == p {
			continue
		}
		if n := len(line); n > 1 && turn(line[n-2], line[n-1], p) == 0 && ahead(line[n-2], line[n-1], p) {
			line[n-1] = p
			continue
		}
		line = append(line, p)
	}
	return line
}

func ahead(a, b, c orb.Point) bool {
	return (b[0]-a[0])*(c[0]-b[0])+(b[1]-a[1])*(c[1]-b[1]) > 0
}

// area2 is twice the signed area of a ring, closed or not.
func area2(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i+1 < len(ring); i++ {
		sum += turn(ring[0], ring[i], ring[i+1])
	}
	return sum
}
