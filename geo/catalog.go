package geo

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// FieldType is what a field holds; the closed list is AllFieldTypes.
type FieldType uint8

// The field types. In JSON and in both stores: text is a string, list an array
// of strings, integer and number are null when unknown, boolean is null when
// unknown or never null (required), date is 2006-01-02, instant is RFC 3339.
const (
	Text FieldType = iota
	List
	Integer
	Number
	Boolean
	Flag // a boolean that is never unknown
	Day
	Moment
	OpeningHours
)

// AllFieldTypes is the closed list that functions over fields are tested with.
var AllFieldTypes = []FieldType{Text, List, Integer, Number, Boolean, Flag, Day, Moment, OpeningHours}

func (t FieldType) String() string {
	return [...]string{"text", "list", "integer", "number", "boolean", "flag", "date", "instant", "hours"}[t]
}

// Field describes one attribute of a layer.
type Field struct {
	Name   string // snake_case, with the unit at the end where it has one
	Type   FieldType
	Unit   string
	Zh, En string
	Terms  []Term  // the allowed values; nil: any
	Refs   []Layer // the layers whose codes the value may be; nil: no reference
	Staff  bool    // staff only; public otherwise
	Unique bool    // no two features of the layer have one value
	Plate  bool    // the number of a plate, see geo/plate
	Photo  bool    // the mark of a photo, see geo/photo
	// Least and Most are between what numbers lie that people enter, both included.
	Least, Most float64
	index       []int
}

// Term returns the term of a value.
func (f *Field) Term(value string) (Term, bool) {
	i := slices.IndexFunc(f.Terms, func(t Term) bool { return t.Value == value })
	if i < 0 {
		return Term{}, false
	}
	return f.Terms[i], true
}

// Schema describes one layer.
type Schema struct {
	Layer  Layer
	Zh, En string
	// Kinds of geometry that features of the layer may have.
	Kinds []Kind
	// Coverage layers share borders: no gap and no overlap between neighbours.
	Coverage bool
	// Service layers are what a circle lists when nobody says what to look for.
	Service bool
	// KindField names the field whose values `of=layer.kind` selects; empty: none.
	KindField string
	// CheckDays is after how many days a feature is to be looked at again, where its
	// due_on names no other day; 0: the layer has no such rhythm. The figures are the
	// product's own, no standard names any: booths move within weeks, shelters are
	// gone through before the flood season and before winter, the rest once a year.
	CheckDays int
	Fields    []Field

	make func() Feature
}

// New returns an empty feature of the layer.
func (s *Schema) New() Feature { return s.make() }

// NewRun returns n empty features of the layer that lie side by side in memory:
// one allocation instead of n. All of it stays as long as one of them is held.
func (s *Schema) NewRun(n int) []Feature {
	run := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(s.New()).Elem()), n, n)
	features := make([]Feature, n)
	for i := range features {
		features[i] = run.Index(i).Addr().Interface().(Feature)
	}
	return features
}

// Field returns the field of a name.
func (s *Schema) Field(name string) (*Field, bool) {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i], true
		}
	}
	return nil, false
}

// UniqueFields returns the fields whose value names one feature of the layer: the
// code, and what is printed on a plate.
func (s *Schema) UniqueFields() []*Field {
	var fields []*Field
	for i := range s.Fields {
		if s.Fields[i].Unique {
			fields = append(fields, &s.Fields[i])
		}
	}
	return fields
}

// Allows reports whether features of the layer may have geometry of that kind.
func (s *Schema) Allows(kind Kind) bool { return slices.Contains(s.Kinds, kind) }

var catalog = buildCatalog()

// Catalog returns the schemas of all layers in their fixed order. The caller
// must not change them.
func Catalog() []*Schema { return catalog }

// SchemaOf returns the schema of a layer.
func SchemaOf(layer Layer) (*Schema, bool) {
	for _, s := range catalog {
		if s.Layer == layer {
			return s, true
		}
	}
	return nil, false
}

// MustSchema is SchemaOf for layers that the program names itself.
func MustSchema(layer Layer) *Schema {
	s, ok := SchemaOf(layer)
	if !ok {
		panic("no layer " + string(layer))
	}
	return s
}

// Clone returns a copy that may be changed. Shapes and lists are shared: replace
// them, do not write into them.
func Clone(f Feature) Feature {
	src := reflect.ValueOf(f).Elem()
	dst := reflect.New(src.Type())
	dst.Elem().Set(src)
	return dst.Interface().(Feature)
}

