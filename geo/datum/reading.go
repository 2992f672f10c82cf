package datum

import (
	"slices"

	"github.com/paulmach/orb"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// claim is a claim reduced to what is judged.
type claim struct {
	layer geo.Layer
	kind  geo.Kind
	// xy are the position of a point, the two ends of some pieces of a line, or the
	// ring of a polygon.
	xy          []orb.Point
	name, place string
}

const (
	piecesOfLine = 5  // looked at, evenly along its corners
	cornersMost  = 40 // of a ring
)

// prepare takes an even share of the sample and reduces it.
func prepare(sample []Claim) []claim {
	claims := make([]claim, 0, min(len(sample), mostClaims))
	step := max(1, float64(len(sample))/mostClaims)
	for at := 0.0; int(at) < len(sample); at += step {
		c := &sample[int(at)]
		kind, xy := reduce(c.Shape)
		if kind != geo.NoShape {
			claims = append(claims, claim{layer: c.Layer, kind: kind, xy: xy, name: c.Name, place: c.Place})
		}
	}
	return claims
}

// reduce keeps the first part of a shape and of that what is looked at.
func reduce(shape orb.Geometry) (geo.Kind, []orb.Point) {
	switch g := shape.(type) {
	case orb.Point:
		return geo.Points, []orb.Point{g}
	case orb.MultiPoint:
		if len(g) > 0 {
			return geo.Points, g[:1]
		}
	case orb.LineString:
		if len(g) < 2 {
			break
		}
		var ends []orb.Point
		pieces := len(g) - 1
		n := min(pieces, piecesOfLine)
		for i := range n {
			at := i * (pieces - 1) / max(n-1, 1) // the first and the last are among them
			ends = append(ends, g[at], g[at+1])
		}
		return geo.Lines, ends
	case orb.MultiLineString:
		if len(g) > 0 {
			return reduce(g[0])
		}
	case orb.Ring:
		ring := []orb.Point(g)
		if len(ring) > 1 && ring[0] == ring[len(ring)-1] {
			ring = ring[:len(ring)-1]
		}
		if len(ring) < 3 {
			break
		}
		n := min(len(ring), cornersMost)
		corners := make([]orb.Point, n)
		for i := range corners {
			corners[i] = ring[i*len(ring)/n]
		}
		return geo.Polygons, corners
	case orb.Polygon:
		if len(g) > 0 {
			return reduce(g[0])
		}
	case orb.MultiPolygon:
		if len(g) > 0 {
			return reduce(g[0])
		}
	}
	return geo.NoShape, nil
}

// china is a box around the country, for an empty map.
var china = geo.Box{W: 73e7, S: 3e7, E: 136e7, N: 54e7}

// readingsOf places the claims under every candidate and keeps those that put at
// least a twentieth of them into the box, the fullest first. Readings that put
// everything where an earlier one does (GCJ-02 outside China) are left out.
func readingsOf(claims []claim, box geo.Box, empty bool) []*reading {
	var readings []*reading
	for _, system := range candidates(box, empty) {
		for _, swapped := range []bool{false, true} {
			r := place(claims, system, swapped, box)
			same := func(other *reading) bool { return slices.EqualFunc(other.at, r.at, slices.Equal) }
			if r.Inside >= 0.05 && !slices.ContainsFunc(readings, same) {
				readings = append(readings, r)
			}
		}
	}
	slices.SortStableFunc(readings, func(a, b *reading) int {
		switch {
		case a.Inside > b.Inside:
			return -1
		case a.Inside < b.Inside:
			return 1
		}
		return 0
	})
	return readings
}

// candidates are the systems that come into question for a map: those in degrees,
// web mercator, and the zones that reach it, of an empty map all of them. CGCS2000
// in degrees is WGS84 here.
func candidates(box geo.Box, empty bool) []crs.System {
	list := []crs.System{crs.WGS84, crs.GCJ02, crs.BD09, crs.WebMercator}
	west, _ := crs.ToDegrees(geo.Point{X: box.W})
	east, _ := crs.ToDegrees(geo.Point{X: box.E})
	for meridian := 75.0; meridian <= 135; meridian += 3 {
		if empty || meridian > west-3 && meridian < east+3 {
			list = append(list, crs.Zone(meridian, false), crs.Zone(meridian, true))
		}
	}
	return list
}

func place(claims []claim, system crs.System, swapped bool, box geo.Box) *reading {
	r := &reading{Candidate: Candidate{System: system, Swapped: swapped}, at: make([][]geo.Point, len(claims))}
	inside := 0
	for i, c := range claims {
		points := make([]geo.Point, 0, len(c.xy))
		for _, p := range c.xy {
			if swapped {
				p[0], p[1] = p[1], p[0]
			}
			lon, lat, err := system.ToWGS84(p[0], p[1])
			if err != nil {
				points = nil
				break
			}
			points = append(points, crs.At(lon, lat))
		}
		if len(points) > 0 && box.Holds(points[0]) {
			inside++
		}
		r.at[i] = points
	}
	r.Inside = float64(inside) / float64(len(claims))
	return r
}
