package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// Source says how deliveries of one name are read. It is remembered, so that the
// next one needs nothing but the name and the file.
type Source struct {
	Name  string    `json:"name"`
	Layer geo.Layer `json:"layer"`
	Key   string    `json:"key"` // the column whose value names a row, the same in each delivery
	// Columns names the field of each column that does not find it by itself.
	Columns map[string]string `json:"columns,omitempty"`
	// Values translates the values of a field, as those of a closed list.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Constants are values of fields that no column has.
	Constants map[string]string `json:"constants,omitempty"`
	System    string            `json:"system,omitempty"`  // of coordinates, as crs.ParseSystem reads it; empty: what the file says
	Control   []crs.Control     `json:"control,omitempty"` // of a city\'s own system, in place of System

	// Of the last delivery.
	File        string    `json:"file,omitempty"`
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
	Rows        int       `json:"rows,omitempty"`
}

// Sources holds every source of a store, by name.
var Sources = geo.RecordTable[Source]{Kind: "source"}

// Row is what is known of one row of a source.
type Row struct {
	ID int64 `json:"id"` // of the feature in the source's layer
	// Given holds what the source said last, by field; geometry under shapeField.
	Given map[string]json.RawMessage `json:"given"`
	// Held holds what was stored instead, for the fields where that is something
	// else.
	Held map[string]json.RawMessage `json:"held,omitempty"`
	Gone bool                       `json:"gone,omitempty"` // missing from the last delivery: its feature was retired
}

// Rows returns the table of the rows of a source, by the value of its key column.
func Rows(name string) geo.RecordTable[Row] { return geo.RecordTable[Row]{Kind: "source row " + name} }

// unknown is the value of a field that nobody has said anything of.
var unknown = json.RawMessage("null")

// shapeField stands for the geometry among the fields of a row.
const shapeField = "geometry"

// valueOf is one field of a feature as rows keep it: JSON, and of a shape the
// beginning of its SHA-256.
func valueOf(f geo.Feature, field string) json.RawMessage {
	if field == shapeField {
		shape := f.Common().Shape
		if shape.IsZero() {
			return unknown
		}
		sum := sha256.Sum256(geo.AppendShape(nil, shape))
		return json.RawMessage(`"` + hex.EncodeToString(sum[:12]) + `"`)
	}
	described, ok := geo.MustSchema(f.Layer()).Field(field)
	if !ok { // a field that the layer had once
		return unknown
	}
	return geojson.AppendValue(nil, described.Get(f))
}

// copyField writes one field of a feature over that of another.
func copyField(to, from geo.Feature, field string) error {
	if field == shapeField {
		to.Common().Shape = from.Common().Shape
		return nil
	}
	described, ok := geo.MustSchema(to.Layer()).Field(field)
	if !ok {
		return nil
	}
	return described.Set(to, described.Get(from))
}

func equal(a, b json.RawMessage) bool { return slices.Equal(a, b) }
