package postgis

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"gridatlas/geo"
)

// layerDDL is the definition of all layer tables, read from the catalog, and its
// fingerprint. Every statement may be carried out again: a field that the catalog
// gained becomes a column, a changed title a changed comment.
//
// The tables come without secondary indexes: the first change set that writes to
// a layer builds them after its rows, which for a city is several times faster
// than keeping them up row by row.
func layerDDL() (sql string, fingerprint []byte) {
	var b strings.Builder
	for _, t := range tables {
		name := t.name()
		fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s (id bigint PRIMARY KEY, version bigint NOT NULL, revision bigint NOT NULL);\n", name)
		fmt.Fprintf(&b, "COMMENT ON TABLE %s IS %s;\n", name, literal(t.schema.Zh+" / "+t.schema.En))
		for i := range t.schema.Fields {
			field := &t.schema.Fields[i]
			fmt.Fprintf(&b, "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s;\n", name, quote(field.Name), columnType(field.Type))
			fmt.Fprintf(&b, "COMMENT ON COLUMN %s.%s IS %s;\n", name, quote(field.Name), literal(title(field)))
		}
		if t.shaped {
			fmt.Fprintf(&b, "ALTER TABLE %s ADD COLUMN IF NOT EXISTS geom geometry(Geometry,4326)", name)
			if !t.schema.Allows(geo.NoShape) {
				b.WriteString(" NOT NULL")
			}
			b.WriteString(";\n")
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return b.String(), sum[:]
}

func title(field *geo.Field) string {
	text := field.Zh + " / " + field.En
	if field.Unit != "" {
		text += " (" + field.Unit + ")"
	}
	return text
}

func columnType(t geo.FieldType) string {
	switch t {
	case geo.Text, geo.OpeningHours:
		return "text"
	case geo.List:
		return "text[]"
	case geo.Integer:
		return "integer"
	case geo.Number:
		return "double precision"
	case geo.Boolean:
		return "boolean"
	case geo.Flag:
		return "boolean NOT NULL DEFAULT false"
	case geo.Day:
		return "date"
	case geo.Moment:
		return "timestamptz"
	}
	panic("no column type for " + t.String())
}

// literal quotes a text for statements that take no parameters.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// indexDDL builds the secondary indexes of one layer.
func (t *table) indexDDL() string {
	var b strings.Builder
	layer := string(t.layer())
	for _, field := range t.schema.UniqueFields() {
		fmt.Fprintf(&b, "CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s (%s) WHERE %[3]s IS NOT NULL;\n",
			quote(layer+"_"+field.Name+"_key"), t.name(), quote(field.Name))
	}
	fmt.Fprintf(&b, "CREATE INDEX IF NOT EXISTS %s ON %s (revision);\n", quote(layer+"_revision_idx"), t.name())
	if t.shaped {
		fmt.Fprintf(&b, "CREATE INDEX IF NOT EXISTS %s ON %s USING gist (geom);\n", quote(layer+"_geom_idx"), t.name())
	}
	return b.String()
}
