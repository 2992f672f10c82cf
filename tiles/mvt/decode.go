package mvt

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// Tile is what a tile holds.
type Tile struct{ Layers []Layer }

// Layer is a layer of a tile that was read.
type Layer struct {
	Name     string
	Version  uint32
	Extent   uint32
	Features []Feature
}

// Feature is a feature of a tile that was read.
type Feature struct {
	ID         uint64
	HasID      bool
	Type       Type
	Attributes []Attribute
	// Parts are the lines or rings; all points are one part. The geometry of a
	// feature of unknown type is not read.
	Parts []Part
}

// Attribute is a key and its value: a string, a bool, a float64, an int64, or a
// uint64 if it is too large for that.
type Attribute struct {
	Key   string
	Value any
}

// Part is a line, a ring or points, in tile units. A hole lies in the ring before
// it that is none.
type Part struct {
	Corners []Corner
	Hole    bool
}

// Corner is a place in tile units from the upper left corner of the tile.
type Corner struct{ X, Y int64 }

// Fault is what is wrong in a tile, and where.
type Fault struct {
	Offset  int    // in the bytes of the tile
	Layer   string // empty if the layer has no name yet
	Feature int    // its place in the layer, from 1; 0: no feature
	Text    string
	// Readable says that readers can make do and Decode did: the type of a feature
	// is missing, and so is unknown; or a count of points is larger than the number
	// of points that are there.
	Readable bool
}

func (f *Fault) Error() string {
	place := fmt.Sprintf("byte %d", f.Offset)
	if f.Layer != "" {
		place += fmt.Sprintf(", layer %q", f.Layer)
	}
	if f.Feature > 0 {
		place += fmt.Sprintf(", feature %d", f.Feature)
	}
	return place + ": " + f.Text
}

func faultAt(offset int, format string, args ...any) error {
	return &Fault{Offset: offset, Text: fmt.Sprintf(format, args...)}
}

// Decode reads a tile and holds it against the specification: versions 1 and 2,
// the rules of geometry for version 2. The error is the first *Fault; the tile is
// empty then, unless all faults are readable. Memory is bounded by a multiple of
// the bytes, whatever counts they claim.
func Decode(data []byte) (Tile, error) {
	d := decoder{}
	tile, err := d.tile(message{data, 0, len(data)})
	if err != nil {
		return Tile{}, err
	}
	if d.readable != nil {
		return tile, d.readable
	}
	return tile, nil
}

// decoder is the state of reading a layer.
type decoder struct {
	layer    string
	feature  int
	version  uint32
	keys     []string
	values   []any
	lastUse  []int  // by key: the feature that used it last
	readable *Fault // the first one
}

// tolerate notes a fault that readers can make do with.
func (d *decoder) tolerate(offset int, format string, args ...any) {
	if d.readable == nil {
		d.readable = &Fault{offset, d.layer, d.feature, fmt.Sprintf(format, args...), true}
	}
}

// place adds to a fault which layer and feature it is in.
func (d *decoder) place(err error) error {
	var fault *Fault
	if errors.As(err, &fault) {
		fault.Layer, fault.Feature = d.layer, d.feature
	}
	return err
}

// extensions is the first field number that a tile or a layer leaves to others.
const extensions = 16

func (d *decoder) tile(m message) (Tile, error) {
	var tile Tile
	names := map[string]bool{} // only looked up
	for m.more() {
		f, err := m.next()
		if err != nil {
			return tile, err
		}
		switch {
		case f.tag() == tileLayer<<3|wireBytes:
			layer, err := d.readLayer(f.bytes)
			if err == nil && names[layer.Name] {
				err = faultAt(f.at, "a second layer with the name")
			}
			if err != nil {
				return tile, d.place(err)
			}
			names[layer.Name] = true
			tile.Layers = append(tile.Layers, layer)
		case f.number < extensions:
			return tile, faultAt(f.at, "a tile has no field %d of wire type %d", f.number, f.wire)
		}
		d.layer, d.feature = "", 0
	}
	return tile, nil
}

