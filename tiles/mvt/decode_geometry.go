package mvt

// parts reads the geometry of a feature.
func (d *decoder) parts(t Type, m message) ([]Part, error) {
	g := geometryReader{message: m, decoder: d}
	switch t {
	case Points:
		return g.points()
	case Lines:
		return g.lines()
	case Polygons:
		return g.polygons()
	}
	return nil, nil
}

// geometryReader reads commands and moves the cursor.
type geometryReader struct {
	message
	decoder *decoder
	cursor  Corner
}

// command reads a command, which must be the one that is due, and its count.
func (g *geometryReader) command(due uint32) (count uint32, at int, err error) {
	at = g.at
	if !g.more() {
		return 0, at, faultAt(at, "a geometry that ends where command %d is due", due)
	}
	command, err := g.short()
	if err != nil {
		return 0, at, err
	}
	if command&7 != due {
		return 0, at, faultAt(at, "command %d where %d is due", command&7, due)
	}
	if count = command >> 3; count == 0 {
		return 0, at, faultAt(at, "command %d no times", due)
	}
	return count, at, nil
}

// step moves the cursor.
func (g *geometryReader) step() error {
	var way [2]int64
	for i := range way {
		v, err := g.short()
		if err != nil {
			return err
		}
		way[i] = int64(v>>1) ^ -int64(v&1)
	}
	g.cursor = Corner{g.cursor.X + way[0], g.cursor.Y + way[1]}
	return nil
}

func (g *geometryReader) points() ([]Part, error) {
	count, at, err := g.command(moveTo)
	if err != nil {
		return nil, err
	}
	var corners []Corner
	for g.more() && uint32(len(corners)) < count {
		if err := g.step(); err != nil {
			return nil, err
		}
		corners = append(corners, g.cursor)
	}
	if g.more() {
		return nil, faultAt(g.at, "points that go on behind their end")
	}
	if len(corners) == 0 {
		return nil, faultAt(at, "no points")
	}
	if uint32(len(corners)) < count {
		g.decoder.tolerate(at, "%d points, of which %d are there", count, len(corners))
	}
	return []Part{{Corners: corners}}, nil
}

// path reads one line or ring: the first corner, and at least so many others.
func (g *geometryReader) path(others uint32) ([]Corner, error) {
	count, at, err := g.command(moveTo)
	if err != nil {
		return nil, err
	}
	if count != 1 {
		return nil, faultAt(at, "%d starts of one line", count)
	}
	if err := g.step(); err != nil {
		return nil, err
	}
	corners := []Corner{g.cursor}
	count, at, err = g.command(lineTo)
	if err != nil {
		return nil, err
	}
	if count < others {
		return nil, faultAt(at, "a line or ring of %d corners", count+1)
	}
	for range count {
		before, at := g.cursor, g.at
		if err := g.step(); err != nil {
			return nil, err
		}
		if g.cursor == before && g.decoder.version >= 2 {
			return nil, faultAt(at, "a step of no length")
		}
		corners = append(corners, g.cursor)
	}
	return corners, nil
}

func (g *geometryReader) lines() ([]Part, error) {
	var parts []Part
	for len(parts) == 0 || g.more() {
		corners, err := g.path(1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, Part{Corners: corners})
	}
	return parts, nil
}

func (g *geometryReader) polygons() ([]Part, error) {
	var parts []Part
	for len(parts) == 0 || g.more() {
		begin := g.at
		ring, err := g.path(2)
		if err != nil {
			return nil, err
		}
		count, at, err := g.command(closePath)
		if err != nil {
			return nil, err
		}
		if count != 1 {
			return nil, faultAt(at, "a ring closed %d times", count)
		}
		area := ringArea(ring)
		if g.decoder.version >= 2 {
			switch {
			case ring[0] == ring[len(ring)-1]:
				return nil, faultAt(begin, "a ring that repeats its first corner")
			case area == 0:
				return nil, faultAt(begin, "a ring without area")
			case area < 0 && len(parts) == 0:
				return nil, faultAt(begin, "a hole before any outer ring")
			}
		}
		parts = append(parts, Part{Corners: ring, Hole: area < 0 && len(parts) > 0})
	}
	return parts, nil
}

// ringArea is the area of a ring, positive for outer ones. Its sign is exact for
// rings less than 2^26 units wide.
func ringArea(ring []Corner) (area float64) {
	a := ring[len(ring)-1]
	for _, b := range ring {
		area += float64(a.X-ring[0].X)*float64(b.Y-ring[0].Y) - float64(a.Y-ring[0].Y)*float64(b.X-ring[0].X)
		a = b
	}
	return area / 2
}
