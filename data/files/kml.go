package files

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

const unitPlacemark = "placemark"

// kmlTable reads the placemarks of a KML file (OGC 12-007r2): name, description,
// extended data, and points, lines, polygons or several of one of them. Styles,
// views and overlays are left alone.
func kmlTable(in stream) *Table {
	read := func(ctx context.Context, _ rowOptions) iter.Seq2[*Row, *RowFault] {
		return func(yield func(*Row, *RowFault) bool) {
			x, err := openXML(ctx, in)
			if err != nil {
				yield(nil, &RowFault{Reason: err.Error(), Fatal: true})
				return
			}
			defer x.Close()
			r := kmlReader{xmlReader: x, yield: yield}
			err = x.elements("Placemark", r.placemark)
			if err == nil && x.depth > 0 {
				err = errors.New("the file ends too early")
			}
			if err != nil && !errors.Is(err, errStop) {
				yield(nil, &RowFault{Place: Place{Line: x.line()}, Reason: err.Error(), Fatal: true})
			}
		}
	}
	return &Table{Name: baseName(in.name), System: crs.WGS84, read: read}
}

type kmlReader struct {
	*xmlReader
	yield func(*Row, *RowFault) bool
	row   Row
	count int
}

// placemark reads the element that has just begun and hands it to the caller.
func (r *kmlReader) placemark(xml.StartElement) error {
	r.count++
	r.row.reset(Place{Unit: unitPlacemark, Row: r.count, Line: r.line()})
	var fault error
	err := r.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "name", "description", "address", "phoneNumber":
			return r.value(e.Name.Local)
		case "Data":
			return r.children(func(inner xml.StartElement) error {
				if inner.Name.Local != "value" {
					return r.skip()
				}
				return r.value(attribute(e, "name"))
			})
		case "SimpleData":
			return r.value(attribute(e, "name"))
		case "ExtendedData", "SchemaData":
			return r.descend()
		case "Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack":
			bad, err := r.geometry(e)
			if fault == nil {
				fault = bad
			}
			return err
		}
		return r.skip()
	})
	if err != nil {
		return err
	}
	var rowFault *RowFault
	if fault != nil {
		rowFault = faultOf(fault).at(r.row.Place)
	}
	if !r.yield(&r.row, rowFault) {
		return errStop
	}
	return nil
}

// errDescend asks children to go on inside of the element.
var errDescend = errors.New("go on inside")

func (r *kmlReader) descend() error { return errDescend }

// children calls each for the elements inside of the one that has just begun.
// Each must read its element to the end, or descend.
func (r *kmlReader) children(each func(xml.StartElement) error) error {
	for depth := r.depth; ; {
		token, err := r.next()
		if err != nil {
			return inside(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if r.depth < depth {
				return nil
			}
		case xml.StartElement:
			if err := each(t); err != nil && !errors.Is(err, errDescend) {
				return err
			}
		}
	}
}

func (r *kmlReader) skip() error {
	return r.children(func(xml.StartElement) error { return errDescend })
}

func (r *kmlReader) value(column string) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	if len(r.row.Values) == maxColumns {
		return fmt.Errorf("line %d: a placemark has more than %d values", r.line(), maxColumns)
	}
	var value any
	if text = strings.TrimSpace(text); text != "" {
		value = text
	}
	r.row.Values = append(r.row.Values, Value{column, value})
	return nil
}

// geometry reads a geometry into the row. What cannot be stored is the fault of
// the placemark; an error is that of the file.
func (r *kmlReader) geometry(e xml.StartElement) (fault, err error) {
	g := &r.row.Geometry
	var kind geo.Kind
	switch e.Name.Local {
	case "Point":
		kind = geo.Points
	case "LineString":
		kind = geo.Lines
	case "Polygon":
		kind = geo.Polygons
	case "MultiGeometry":
		err = r.children(func(inner xml.StartElement) error {
			bad, err := r.geometry(inner)
			if fault == nil {
				fault = bad
			}
			return err
		})
		return fault, err
	default:
		return fmt.Errorf("a geometry of type %q cannot be stored", e.Name.Local), r.skip()
	}
	if g.Kind != geo.NoShape && g.Kind != kind {
		return fmt.Errorf("%ss and %ss in one placemark cannot be stored", g.Kind, kind), r.skip()
	}
	g.Kind = kind
	hole := false
	err = r.children(func(inner xml.StartElement) error {
		switch inner.Name.Local {
		case "outerBoundaryIs", "innerBoundaryIs":
			hole = inner.Name.Local == "innerBoundaryIs"
			return r.descend()
		case "LinearRing":
			return r.descend()
		case "coordinates":
			text, err := r.text()
			if err == nil && fault == nil {
				fault = g.kmlPart(text, hole)
			}
			return err
		}
		return r.skip()
	})
	return fault, err
}

// kmlPart reads "lon,lat,height lon,lat,height".
func (g *Geometry) kmlPart(text string, hole bool) error {
	for position := range strings.FieldsSeq(text) {
		x, rest, _ := strings.Cut(position, ",")
		y, height, high := strings.Cut(rest, ",")
		lon, errX := strconv.ParseFloat(x, 64)
		lat, errY := strconv.ParseFloat(y, 64)
		if errX != nil || errY != nil {
			return fmt.Errorf("%q is not a position", position)
		}
		if high && strings.Trim(height, "0.") != "" {
			g.Heights++
		}
		if err := g.add(lon, lat); err != nil {
			return err
		}
	}
	if g.Kind == geo.Points && len(g.Points)-g.partStart() > 1 {
		return errors.New("a point has several positions")
	}
	return g.endPart(hole)
}
