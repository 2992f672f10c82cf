package files

import (
	"crypto/sha256"
	"fmt"

	"gridatlas/geo"
)

// codeKey stands for one value of a field that may occur once in a layer: 128
// bits of its SHA-256, so a code takes 16 bytes however long it is, and no two of
// them meet by chance.
type codeKey [16]byte

func keyOf(layer geo.Layer, field, value string) codeKey {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", layer, field, value))
	return codeKey(sum[:])
}

// codes remembers which row of a table was the first to bear a code.
type codes map[codeKey]int32

// take notes the codes of the row at a place, or answers with the fault when an
// earlier feature has one of them; then none is noted. The store would refuse
// the file too, but only at its end and without saying where.
func (c codes) take(f geo.Feature, schema *geo.Schema, place Place) *RowFault {
	var keys []codeKey
	for _, field := range schema.UniqueFields() {
		value, _ := field.Get(f).(string)
		if value == "" {
			continue
		}
		key := keyOf(schema.Layer, field.Name, value)
		if first, twice := c[key]; twice {
			return &RowFault{Field: field.Name, Reason: fmt.Sprintf("%q is that of %v already", value, Place{Unit: place.Unit, Row: int(first)})}
		}
		keys = append(keys, key)
	}
	for _, key := range keys {
		c[key] = int32(place.Row)
	}
	return nil
}
