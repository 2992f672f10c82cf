package mvt

import "encoding/binary"

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// command appends a command that is meant count times.
func (f *Frame) command(id, count int) {
	f.out = binary.AppendUvarint(f.out, uint64(count)<<3|uint64(id))
}

// step appends the way from the cursor to a corner and moves the cursor there.
func (f *Frame) step(v vertex) {
	f.out = appendZigzag(f.out, v.x-f.last.x)
	f.out = appendZigzag(f.out, v.y-f.last.y)
	f.last = v
}

func appendZigzag(dst []byte, d int64) []byte {
	v := uint64(d<<1) ^ uint64(d>>63)
	switch {
	case v < 1<<7:
		return append(dst, byte(v))
	case v < 1<<14:
		return append(dst, byte(v)|0x80, byte(v>>7))
	}
	return binary.AppendUvarint(dst, v)
}

// points appends points.
func (f *Frame) points(points []vertex) {
	if len(points) == 0 {
		return
	}
	f.command(moveTo, len(points))
	for _, v := range points {
		f.step(v)
	}
}

// path appends a line, unless it has no length.
func (f *Frame) path(line []vertex) {
	if len(line) < 2 {
		return
	}
	f.command(moveTo, 1)
	f.step(line[0])
	f.command(lineTo, len(line)-1)
	for _, v := range line[1:] {
		f.step(v)
	}
}

// ring appends a ring, the other way round if it is turned.
func (f *Frame) ring(ring []vertex, turned bool) {
	f.command(moveTo, 1)
	f.step(ring[0])
	f.command(lineTo, len(ring)-1)
	if turned {
		for i := len(ring) - 1; i > 0; i-- {
			f.step(ring[i])
		}
	} else {
		for _, v := range ring[1:] {
			f.step(v)
		}
	}
	f.command(closePath, 1)
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
