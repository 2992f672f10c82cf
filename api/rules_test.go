package api_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// drawing is a Polygon or LineString of GeoJSON of corners given in metres around the
// middle of the town, as it is drawn: rings are not closed and not turned.
func drawing(kind string, rings ...[]float64) string {
	var text strings.Builder
	for i, r := range rings {
		fmt.Fprint(&text, strings.Repeat(",", min(i, 1)), "[")
		for k, p := range ring(r...) {
			text.WriteString(strings.Repeat(",", min(k, 1)))
			text.Write(geojson.AppendPosition(nil, p))
		}
		text.WriteString("]")
	}
	coordinates := text.String()
	if kind == "Polygon" {
		coordinates = "[" + coordinates + "]"
	}
	return fmt.Sprintf(`{"type":%q,"coordinates":%s}`, kind, coordinates)
}

func drawnFeature(geometry, properties string) string {
	return fmt.Sprintf(`{"type":"Feature","geometry":%s,"properties":{%s}}`, geometry, properties)
}

// Every rule that a feature can break is told with its field and, if it is one of the
// ground, its place; all that are broken at once.
func TestEveryRule(t *testing.T) {
	w := newWriter(t)
	quarter(t, w)
	star := make([]float64, 0, 2*20_002)
	for i := range 20_001 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 20_001)
		star = append(star, 2000*cos, 12_000+2000*sin)
	}
	star = append(star, star[:2]...)
	for _, test := range []struct{ name, layer, geometry, properties, want string }{
		{"few corners", "land", drawing("Polygon", []float64{0, 0, 10, 0, 0, 0, 0, 0}), "", "geometry geometry at 0,0"},
		{"flat", "land", drawing("Polygon", []float64{0, 0, 10, 0, 30, 0, 0, 0}), "", "geometry spike at 0,0; geometry spike at 30,0; geometry zero_area at 0,0"},
		{"spike", "land", drawing("Polygon", []float64{0, 0, 100, 0, 100, 100, 100, 200, 100, 100, 0, 100, 0, 0}), "", "geometry spike at 100,200"},
		{"self-crossing", "land", drawing("Polygon", []float64{0, 0, 100, 100, 100, 0, 0, 100, 0, 0}), "", "geometry self_crossing at 50,50"},
		{"self-touching", "land", drawing("Polygon", []float64{0, 0, 100, 0, 50, 50, 100, 100, 0, 100, 50, 50, 0, 0}), "", "geometry self_touch at 50,50"},
		{"hole outside", "land", drawing("Polygon", []float64{0, 0, 100, 0, 100, 100, 0, 100, 0, 0}, []float64{200, 0, 210, 0, 210, 10, 200, 0}), "", "geometry hole_outside at 210,10"},
		{"rings that cross", "land", drawing("Polygon", []float64{0, 0, 100, 0, 100, 100, 0, 100, 0, 0}, []float64{50, 50, 50, 60, 150, 55, 50, 50}), "", "geometry rings_cross at 100,53; geometry rings_cross at 100,57"},
		{"too small", "land", drawing("Polygon", []float64{0, 0, 0.5, 0, 0.5, 0.5, 0, 0.5, 0, 0}), "", "geometry too_small at 0,0"},
		{"too many corners", "land", drawing("Polygon", star), "", "geometry too_large at 2000,12000"},
		{"too wide", "land", drawing("Polygon", []float64{0, 0, 600_000, 0, 600_000, 100, 0, 0}), "", "geometry too_large at 0,0"},
		{"another kind", "booths", drawing("LineString", []float64{0, 0, 1, 1}), "", "geometry shape_kind"},
		{"gap and overlap", "grids", drawing("Polygon", []float64{100, 9000, 250, 9000, 250, 9100, 100, 9100, 100, 9000}), `"community":"Q"`,
			"geometry outside at 225,9025; geometry overlap at 150,9050"},
		{"corner off the border", "grids", drawing("Polygon", []float64{200, 9000, 300, 9000, 300, 9100, 200, 9100, 200, 9050, 200, 9000}), "", "geometry noding at 200,9050"},
		{"codes", "booths", drawing("LineString", []float64{0, 0, 1, 1}), `"code":"XLP-1","number":"370702000283"`, "code code_taken; geometry shape_kind; number code_taken"},
		{"types", "buildings", drawing("Polygon", []float64{0, 0, 10, 0, 10, 10, 0, 0}), `"levels":"six","year":true,"number":["a"],"from":"1 May"`, "from value; levels value; number value; year value"},
		{"ranges", "buildings", drawing("Polygon", []float64{0, 0, 10, 0, 10, 10, 0, 0}), `"levels":201,"households":-1,"year":99,"height_m":1000.5`, "height_m range; households range; levels range; year range"},
		{"closed lists and references", "buildings", drawing("Polygon", []float64{0, 0, 10, 0, 10, 10, 0, 0}), `"use":"castle","compound":"C9"`, "compound reference; use term"},
		{"all at once", "buildings", drawing("Polygon", []float64{0, 0, 100, 100, 100, 0, 0, 100, 0, 0}), `"code":"B1","levels":-3,"use":"castle","compound":"C9","until":"2020-01-01","from":"2021-01-01"`,
			"code code_taken; compound reference; geometry self_crossing at 50,50; levels range; until until_before_from; use term"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := w.must(t, 422, w.send(t, "POST", "/collections/"+test.layer+"/items", drawnFeature(test.geometry, test.properties)))
			var got []string
			for _, v := range parse(t, answer.Body.Bytes())["violations"].([]any) {
				v := v.(map[string]any)
				text := fmt.Sprint(v["field"], " ", v["rule"])
				if v["lon"] != nil {
					x, y := crs.NewLocal(crs.At(middleLon, middleLat)).XY(crs.At(v["lon"].(float64), v["lat"].(float64)))
					text += fmt.Sprintf(" at %.0f,%.0f", x+0, y+0)
				}
				if v["layer"] != test.layer || v["detail"] == "" {
					t.Errorf("without words: %v", v)
				}
				got = append(got, strings.ReplaceAll(text, "-0", "0"))
			}
			slices.Sort(got)
			if text := strings.Join(got, "; "); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
	if head := w.live.Current().Head(); head.Revision != 2 {
		t.Errorf("revision %d", head.Revision)
	}
}

// Rings may come in either winding; they are stored in one.
func TestWindings(t *testing.T) {
	w := newWriter(t)
	square, hole := []float64{0, 0, 100, 0, 100, 100, 0, 100, 0, 0}, []float64{40, 40, 60, 40, 60, 60, 40, 40}
	turned := func(list []float64) (other []float64) {
		for i := len(list) - 2; i >= 0; i -= 2 {
			other = append(other, list[i], list[i+1])
		}
		return other
	}
	for _, rings := range [][][]float64{{square, hole}, {turned(square), hole}, {square, turned(hole)}, {turned(square), turned(hole)}} {
		made := w.must(t, 201, w.send(t, "POST", "/collections/land/items", drawnFeature(drawing("Polygon", rings...), "")))
		f, ok := w.live.Current().Get(geo.Key{Layer: geo.Land, ID: int64(parse(t, made.Body.Bytes())["id"].(float64))})
		if !ok {
			t.Fatal("it is not there")
		}
		shape := f.Common().Shape
		if geo.RingArea2(shape.Part(0).Points) <= 0 || geo.RingArea2(shape.Part(1).Points) >= 0 {
			t.Errorf("%v is stored as %v", rings, shape.Points())
		}
	}
}
