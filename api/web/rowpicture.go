package web

import (
	"html/template"
	"math"
	"strconv"

	"gridatlas/geo"
	"gridatlas/geo/stalls"
)

// picture draws the spaces that the page is about, what is in their way and what lies
// around them; without any, the compound with the degrees to read a line from.
func (p *drawPage) picture(parts []string) template.HTML {
	ground := p.Ground
	key := "draw.picture.of"
	if len(p.Drawn()) > 0 {
		key = "draw.picture"
	}
	d := newPicture(ground.Middle, ground.Wide, ground.High(), p.fill(key, "compound", p.CompoundName()), p.Big)
	d.draw("compound", p.Compound.Shape)
	names := d.degrees(ground.Middle)
	d.streets(ground.Streets)
	for _, building := range ground.Buildings {
		d.draw("building", building.Shape)
	}
	for _, space := range ground.Spaces {
		d.draw("space", space.Shape)
	}
	for _, barrier := range ground.Barriers {
		d.draw("barrier", barrier.Shape)
	}
	d.draw("compound-edge", p.Compound.Shape)
	d.row(p.Drawn(), parts, p.Plan)
	line, _ := stalls.ReadLine(p.Form.Line)
	d.front(line)
	d.measure(p.T("draw.picture.metres"), p.T("draw.picture.north"))
	d.numbers(p.Drawn(), parts, line)
	for _, one := range names {
		d.write(one)
	}
	d.nameGround(ground)
	return d.end()
}

// usualWidth is how wide streets are drawn of which nobody knows it, in metres.
var usualWidth = map[string]float64{"expressway": 24, "trunk": 18, "main": 14, "collector": 10, "local": 7, "lane": 4, "path": 2}

func (d *picture) streets(streets []*geo.Street) {
	wide := func(s *geo.Street) float64 {
		metres := s.WidthM.Value
		if !s.WidthM.Known {
			metres = usualWidth[s.Class]
		}
		return max(metres*d.scale, 2)
	}
	for _, street := range streets { // all edges lie below all grounds
		d.draw("street-edge", street.Shape, `stroke-width="`+units(wide(street)+2)+`"`)
	}
	for _, street := range streets {
		d.draw("street", street.Shape, `stroke-width="`+units(wide(street))+`"`)
	}
}

// row draws spaces, crossed out twice where something forbids them and once where
// something wants a look, and edges what is in their way.
func (d *picture) row(spaces []*geo.ParkingSpace, parts []string, plan *stalls.Plan) {
	for i, space := range spaces {
		d.draw(parts[i], space.Shape)
		x, y := d.at(space.Shape.Points()[0])
		corner := func(k int) string {
			toX, toY := d.at(space.Shape.Points()[k])
			return units(toX) + " " + units(toY)
		}
		if parts[i] != partGood && d.seen(x, y, x, y) {
			d.line("cross "+parts[i], "M"+corner(0)+"L"+corner(2))
		}
		if parts[i] == partBad && d.seen(x, y, x, y) {
			d.line("cross "+parts[i], "M"+corner(1)+"L"+corner(3))
		}
	}
	if plan == nil {
		return
	}
	edged := map[geo.Feature]bool{}
	for _, obstacle := range plan.Obstacles {
		if with := obstacle.With; with != nil && obstacle.Rule != stalls.RuleItself && !edged[with] {
			edged[with] = true
			d.draw("in-the-way "+parts[obstacle.Space], with.Common().Shape)
		}
	}
}

// front draws the line over which cars drive in, with its points; it begins at the
// full one.
func (d *picture) front(line []geo.Point) {
	if len(line) == 0 {
		return
	}
	d.draw("front", geo.LineShape(line))
	for i, point := range line {
		class := "front-point"
		if i == 0 {
			class = "front-begin"
		}
		if x, y := d.at(point); d.seen(x, y, x, y) {
			d.out.WriteString(`<circle class="` + class + `" cx="` + units(x) + `" cy="` + units(y) + `" r="4"/>`)
		}
	}
}

