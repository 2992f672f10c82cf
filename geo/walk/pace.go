package walk

import "gridatlas/geo/street"

// pace is how long a millimetre takes, in milliseconds.
type pace float64

func paceOf(speedMPS float64) pace { return pace(1 / speedMPS) }

// legMS is the time of an access leg.
func (p pace) legMS(mm int32) uint32 { return uint32(float64(mm)*float64(p) + 0.5) }

// edgeMS is the time of a whole edge.
func (p pace) edgeMS(e *street.Edge) uint32 {
	return uint32(float64(e.MM+e.ExtraMM)*float64(p)+0.5) + uint32(e.WaitMS)
}

// share is the time of a piece of an edge that takes whole.
func share(whole uint32, piece, mm int32) uint32 {
	if mm == 0 {
		return whole
	}
	return uint32((uint64(whole)*uint64(piece) + uint64(mm)/2) / uint64(mm))
}
