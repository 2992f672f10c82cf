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

// Encode returns the bytes of one tile, or nil when nothing appears in it. Layers
// come in catalog order, each followed by its label points; features by id; keys
// by name: equal input gives equal bytes. The error is ctx's, or of the encoder.
func Encode(ctx context.Context, s *snapshot.Snapshot, set *Set, a Address) ([]byte, error) {
	var layers mvt.Layers
	for i := range set.rules {
		areas, labels, err := set.rules[i].features(ctx, s, a)
		if err != nil {
			return nil, err
		}
		name := string(set.rules[i].layer)
		if len(areas) > 0 {
			layers = append(layers, &mvt.Layer{Name: name, Version: version, Extent: Extent, Features: areas})
		}
		if len(labels) > 0 {
			layers = append(layers, &mvt.Layer{Name: name + labelSuffix, Version: version, Extent: Extent, Features: labels})
		}
	}
	if layers == nil {
		return nil, nil
	}
	data, err := mvt.Marshal(layers)
	if err != nil {
		return nil, fmt.Errorf("encode tile %v of %s: %w", a, set.Name, err)
	}
	return data, nil
}

// labelSuffix makes the name of the companion layer with one point a polygon.
const labelSuffix = "_label"

// features returns what of one layer appears in a tile, and its label points.
func (r *rule) features(ctx context.Context, s *snapshot.Snapshot, a Address) (shapes, labels []*geojson.Feature, err error) {
	zoom := int(a.Z)
	if zoom < r.from-r.earlier {
		return nil, nil, nil
	}
	box := a.Box(r.buffer)
	var found []geo.Feature
	for f := range s.Layer(r.layer).Search(box) {
		if len(found)%1024 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if r.appears(f, zoom) && geo.ForPublic(f) {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(f, g geo.Feature) int { return cmp.Compare(f.Common().ID, g.Common().ID) })
	for i, f := range found {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
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
	return shapes, labels, nil
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
