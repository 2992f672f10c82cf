package tiles

import (
	"encoding/binary"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/tiles/mvt"
)

// leafMaker fills leaves of one drawing, one after the other. One goroutine uses
// it at a time.
type leafMaker struct {
	drawing *drawing
	mender  mvt.Mender
	leaf    leaf // at hand

	// Of the feature at hand:
	shape    mvt.Shape
	text     []byte // its values, one after the other
	values   []attribute
	numbered [][]byte // those of the values that the dictionary has
	numbers  []uint32
}

// attribute is a key, by its place in the rule, and a value as tiles have it.
type attribute struct {
	key   int
	value []byte
}

func newLeafMaker(d *drawing) *leafMaker {
	m := &leafMaker{drawing: d}
	m.begin()
	return m
}

// begin empties the leaf at hand, of which the memory is kept.
func (m *leafMaker) begin() {
	m.leaf.sketches = append(m.leaf.sketches[:0], sketch{})
	m.leaf.words, m.leaf.bytes = m.leaf.words[:0], m.leaf.bytes[:0]
}

// len returns how many features the leaf has so far.
func (m *leafMaker) len() int { return m.leaf.len() }

// done returns a leaf with what was added since the last call.
func (m *leafMaker) done() *leaf {
	l := &leaf{
		reach:    nowhere,
		sketches: slices.Clone(m.leaf.sketches), words: slices.Clone(m.leaf.words), bytes: slices.Clone(m.leaf.bytes),
		groups: make([]reach, 0, (m.len()+groupSize-1)/groupSize),
	}
	l.first = l.order(0)
	for run := range slices.Chunk(l.sketches[:l.len()], groupSize) {
		group := nowhere
		for _, e := range run {
			group = group.with(reach{e.box, e.zoom})
		}
		l.groups, l.reach = append(l.groups, group), l.reach.with(group)
	}
	m.begin()
	return l
}

// copy takes over a feature of another leaf of the same drawing or an older one.
func (m *leafMaker) copy(from *leaf, i int) {
	e, next := &from.sketches[i], &from.sketches[i+1]
	m.leaf.words = append(m.leaf.words, from.words[e.words:next.words]...)
	m.leaf.bytes = append(m.leaf.bytes, from.bytes[e.bytes:next.bytes]...)
	m.close(*e)
}

// close ends the feature of which words and record were written, with the rest of
// its sketch.
func (m *leafMaker) close(s sketch) {
	l := &m.leaf
	e := &l.sketches[len(l.sketches)-1]
	s.words, s.bytes = e.words, e.bytes
	*e = s
	l.sketches = append(l.sketches, sketch{words: uint32(len(l.words)), bytes: uint32(len(l.bytes))})
}

// add draws a feature with geometry, of the box worldBox.
func (m *leafMaker) add(f geo.Feature, box mvt.Box) {
	common, first := f.Common(), m.drawing.rule.first(f)
	lowest := max(first-m.drawing.earlier, 0) // zoom at which it may be drawn
	traits := trait(common.Shape.Kind())
	m.project(common.Shape, box)
	flawed := zooms(0)
	if common.Shape.Kind() == geo.Polygons {
		flawed = flaws(&m.mender, &m.shape, lowest)
	}
	if flawed != 0 {
		traits |= flawedTrait
	}
	if common.From != 0 || common.Until != 0 {
		traits |= timedTrait
	}
	if m.drawing.rule.titled(f) {
		traits |= labelledTrait
		m.shape.Corners = append(m.shape.Corners, world(labelPoint(common.Shape)))
	}
	traits |= m.addShape(traits)
	plain := m.plainFrom(traits, flawed, lowest)

	l := &m.leaf
	l.bytes = binary.AppendUvarint(l.bytes, uint64(common.ID))
	if traits&timedTrait != 0 {
		l.bytes = binary.AppendUvarint(l.bytes, uint64(uint32(common.From)))
		l.bytes = binary.AppendUvarint(l.bytes, uint64(uint32(common.Until)))
	}
	if traits&flawedTrait != 0 {
		l.bytes = binary.AppendUvarint(l.bytes, uint64(flawed))
	}
	m.addAttributes(f)
	m.close(sketch{box: box, zoom: uint8(first), plain: plain, traits: traits})
}

// plainFrom returns the zoom from which on the shape at hand is one near line or ring
// that rounding leaves as it is; above all zooms for what is large: of that, tiles see
// a part.
func (m *leafMaker) plainFrom(traits trait, flawed zooms, lowest int) uint8 {
	least, kind := MaxZoom+1, mvtType(traits)
	if traits&(nearTrait|severalTrait) != nearTrait || kind == mvt.Points {
		return uint8(least)
	}
	for least > lowest && !flawed.has(least-1) && m.mender.Plain(kind, &m.shape, uint8(least-1)) {
		least--
	}
	return uint8(least)
}

