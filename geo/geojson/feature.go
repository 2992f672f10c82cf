package geojson

import (
	"math"
	"strconv"
	"unicode/utf8"

	"gridatlas/geo"
)

// AppendFeature appends a Feature object with the given fields as properties,
// in the order given. Its members are type, id (left out before a store gave
// one), layer (a foreign member by which data/files finds the schema again),
// geometry and properties.
func AppendFeature(dst []byte, f geo.Feature, fields []*geo.Field) []byte {
	return AppendFeatureIn(dst, f, fields, AppendPosition)
}

// AppendFeatureIn is AppendFeature with positions in another system.
func AppendFeatureIn(dst []byte, f geo.Feature, fields []*geo.Field, position Position) []byte {
	base := f.Common()
	dst = append(dst, `{"type":"Feature",`...)
	if base.ID != 0 {
		dst = append(dst, `"id":`...)
		dst = strconv.AppendInt(dst, base.ID, 10)
		dst = append(dst, ',')
	}
	dst = append(dst, `"layer":"`...)
	dst = append(dst, f.Layer()...)
	dst = append(dst, `","geometry":`...)
	dst = AppendGeometryIn(dst, base.Shape, position)
	dst = append(dst, `,"properties":`...)
	dst = AppendProperties(dst, f, fields)
	return append(dst, '}')
}

// AppendProperties appends an object with the given fields of the feature.
// Unknown values are null, lists are arrays of strings.
func AppendProperties(dst []byte, f geo.Feature, fields []*geo.Field) []byte {
	dst = append(dst, '{')
	for i, field := range fields {
		dst = appendComma(dst, i)
		dst = append(dst, '"')
		dst = append(dst, field.Name...) // snake_case: nothing to escape
		dst = append(dst, '"', ':')
		dst = AppendValue(dst, field.Get(f))
	}
	return append(dst, '}')
}

// AppendValue appends a value as geo.Field.Get returns it. Numbers that JSON
// cannot write (NaN, infinities) are null.
func AppendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return AppendString(dst, v)
	case []string:
		dst = append(dst, '[')
		for i, text := range v {
			dst = appendComma(dst, i)
			dst = AppendString(dst, text)
		}
		return append(dst, ']')
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return appendNumber(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	}
	return append(dst, "null"...)
}

// appendNumber appends the shortest decimal that reads back as v.
func appendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, v, format, -1, 64)
}

// AppendString appends a JSON string. Text that is not UTF-8 gets replacement
// characters; <, >, & and the line separators U+2028 and U+2029 are escaped, so
// that the text may stand inside a script element of a page.
func AppendString(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0 // what lies before it is written
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			dst = append(dst, text[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, text[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, text[start:i]...), '\\', 'u', '2', '0', '2', hex[r&15])
			start = i + size
		}
		i += size
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

// Fields returns the fields of a layer that the public may see, or all of them
// for staff, in catalog order: what AppendFeature takes.
func Fields(schema *geo.Schema, staff bool) []*geo.Field {
	fields := make([]*geo.Field, 0, len(schema.Fields))
	for i := range schema.Fields {
		if field := &schema.Fields[i]; staff || !field.Staff {
			fields = append(fields, field)
		}
	}
	return fields
}
