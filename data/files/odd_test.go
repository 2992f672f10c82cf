package files_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/plate"
	"gridatlas/geo/seedtest"
)

// oddTexts are what a format may trip over: formulas, what looks like a quoted
// formula, quotes, separators, line ends, what XML and spreadsheets escape,
// characters outside of GBK and of 16 bits.
var oddTexts = []string{
	"=1+2", "'=1+2", "'五道庙", "+86 536 1234567", "-3号楼", "@张", `他说"好", 然后；走了、`, "第一行\n第二行", "<b>&amp;</b> _x0041_", "𠮷野家🙂", "0012", "1e5", "370702002004001123",
}

// oddFeatures fills every field of every layer, several times, with shapes of
// every kind that the layer allows, single and of several parts. Ids count from
// 1 in each layer.
func oddFeatures(t testing.TB) []geo.Feature {
	t.Helper()
	random := seedtest.New(t)
	var features []geo.Feature
	for _, schema := range geo.Catalog() {
		id := int64(0)
		add := func(shape geo.Shape, full bool) {
			f := schema.New()
			id++
			for i := range schema.Fields {
				if field := &schema.Fields[i]; full && !field.Photo { // no file carries a photo
					if err := field.Set(f, oddValue(random, field, id)); err != nil {
						t.Fatal(err)
					}
				}
			}
			base := f.Common()
			base.ID, base.Shape = id, shape
			if fault := geo.CheckFields(f); fault != nil {
				t.Fatal(fault)
			}
			features = append(features, f)
		}
		for _, kind := range schema.Kinds {
			for round := range 8 {
				add(oddShape(random, kind, 1), round > 0)
			}
			if kind != geo.NoShape {
				add(oddShape(random, kind, 3), true)
			}
		}
	}
	return features
}

func oddValue(random *rand.Rand, field *geo.Field, id int64) any {
	if n := len(field.Terms); n > 0 {
		one, other := field.Terms[random.IntN(n)].Value, field.Terms[random.IntN(n)].Value
		if field.Type == geo.List && one != other {
			return []string{one, other}
		}
		return one
	}
	switch field.Type {
	case geo.Text:
		if field.Plate {
			number, err := plate.Make("370702", int(id))
			if err != nil {
				panic(err)
			}
			return string(number)
		}
		text := oddTexts[random.IntN(len(oddTexts))]
		if field.Name == "code" { // once in a layer
			return fmt.Sprintf("%s%d", text, id)
		}
		return text
	case geo.List:
		return [][]string{{"甲"}, {"甲", "乙"}, {"甲;乙", "丙，丁"}, {`["`}, {"=甲", "-乙"}}[random.IntN(5)]
	case geo.Integer:
		return []int64{0, -1, 7, 1<<31 - 1, -1 << 31}[random.IntN(5)]
	case geo.Number:
		return []float64{0, 0.1, -2.5, 1e-7, 123456789.123, 73.1}[random.IntN(6)]
	case geo.Boolean, geo.Flag:
		return random.IntN(2) == 0
	case geo.Day:
		return []string{"2024-02-29", "1949-10-01", "2099-12-31"}[random.IntN(3)]
	case geo.Moment:
		if field.Name == "until" {
			return "2030-01-01T15:59:00Z"
		}
		return []string{"2024-02-29T08:30:00Z", "1969-12-31T23:59:00Z"}[random.IntN(2)]
	case geo.OpeningHours:
		return "Mo-Fr 08:00-11:30,14:00-18:00; PH off"
	}
	panic("no value for " + field.Type.String())
}

// oddShape makes a valid shape of so many members somewhere around 119.1 E.
func oddShape(random *rand.Rand, kind geo.Kind, members int) geo.Shape {
	var parts []geo.Part
	for i := range members {
		at := geo.Point{X: 1190000000 + random.Int32N(2000000) + int32(i)*3000000, Y: 367000000 + random.Int32N(2000000)}
		off := func(x, y int32) geo.Point { return geo.Point{X: at.X + x, Y: at.Y + y} }
		switch kind {
		case geo.Points:
			parts = append(parts, geo.Part{Points: []geo.Point{at}})
		case geo.Lines:
			parts = append(parts, geo.Part{Points: []geo.Point{at, off(1+random.Int32N(900), 501), off(2001, 3)}})
		case geo.Polygons:
			size := 1000 + random.Int32N(900)
			parts = append(parts, geo.Part{Points: []geo.Point{at, off(size, 0), off(size, size), off(0, size)}},
				geo.Part{Points: []geo.Point{off(100, 100), off(100, 300), off(300, 100)}, Hole: true})
		}
	}
	return geo.MakeShape(kind, parts)
}

// layersOf are the features of some layers.
func layersOf(features []geo.Feature, layers ...geo.Layer) (chosen []geo.Feature) {
	for _, f := range features {
		for _, layer := range layers {
			if f.Layer() == layer {
				chosen = append(chosen, f)
			}
		}
	}
	return chosen
}

// canonical is a feature as text, without what no file brings back.
func canonical(f geo.Feature) string {
	plain := geo.Clone(f)
	plain.Common().ID = 0
	return string(geo.AppendCanonical(nil, plain))
}

// quotedFormula is the text of a CSV cell by the rule that export promises.
func quotedFormula(text string) string {
	if inner := strings.TrimLeft(text, "'"); inner != "" && strings.ContainsAny(inner[:1], "=+-@\t\r\x00") {
		return "'" + text
	}
	return text
}
