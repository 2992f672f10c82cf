package api

import (
	"math"
	"net/http"

	"gridatlas/geo"
	"gridatlas/geo/cql"
)

// schema answers /collections/{layer}/schema: a JSON Schema of the features of a
// layer, read from the catalog.
func (s *server) schema(w http.ResponseWriter, r *http.Request) error {
	return s.jsonSchema(w, r, "schema", func(properties map[string]any) {
		properties["id"] = map[string]any{"type": "integer", "x-ogc-role": "id", "readOnly": true, "x-ogc-propertySeq": 0}
	})
}

// queryables answers /collections/{layer}/queryables: what items may be asked by. The
// fields are parameters too, the geometry is for filters alone.
func (s *server) queryables(w http.ResponseWriter, r *http.Request) error {
	return s.jsonSchema(w, r, "queryables", func(map[string]any) {})
}

func (s *server) jsonSchema(w http.ResponseWriter, r *http.Request, name string, more func(properties map[string]any)) error {
	layer, err := schemaOf(r)
	if err != nil {
		return err
	}
	if _, err := readQuery(r); err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	properties := map[string]any{}
	for i, field := range v.fields(layer) {
		properties[field.Name] = fieldSchema(field, i+2)
	}
	if format := geometryFormat(layer); format != "" {
		properties[cql.Geometry] = map[string]any{"format": format, "x-ogc-role": "primary-geometry", "x-ogc-propertySeq": 1}
	}
	more(properties)
	w.Header().Set("Cache-Control", revalidate)
	return writeDocument(w, typeSchema, map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"$id":                  s.base(r) + collectionPath(layer.Layer) + "/" + name,
		"type":                 "object",
		"title":                layer.Zh,
		"x-title-en":           layer.En,
		"properties":           properties,
		"additionalProperties": false,
	})
}

// fieldSchema describes a field: its Chinese title as `title`, the English one as
// `x-title-en`, allowed values as `enum` with their titles in `x-terms`.
func fieldSchema(field *geo.Field, position int) map[string]any {
	of := map[string]any{"title": field.Zh, "x-title-en": field.En, "x-ogc-propertySeq": position}
	value := of // what enum and references are about: the field, or an element of it
	switch field.Type {
	case geo.Integer, geo.Number:
		of["type"], of["minimum"] = field.Type.String(), field.Least
		if !math.IsInf(field.Most, 1) {
			of["maximum"] = field.Most
		}
	case geo.Boolean, geo.Flag:
		of["type"] = "boolean"
	case geo.List:
		value = map[string]any{"type": "string"}
		of["type"], of["items"] = "array", value
	case geo.Day:
		of["type"], of["format"] = "string", "date"
	case geo.Moment:
		of["type"], of["format"] = "string", "date-time"
	case geo.OpeningHours:
		of["type"], of["x-format"] = "string", "opening_hours"
	default:
		of["type"] = "string"
	}
	if field.Type != geo.Flag {
		of["type"] = []any{of["type"], "null"} // unknown
	}
	if field.Unit != "" {
		of["x-ogc-unit"] = field.Unit
	}
	if field.Refs != nil {
		value["x-ref"] = field.Refs
	}
	if field.Plate {
		of["pattern"] = "^[0-9]{12}$"
	}
	if field.Terms != nil {
		words := make([]any, 0, len(field.Terms)+1)
		terms := make([]map[string]string, len(field.Terms))
		for i, term := range field.Terms {
			words = append(words, term.Value)
			terms[i] = map[string]string{"value": term.Value, "zh": term.Zh, "en": term.En}
		}
		if field.Type != geo.List {
			words = append(words, nil)
		}
		value["enum"], value["x-terms"] = words, terms
	}
	return of
}

// geometryFormat names the kind of geometry as OGC API Features part 5 does.
func geometryFormat(layer *geo.Schema) string {
	switch {
	case len(layer.Kinds) > 1:
		return "geometry-any"
	case layer.Kinds[0] == geo.NoShape:
		return ""
	}
	return map[geo.Kind]string{
		geo.Points: "geometry-point-or-multipoint", geo.Lines: "geometry-linestring-or-multilinestring",
		geo.Polygons: "geometry-polygon-or-multipolygon",
	}[layer.Kinds[0]]
}
