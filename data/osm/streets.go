package osm

import (
	"slices"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/valid"
)

// streetClass maps highway values to geo.Street classes by their part in a
// Chinese city's network: primary 主干路, secondary and tertiary 次干路, the rest
// of the carriageways 支路, service ways inside compounds 小区道路.
var streetClass = map[string]string{
	"motorway": "expressway", "motorway_link": "expressway",
	"trunk": "trunk", "trunk_link": "trunk",
	"primary": "main", "primary_link": "main",
	"secondary": "collector", "secondary_link": "collector",
	"tertiary": "collector", "tertiary_link": "collector",
	"unclassified": "local", "residential": "local", "living_street": "local", "road": "local",
	"service":    "lane",
	"pedestrian": "path", "footway": "path", "path": "path", "steps": "path", "corridor": "path",
	"cycleway": "path", "track": "path", "platform": "path", "bridleway": "path",
}

// carOnly are the classes that nobody walks along unless tags say otherwise.
var carOnly = []string{"expressway", "trunk"}

// footAccess maps values of foot, and then of access, to geo.Street.Foot.
var footAccess = map[string]string{
	"yes": "yes", "designated": "yes", "permissive": "yes", "official": "yes", "destination": "yes", "public": "yes",
	"no": "no", "use_sidepath": "no",
	"private": "private", "residents": "private", "permit": "private", "customers": "private", "employees": "private",
}

func footOf(t tags, class string) string {
	if foot, ok := footAccess[t.get("foot")]; ok {
		return foot
	}
	if t.get("motorroad") == "yes" {
		return "no"
	}
	if slices.Contains(carOnly, class) {
		switch t.get("sidewalk") {
		case "both", "left", "right", "yes":
			return "yes"
		}
		if t.get("sidewalk:left") == "yes" || t.get("sidewalk:right") == "yes" || t.get("sidewalk:both") == "yes" {
			return "yes"
		}
		return "no"
	}
	if t.get("highway") == "bridleway" {
		return "no"
	}
	if foot := footAccess[t.get("access")]; foot == "no" || foot == "private" {
		return foot
	}
	return "yes"
}

// newStreet returns the street that tags describe, nil for none. Its line may
// have to be turned round: one-way on foot runs along it.
func newStreet(t tags) (street *geo.Street, reversed bool) {
	highway := t.get("highway")
	if highway == "" && t.get("indoor") == "corridor" {
		highway = "corridor"
	}
	class, ok := streetClass[highway]
	if !ok {
		return nil, false
	}
	street = &geo.Street{
		Class:    class,
		Foot:     footOf(t, class),
		Steps:    highway == "steps",
		Bridge:   t.yes("bridge"),
		Tunnel:   t.yes("tunnel"),
		Crossing: highway != "crossing" && (t.get("footway") == "crossing" || t.get("path") == "crossing" || t.get("cycleway") == "crossing"),
		WidthM:   metresOf(t.get("width")),
		Level:    wholeOf(t.get("layer")),
	}
	if !street.Level.Known {
		street.Level = wholeOf(t.get("level"))
	}
	oneway := t.get("oneway:foot")
	if oneway == "" && t.yes("conveying") { // escalators and moving walks
		oneway = map[string]string{"forward": "yes", "backward": "-1"}[t.get("conveying")]
	}
	switch oneway {
	case "yes", "1":
		street.OnewayFoot = geo.Some(true)
	case "-1", "reverse":
		street.OnewayFoot = geo.Some(true)
		reversed = true
	}
	return street, reversed
}

// barrierKind maps barrier values of lines that cannot be crossed on foot.
var barrierKind = map[string]string{
	"wall": "wall", "city_wall": "wall", "retaining_wall": "wall",
	"fence": "fence", "guard_rail": "fence", "wire_fence": "fence", "railing": "fence", "handrail": "fence",
	"hedge": "hedge",
}

