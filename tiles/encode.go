package tiles

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// version of the Mapbox Vector Tile specification that the bytes follow.
const version = 2

// Encode returns the bytes of one tile at an instant, or nil when nothing appears
// in it: features that are not in effect then are left out. until is the next
// instant at which a feature in the tile comes into effect or goes out of it; zero:
// none does. Layers come in catalog order, each followed by its label points;
// features by id; keys by name: equal input gives equal bytes. The error is ctx's,
// or of the encoder.
func (*Atlas) Encode(ctx context.Context, s *snapshot.Snapshot, set *Set, a Address, at geo.Instant) (data []byte, until geo.Instant, err error) {
	var layers mvt.Layers
	for i := range set.rules {
		areas, labels, next, err := set.rules[i].features(ctx, s, set.view, a, at)
		if err != nil {
			return nil, 0, err
		}
		until = sooner(until, next, at)
		name := string(set.rules[i].layer)
		if len(areas) > 0 {
			layers = append(layers, &mvt.Layer{Name: name, Version: version, Extent: Extent, Features: areas})
		}
		if len(labels) > 0 {
			layers = append(layers, &mvt.Layer{Name: name + labelSuffix, Version: version, Extent: Extent, Features: labels})
		}
	}
	if layers == nil {
		return nil, until, nil
	}
	if data, err = mvt.Marshal(layers); err != nil {
		return nil, 0, fmt.Errorf("encode tile %v of %s: %w", a, set.Name, err)
	}
	return data, until, nil
}

// sooner returns the first of two instants that lies after at; zero: neither does.
func sooner(a, b, at geo.Instant) geo.Instant {
	switch {
	case b <= at || b == 0:
		return a
	case a <= at || a == 0:
		return b
	}
	return min(a, b)
}

// labelSuffix makes the name of the companion layer with one point a polygon.
const labelSuffix = "_label"

// features returns what of one layer appears in a tile at an instant, its label
// points, and when that changes.
func (r *rule) features(ctx context.Context, s *snapshot.Snapshot, view View, a Address, at geo.Instant) (shapes, labels []*geojson.Feature, until geo.Instant, err error) {
	zoom := int(a.Z)
	if zoom < r.from-r.earlier {
		return nil, nil, 0, nil
	}
	box := a.Box(r.buffer)
	var found []geo.Feature
	for f := range s.Layer(r.layer).Search(box) {
		if len(found)%1024 == 0 && ctx.Err() != nil {
			return nil, nil, 0, ctx.Err()
		}
		if !r.appears(f, zoom) || !view.shows(f) {
			continue
		}
		base := f.Common()
		until = sooner(sooner(until, base.From, at), base.Until, at)
		if base.InEffect(at) {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(f, g geo.Feature) int { return cmp.Compare(f.Common().ID, g.Common().ID) })
	for i, f := range found {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, nil, 0, ctx.Err()
		}
		shape := f.Common().Shape
		geometry := a.cut(shape, r.buffer, box.Covers(shape.Box()))
		var label orb.Geometry
		if r.labelled(f, zoom) {
			label = a.own(labelPoint(shape))
		}
		if geometry == nil && label == nil {
			continue
		}
		properties := r.properties(f)
		if geometry != nil {
			shapes = append(shapes, &geojson.Feature{ID: f.Common().ID, Geometry: geometry, Properties: properties})
		}
		if label != nil {
			labels = append(labels, &geojson.Feature{ID: f.Common().ID, Geometry: label, Properties: properties})
		}
	}
	return shapes, labels, until, nil
}

// own returns the place of a point in the one tile of its zoom that holds it,
// nil in every other.
func (a Address) own(p geo.Point) orb.Geometry {
	n := math.Exp2(float64(a.Z))
	x, y := crs.Mercator(p)
	column, row := min(math.Floor(x*n), n-1), min(math.Floor(y*n), n-1)
	if column != float64(a.X) || row != float64(a.Y) {
		return nil
	}
	return orb.Point{math.Floor((x*n - column) * Extent), math.Floor((y*n - row) * Extent)}
}

// properties returns the attributes of a feature as a tile has them: unknown
// values and flags that are false are left out, lists are joined by commas.
func (r *rule) properties(f geo.Feature) geojson.Properties {
	properties := make(geojson.Properties, len(r.fields))
	for _, field := range r.fields {
		switch value := field.Get(f).(type) {
		case nil:
		case []string:
			properties[field.Name] = strings.Join(value, ",")
		case bool:
			if value || field.Type != geo.Flag {
				properties[field.Name] = value
			}
		default:
			properties[field.Name] = value
		}
	}
	return properties
}
