// Package canarytest makes a small town in which every field that is for staff, and
// every feature that is, holds what occurs nowhere else, and finds that again in
// answers, files and logs: whatever sings there shows more than the public may see. It
// is for tests.
package canarytest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Text begins every text that is for staff.
const Text = "CANARY-7f3a"

// Numbers of staff fields count from here.
const number = 765_432_100

// Lon is the longitude of the middle of the town.
const Lon = 119.1

// Lat is its latitude.
const Lat = 36.7

// Where the cameras stand, far outside of it.
const cameraLon, cameraLat = 119.4321987, 36.9321876

// Canary is one thing that is for staff.
type Canary struct {
	Name  string // layer.field, or what it is
	texts [][]byte
}

// Canaries are what the town hides, in catalog order: its staff fields, then the
// features that are for staff.
var Canaries = func() []Canary {
	var list []Canary
	for _, schema := range geo.Catalog() {
		for i := range schema.Fields {
			if field := &schema.Fields[i]; field.Staff {
				list = append(list, canaryOf(string(schema.Layer), field, len(list)))
			}
		}
	}
	for _, name := range []string{"camera", "duty"} {
		list = append(list, Canary{name, [][]byte{[]byte(textOf(name))}})
	}
	return append(list, Canary{"place of the camera", append(degrees(cameraLon), degrees(cameraLat)...)})
}()

func textOf(name string) string { return Text + "-" + name }

func canaryOf(layer string, field *geo.Field, k int) Canary {
	c := Canary{Name: layer + "." + field.Name}
	switch field.Type {
	case geo.Text:
		c.texts = [][]byte{[]byte(textOf(c.Name))}
	case geo.Integer:
		n := uint32(number + 10*k)
		// As digits, as sums are rounded and grouped, and as files hold it.
		c.texts = [][]byte{
			fmt.Append(nil, n), fmt.Appendf(nil, "%d,%03d,%03d", n/1e6, n/1000%1000, n%1000),
			binary.BigEndian.AppendUint32(nil, n), binary.LittleEndian.AppendUint32(nil, n),
			binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(n))),
		}
	default:
		panic("canarytest: no canary of type " + fmt.Sprint(field.Type))
	}
	return c
}

// degrees are the forms in which an answer may hold a coordinate.
func degrees(v float64) [][]byte {
	return [][]byte{
		fmt.Appendf(nil, "%.5f", math.Trunc(v*1e5)/1e5), // and more digits
		binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)), binary.BigEndian.AppendUint64(nil, math.Float64bits(v)),
	}
}

