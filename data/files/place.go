package files

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/entry"
)

// placeColumns gives a row the geometry that its columns tell of, if any do.
func (r *featureReader) placeColumns(columns *columns, row *Row) error {
	texts := map[string]Value{}
	for i := range row.Values {
		to := &r.to[i]
		if to.target != nil && r.filled[to.slot] == i+1 && to.field == nil && to.slot < columns.words {
			texts[to.name] = row.Values[i]
		}
	}
	if wkt := entry.Text(texts[targetWKT].Value); wkt != "" {
		if err := row.Geometry.wkt(wkt); err != nil {
			return &RowFault{Field: texts[targetWKT].Column, Reason: err.Error()}
		}
		return nil
	}
	lon, lat := texts[targetLon], texts[targetLat]
	if both := entry.Text(texts[targetLonLat].Value); both != "" {
		x, y, ok := cutPair(both)
		if !ok {
			return &RowFault{Field: texts[targetLonLat].Column, Reason: fmt.Sprintf("%q is not longitude and latitude", both)}
		}
		lon = Value{texts[targetLonLat].Column, x}
		lat = Value{texts[targetLonLat].Column, y}
	}
	x, hasX, err := coordinate(lon)
	if err != nil {
		return err
	}
	y, hasY, err := coordinate(lat)
	if err != nil {
		return err
	}
	switch {
	case hasX != hasY:
		missing := lat.Column
		if !hasX {
			missing = lon.Column
		}
		return &RowFault{Field: missing, Reason: "one of the two coordinates is missing"}
	case !hasX, x == 0 && y == 0: // what vendors write where they know none
		return nil
	}
	row.Geometry.Kind = geo.Points
	if err := row.Geometry.add(x, y); err != nil {
		return err
	}
	return row.Geometry.endPart(false)
}

func coordinate(v Value) (number float64, ok bool, err error) {
	text := entry.Text(v.Value)
	if text == "" {
		return 0, false, nil
	}
	number, err = strconv.ParseFloat(strings.TrimRight(text, "°EN "), 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return 0, false, &RowFault{Field: v.Column, Reason: fmt.Sprintf("%q is not a coordinate", text)}
	}
	return number, true, nil
}

// cutPair takes "119.1,36.7" apart.
func cutPair(text string) (x, y string, ok bool) {
	parts := strings.FieldsFunc(strings.Trim(text, "()[]（） "), func(r rune) bool { return strings.ContainsRune(",，; \t", r) })
	if len(parts) != 2 {
		return "", "", false
	}
	return parts[0], parts[1], true
}
