package tiles

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// MaxZoom is the deepest zoom that has tiles. There a tile unit is about 2 mm,
// finer than the lattice.
const MaxZoom = 22

// Address names a tile: zoom, column from the west, row from the top.
type Address struct{ Z, X, Y uint32 }

// ErrAddress says that there is no such tile: a number that is not written in
// plain digits, a zoom above MaxZoom, a column or row outside the zoom.
var ErrAddress = errors.New("no such tile")

// ParseAddress reads the three numbers of a tile path. Only the canonical form
// is taken: digits without sign or leading zero.
func ParseAddress(z, x, y string) (Address, error) {
	var numbers [3]uint32
	for i, text := range [3]string{z, x, y} {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil || strconv.FormatUint(n, 10) != text {
			return Address{}, fmt.Errorf("%w: %q is not a plain number", ErrAddress, text)
		}
		numbers[i] = uint32(n)
	}
	a := Address{numbers[0], numbers[1], numbers[2]}
	if a.Z > MaxZoom {
		return Address{}, fmt.Errorf("%w: zoom %d is above %d", ErrAddress, a.Z, MaxZoom)
	}
	if last := uint32(1)<<a.Z - 1; a.X > last || a.Y > last {
		return Address{}, fmt.Errorf("%w: columns and rows of zoom %d end at %d", ErrAddress, a.Z, last)
	}
	return a, nil
}

func (a Address) String() string { return fmt.Sprintf("%d/%d/%d", a.Z, a.X, a.Y) }

// Box returns the lattice box of the tile grown by a buffer in tile units, and by
// one lattice step for rounding. It is cut to the world.
func (a Address) Box(buffer int) geo.Box {
	n := math.Exp2(float64(a.Z))
	grow := float64(buffer) / Extent
	unit := func(v float64) float64 { return min(max(v/n, 0), 1) }
	nw := crs.FromMercator(unit(float64(a.X)-grow), unit(float64(a.Y)-grow))
	se := crs.FromMercator(unit(float64(a.X)+1+grow), unit(float64(a.Y)+1+grow))
	return geo.Box{W: nw.X, S: se.Y, E: se.X, N: nw.Y}.Grown(1, 1)
}
