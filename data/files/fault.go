package files

import (
	"fmt"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// RowFault says what is wrong with one feature of a file, or with the file
// itself when Feature is zero.
type RowFault struct {
	Feature int   // counted from 1
	Line    int   // where the feature begins, from 1
	Byte    int64 // the same in bytes from the start of the file
	Field   string
	Reason  string
	At      *geo.Point // where on the ground, for faults of geometry
	// Fatal faults end the reading: what follows cannot be understood.
	Fatal bool
}

func (f *RowFault) Error() string {
	text := fmt.Sprintf("line %d (byte %d)", f.Line, f.Byte)
	if f.Feature > 0 {
		text = fmt.Sprintf("feature %d, %s", f.Feature, text)
	}
	if f.Field != "" {
		text += ", field " + f.Field
	}
	text += ": " + f.Reason
	if f.At != nil {
		lon, lat := crs.ToDegrees(*f.At)
		text += fmt.Sprintf(" at %.7f, %.7f", lon, lat)
	}
	return text
}

// Report is what a reader has to say besides features and faults.
type Report struct {
	Features int        // good ones
	Refused  int        // features with a fault
	Unknown  []string   // properties that no field is named after, each once
	Heights  int        // positions with a height, which was dropped
	Mended   []RowFault // polygons that were broken and were mended
}

// Lines returns the report for people to read.
func (r *Report) Lines() []string {
	lines := []string{fmt.Sprintf("%d features read, %d refused", r.Features, r.Refused)}
	for _, name := range r.Unknown {
		lines = append(lines, fmt.Sprintf("property %q is not a field of the layer and was passed over", name))
	}
	if r.Heights > 0 {
		lines = append(lines, fmt.Sprintf("%d positions have a height, which was dropped", r.Heights))
	}
	for i := range r.Mended {
		lines = append(lines, "mended: "+r.Mended[i].Error())
	}
	return lines
}

func (r *Report) unknown(name string) {
	const most = 200
	if len(r.Unknown) < most && !slices.Contains(r.Unknown, name) {
		r.Unknown = append(r.Unknown, name)
	}
}
