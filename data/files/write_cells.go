package files

import (
	"encoding/json"
	"strings"

	"gridatlas/geo"
)

// cellOf is what stands in a table for people (CSV, a spreadsheet, a Shapefile)
// for a field: nil when it is unknown, string, int64, float64 or bool. With titles
// values of closed lists are named in Chinese, as the importer takes them.
func cellOf(field *geo.Field, f geo.Feature, titles bool) any {
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

// listSeparator stands between the items of a list in one text.
const listSeparator = ";"

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
	return strings.Join(items, listSeparator)
}

// titleOf names the column of a field.
func titleOf(field *geo.Field, titles bool) string {
	if titles {
		return field.Zh
	}
	return field.Name
}

// Yes and no as people write them.
const (
	yes = "是"
	no  = "否"
)
