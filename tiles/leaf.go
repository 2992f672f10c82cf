package tiles

import (
	"cmp"
	"encoding/binary"
	"slices"

	"gridatlas/geo"
	"gridatlas/tiles/mvt"
)

// leaf holds a run of a drawing: features that follow each other on the Hilbert
// curve, in flat arrays. It never changes, so drawings of several states share it.
type leaf struct {
	first order // of its first feature
	reach reach // of all of it

	sketches []sketch // of the features, and one more that ends them
	groups   []reach  // of runs of groupSize features

	// words are the corners of all features. Those of a near feature take two
	// words each, x and y from the least corner of its box; those of another take
	// four, the lower half of x first. A feature of several parts has their number
	// and the length of each in front, twice the length and one for holes. A point
	// is in its box and has none.
	words []uint16
	// bytes are the records of all features: the id; of a timed one the two
	// instants; of a flawed one the zooms, all as unsigned varints; then the known
	// attributes as mvt.Writer.Tags reads them.
	bytes []byte
}

// sketch is what a tile looks at first of a feature.
type sketch struct {
	box    mvt.Box
	words  uint32 // where its corners begin
	bytes  uint32 // where its record begins
	zoom   uint8  // at which it appears
	plain  uint8  // zoom from which it is one near line or ring that rounding leaves as it is
	traits trait
}

const (
	leafSize  = 512 // features of a leaf at first
	leafMost  = 1024
	leafLeast = 128 // leaves below are joined to one beside, where it has room
	groupSize = 16
)

// order is the place of a feature in its drawing: along the Hilbert curve by the
// middle of its box, then by id. It follows from the feature alone.
type order struct {
	place uint64
	id    int64
}

func (a order) before(b order) bool { return a.compare(b) < 0 }

func (a order) compare(b order) int {
	return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.id, b.id))
}

// reach is where and from which zoom something appears.
type reach struct {
	box  mvt.Box
	zoom uint8
}

// nowhere grows to whatever is first added.
var nowhere = reach{mvt.NoBox, 255}

func (r reach) with(s reach) reach {
	return reach{r.box.Extend(s.box.Min).Extend(s.box.Max), min(r.zoom, s.zoom)}
}

func (r reach) meets(clip mvt.Box, zoom uint8) bool { return r.zoom <= zoom && r.box.Meets(clip) }

// trait is a set of what is not the same for all features.
type trait uint8

const (
	kindTrait     trait = 3      // the bits of a geo.Kind
	nearTrait     trait = 1 << 2 // corners take two words each
	severalTrait  trait = 1 << 3 // parts
	labelledTrait trait = 1 << 4 // the label point is the last corner
	timedTrait    trait = 1 << 5
	flawedTrait   trait = 1 << 6 // at some zoom
)

// mvtType returns what a feature is in tiles.
func mvtType(t trait) mvt.Type {
	switch geo.Kind(t & kindTrait) {
	case geo.Points:
		return mvt.Points
	case geo.Lines:
		return mvt.Lines
	}
	return mvt.Polygons
}

func (l *leaf) len() int { return max(len(l.sketches)-1, 0) }

func (l *leaf) order(i int) order {
	return order{place: hilbertOf(l.sketches[i].box), id: l.record(i).id()}
}

// hilbertOf is the place of the middle of a box on the Hilbert curve over the world.
func hilbertOf(b mvt.Box) uint64 {
	return Hilbert(b.Min.X+(b.Max.X-b.Min.X)/2, b.Min.Y+(b.Max.Y-b.Min.Y)/2, 32)
}

// shape reads the geometry of a feature into s and returns its label point, where
// it has one.
func (l *leaf) shape(i int, s *mvt.Shape) (label mvt.Point) {
	e := &l.sketches[i]
	s.Corners, s.Parts, s.Box = s.Corners[:0], append(s.Parts[:0], 0), e.box
	words, traits := l.words[e.words:l.sketches[i+1].words], e.traits
	if len(words) == 0 {
		s.Corners, s.Parts = append(s.Corners, s.Box.Min), append(s.Parts, 1)
		return s.Box.Min
	}
	near := traits&nearTrait != 0
	if traits&severalTrait != 0 {
		words = readParts(words, near, s)
	}
	if near {
		least := s.Box.Min
		s.Corners = slices.Grow(s.Corners, len(words)/2)[:len(words)/2]
		for i := range s.Corners {
			s.Corners[i] = mvt.Point{X: least.X + uint32(words[2*i]), Y: least.Y + uint32(words[2*i+1])}
		}
	} else {
		for ; len(words) > 3; words = words[4:] {
			s.Corners = append(s.Corners, mvt.Point{X: wide(words), Y: wide(words[2:])})
		}
	}
	if traits&labelledTrait != 0 {
		last := len(s.Corners) - 1
		label, s.Corners = s.Corners[last], s.Corners[:last]
	}
	if traits&severalTrait == 0 {
		s.Parts = append(s.Parts, mvt.Offset(len(s.Corners)))
	}
	return label
}

// near reads one near line or ring: its corners, each by x and y from the least corner
// of its box, and its label point, where it has one.
func (l *leaf) near(i int) (offsets []uint16, label mvt.Point) {
	e := &l.sketches[i]
	offsets = l.words[e.words:l.sketches[i+1].words]
	if e.traits&labelledTrait != 0 {
		last := len(offsets) - 2
		label = mvt.Point{X: e.box.Min.X + uint32(offsets[last]), Y: e.box.Min.Y + uint32(offsets[last+1])}
		offsets = offsets[:last]
	}
	return offsets, label
}

// readParts reads the lengths of the parts and returns the words behind them.
func readParts(words []uint16, near bool, s *mvt.Shape) []uint16 {
	number := func() (v uint32) {
		if near {
			v, words = uint32(words[0]), words[1:]
		} else {
			v, words = wide(words), words[2:]
		}
		return v
	}
	end := mvt.Offset(0)
	for part := range number() {
		length := number()
		if length&1 != 0 {
			s.Parts[part] |= mvt.Hole
		}
		end += mvt.Offset(length >> 1)
		s.Parts = append(s.Parts, end)
	}
	return words
}

// wide returns the number of two words.
func wide(words []uint16) uint32 { return uint32(words[0]) | uint32(words[1])<<16 }

// record is what a leaf holds of a feature beside its place and shape.
type record struct {
	traits trait
	bytes  []byte
}

func (l *leaf) record(i int) record {
	return record{l.sketches[i].traits, l.bytes[l.sketches[i].bytes:l.sketches[i+1].bytes]}
}

func (r *record) next() uint64 {
	if b := r.bytes[0]; b < 0x80 { // mostly
		r.bytes = r.bytes[1:]
		return uint64(b)
	}
	return r.long()
}

func (r *record) long() uint64 {
	v, n := binary.Uvarint(r.bytes)
	r.bytes = r.bytes[n:]
	return v
}

// id returns the id. It reads from its own copy: the record stays where it is.
func (r record) id() int64 { return int64(r.next()) }

// head reads what stands before the attributes.
func (r *record) head() (id int64, from, until geo.Instant, flawed zooms) {
	id = int64(r.next())
	if r.traits&timedTrait != 0 {
		from, until = geo.Instant(r.next()), geo.Instant(r.next())
	}
	if r.traits&flawedTrait != 0 {
		flawed = zooms(r.next())
	}
	return id, from, until, flawed
}