func buildCatalog() []*Schema {
	point, line, polygon := []Kind{Points}, []Kind{Lines}, []Kind{Polygons}
	pointOrPolygon := []Kind{Points, Polygons}
	list := []*Schema{
		{Zh: "区划", En: "Places", Kinds: pointOrPolygon, Coverage: true, KindField: "kind", make: func() Feature { return new(Place) }},
		{Zh: "网格", En: "Grids", Kinds: polygon, Coverage: true, KindField: "kind", make: func() Feature { return new(Grid) }},
		{Zh: "划分单元", En: "Blocks", Kinds: polygon, Coverage: true, make: func() Feature { return new(Block) }},
		{Zh: "小区", En: "Compounds", Kinds: polygon, CheckDays: 365, make: func() Feature { return new(Compound) }},
		{Zh: "楼栋", En: "Buildings", Kinds: polygon, KindField: "use", make: func() Feature { return new(Building) }},
		{Zh: "停车位", En: "Parking", Kinds: pointOrPolygon, Service: true, KindField: "kind", CheckDays: 365, make: func() Feature { return new(ParkingSpace) }},
		{Zh: "小蓝棚", En: "Repair booths", Kinds: point, Service: true, KindField: "trades", CheckDays: 90, make: func() Feature { return new(Booth) }},
		{Zh: "应急避难场所", En: "Shelters", Kinds: pointOrPolygon, Service: true, KindField: "class", CheckDays: 180, make: func() Feature { return new(Shelter) }},
		{Zh: "设施", En: "Facilities", Kinds: pointOrPolygon, Service: true, KindField: "kind", CheckDays: 365, make: func() Feature { return new(Facility) }},
		{Zh: "出入口", En: "Gates", Kinds: point, KindField: "kind", CheckDays: 365, make: func() Feature { return new(Gate) }},
		{Zh: "隔离设施", En: "Barriers", Kinds: line, KindField: "kind", make: func() Feature { return new(Barrier) }},
		{Zh: "道路", En: "Streets", Kinds: line, KindField: "class", make: func() Feature { return new(Street) }},
		{Zh: "用地", En: "Land", Kinds: polygon, KindField: "kind", make: func() Feature { return new(LandArea) }},
		{Zh: "责任分工", En: "Assignments", Kinds: []Kind{NoShape}, KindField: "role", make: func() Feature { return new(Assignment) }},
		{Zh: "突发事件", En: "Incidents", Kinds: []Kind{Lines, Polygons}, KindField: "kind", make: func() Feature { return new(Incident) }},
		{Zh: "封闭", En: "Closures", Kinds: []Kind{Lines, Polygons}, make: func() Feature { return new(Closure) }},
	}
	for _, s := range list {
		feature := s.New()
		s.Layer = feature.Layer()
		s.Fields = fieldsOf(reflect.TypeOf(feature).Elem(), nil)
	}
	return list
}

// fieldsOf reads the tags of a layer struct: zh and en (titles), unit, terms (a
// list in terms.go), ref (layers), visible (staff), unique, plate, photo and col (the
// name, where it is not the snake_case form of the Go name).
func fieldsOf(t reflect.Type, prefix []int) []Field {
	var fields []Field
	for i := range t.NumField() {
		member := t.Field(i)
		index := append(slices.Clone(prefix), i)
		if member.Anonymous {
			fields = append(fields, fieldsOf(member.Type, index)...)
			continue
		}
		zh, described := member.Tag.Lookup("zh")
		if !described {
			continue
		}
		_, unique := member.Tag.Lookup("unique")
		_, isPlate := member.Tag.Lookup("plate")
		_, isPhoto := member.Tag.Lookup("photo")
		field := Field{
			Name:   member.Tag.Get("col"),
			Type:   fieldType(member.Type),
			Unit:   member.Tag.Get("unit"),
			Zh:     zh,
			En:     member.Tag.Get("en"),
			Staff:  member.Tag.Get("visible") == "staff",
			Unique: unique,
			Plate:  isPlate,
			Photo:  isPhoto,
			index:  index,
		}
		if field.Name == "" {
			field.Name = snake(member.Name)
		}
		if name := member.Tag.Get("terms"); name != "" {
			terms, ok := termLists[name]
			if !ok {
				panic("no term list " + name)
			}
			field.Terms = terms
		}
		if field.Type == Integer || field.Type == Number {
			field.Least, field.Most = bounds(member.Tag.Get("range"))
		}
		if refs := member.Tag.Get("ref"); refs != "" {
			for _, layer := range strings.Split(refs, ",") {
				field.Refs = append(field.Refs, Layer(layer))
			}
		}
		fields = append(fields, field)
	}
	return fields
}

// bounds reads "least,most"; counts, areas and fees are nought or more.
func bounds(text string) (least, most float64) {
	if text == "" {
		return 0, math.Inf(1)
	}
	if _, err := fmt.Sscanf(text, "%g,%g", &least, &most); err != nil {
		panic(fmt.Sprintf("range %q: %v", text, err))
	}
	return least, most
}

func fieldType(t reflect.Type) FieldType {
	switch reflect.New(t).Interface().(type) {
	case *string:
		return Text
	case *[]string:
		return List
	case *Opt[int32]:
		return Integer
	case *Opt[float64]:
		return Number
	case *Opt[bool]:
		return Boolean
	case *bool:
		return Flag
	case *Date:
		return Day
	case *Instant:
		return Moment
	case *Hours:
		return OpeningHours
	}
	panic(fmt.Sprintf("no field type for %v", t))
}

func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) {
			if i > 0 {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
