package geo

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// AppendCanonical appends the one canonical encoding of a feature: JSON with
// id, version, the fields in catalog order without the unknown ones, and the
// shape as base64 of AppendShape. Equal features give equal bytes in every
// store; it is what the audit chain hashes and what history keeps. The revision
// is not part of it.
func AppendCanonical(dst []byte, f Feature) []byte {
	base := f.Common()
	dst = append(dst, `{"id":`...)
	dst = strconv.AppendInt(dst, base.ID, 10)
	dst = append(dst, `,"version":`...)
	dst = strconv.AppendInt(dst, base.Version, 10)
	schema := MustSchema(f.Layer())
	for i := range schema.Fields {
		field := &schema.Fields[i]
		before := len(dst)
		dst = append(dst, ',', '"')
		dst = append(dst, field.Name...)
		dst = append(dst, '"', ':')
		var known bool
		if dst, known = appendValue(dst, field.Pointer(f)); !known {
			dst = dst[:before]
		}
	}
	if !base.Shape.IsZero() {
		dst = append(dst, `,"shape":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, AppendShape(nil, base.Shape))
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

// appendValue appends what a field holds, and tells whether that is known. A
// flag that is false counts as unknown.
func appendValue(dst []byte, pointer any) ([]byte, bool) {
	switch p := pointer.(type) {
	case *string:
		return appendText(dst, *p), *p != ""
	case *Hours:
		return appendText(dst, string(*p)), *p != ""
	case *[]string:
		dst = append(dst, '[')
		for i, item := range *p {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendText(dst, item)
		}
		return append(dst, ']'), len(*p) > 0
	case *Opt[int32]:
		return strconv.AppendInt(dst, int64(p.Value), 10), p.Known
	case *Opt[float64]:
		v := p.Value
		if v == 0 {
			v = 0 // there is one zero: not every store keeps the sign of the other
		}
		return strconv.AppendFloat(dst, v, 'g', -1, 64), p.Known
	case *Opt[bool]:
		return strconv.AppendBool(dst, p.Value), p.Known
	case *bool:
		return strconv.AppendBool(dst, *p), *p
	case *Date:
		return appendText(dst, p.String()), *p != 0
	case *Instant:
		return appendText(dst, p.String()), *p != 0
	}
	panic(fmt.Sprintf("no canonical form for %T", pointer))
}

// appendText appends a JSON string as encoding/json writes it. Most text has
// nothing to escape and is copied.
func appendText(dst []byte, text string) []byte {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, escaped) {
		quoted, err := json.Marshal(text)
		if err != nil { // a string always marshals
			panic(err)
		}
		return append(dst, quoted...)
	}
	dst = append(dst, '"')
	dst = append(dst, text...)
	return append(dst, '"')
}

// escaped reports whether encoding/json writes something else for a character:
// those that JSON or HTML give a meaning, and the line ends of JavaScript.
func escaped(r rune) bool {
	switch r {
	case '"', '\\', '<', '>', '&', '\u2028', '\u2029', utf8.RuneError:
		return true
	}
	return r < ' '
}

// ParseCanonical reads what AppendCanonical wrote. Fields that the layer no
// longer has are passed over.
func ParseCanonical(layer Layer, text []byte) (Feature, error) {
	schema, ok := SchemaOf(layer)
	if !ok {
		return nil, fmt.Errorf("no layer %q", layer)
	}
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		return nil, fmt.Errorf("read a kept %s feature: %w", layer, err)
	}
	f := schema.New()
	base := f.Common()
	for name, value := range members {
		var err error
		switch name {
		case "id":
			base.ID, err = keptInt(value)
		case "version":
			base.Version, err = keptInt(value)
		case "shape":
			base.Shape, err = keptShape(value)
		default:
			if field, ok := schema.Field(name); ok {
				err = setKept(field, f, value)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("read a kept %s feature: %s: %w", layer, name, err)
		}
	}
	return f, nil
}

func keptInt(value any) (int64, error) {
	number, ok := value.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%v is not a number", value)
	}
	return number.Int64()
}

func keptShape(value any) (Shape, error) {
	text, ok := value.(string)
	if !ok {
		return Shape{}, fmt.Errorf("%v is not text", value)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Shape{}, err
	}
	return ParseShape(raw)
}

// setKept is Field.Set without its kindness to people: text keeps the blanks
// around it, so that it comes back byte for byte.
func setKept(field *Field, f Feature, value any) error {
	if text, ok := value.(string); ok {
		switch p := field.Pointer(f).(type) {
		case *string:
			*p = text
			return nil
		case *Hours:
			*p = Hours(text)
			return nil
		}
	}
	return field.set(f, value)
}

// AppendShape appends a compact exact form of the shape: kind, number of parts,
// for each part its length with the hole bit lowest, then the corners as signed
// varint differences in stored order.
func AppendShape(dst []byte, s Shape) []byte {
	dst = append(dst, byte(s.kind))
	dst = binary.AppendUvarint(dst, uint64(s.NumParts()))
	var last Point
	for part := range s.Parts() {
		size := uint64(len(part.Points)) << 1
		if part.Hole {
			size |= 1
		}
		dst = binary.AppendUvarint(dst, size)
		for _, p := range part.Points {
			dst = binary.AppendVarint(dst, int64(p.X)-int64(last.X))
			dst = binary.AppendVarint(dst, int64(p.Y)-int64(last.Y))
			last = p
		}
	}
	return dst
}
