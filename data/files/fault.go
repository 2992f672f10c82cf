package files

import (
	"errors"
	"fmt"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Place says where a row stands in its file, as far as the format has such
// places.
type Place struct {
	Table string // of a file with several; set by who reads them one after the other
	Unit  string // what the format calls a row: feature, record, row; empty: row
	Row   int    // counted from 1 in its table; zero: the fault is of the file
	Line  int    // of a text file or a sheet, where the row begins, from 1; zero: it has no lines
	Byte  int64  // where a GeoJSON feature begins, from the start of the file
}

func (p Place) String() string {
	var parts []string
	if p.Table != "" {
		parts = append(parts, fmt.Sprintf("table %q", p.Table))
	}
	if p.Row > 0 {
		unit := p.Unit
		if unit == "" {
			unit = "row"
		}
		parts = append(parts, fmt.Sprintf("%s %d", unit, p.Row))
	}
	if p.Line > 0 {
		line := fmt.Sprintf("line %d", p.Line)
		if p.Unit == unitFeature {
			line += fmt.Sprintf(" (byte %d)", p.Byte)
		}
		parts = append(parts, line)
	}
	return strings.Join(parts, ", ")
}

// RowFault says what is wrong with one row of a file, or with the file itself
// when Row is zero.
type RowFault struct {
	Place
	Field  string // a field of the layer, or a column of the file
	Reason string
	At     *geo.Point // where on the ground, for faults of geometry
	// Fatal faults end the reading: what follows cannot be understood.
	Fatal bool
}

func (f *RowFault) Error() string {
	text := f.String()
	if f.Field != "" {
		if text != "" {
			text += ", "
		}
		text += "field " + f.Field
	}
	if text != "" {
		text += ": "
	}
	text += f.Reason
	if f.At != nil {
		lon, lat := crs.ToDegrees(*f.At)
		text += fmt.Sprintf(" at %.7f, %.7f", lon, lat)
	}
	return text
}

// at puts a fault that was found inside a row at its place.
func (f RowFault) at(place Place) *RowFault {
	f.Place = place
	return &f
}

// faultOf makes a fault of an error; one that names a field keeps it.
func faultOf(err error) *RowFault {
	var inner *RowFault
	if errors.As(err, &inner) {
		return inner
	}
	return &RowFault{Reason: err.Error()}
}
