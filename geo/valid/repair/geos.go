package repair

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/twpayne/go-geos"
)

// contexts are the only GEOS contexts of the program. A context locks a mutex
// for each call, so there are a few; go-geos v0.20.4 keeps every context alive
// for ever (its error handle points back at it), so they are made once and
// handed round, never thrown away.
var contexts = func() chan *geos.Context {
	const n = 4
	free := make(chan *geos.Context, n)
	for range n {
		free <- nil // made when first taken
	}
	return free
}()

// makeValid runs GEOS MakeValid over polygons in lattice steps and rounds the
// result to whole steps without new crossings. It returns only polygons. The
// caller has checked that coordinates are finite and lie in the world, that
// rings are closed and have at least three different corners. GEOS errors,
// which go-geos turns into panics, come back as errors.
func makeValid(polygons orb.MultiPolygon) (mended orb.MultiPolygon, err error) {
	err = withGEOS(polygons, func(geometry *geos.Geom) error {
		// The structure method joins overlapping outer rings and takes holes out,
		// where the older linework method would make holes of overlaps.
		geometry = geometry.MakeValidWithParams(geos.MakeValidStructure, geos.MakeValidDiscardCollapsed)
		if geometry == nil {
			return errors.New("GEOS cannot make it valid")
		}
		geometry = geometry.SetPrecision(1, geos.PrecisionRuleValidOutput)
		output, err := wkb.Unmarshal(geometry.ToWKB())
		if err != nil {
			return fmt.Errorf("take from GEOS: %w", err)
		}
		mended = onlyPolygons(output)
		return nil
	})
	return mended, err
}

// evenOddArea is the area that an odd number of crossings separates from the
// outside, which is what the linework method makes of a polygon. The same holds
// for the argument as in makeValid.
func evenOddArea(polygons orb.MultiPolygon) (area float64, err error) {
	err = withGEOS(polygons, func(geometry *geos.Geom) error {
		geometry = geometry.MakeValidWithParams(geos.MakeValidLinework, geos.MakeValidKeepCollapsed)
		if geometry == nil {
			return errors.New("GEOS cannot make it valid")
		}
		area = geometry.Area()
		return nil
	})
	return area, err
}

// withGEOS hands polygons to GEOS and calls work on them in a context of its own.
func withGEOS(polygons orb.MultiPolygon, work func(*geos.Geom) error) (err error) {
	input, err := wkb.Marshal(polygons)
	if err != nil {
		return fmt.Errorf("hand to GEOS: %w", err)
	}
	context := <-contexts
	defer func() {
		contexts <- context
		if fault := recover(); fault != nil {
			err = fmt.Errorf("GEOS: %v", fault)
		}
	}()
	if context == nil {
		context = geos.NewContext()
	}
	geometry, err := context.NewGeomFromWKB(input)
	if err != nil || geometry == nil {
		return fmt.Errorf("GEOS cannot read it: %w", err)
	}
	return work(geometry)
}

func onlyPolygons(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		if len(g) == 0 {
			return nil
		}
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	case orb.Collection:
		var polygons orb.MultiPolygon
		for _, member := range g {
			polygons = append(polygons, onlyPolygons(member)...)
		}
		return polygons
	}
	return nil
}
