package table

import (
	"encoding/json"
	"strconv"
	"strings"

	"gridatlas/geo"
)

// Decimal is a number by its digits, as a coordinate that is exact in them.
type Decimal string

// WKT is well-known text.
type WKT string

// Yes and No as people write them.
const (
	Yes = "是"
	No  = "否"
)

// Cell is what stands in a table for a field: nil when it is unknown, string,
// int64, float64 or bool. With titles values of closed lists are named in Chinese,
// as the importer takes them.
func Cell(field *geo.Field, f geo.Feature, titles bool) any {
	value := field.Get(f)
	switch v := value.(type) {
	case string:
		return wordOf(field, v, titles)
	case []string:
		words := make([]string, len(v))
		for i, text := range v {
			words[i] = wordOf(field, text, titles)
		}
		return joinList(words)
	}
	return value
}

func wordOf(field *geo.Field, value string, titles bool) string {
	if term, ok := field.Term(value); ok && titles {
		return term.Zh
	}
	return value
}

// ListSeparator stands between the items of a list in one text.
const ListSeparator = ";"

// joinList makes one text of a list as geo.Field.Set reads it: items with
// semicolons between, or a JSON array where an item holds what separates items.
func joinList(items []string) string {
	for _, item := range items {
		if item == "" || strings.ContainsAny(item, ";,；，、[") || strings.TrimSpace(item) != item {
			text, err := json.Marshal(items)
			if err != nil {
				panic(err) // strings can be written as JSON
			}
			return string(text)
		}
	}
	return strings.Join(items, ListSeparator)
}

// AppendNumber appends the shortest decimal that reads back as v, never in the
// form 1e21.
func AppendNumber(dst []byte, v float64) []byte { return strconv.AppendFloat(dst, v, 'f', -1, 64) }