// readLayer reads a layer: features last, as they need what may stand behind them.
func (d *decoder) readLayer(m message) (Layer, error) {
	layer := Layer{Extent: Extent}
	var features []field
	d.keys, d.values, d.version = d.keys[:0], d.values[:0], 0
	begin, named := m.at, false
	for m.more() {
		f, err := m.next()
		if err != nil {
			return layer, err
		}
		switch f.tag() {
		case layerName<<3 | wireBytes:
			layer.Name, named = f.bytes.text(), true
			d.layer = layer.Name
		case layerFeature<<3 | wireBytes:
			features = append(features, f)
		case layerKey<<3 | wireBytes:
			d.keys = append(d.keys, f.bytes.text())
		case layerValue<<3 | wireBytes:
			value, err := readValue(f)
			if err != nil {
				return layer, err
			}
			d.values = append(d.values, value)
		case layerExtent<<3 | wireVarint:
			if f.value == 0 || f.value > math.MaxUint32 {
				return layer, faultAt(f.at, "an extent of %d", f.value)
			}
			layer.Extent = uint32(f.value)
		case layerVersion<<3 | wireVarint:
			if f.value != 1 && f.value != Version {
				return layer, faultAt(f.at, "the unknown version %d", f.value)
			}
			layer.Version = uint32(f.value)
		default:
			if f.number < extensions {
				return layer, faultAt(f.at, "a layer has no field %d of wire type %d", f.number, f.wire)
			}
		}
	}
	if !named || layer.Name == "" {
		return layer, faultAt(begin, "a layer without a name")
	}
	if layer.Version == 0 {
		return layer, faultAt(begin, "a layer without a version")
	}
	d.version = layer.Version
	d.lastUse = append(d.lastUse[:0], make([]int, len(d.keys))...)
	layer.Features = make([]Feature, 0, len(features))
	for i, f := range features {
		d.feature = i + 1
		feature, err := d.readFeature(f)
		if err != nil {
			return layer, err
		}
		layer.Features = append(layer.Features, feature)
	}
	d.feature = 0
	return layer, nil
}

func readValue(f field) (value any, err error) {
	m := f.bytes
	count := 0
	for m.more() {
		f, err := m.next()
		if err != nil {
			return nil, err
		}
		switch f.tag() {
		case valueString<<3 | wireBytes:
			value = f.bytes.text()
			if !utf8.ValidString(f.bytes.text()) {
				return nil, faultAt(f.at, "a text that is not UTF-8")
			}
		case valueFloat<<3 | wireFixed32:
			value = float64(math.Float32frombits(uint32(f.value)))
		case valueDouble<<3 | wireFixed64:
			value = math.Float64frombits(f.value)
		case valueInt<<3 | wireVarint:
			value = int64(f.value)
		case valueUint<<3 | wireVarint:
			value = int64(f.value)
			if f.value > math.MaxInt64 {
				value = f.value
			}
		case valueSint<<3 | wireVarint:
			value = int64(f.value>>1) ^ -int64(f.value&1)
		case valueBool<<3 | wireVarint:
			value = f.value != 0
		default:
			return nil, faultAt(f.at, "a value has no field %d of wire type %d", f.number, f.wire)
		}
		count++
	}
	if count != 1 {
		return nil, faultAt(f.at, "a value of %d fields, not one", count)
	}
	return value, nil
}

func (d *decoder) readFeature(f field) (Feature, error) {
	var feature Feature
	m := f.bytes
	begin := f.at
	var tags, geometry message
	seen := 0
	for m.more() {
		f, err := m.next()
		if err != nil {
			return feature, err
		}
		switch f.tag() {
		case featureID<<3 | wireVarint:
			feature.ID, feature.HasID = f.value, true
		case featureTags<<3 | wireBytes:
			tags = f.bytes
		case featureType<<3 | wireVarint:
			if f.value > uint64(Polygons) {
				return feature, faultAt(f.at, "the unknown type %d", f.value)
			}
			feature.Type = Type(f.value)
		case featureGeometry<<3 | wireBytes:
			geometry = f.bytes
		default:
			return feature, faultAt(f.at, "a feature has no field %d of wire type %d", f.number, f.wire)
		}
		if seen&(1<<f.number) != 0 {
			return feature, faultAt(f.at, "a second field %d in a feature", f.number)
		}
		seen |= 1 << f.number
	}
	if seen&(1<<featureGeometry) == 0 {
		return feature, faultAt(begin, "a feature without a geometry")
	}
	if seen&(1<<featureType) == 0 {
		d.tolerate(begin, "a feature without a type")
	}
	var err error
	if feature.Attributes, err = d.attributes(tags); err != nil {
		return feature, err
	}
	feature.Parts, err = d.parts(feature.Type, geometry)
	return feature, err
}

// attributes looks up the keys and values of a feature.
func (d *decoder) attributes(m message) ([]Attribute, error) {
	var attributes []Attribute
	for m.more() {
		at := m.at
		key, err := m.short()
		if err != nil {
			return nil, err
		}
		if !m.more() {
			return nil, faultAt(at, "a key without a value")
		}
		value, err := m.short()
		if err != nil {
			return nil, err
		}
		switch {
		case int64(key) >= int64(len(d.keys)):
			return nil, faultAt(at, "key %d of %d", key, len(d.keys))
		case int64(value) >= int64(len(d.values)):
			return nil, faultAt(at, "value %d of %d", value, len(d.values))
		case d.lastUse[key] == d.feature && d.version >= 2:
			return nil, faultAt(at, "the key %q twice in a feature", d.keys[key])
		}
		d.lastUse[key] = d.feature
		attributes = append(attributes, Attribute{d.keys[key], d.values[value]})
	}
	return attributes, nil
}
