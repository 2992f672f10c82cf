package tiles

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/geojson"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// twin is a slow, plain way to the contents of a tile, by search in the snapshot
// and orb's clipping, that Encode is held against: features by id a layer.
func twin(s *snapshot.Snapshot, set *Set, a Address, at geo.Instant) (layers map[string][]*geojson.Feature, until geo.Instant) {
	layers = map[string][]*geojson.Feature{}
	for _, r := range set.rules {
		zoom := int(a.Z) + r.earlier
		if zoom < r.from {
			continue
		}
		for f := range s.Layer(r.layer).Search(a.Box(r.buffer + 1)) {
			base := f.Common()
			if r.first(f) > zoom || !set.view.shows(f) {
				continue
			}
			shape, label := a.cut(base.Shape, r.buffer), orb.Geometry(nil)
			if r.titled(f) && zoom >= r.label {
				label = a.own(labelPoint(base.Shape))
			}
			if a.meets(base.Shape, r.buffer) {
				until = at.FirstAfter(until, base.From, base.Until)
			}
			if !base.InEffect(at) {
				continue
			}
			add := func(name string, g orb.Geometry) {
				if g != nil {
					layers[name] = append(layers[name], &geojson.Feature{ID: base.ID, Geometry: g, Properties: r.properties(f)})
				}
			}
			add(string(r.layer), shape)
			add(string(r.layer)+labelSuffix, label)
		}
	}
	for _, features := range layers {
		slices.SortFunc(features, func(f, g *geojson.Feature) int { return cmp.Compare(f.ID.(int64), g.ID.(int64)) })
	}
	return layers, until
}

// properties returns the attributes of a feature as a tile has them: unknown
// values and flags that are false are left out, lists are joined by commas.
func (r *rule) properties(f geo.Feature) geojson.Properties {
	properties := geojson.Properties{}
	for _, field := range r.fields {
		switch value := field.Get(f).(type) {
		case nil:
		case []string:
			properties[field.Name] = strings.Join(value, ",")
		case bool:
			if value || field.Type != geo.Flag {
				properties[field.Name] = value
			}
		case int64:
			properties[field.Name] = float64(value) // as decoded
		default:
			properties[field.Name] = value
		}
	}
	return properties
}

// own returns the place of a point in the one tile of its zoom that holds it, nil
// in every other.
func (a Address) own(p geo.Point) orb.Geometry {
	at := a.unit(p)
	x, y := math.Floor(at[0]), math.Floor(at[1])
	if x < 0 || y < 0 || x >= Extent || y >= Extent {
		return nil
	}
	return orb.Point{x, y}
}

// unit returns a place in units of the tile, from its upper left corner.
func (a Address) unit(p geo.Point) orb.Point {
	n := math.Exp2(float64(a.Z))
	x, y := crs.World(p)
	const world = 1 << 32
	return orb.Point{(float64(x)/world*n - float64(a.X)) * Extent, (float64(y)/world*n - float64(a.Y)) * Extent}
}

func rounded(p orb.Point) orb.Point { return orb.Point{math.Floor(p[0] + 0.5), math.Floor(p[1] + 0.5)} }

// meets reports whether the box of a shape meets the buffered tile, in whole units.
func (a Address) meets(s geo.Shape, buffer int) bool {
	box, low, high := s.Box(), float64(-buffer), float64(Extent+buffer)
	nw, se := rounded(a.unit(geo.Point{X: box.W, Y: box.N})), rounded(a.unit(geo.Point{X: box.E, Y: box.S}))
	return nw[0] <= high && nw[1] <= high && se[0] >= low && se[1] >= low
}

// cut returns what of a shape lies in a tile and its buffer, rounded to whole
// units; nil when nothing does. Rings are neither tidied nor mended, and where they
// are cut have edges along the border.
func (a Address) cut(s geo.Shape, buffer int) orb.Geometry {
	bound := orb.Bound{
		Min: orb.Point{float64(-buffer), float64(-buffer)},
		Max: orb.Point{float64(Extent + buffer), float64(Extent + buffer)},
	}
	project := func(points []geo.Point) (out []orb.Point) {
		for _, p := range points {
			out = append(out, rounded(a.unit(p)))
		}
		return out
	}
	switch s.Kind() {
	case geo.Points:
		var points orb.MultiPoint
		for _, p := range project(s.Points()) {
			if bound.Contains(p) {
				points = append(points, p)
			}
		}
		if len(points) > 0 {
			return points
		}
	case geo.Lines:
		var lines orb.MultiLineString
		for part := range s.Parts() {
			for _, piece := range clip.LineString(bound, project(part.Points)) {
				if length(piece) > 0 {
					lines = append(lines, piece)
				}
			}
		}
		if len(lines) > 0 {
			return lines
		}
	case geo.Polygons:
		var polygons orb.MultiPolygon
		for part := range s.Parts() {
			ring := orb.Ring(project(part.Points))
			ring = clip.Ring(bound, append(ring, ring[0]))
			switch last := len(polygons) - 1; {
			case part.Hole && last >= 0 && len(ring) > 3:
				polygons[last] = append(polygons[last], ring)
			case !part.Hole:
				polygons = append(polygons, orb.Polygon{ring})
			}
		}
		polygons = slices.DeleteFunc(polygons, func(p orb.Polygon) bool { return len(p[0]) < 4 })
		if len(polygons) > 0 {
			return polygons
		}
	}
	return nil
}

func length(line orb.LineString) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(line[i][0]-line[i-1][0], line[i][1]-line[i-1][1])
	}
	return sum
}
