package files

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/entry"
)

// Mapping says which column fills which field. The zero Mapping goes by names: a
// column fills the field of its name, else of its Chinese or English title, else
// of a usual synonym, whatever the case and the blanks around it.
type Mapping struct {
	// Columns names the field that a column fills, or one of lon, lat, lonlat (both
	// in one text) and wkt, or a word of place (community, compound, building, street,
	// address, landmark); empty: none. It goes before the names.
	Columns map[string]string `json:"columns,omitempty"`
	// Values names, by field, what a text of the file stands for.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Constants are values of fields that no column of a row fills.
	Constants map[string]string `json:"constants,omitempty"`
}

// ParseMapping reads a mapping from its JSON form.
func ParseMapping(text []byte) (Mapping, error) {
	var m Mapping
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return Mapping{}, fmt.Errorf("read the mapping: %w", err)
	}
	return m, nil
}

// Check reports what of the mapping does not suit a layer: fields that it has
// not, values that a closed list has not.
func (m *Mapping) Check(schema *geo.Schema) error {
	for column, name := range m.Columns {
		if name != "" && !isTarget(schema, name) {
			return fmt.Errorf("column %q is mapped to %q, which is no field of layer %s", column, name, schema.Layer)
		}
	}
	for name := range m.Values {
		if _, ok := schema.Field(name); !ok {
			return fmt.Errorf("values are mapped for %q, which is no field of layer %s", name, schema.Layer)
		}
	}
	for name, value := range m.Constants {
		field, ok := schema.Field(name)
		if !ok || field.Photo {
			return fmt.Errorf("a constant is given for %q, which is no field of layer %s", name, schema.Layer)
		}
		if err := entry.Set(field, schema.New(), value, m.Values[name]); err != nil {
			return fmt.Errorf("the constant of %s: %w", name, err)
		}
	}
	return nil
}

func isTarget(schema *geo.Schema, name string) bool {
	field, ok := schema.Field(name)
	return ok && !field.Photo || slices.Contains(placeTargets, name) || slices.Contains(wordTargets, name)
}

var placeTargets = []string{targetLon, targetLat, targetLonLat, targetWKT}

// strength says how a column came to its target; of two the stronger one fills it.
type strength int

const (
	stated    strength = iota // by the mapping
	named                     // by name or title
	customary                 // by a synonym
)

// target is what a column goes to.
type target struct {
	name  string
	slot  int        // numbers the targets of a layer
	field *geo.Field // nil: the column is not kept
}

// column is a target and how the column came to it; a nil target: to none.
type column struct {
	*target
	strength strength
	ignored  bool // by the mapping
}

// columns finds the targets of columns for one layer.
type columns struct {
	schema    *geo.Schema
	targets   []*target          // fields, what gives a place, words of place
	words     int                // the first of the latter
	called    map[string]*target // the same by name
	byName    map[string]column  // in lower case
	seen      map[string]column  // as the file writes them
	constants map[string]string  // of the mapping
}

func newColumns(schema *geo.Schema, m *Mapping) *columns {
	c := &columns{schema: schema, constants: m.Constants, called: map[string]*target{}, byName: map[string]column{}, seen: map[string]column{}}
	add := func(name string, field *geo.Field) {
		if c.called[name] == nil {
			c.called[name] = &target{name: name, slot: len(c.targets), field: field}
			c.targets = append(c.targets, c.called[name])
		}
	}
	fields := carried(schema, true)
	for _, field := range fields {
		add(field.Name, field)
	}
	for _, name := range placeTargets {
		add(name, nil)
	}
	c.words = len(c.targets)
	if schema.Layer == geo.Buildings {
		c.called[wordBuilding] = c.called["number"]
	}
	for _, name := range wordTargets {
		add(name, nil)
	}
	call := func(name string, t *target, by strength) {
		key := strings.ToLower(name)
		if _, taken := c.byName[key]; !taken {
			c.byName[key] = column{target: t, strength: by}
		}
	}
	for name, to := range m.Columns {
		c.byName[strings.ToLower(strings.TrimSpace(name))] = column{target: c.called[to], strength: stated, ignored: to == ""}
	}
	for _, title := range []func(*geo.Field) string{
		func(f *geo.Field) string { return f.Name },
		func(f *geo.Field) string { return f.Zh },
		func(f *geo.Field) string { return f.En },
	} {
		for _, field := range fields {
			call(title(field), c.called[field.Name], named)
		}
	}
	for name, t := range c.called {
		call(name, t, named)
	}
	for field, short := range shortNames(schema) { // as our own shapefiles have them
		if to := c.called[field]; to != nil {
			call(short, to, named)
		}
	}
	// The name and the code of a compound stand as 小区名称, 小区编码.
	for _, suffix := range []string{"名称", "名"} {
		call(schema.Zh+suffix, c.called["name"], customary)
	}
	for _, suffix := range []string{"编码", "编号", "代码"} {
		call(schema.Zh+suffix, c.called["code"], customary)
	}
	for _, field := range fields { // as other shapefiles cut them
		for _, title := range []string{field.Name, field.Zh, field.En} {
			for _, hanzi := range []int{2, 3} { // bytes in GBK, in UTF-8
				if cut := cutTitle(title, hanzi); cut != title {
					call(cut, c.called[field.Name], customary)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.called)) {
		for _, synonym := range synonyms[name] {
			call(synonym, c.called[name], customary)
		}
	}
	return c
}

// cutTitle cuts a title as the columns of shapefiles are: to 10 bytes, of which
// Chinese characters take so many each.
func cutTitle(title string, hanzi int) string {
	bytes := 0
	for i, r := range title {
		size := 1
		if r >= utf8.RuneSelf {
			size = hanzi
		}
		if bytes += size; bytes > shortName {
			return strings.TrimRight(title[:i], " ")
		}
	}
	return title
}

// of returns where a column goes.
func (c *columns) of(name string) column {
	const most = 1000
	to, known := c.seen[name]
	if !known {
		to, known = c.byName[strings.ToLower(strings.TrimSpace(name))]
		if plain, system := cutTag(name); !known && system != nil {
			to = c.byName[plain]
		}
		if len(c.seen) < most {
			c.seen[name] = to
		}
	}
	return to
}

// conflict finds two columns of a heading that want to fill the same field with
// the same right.
func (c *columns) conflict(heading []string) *RowFault {
	best := make([]string, len(c.targets))
	for _, by := range []strength{stated, named, customary} {
		for _, name := range heading {
			to := c.of(name)
			if to.target == nil || to.strength != by {
				continue
			}
			other := best[to.slot]
			if other == "" {
				best[to.slot] = name
			} else if c.of(other).strength == by && to.field != nil {
				return givenTwice(to.name, other, name)
			}
		}
	}
	return nil
}

func givenTwice(field, one, other string) *RowFault {
	return &RowFault{Field: field, Reason: fmt.Sprintf("given twice, as %q and as %q", one, other)}
}
