package mvt

import (
	"encoding/binary"
	"slices"
)

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// room makes room behind the geometry for a command with so many corners and one
// more, and returns the bytes up to the end of the room.
func (f *Frame) room(corners int) []byte {
	const most = binary.MaxVarintLen64
	f.out = slices.Grow(f.out, (2*corners+4)*most)
	return f.out[:cap(f.out)]
}

// put writes a number at a place and returns where it ends.
func put(dst []byte, at int, v uint64) int {
	for v >= 0x80 {
		dst[at] = byte(v) | 0x80
		v >>= 7
		at++
	}
	dst[at] = byte(v)
	return at + 1
}

// command returns a command that is meant count times.
func command(id, count int) uint64 { return uint64(count)<<3 | uint64(id) }

// zigzag returns a way along an axis as geometry has it.
func zigzag(way int64) uint64 { return uint64(way<<1) ^ uint64(way>>63) }

// points appends points.
func (f *Frame) points(points []vertex) {
	if len(points) == 0 {
		return
	}
	out, at := f.room(len(points)), len(f.out)
	at = put(out, at, command(moveTo, len(points)))
	for _, v := range points {
		at = put(out, at, zigzag(v.x-f.last.x))
		at = put(out, at, zigzag(v.y-f.last.y))
		f.last = v
	}
	f.out = out[:at]
}

// path appends a line, unless it has no length.
func (f *Frame) path(line []vertex) {
	if len(line) > 1 {
		f.start(line[0], len(line)-1)
		f.steps(line[1:])
	}
}

// start appends the first corner of a line or ring, and how many others follow.
func (f *Frame) start(v vertex, others int) {
	out, at := f.room(1), len(f.out)
	at = put(out, at, command(moveTo, 1))
	at = put(out, at, zigzag(v.x-f.last.x))
	at = put(out, at, zigzag(v.y-f.last.y))
	f.out, f.last = out[:put(out, at, command(lineTo, others))], v
}

// steps appends the ways from corner to corner.
func (f *Frame) steps(corners []vertex) {
	out, at := f.room(len(corners)), len(f.out)
	last := f.last
	for _, v := range corners {
		at = put(out, at, zigzag(v.x-last.x))
		at = put(out, at, zigzag(v.y-last.y))
		last = v
	}
	f.out, f.last = out[:at], last
}

// ring appends a ring, the other way round if it is turned. It writes into its
// input.
func (f *Frame) ring(ring []vertex, turned bool) {
	f.start(ring[0], len(ring)-1)
	if turned {
		slices.Reverse(ring[1:])
	}
	f.steps(ring[1:])
	f.out = append(f.out, byte(command(closePath, 1)))
}

// polygons appends rings, each outer one followed by its holes.
func (f *Frame) polygons(r *rings) {
	for i := 0; i < len(r.parts); {
		end := r.group(i)
		outers := 0
		for j := i; j < end; j++ {
			if !r.parts[j].hole {
				outers++
			}
		}
		for j := i; j < end; j++ {
			if r.parts[j].hole {
				continue
			}
			outer := r.ring(j)
			f.ring(outer, area2(outer) < 0)
			for k := i; k < end; k++ {
				if hole := r.ring(k); r.parts[k].hole && (outers == 1 || around(outer, hole)) {
					f.ring(hole, area2(hole) > 0)
				}
			}
		}
		i = end
	}
}
