package web

import (
	"html"
	"html/template"
	"iter"
	"math"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// picture is a small map drawn by the server, as SVG: north is up, and names stand
// where they lie over no other. Its colours are classes of small.css.
type picture struct {
	out        strings.Builder
	local      crs.Local // around the middle
	wide, high float64   // units
	scale      float64   // units a metre
	letters    float64   // how high letters are, in units
	taken      []covered // by names
}

// covered is a rectangle of the picture, in its units.
type covered struct{ left, top, right, bottom float64 }

func (c covered) overlaps(d covered) bool {
	return c.left < d.right && d.left < c.right && c.top < d.bottom && d.top < c.bottom
}

// pictureWide is how many units every picture is wide. A phone shows about as many
// pixels, so that letters are as large as they are said to be.
const pictureWide = 360

// newPicture begins a picture of so many metres around a point, called so for those who
// do not see it. Big: with large letters.
func newPicture(middle geo.Point, metresWide, metresHigh float64, called string, big bool) *picture {
	p := &picture{local: crs.NewLocal(middle), wide: pictureWide, scale: pictureWide / metresWide, letters: 14}
	if p.high = metresHigh * p.scale; big {
		p.letters = 19
	}
	p.out.WriteString(`<svg class="picture" role="img" viewBox="0 0 ` + units(p.wide) + " " + units(p.high) + `" text-anchor="middle" font-size="` + units(p.letters) + `" aria-label="` + html.EscapeString(called) + `">`)
	return p
}

func units(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// end ends the picture.
func (p *picture) end() template.HTML { return template.HTML(p.out.String() + "</svg>") }

// at is where a point lies.
func (p *picture) at(point geo.Point) (x, y float64) {
	x, y = p.local.XY(point)
	return p.wide/2 + x*p.scale, p.high/2 - y*p.scale
}

// seen reports whether a straight piece may be seen, with what is drawn around it.
func (p *picture) seen(x, y, toX, toY float64) bool {
	const brim = 40
	return max(x, toX) > -brim && min(x, toX) < p.wide+brim && max(y, toY) > -brim && min(y, toY) < p.high+brim
}

// path writes where a shape runs: rings whole, of lines what may be seen.
func (p *picture) path(shape geo.Shape) string {
	var d strings.Builder
	point := func(command byte, x, y float64) {
		d.WriteByte(command)
		d.WriteString(units(x) + " " + units(y))
	}
	for part := range shape.Parts() {
		if shape.Kind() == geo.Polygons {
			for i, corner := range part.Points {
				x, y := p.at(corner)
				point("ML"[min(i, 1)], x, y)
			}
			d.WriteByte('Z')
			continue
		}
		drawn := false // up to the corner before
		for i := 1; i < len(part.Points); i++ {
			x, y := p.at(part.Points[i-1])
			toX, toY := p.at(part.Points[i])
			if !p.seen(x, y, toX, toY) {
				drawn = false
				continue
			}
			if !drawn {
				point('M', x, y)
			}
			point('L', toX, toY)
			drawn = true
		}
	}
	return d.String()
}

// draw draws a shape in a class. More are further attributes, ready to stand there.
func (p *picture) draw(class string, shape geo.Shape, more ...string) {
	p.line(class, p.path(shape), more...)
}

// line draws a path.
func (p *picture) line(class, path string, more ...string) {
	if path != "" {
		p.out.WriteString(`<path class="` + class + `" d="` + path + `"` + strings.Join(append([]string{""}, more...), " ") + "/>")
	}
}

// name is a text that is wanted in a picture.
type name struct {
	class, text string
	x, y        float64
	turned      float64 // in degrees, clockwise
	size        float64 // of the letters in units; 0: as usual
	anchor      string  // start, end; empty: the middle
	always      bool    // whatever lies there
}

// wideOf is how wide a text is in units: Chinese letters are square, others about half.
func (p *picture) wideOf(text string, size float64) (wide float64) {
	for _, letter := range text {
		if letter > 0x2e7f {
			wide += size
		} else {
			wide += .6 * size
		}
	}
	return wide
}

// write writes a name, if it lies within the picture and over no other, and reports
// whether it does.
func (p *picture) write(n name) bool {
	if n.size == 0 {
		n.size = p.letters
	}
	wide := p.wideOf(n.text, n.size)
	sin, cos := math.Sincos(n.turned * math.Pi / 180)
	across := (wide*math.Abs(cos) + n.size*math.Abs(sin)) / 2
	down := (wide*math.Abs(sin) + n.size*math.Abs(cos)) / 2
	middle := n.x
	switch n.anchor {
	case "start":
		middle += wide / 2
	case "end":
		middle -= wide / 2
	}
	covers := covered{middle - across, n.y - down, middle + across, n.y + down}
	if !n.always {
		if covers.left < 0 || covers.top < 0 || covers.right > p.wide || covers.bottom > p.high {
			return false
		}
		for _, other := range p.taken {
			if covers.overlaps(other) {
				return false
			}
		}
	}
	p.taken = append(p.taken, covers)
	p.out.WriteString(`<text class="` + n.class + `" x="` + units(n.x) + `" y="` + units(n.y) + `"`)
	if n.anchor != "" {
		p.out.WriteString(` text-anchor="` + n.anchor + `"`)
	}
	if n.size != p.letters {
		p.out.WriteString(` font-size="` + units(n.size) + `"`)
	}
	if n.turned != 0 {
		p.out.WriteString(` transform="rotate(` + units(n.turned) + " " + units(n.x) + " " + units(n.y) + `)"`)
	}
	p.out.WriteString(">" + html.EscapeString(n.text) + "</text>")
	return true
}

// along writes a name on the longest straight piece of a line that it fits on, and
// reports whether there is one.
func (p *picture) along(class, text string, shape geo.Shape) bool {
	var best name
	longest := p.wideOf(text, p.letters)
	for part := range shape.Parts() {
		for i := 1; i < len(part.Points); i++ {
			x, y := p.at(part.Points[i-1])
			toX, toY := p.at(part.Points[i])
			if x, y, toX, toY = p.within(x, y, toX, toY); math.Hypot(toX-x, toY-y) > longest {
				longest = math.Hypot(toX-x, toY-y)
				best = name{class: class, text: text, x: (x + toX) / 2, y: (y + toY) / 2, turned: upright(toX-x, toY-y)}
			}
		}
	}
	return best.text != "" && p.write(best)
}

// within is the part of a straight piece that lies in the picture (Liang, Barsky, "A
// new concept and method for line clipping", 1984); none is a point.
func (p *picture) within(x, y, toX, toY float64) (float64, float64, float64, float64) {
	from, to := 0.0, 1.0
	dx, dy := toX-x, toY-y
	for _, side := range [][2]float64{{-dx, x}, {dx, p.wide - x}, {-dy, y}, {dy, p.high - y}} {
		switch step, room := side[0], side[1]; {
		case step == 0 && room < 0:
			to = 0
		case step < 0:
			from = max(from, room/step)
		case step > 0:
			to = min(to, room/step)
		}
	}
	if from >= to {
		return x, y, x, y
	}
	return x + from*dx, y + from*dy, x + to*dx, y + to*dy
}

// upright is by how many degrees a text is turned that runs in a direction, and does
// not stand on its head.
func upright(dx, dy float64) float64 {
	turned := math.Atan2(dy, dx) * 180 / math.Pi
	switch {
	case turned > 90:
		return turned - 180
	case turned <= -90:
		return turned + 180
	}
	return turned
}

// degrees draws lines of equal longitude and latitude, round numbers of degrees and not
// closer than the names that stand at their ends, and returns these: they are written
// when all else is drawn.
func (p *picture) degrees(middle geo.Point) (names []name) {
	half, halfUp := p.wide/2/p.scale, p.high/2/p.scale
	west, east := p.local.Point(-half, 0).X, p.local.Point(half, 0).X
	south, north := p.local.Point(0, -halfUp).Y, p.local.Point(0, halfUp).Y
	size := .85 * p.letters
	var lines strings.Builder
	for lon, text := range roundSteps(west, east, p.wide/(6*p.letters)) {
		x, _ := p.at(geo.Point{X: lon, Y: middle.Y})
		lines.WriteString("M" + units(x) + " 0V" + units(p.high))
		names = append(names, name{class: "degrees", text: text, x: x, y: p.high - .7*p.letters, size: size})
	}
	for lat, text := range roundSteps(south, north, p.high/(2.5*p.letters)) {
		_, y := p.at(geo.Point{X: middle.X, Y: lat})
		lines.WriteString("M0 " + units(y) + "H" + units(p.wide))
		names = append(names, name{class: "degrees", text: text, x: 3, y: y, size: size, anchor: "start"})
	}
	p.line("degrees", lines.String())
	return names
}

// roundSteps lists the multiples, at most so many, of the least round step between two
// places of the lattice, each with its degrees as text.
func roundSteps(from, to int32, most float64) iter.Seq2[int32, string] {
	k := 0
	for float64(round(k))*most < float64(to-from) {
		k++
	}
	step, digits := int32(round(k)), max(7-k/3, 0)
	return func(yield func(int32, string) bool) {
		first := from - from%step
		if first <= from {
			first += step
		}
		for v := first; v < to; v += step {
			if !yield(v, strconv.FormatFloat(float64(v)/crs.PerDegree, 'f', digits, 64)) {
				return
			}
		}
	}
}

// round is the kth of the round numbers 1, 2, 5, 10, 20 and so on, from 0.
func round(k int) int { return [...]int{1, 2, 5}[k%3] * int(math.Pow10(k/3)) }

// measure writes a length of round metres in a corner, and where north is.
func (p *picture) measure(metres, north string) {
	long := 1.0
	for k := 0; ; k++ {
		next := float64(round(k))
		if next*p.scale > p.wide/4 {
			break
		}
		long = next
	}
	right, y := p.wide-8, p.letters*1.8
	p.line("scale", "M"+units(right-long*p.scale)+" "+units(y-4)+"V"+units(y)+"H"+units(right)+"V"+units(y-4))
	p.write(name{class: "degrees", text: strings.ReplaceAll(metres, "{n}", strconv.FormatFloat(long, 'f', -1, 64)), x: right, y: p.letters * .9, anchor: "end", always: true})
	p.write(name{class: "degrees", text: north, x: 6, y: p.letters * .9, anchor: "start", always: true})
}
