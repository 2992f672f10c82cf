package files

import "gridatlas/geo"

// ShortName is the name of a field's column in a Shapefile.
func ShortName(schema *geo.Schema, field *geo.Field) string { return shortNames(schema)[field.Name] }

// LowerShapefileLimit sets the greatest size of a file until undo.
func LowerShapefileLimit(bytes int64) (undo func()) {
	before := shapefileLimit
	shapefileLimit = bytes
	return func() { shapefileLimit = before }
}