// numbers writes the numbers of spaces: along each where it is large enough, else, on
// the side away from the line, of so many as have room beside each other, the first and
// the last among them.
func (d *picture) numbers(spaces []*geo.ParkingSpace, parts []string, line []geo.Point) {
	if len(spaces) == 0 {
		return
	}
	sides := func(space *geo.ParkingSpace) (longX, longY, short float64) {
		x, y := d.at(space.Shape.Points()[0])
		x1, y1 := d.at(space.Shape.Points()[1])
		x2, y2 := d.at(space.Shape.Points()[2])
		longX, longY, short = x1-x, y1-y, math.Hypot(x2-x1, y2-y1)
		if long := math.Hypot(longX, longY); long < short {
			return x2 - x1, y2 - y1, long
		}
		return longX, longY, short
	}
	middle := func(i int) (x, y float64) { return d.at(spaces[i].Shape.Box().Centre()) }
	marked := func(i int) string {
		return map[string]string{partBad: "✕", partDoubt: "!"}[parts[i]] + spaces[i].Number
	}
	longX, longY, short := sides(spaces[0])
	size := min(d.letters, .85*short)
	fits := size >= .7*d.letters
	for i := range spaces {
		fits = fits && d.wideOf(marked(i), size) <= .95*math.Hypot(longX, longY)
	}
	if fits {
		for i, space := range spaces {
			longX, longY, _ = sides(space)
			x, y := middle(i)
			d.write(name{class: "number", text: marked(i), x: x, y: y, turned: upright(longX, longY), size: size, always: true})
		}
		return
	}
	last := len(spaces) - 1
	x, y := middle(0)
	toX, toY := middle(last)
	awayX, awayY := toY-y, x-toX // across the row
	if long := math.Hypot(awayX, awayY); long > 0 {
		awayX, awayY = awayX/long, awayY/long
	}
	if len(line) > 0 {
		if fromX, fromY := d.at(line[0]); (x-fromX)*awayX+(y-fromY)*awayY < 0 {
			awayX, awayY = -awayX, -awayY
		}
	}
	beside := func(i int) {
		x, y := middle(i)
		text := marked(i)
		off := math.Hypot(longX, longY)/2 + math.Abs(awayX)*d.wideOf(text, d.letters)/2 + math.Abs(awayY)*.7*d.letters
		d.write(name{class: "number", text: text, x: x + awayX*off, y: y + awayY*off})
	}
	beside(0)
	beside(last)
	step := 1
	for k := 0; step < last; k++ {
		if step = round(k); float64(step)*math.Hypot(toX-x, toY-y) > d.wideOf(marked(last), 1.4*d.letters)*float64(last) {
			break
		}
	}
	for i := step; i < last; i += step {
		beside(i)
	}
}

// nameGround names what lies around, as far as there is room: streets, buildings by
// their number, spaces by theirs.
func (d *picture) nameGround(ground *stalls.Ground) {
	named := map[string]bool{}
	for _, street := range ground.Streets {
		if street.Name != "" && !named[street.Name] {
			named[street.Name] = d.along("street", street.Name, street.Shape)
		}
	}
	for _, building := range ground.Buildings {
		text := building.Name
		if building.Number != "" {
			text = building.Number
			if _, err := strconv.Atoi(text); err == nil {
				text += "号楼"
			}
		}
		d.upon("building", text, building.Shape)
	}
	for _, space := range ground.Spaces {
		d.upon("space", space.Number, space.Shape)
	}
}

// upon writes a name in the middle of a piece of ground that is wider than the name.
func (d *picture) upon(class, text string, shape geo.Shape) {
	box := shape.Box()
	west, _ := d.at(geo.Point{X: box.W, Y: box.N})
	east, _ := d.at(geo.Point{X: box.E, Y: box.N})
	if text == "" || east-west < d.wideOf(text, d.letters) {
		return
	}
	x, y := d.at(box.Centre())
	_, north := d.at(geo.Point{X: box.W, Y: box.N})
	for _, share := range []float64{0, .5, -.5} { // of the way to its north, or south
		if d.write(name{class: class, text: text, x: x, y: y + share*(north-y)}) {
			return
		}
	}
}
