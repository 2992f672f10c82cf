package wkb

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Bytes of what is counted: a count is refused before anything is allocated for
// it when the rest cannot hold as many.
const (
	headBytes  = 5
	countBytes = 4
	pointBytes = 16
)

// Parse reads one geometry that fills raw. Positions are rounded to the lattice,
// which gives back exactly what Append wrote. Heights, measures, curves,
// collections, other reference systems, lines of one point, rings that are not
// closed or of which the lattice leaves less than three corners are errors that
// name the byte. Where all of it or a member is empty the error is ErrEmpty,
// beside the shape of the rest: whether that is a fault is for the store to say.
// Parse may be called from many goroutines.
func Parse(raw []byte, form Form) (geo.Shape, error) {
	p := parsers.Get().(*parser)
	p.raw = raw
	shape, err := p.shape(form)
	*p = parser{points: p.points[:0], parts: p.parts[:0]}
	parsers.Put(p)
	return shape, err
}

// parsers keep their scratch memory: a city is read shape after shape.
var parsers = sync.Pool{New: func() any { return new(parser) }}

// parser stands at a byte of raw. After the first fault nothing more is read.
type parser struct {
	raw    []byte
	at     int
	big    bool // byte order of the geometry that is read
	empty  bool // something was
	points []geo.Point
	parts  []geo.Part
	err    error
}

func (p *parser) shape(form Form) (geo.Shape, error) {
	kind := p.head()
	if form.Extended && kind&sridFlag != 0 {
		kind &^= sridFlag
		if srid := p.uint32(); srid != crs.SRID {
			p.fail("reference system %d, want %d", srid, crs.SRID)
		}
	}
	single := geo.Kind((kind-1)%toMulti + 1)
	switch kind {
	case uint32(single):
		p.member(single)
	case uint32(single) + toMulti:
		p.members(single)
	default:
		p.fail("geometry type %#x cannot be kept", kind)
	}
	if rest := len(p.raw) - p.at; rest > 0 {
		p.fail("%d bytes too many", rest)
	}
	if p.err != nil {
		return geo.Shape{}, fmt.Errorf("read %d bytes of geometry, at byte %d: %w", len(p.raw), p.at, p.err)
	}
	s := geo.MakeShape(single, p.parts)
	switch {
	case !s.Whole(): // a ring that the lattice leaves nothing of
		return geo.Shape{}, fmt.Errorf("read %d bytes of geometry: %w", len(p.raw), errPart)
	case p.empty:
		return s, fmt.Errorf("read %d bytes of geometry: %w", len(p.raw), ErrEmpty)
	}
	return s, nil
}

func (p *parser) members(single geo.Kind) {
	n := p.count(headBytes)
	p.empty = n == 0
	for ; n > 0 && p.err == nil; n-- {
		if kind := p.head(); kind != uint32(single) {
			p.fail("geometry type %d inside one of type %d", kind, single+toMulti)
		}
		p.member(single)
	}
}

func (p *parser) member(kind geo.Kind) {
	switch kind {
	case geo.Points:
		p.part(1, false)
	case geo.Lines:
		n := p.count(pointBytes)
		switch n {
		case 0:
			p.empty = true
			return
		case 1:
			p.fail("a line of 1 point")
		}
		p.part(n, false)
	case geo.Polygons:
		rings := p.count(countBytes)
		if rings == 0 {
			p.empty = true
		}
		for i := 0; i < rings && p.err == nil; i++ {
			p.ring(i > 0)
		}
	}
}

func (p *parser) ring(hole bool) {
	n := p.count(pointBytes)
	if n < 4 {
		p.fail("a ring of %d positions", n)
	}
	if ring := p.part(n, hole); p.err == nil && ring[0] != ring[n-1] {
		p.fail("a ring that is not closed")
	}
}

// part reads n positions as one part.
func (p *parser) part(n int, hole bool) []geo.Point {
	if p.err == nil && n*pointBytes > len(p.raw)-p.at {
		p.fail("it ends early")
	}
	if p.err != nil {
		return nil
	}
	start := len(p.points)
	all := slices.Grow(p.points, n)
	for rest := p.raw[p.at:][:n*pointBytes]; len(rest) >= pointBytes; rest = rest[pointBytes:] {
		lon, lat := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		if p.big {
			lon, lat = bits.ReverseBytes64(lon), bits.ReverseBytes64(lat)
		}
		at, err := crs.ToLattice(math.Float64frombits(lon), math.Float64frombits(lat))
		if err != nil {
			p.at += (len(all) - start) * pointBytes
			p.err = err
			return nil
		}
		all = append(all, at)
	}
	p.at += n * pointBytes
	p.points = all
	points := all[start:len(all):len(all)]
	p.parts = append(p.parts, geo.Part{Points: points, Hole: hole})
	return points
}

// head reads byte order and type.
func (p *parser) head() uint32 {
	if p.err != nil || p.at == len(p.raw) {
		p.fail("it ends early")
		return 0
	}
	order := p.raw[p.at]
	if order != bigEndian && order != littleEndian {
		p.fail("byte order %d", order)
		return 0
	}
	p.big = order == bigEndian
	p.at++
	return p.uint32()
}

// count reads a number of things of at least size bytes each.
func (p *parser) count(size int) int {
	n := p.uint32()
	if p.err == nil && uint64(n)*uint64(size) > uint64(len(p.raw)-p.at) {
		p.fail("it ends early")
	}
	if p.err != nil {
		return 0
	}
	return int(n)
}

func (p *parser) uint32() uint32 {
	if p.err != nil || len(p.raw)-p.at < 4 {
		p.fail("it ends early")
		return 0
	}
	v := binary.LittleEndian.Uint32(p.raw[p.at:])
	p.at += 4
	if p.big {
		v = bits.ReverseBytes32(v)
	}
	return v
}

// fail keeps the first fault.
func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}