// railKind are the railways that bar the way at ground level; trams do not.
var railKind = []string{"rail", "light_rail", "narrow_gauge", "preserved"}

// waterKind maps running water by what it means to somebody on its bank.
var waterKind = map[string]string{
	"river": "river", "canal": "river",
	"stream": "stream", "drain": "stream", "ditch": "stream",
}

func newBarrier(t tags) *geo.Barrier {
	if kind, ok := barrierKind[t.get("barrier")]; ok {
		return &geo.Barrier{Kind: kind}
	}
	if slices.Contains(railKind, t.get("railway")) && !t.yes("bridge") && !t.yes("tunnel") && !t.yes("covered") && wholeOf(t.get("layer")).Or(0) == 0 {
		return &geo.Barrier{Kind: "rail"}
	}
	// Layers do not count here: rivers are often given -1, so that bridges need none.
	if kind, ok := waterKind[t.get("waterway")]; ok && !t.yes("bridge") && !t.yes("tunnel") && !t.yes("covered") && t.get("location") != "underground" {
		return &geo.Barrier{Kind: kind}
	}
	return nil
}

// lines makes streets and barriers of a way and reports whether it was one.
func (b *builder) lines(r ref, w *keptObject, clipped bool) bool {
	street, reversed := newStreet(w.tags)
	barrier := newBarrier(w.tags)
	if street == nil && barrier == nil {
		if highway := w.tags.get("highway"); highway != "" {
			b.report.leaveOut("highway="+highway, itemOf(r, w.tags, ""))
			return true
		}
		return false
	}
	pieces := b.pieces(w.nodes)
	if clipped {
		b.report.Clipped.add(itemOf(r, w.tags, strconv.Itoa(len(pieces))+" pieces inside"))
	}
	for _, points := range pieces {
		if reversed {
			slices.Reverse(points)
		}
		line := geo.LineShape(points)
		if faults := valid.Check(line); len(faults) > 0 {
			item := itemOf(r, w.tags, faults[0].Detail)
			item.At = &faults[0].At
			b.report.Broken.add(item)
			continue
		}
		if street != nil {
			copied := *street
			b.add(r, w.tags, line, &copied)
		}
		if barrier != nil {
			copied := *barrier
			b.add(r, w.tags, line, &copied)
		}
	}
	return true
}

// pieces returns the runs of known nodes, each of at least two places.
func (b *builder) pieces(nodes []int64) [][]geo.Point {
	var pieces [][]geo.Point
	var run []geo.Point
	end := func() {
		if run = slices.Compact(run); len(run) >= 2 {
			pieces = append(pieces, run)
		}
		run = nil
	}
	for _, id := range nodes {
		if p, known := b.points.get(id); known {
			run = append(run, p)
		} else {
			end()
		}
	}
	end()
	return pieces
}

// ringStreets makes streets along the rings of a walking area that is drawn as a
// relation, so that ways that end on its border are joined.
func (b *builder) ringStreets(r ref, t tags, shape geo.Shape) {
	street, _ := newStreet(t)
	if street == nil {
		return
	}
	for part := range shape.Parts() {
		copied := *street
		b.add(r, t, geo.LineShape(append(slices.Clone(part.Points), part.Points[0])), &copied)
	}
}

// metresOf reads "3.5" or "3.5 m"; anything else is unknown.
func metresOf(text string) geo.Opt[float64] {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "m"))
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v < 10_000) {
		return geo.Opt[float64]{}
	}
	return geo.Some(v)
}

// wholeOf reads the whole number a text begins with: 6 of "6", "6.5" and "6;7".
func wholeOf(text string) geo.Opt[int32] {
	text = strings.TrimSpace(text)
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[0] == '-') {
		end++
	}
	v, err := strconv.ParseInt(text[:end], 10, 32)
	if err != nil {
		return geo.Opt[int32]{}
	}
	return geo.Some(int32(v))
}
