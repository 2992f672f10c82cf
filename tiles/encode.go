package tiles

import (
	"context"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

// Extent is the width of a tile in its own units.
const Extent = mvt.Extent

// labelSuffix makes the name of the companion layer with one point a polygon.
const labelSuffix = "_label"

// Append appends the bytes of one tile at an instant to dst, none when nothing
// appears in it: features that are not in effect then are left out. until is the
// next instant at which a feature in the tile comes into effect or goes out of it;
// zero: none does. Layers come in catalog order, each followed by its label points;
// features along a Hilbert curve, then by id; keys and values as features first use
// them: equal maps give equal bytes, however they came to be. The error is ctx's, or
// a fault in drawing a layer.
func (a *Atlas) Append(ctx context.Context, dst []byte, s *snapshot.Snapshot, set *Set, tile Address, at geo.Instant) (data []byte, until geo.Instant, err error) {
	c, ok := a.cutters.Get().(*cutter)
	if !ok {
		c = new(cutter)
	}
	defer func() {
		c.writer.Reset(nil) // dst is the caller's
		a.cutters.Put(c)
	}()
	c.writer.Reset(dst)
	for _, r := range set.rules {
		if int(tile.Z) < r.from-r.earlier {
			continue
		}
		d, err := a.drawing(ctx, s, set.view, r)
		if err != nil {
			return nil, 0, err
		}
		var borders *arc.Zoom
		if slices.Contains(coverage[:], r.layer) {
			if borders, err = a.drawnBorders(ctx, s, set.view, int(tile.Z)); err != nil {
				return nil, 0, err
			}
		}
		next, err := c.cut(ctx, d, borders, r, tile, at)
		if err != nil {
			return nil, 0, err
		}
		until = at.FirstAfter(until, next)
	}
	return c.writer.Bytes(), until, nil
}

// cutter cuts tiles out of drawings. It keeps its memory from tile to tile. One
// goroutine uses it at a time.
type cutter struct {
	writer mvt.Writer
	frame  mvt.Frame
	shape  mvt.Shape
	shared mvt.Shape // instead of shape, with the corners of borders that are shared
	labels []label   // of the layer at hand
}

// label is a label point and the feature it stands for.
type label struct {
	leaf    *leaf
	feature int
	at      mvt.Point
}

// cut writes what of a drawing appears in a tile at an instant, and its label
// points. Areas come from the borders, where there are such. It returns the next
// instant at which that changes.
func (c *cutter) cut(ctx context.Context, d *drawing, borders *arc.Zoom, r *rule, tile Address, at geo.Instant) (until geo.Instant, err error) {
	zoom := uint8(int(tile.Z) + r.earlier)
	labelled := int(zoom) >= r.label
	c.frame.Reset(uint8(tile.Z), tile.X, tile.Y, r.buffer)
	c.frame.KeepStraight = borders != nil
	c.labels = c.labels[:0]
	c.writer.BeginLayer(string(r.layer), r.keys, d.known)
	seen, count := c.frame.Box(), 0
	for leaf, i := range d.search(seen, zoom) {
		if count++; count%1024 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		record := leaf.record(i)
		id, from, end, flawed := record.head()
		if record.traits&timedTrait != 0 {
			until = at.FirstAfter(until, from, end)
			if from != 0 && from > at || end != 0 && at >= end {
				continue
			}
		}
		kind, sketch := mvtType(record.traits), &leaf.sketches[i]
		var geometry []byte
		var point mvt.Point
		if borders == nil && sketch.plain <= uint8(tile.Z) && seen.Holds(sketch.box) { // most of all
			var offsets []uint16
			offsets, point = leaf.near(i)
			geometry = c.frame.Near(kind, sketch.box, offsets)
		} else {
			point = leaf.shape(i, &c.shape)
			c.shape.Flawed = flawed.has(int(tile.Z)) || int(tile.Z)+d.earlier < int(sketch.zoom)
			shape := &c.shape
			if borders != nil {
				if shared, ok := borders.Shape(geo.Key{Layer: r.layer, ID: id}); ok {
					c.shared = shared
					shape = &c.shared
				}
			}
			geometry = c.geometry(kind, shape)
		}
		if len(geometry) > 0 {
			c.writer.Tags(record.bytes)
			c.writer.Feature(uint64(id), kind, geometry)
		}
		if labelled && record.traits&labelledTrait != 0 && len(c.frame.Spot(point)) > 0 {
			c.labels = append(c.labels, label{leaf, i, point})
		}
	}
	c.writer.EndLayer()

	c.writer.BeginLayer(string(r.layer)+labelSuffix, r.keys, d.known)
	for _, l := range c.labels {
		record := l.leaf.record(l.feature)
		id, _, _, _ := record.head()
		c.writer.Tags(record.bytes)
		c.writer.Feature(uint64(id), mvt.Points, c.frame.Spot(l.at))
	}
	c.writer.EndLayer()
	return until, nil
}

// geometry returns what of a shape lies in the tile.
func (c *cutter) geometry(kind mvt.Type, shape *mvt.Shape) []byte {
	switch kind {
	case mvt.Points:
		return c.frame.Points(shape)
	case mvt.Lines:
		return c.frame.Lines(shape)
	default:
		return c.frame.Polygons(shape)
	}
}
