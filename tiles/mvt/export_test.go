package mvt

// Geometry returns the commands of parts as they are, wherever they lie.
func Geometry(t Type, parts []Part) []byte {
	var f Frame
	f.begin()
	for _, p := range parts {
		line := make([]vertex, len(p.Corners))
		for i, c := range p.Corners {
			line[i] = vertex{c.X, c.Y}
		}
		switch t {
		case Points:
			f.points(line)
		case Lines:
			f.path(line)
		case Polygons:
			f.ring(line, false)
		}
	}
	return f.out
}

// LastEpoch makes the next layer the one with which the epoch comes round.
func (w *Writer) LastEpoch() { w.epoch = 1<<32 - 1 }