// project makes a shape the one at hand.
func (m *leafMaker) project(shape geo.Shape, box mvt.Box) {
	s := &m.shape
	s.Corners, s.Parts, s.Box = s.Corners[:0], s.Parts[:0], box
	for _, p := range shape.Points() {
		s.Corners = append(s.Corners, world(p))
	}
	s.Parts = append(s.Parts, 0)
	if shape.Kind() == geo.Points { // all of them are one part
		s.Parts = append(s.Parts, mvt.Offset(len(s.Corners)))
		return
	}
	start := 0
	for i := range shape.NumParts() {
		part := shape.Part(i)
		if part.Hole {
			s.Parts[i] |= mvt.Hole
		}
		end := start + len(part.Points)
		if shape.Kind() == geo.Polygons {
			turn(s.Corners[start:end], part.Hole)
		}
		s.Parts = append(s.Parts, mvt.Offset(end))
		start = end
	}
}

// turn turns a ring as tiles have it: clockwise on the map, a hole the other way.
func turn(ring []mvt.Point, hole bool) {
	area, first := 0.0, ring[0] // beside which the others are small
	for i := 2; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		area += (float64(a.X)-float64(first.X))*(float64(b.Y)-float64(first.Y)) -
			(float64(a.Y)-float64(first.Y))*(float64(b.X)-float64(first.X))
	}
	if area > 0 == hole {
		slices.Reverse(ring[1:])
	}
}

// addShape writes the shape at hand, the label point behind its corners, and
// returns the traits that say how.
func (m *leafMaker) addShape(traits trait) trait {
	s, l := &m.shape, &m.leaf
	if geo.Kind(traits&kindTrait) == geo.Points && s.Parts[1] == 1 {
		return 0
	}
	const half = 1 << 16
	near := s.Box.Max.X-s.Box.Min.X < half && s.Box.Max.Y-s.Box.Min.Y < half && len(s.Parts) < half && 2*len(s.Corners) < half
	how, least := trait(0), mvt.Point{}
	if near {
		how, least = nearTrait, s.Box.Min
	}
	number := func(v uint32) {
		l.words = append(l.words, uint16(v))
		if !near {
			l.words = append(l.words, uint16(v>>16))
		}
	}
	if parts := len(s.Parts) - 1; parts > 1 {
		how |= severalTrait
		number(uint32(parts))
		for i := range parts {
			length := 2 * uint32(s.Parts[i+1].At()-s.Parts[i].At())
			if s.Parts[i].IsHole() {
				length++
			}
			number(length)
		}
	}
	for _, c := range s.Corners {
		number(c.X - least.X)
		number(c.Y - least.Y)
	}
	return how
}

func world(p geo.Point) mvt.Point {
	x, y := crs.World(p)
	return mvt.Point{X: x, Y: y}
}

// worldBox returns the smallest box around the corners of a shape. Projection
// keeps the order of meridians and of parallels, so four of them are enough.
func worldBox(s geo.Shape) mvt.Box { return worldBoxOf(s.Box()) }

func worldBoxOf(b geo.Box) mvt.Box {
	return mvt.Box{Min: world(geo.Point{X: b.W, Y: b.N}), Max: world(geo.Point{X: b.E, Y: b.S})}
}

// addAttributes writes what is known of the feature, with the keys in the order of
// the rule.
func (m *leafMaker) addAttributes(f geo.Feature) {
	m.values, m.numbered = m.values[:0], m.numbered[:0]
	for key, field := range m.drawing.rule.fields {
		start := len(m.text)
		m.text = appendValue(m.text, field, f)
		if len(m.text) == start {
			continue
		}
		value := m.text[start:]
		m.values = append(m.values, attribute{key, value})
		if !m.drawing.rule.direct[key] {
			m.numbered = append(m.numbered, value)
		}
	}
	m.text = m.text[:0]
	m.numbers = m.drawing.values.numbers(m.numbered, m.numbers[:0])
	numbers := m.numbers
	l := &m.leaf
	for _, v := range m.values {
		if m.drawing.rule.direct[v.key] {
			l.bytes = mvt.AppendUniqueTag(l.bytes, v.key, v.value)
		} else {
			l.bytes = mvt.AppendTag(l.bytes, v.key, numbers[0])
			numbers = numbers[1:]
		}
	}
}

// appendValue appends the value of a field as a tile has it, nothing where it is
// unknown or a flag that is false. Lists are joined by commas.
func appendValue(dst []byte, field *geo.Field, f geo.Feature) []byte {
	switch value := field.Get(f).(type) {
	case string:
		return mvt.AppendString(dst, value)
	case []string:
		return mvt.AppendString(dst, strings.Join(value, ","))
	case int64:
		return mvt.AppendInt(dst, value)
	case float64:
		return mvt.AppendDouble(dst, value)
	case bool:
		if value || field.Type != geo.Flag {
			return mvt.AppendBool(dst, value)
		}
	}
	return dst
}
