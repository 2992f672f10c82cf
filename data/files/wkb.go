package files

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"gridatlas/geo"
)

// wkb reads well-known binary (OGC 06-103r4, clause 8.2) into g, as other programs
// write it: heights and measures, in the ISO numbers or the older flags, are
// dropped and counted, and collections of one kind are taken as several of it.
// Counts are held against what is left before anything is allocated for them.
func (g *Geometry) wkb(raw []byte) error {
	p := wkbParser{rest: raw, into: g}
	if err := p.geometry(0); err != nil {
		return err
	}
	if len(p.rest) > 0 {
		return fmt.Errorf("its geometry has %d bytes too many", len(p.rest))
	}
	if len(g.Points) == 0 { // empty
		g.Kind = geo.NoShape
	}
	return nil
}

// maxWKBDepth is how deep geometries nest: a collection of multi-polygons of
// polygons.
const maxWKBDepth = 3

type wkbParser struct {
	rest []byte
	big  bool
	high int // numbers of a position beyond two
	into *Geometry
}

var errWKBShort = errors.New("its geometry ends early")

// The numbers of the types, the same as those of the flags' lowest byte.
const (
	wkbPoint, wkbLine, wkbPolygon                = 1, 2, 3
	wkbPoints, wkbLines, wkbPolygons, wkbSeveral = 4, 5, 6, 7
)

func (p *wkbParser) geometry(depth int) error {
	if depth >= maxWKBDepth {
		return fmt.Errorf("its geometries nest deeper than %d", maxWKBDepth)
	}
	if len(p.rest) < 5 {
		return errWKBShort
	}
	p.big = p.rest[0] == 0
	p.rest = p.rest[1:]
	code, err := p.uint32()
	if err != nil {
		return err
	}
	p.high = 0
	const z, m, srid = 1 << 31, 1 << 30, 1 << 29
	for _, flag := range []uint32{z, m} {
		if code&flag != 0 {
			p.high++
		}
	}
	if code&srid != 0 {
		if _, err := p.uint32(); err != nil {
			return err
		}
	}
	code &^= z | m | srid
	if thousands := code / 1000; thousands <= 3 { // z, m, both
		p.high += []int{0, 1, 1, 2}[thousands]
		code %= 1000
	}
	switch code {
	case wkbPoint, wkbLine, wkbPolygon:
		kind := geo.Kind(code)
		if p.into.Kind != geo.NoShape && p.into.Kind != kind {
			return fmt.Errorf("%ss and %ss in one geometry cannot be stored", p.into.Kind, kind)
		}
		p.into.Kind = kind
		return p.single(kind)
	case wkbPoints, wkbLines, wkbPolygons, wkbSeveral:
		n, err := p.count(5)
		for ; n > 0 && err == nil; n-- {
			err = p.geometry(depth + 1)
		}
		return err
	}
	return fmt.Errorf("a geometry of type %d cannot be stored", code)
}

func (p *wkbParser) single(kind geo.Kind) error {
	switch kind {
	case geo.Points:
		before := len(p.into.Points)
		if err := p.positions(1); err != nil {
			return err
		}
		if math.IsNaN(p.into.Points[before][0]) { // how an empty point stands
			p.into.Points = p.into.Points[:before]
			return nil
		}
		return p.into.endPart(false)
	case geo.Lines:
		n, err := p.count(p.position())
		if err != nil || n == 0 {
			return err
		}
		if err := p.positions(n); err != nil {
			return err
		}
		return p.into.endPart(false)
	}
	rings, err := p.count(4)
	for i := 0; i < rings && err == nil; i++ {
		var n int
		if n, err = p.count(p.position()); err == nil {
			err = p.positions(n)
		}
		if err == nil {
			err = p.into.endPart(i > 0)
		}
	}
	return err
}

// position is how many bytes one takes.
func (p *wkbParser) position() int { return 16 + 8*p.high }

func (p *wkbParser) positions(n int) error {
	size := p.position()
	if n > len(p.rest)/size {
		return errWKBShort
	}
	for ; n > 0; n-- {
		x, y := p.float(p.rest), p.float(p.rest[8:])
		if p.high > 0 {
			p.into.Heights++
		}
		if err := p.into.add(x, y); err != nil {
			return err
		}
		p.rest = p.rest[size:]
	}
	return nil
}

// count reads a number of things of at least size bytes each.
func (p *wkbParser) count(size int) (int, error) {
	n, err := p.uint32()
	if err == nil && int64(n)*int64(size) > int64(len(p.rest)) {
		err = errWKBShort
	}
	return int(n), err
}

func (p *wkbParser) uint32() (uint32, error) {
	if len(p.rest) < 4 {
		return 0, errWKBShort
	}
	raw := p.rest
	p.rest = p.rest[4:]
	if p.big {
		return binary.BigEndian.Uint32(raw), nil
	}
	return binary.LittleEndian.Uint32(raw), nil
}

func (p *wkbParser) float(raw []byte) float64 {
	if p.big {
		return math.Float64frombits(binary.BigEndian.Uint64(raw))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(raw))
}
