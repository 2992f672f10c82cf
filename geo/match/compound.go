package match

import (
	"fmt"
	"math"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// addCompound adds what is meant by a compound: one of its buildings, one of its
// gates or a spot reckoned from there, or the compound as a whole.
func (f *finding) addCompound(h hit, r *reading) {
	compound := f.x.entries[h.entry].feature.(*geo.Compound)
	c := Candidate{Key: geo.KeyOf(compound), Score: h.trust(), exactly: h.how <= alias && !h.loose, loose: h.loose && h.how != exact, Reasons: []Reason{f.x.reason(h)}}
	switch {
	case r.house.number != "":
		f.addHouses(c, compound, r.house)
	case r.spot.gate != "" || r.spot.metres > 0:
		f.addGates(c, compound, r.spot)
	case r.spot.near:
		c.kind, c.At = ofNear, f.x.middle(compound)
		f.add(c)
	default:
		c.kind, c.At = ofCompound, f.x.middle(compound)
		f.add(c)
	}
}

func (f *finding) addHouses(c Candidate, compound *geo.Compound, h house) {
	asked := []string{h.number}
	if h.unit != "" {
		asked = append(asked, h.number+"-"+h.unit) // some buildings are numbered 14-2
	}
	if plain := plainHouse(h.number); plain != h.number && plain != "" {
		asked = append(asked, plain)
	}
	for i, number := range asked {
		buildings := f.x.buildings(compound, number)
		for _, b := range buildings {
			found := c
			found.Key, found.At, found.kind = geo.KeyOf(b), f.x.middle(b), ofHouse
			found.Reasons = c.and(Reason{number + "号楼", "building " + number})
			if i > 0 && len(asked) > 1 && number == plainHouse(h.number) {
				found.Score *= 0.8 // 东1 was written and 1 found
				found.exactly = false
			}
			f.add(found)
		}
		if len(buildings) > 0 {
			return
		}
	}
	c.kind, c.At, c.exactly = ofBareHouse, f.x.middle(compound), false
	c.Reasons = append(c.Reasons, Reason{"小区内没有" + h.number + "号楼", "no building " + h.number + " in it"})
	f.add(c)
}

// addGates adds the gates on the side that is written, or all where the words do
// not tell (正门), and the spots reckoned from them.
func (f *finding) addGates(c Candidate, compound *geo.Compound, s spot) {
	centre := f.x.middle(compound)
	local := crs.NewLocal(centre)
	var gates []*geo.Gate
	all := f.x.gates[compound.Code]
	side, isSide := bearings[s.gate]
	for _, gate := range all {
		at := gate.Shape.Points()[0]
		if !isSide || gateFaces(gate, s.gate, side, local, at) {
			gates = append(gates, gate)
		}
	}
	if s.gate == "" {
		gates = nil // 五道庙小区北50米: from its outline
	}
	for _, gate := range gates {
		found := c
		found.Key, found.kind = geo.KeyOf(gate), ofGate
		found.At = gate.Shape.Points()[0]
		name := gate.Name
		if name == "" {
			name = compound.Name + s.gate + "门"
		}
		found.Reasons = c.and(Reason{name, "gate " + name})
		if !isSide && len(gates) > 1 {
			found.Score /= float64(len(gates))
			found.exactly = false
		}
		if s.metres > 0 {
			found.At = f.x.along(found.At, s)
			found.Reasons = append(found.Reasons, s.reason())
		}
		f.add(found)
	}
	if len(gates) > 0 {
		return
	}
	c.kind, c.At = ofSide, centre
	towards := s.gate
	if towards == "" {
		towards = s.bearing
	}
	if d, ok := bearings[towards]; ok {
		c.At = outlineToward(compound.Shape, centre, d)
	}
	if s.gate != "" {
		c.Reasons = append(c.Reasons, Reason{"地图上没有" + s.gate + "门", "no such gate on the map: " + s.gate + "门"})
	}
	if s.metres > 0 {
		c.At = f.x.along(c.At, s)
		c.Reasons = append(c.Reasons, s.reason())
	}
	f.add(c)
}

// bearings are the directions that people write, as east and north.
var bearings = map[string][2]float64{
	"东": {1, 0}, "西": {-1, 0}, "北": {0, 1}, "南": {0, -1},
	"东北": {math.Sqrt2 / 2, math.Sqrt2 / 2}, "东南": {math.Sqrt2 / 2, -math.Sqrt2 / 2},
	"西北": {-math.Sqrt2 / 2, math.Sqrt2 / 2}, "西南": {-math.Sqrt2 / 2, -math.Sqrt2 / 2},
}

// gateFaces reports whether a gate is that of a side: by its name, else by where
// it lies from the middle of the compound.
func gateFaces(gate *geo.Gate, word string, side [2]float64, local crs.Local, at geo.Point) bool {
	if name := normal(gate.Name); strings.HasSuffix(name, "门") {
		for _, other := range []string{"东南", "东北", "西南", "西北", "东", "南", "西", "北"} {
			if strings.HasSuffix(name, other+"门") || strings.HasSuffix(name, other+"大门") {
				return other == word
			}
		}
	}
	x, y := local.XY(at)
	// Within 45 degrees; the corner words within half of that.
	within := math.Cos(math.Pi / 4)
	if len([]rune(word)) == 2 {
		within = math.Cos(math.Pi / 8)
	}
	return x*side[0]+y*side[1] >= within*math.Hypot(x, y)
}

// outlineToward is where the ray from a point inside leaves a polygon last.
func outlineToward(shape geo.Shape, from geo.Point, d [2]float64) geo.Point {
	local := crs.NewLocal(from)
	far := 0.0
	for part := range shape.Parts() {
		n := len(part.Points)
		for i := range n {
			ax, ay := local.XY(part.Points[i])
			bx, by := local.XY(part.Points[(i+1)%n])
			// from + t d = a + u (b - a)
			det := d[0]*(ay-by) - d[1]*(ax-bx)
			if det == 0 {
				continue
			}
			t := (ax*(ay-by) - ay*(ax-bx)) / det
			u := (d[0]*ay - d[1]*ax) / det
			if u >= 0 && u <= 1 {
				far = max(far, t)
			}
		}
	}
	return local.Point(d[0]*far, d[1]*far)
}

// reason says a spot's way from what it is reckoned from.
func (s spot) reason() Reason {
	zh := fmt.Sprintf("向%s%.0f米", s.bearing, s.metres)
	en := fmt.Sprintf("%.0f m %s of it", s.metres, inEnglish[s.bearing])
	if s.bearing == "" {
		zh, en = fmt.Sprintf("%.0f米内，方向未写", s.metres), fmt.Sprintf("within %.0f m, no direction written", s.metres)
	}
	if s.side != "" {
		zh += "，路" + s.side
		en += ", " + inEnglish[s.side] + " side of the street"
	}
	return Reason{zh, en}
}

var inEnglish = map[string]string{
	"东": "east", "西": "west", "南": "south", "北": "north",
	"东北": "north-east", "东南": "south-east", "西北": "north-west", "西南": "south-west",
}

// reason says how a name was found.
func (x *Index) reason(h hit) Reason {
	name := x.entries[h.entry].feature.Common().Name
	written := func(zh, en string) Reason {
		return Reason{"“" + h.text + "”" + zh + name, "“" + h.text + "” " + en + " " + name}
	}
	switch h.how {
	case exact:
		return Reason{name, name}
	case alias:
		return written("即", "for")
	case sound:
		return written("读音同", "sounds like")
	case amiss:
		return written("与之差一字：", "is one character off")
	case swapped:
		return written("通名不同：", "has another ending than")
	}
	return written("为拼音首字母：", "has the initials of")
}