// Found names the canaries that sing in a text or a file.
func Found(in []byte) (names []string) {
	for _, c := range Canaries {
		if slices.ContainsFunc(c.texts, func(text []byte) bool { return bytes.Contains(in, text) }) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 && bytes.Contains(in, []byte(Text)) {
		names = append(names, Text)
	}
	return names
}

// Town is a feature or more of every layer, with its canaries in, ids counted by
// layer.
func Town() []geo.Feature {
	local := crs.NewLocal(crs.At(Lon, Lat))
	path := func(metres ...float64) []geo.Point {
		var points []geo.Point
		for i := 0; i < len(metres); i += 2 {
			points = append(points, local.Point(metres[i], metres[i+1]))
		}
		return points
	}
	box := func(w, s, e, n float64) geo.Shape { return geo.PolygonShape(path(w, s, e, s, e, n, w, n)) }
	at := func(x, y float64) geo.Shape { return geo.PointShape(path(x, y)[0]) }
	line := func(metres ...float64) geo.Shape { return geo.LineShape(path(metres...)) }
	base := func(code, name string, shape geo.Shape) geo.Base {
		return geo.Base{Code: code, Name: name, Shape: shape}
	}
	camera := geo.PointShape(crs.At(cameraLon, cameraLat))
	list := []geo.Feature{
		&geo.Place{Base: base("370705", "奎文区", box(-4000, -4000, 4000, 4000)), Kind: "district"},
		&geo.Place{Base: base("370705001", "南关街道", box(-2000, -2000, 2000, 2000)), Kind: "street", Parent: "370705"},
		&geo.Place{
			Base: base("370705001001", "南关社区", box(-1000, -1000, 1000, 1000)), Kind: "community", Parent: "370705001",
			Population: geo.Some[int32](3120), Households: geo.Some[int32](1260),
		},
		&geo.Grid{Base: base("370705001001001", "第一网格", box(-400, -400, 400, 400)), Kind: "general", Community: "370705001001"},
		&geo.Block{Base: base("K1", "", box(0, 0, 400, 400)), Community: "370705001001", Grid: "370705001001001"},
		&geo.Compound{Base: base("C1", "五道庙小区", box(20, 20, 200, 200)), Community: "370705001001"},
		&geo.Building{Base: base("B1", "", box(30, 30, 80, 42)), Compound: "C1", Number: "3", Use: "residential", Levels: geo.Some[int32](6)},
		&geo.Building{Base: base("B2", "", box(30, 60, 80, 72)), Compound: "C1", Number: "13", Use: "residential", Levels: geo.Some[int32](5)},
		&geo.Building{Base: base("B3", "", box(-80, -60, -40, -40)), Use: "commercial", Levels: geo.Some[int32](2)},
		&geo.ParkingSpace{Base: base("P1", "", at(100, 100)), Number: "7", Compound: "C1", Kind: "ordinary"},
		&geo.Booth{Base: base("XLP-1", "新华路小蓝棚", at(10, 300)), Number: "370702000186", Trades: []string{"shoe", "key"}, Status: "open"},
		&geo.Shelter{Base: base("S1", "人民公园", box(-300, 50, -200, 120)), Class: "short", State: "ready", Capacity: geo.Some[int32](1240)},
		&geo.Facility{Base: base("F1", "南关卫生站", at(200, -9)), Kind: "clinic"},
		&geo.Facility{Base: base("CAM", textOf("camera"), camera), Kind: "camera_high"},
		&geo.Gate{Base: base("G1", "南门", at(110, 20)), Kind: "gate", Of: "C1", Foot: "all"},
		&geo.Barrier{Base: base("W1", "", line(-500, -300, -400, -300)), Kind: "wall"},
		&geo.Street{Base: base("R1", "健康街", line(-900, 0, 0, 0)), Class: "main", Foot: "yes"},
		&geo.Street{Base: base("R2", "健康街", line(0, 0, 900, 0)), Class: "main", Foot: "yes"},
		&geo.Street{Base: base("R3", "新华路", line(0, -900, 0, 0, 0, 450)), Class: "collector", Foot: "yes"},
		&geo.LandArea{Base: base("L1", "虞河", box(-900, 500, 900, 540)), Kind: "water"},
		&geo.Assignment{Base: base("D1", "", geo.Shape{}), Role: "grid_head", Who: "南关社区", OfLayer: "grids", OfCode: "370705001001001", Public: geo.Some(true)},
		&geo.Assignment{
			Base: base("D2", "", geo.Shape{}), Role: "grid_head", Who: textOf("duty"), DutyPhone: textOf("duty"),
			OfLayer: "grids", OfCode: "370705001001001",
		},
		&geo.Incident{Base: base("I1", "积水", box(-600, -600, -500, -500)), Kind: "flood"},
		&geo.Closure{Base: base("Z1", "积水路段", box(-600, -20, -580, 20)), Reason: "积水"},
	}
	ids := map[geo.Layer]int64{}
	for _, f := range list {
		ids[f.Layer()]++
		f.Common().ID, f.Common().Version, f.Common().Revision = ids[f.Layer()], 1, 1
	}
	Fill(list)
	return list
}

// Fill puts the canaries into the staff fields of features.
func Fill(features []geo.Feature) {
	for _, f := range features {
		schema := geo.MustSchema(f.Layer())
		for i := range schema.Fields {
			if field := &schema.Fields[i]; field.Staff {
				fill(f, field)
			}
		}
	}
}

func fill(f geo.Feature, field *geo.Field) {
	name := string(f.Layer()) + "." + field.Name
	k := slices.IndexFunc(Canaries, func(c Canary) bool { return c.Name == name })
	var value any = textOf(name)
	if field.Type == geo.Integer {
		value = int64(number + 10*k)
	}
	if err := field.Set(f, value); err != nil {
		panic(err)
	}
}
