package demo

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// TestPictures draws the city as the map page will, at the framing of zooms 11,
// 13, 15 and 17, for somebody to look at. It runs when DEMO_PICTURES names a
// folder.
func TestPictures(t *testing.T) {
	folder := os.Getenv("DEMO_PICTURES")
	if folder == "" {
		t.Skip("set DEMO_PICTURES to a folder to draw pictures")
	}
	c := cityOnce(t)
	var features []geo.Feature
	for f := range c.features() {
		features = append(features, f)
	}
	for _, view := range []struct {
		name string
		at   vec
		zoom float64
	}{
		{"z11", vec{0, 0}, 11}, {"z13-centre", vec{-300, -300}, 13}, {"z13-east", vec{5500, 1500}, 13}, {"z13-nw", vec{-5500, 4500}, 13},
		{"z15-oldtown", vec{-500, 100}, 15}, {"z15-east", vec{5000, 2600}, 15}, {"z15-works", vec{-5600, 4300}, 15}, {"z15-west", vec{-3200, -2500}, 15},
		{"z15-xinanguan", vec{-1150, -1050}, 15}, {"z15-south", vec{1400, -3300}, 15},
		{"z17-xinanguan", vec{-1150, -1050}, 17}, {"z17-oldtown", vec{-600, 200}, 17}, {"z17-towers", vec{5100, 2500}, 17}, {"z17-river", vec{200, 900}, 17},
		{"z17-walkups", vec{-2600, 800}, 17},
	} {
		p := newPicture(c, view.at, view.zoom)
		p.city(features)
		p.save(t, filepath.Join(folder, view.name+".png"))
	}
}

const (
	pictureWidth, pictureHeight = 1400, 1000
	oversample                  = 2
)

type picture struct {
	c     *city
	img   *image.RGBA
	left  float64
	top   float64
	scale float64 // pixels a metre
	zoom  float64
}

func newPicture(c *city, at vec, zoom float64) *picture {
	lon, lat := crs.ToDegrees(c.point(at))
	_ = lon
	scale := math.Exp2(zoom) * 512 / (2 * math.Pi * 6378137 * math.Cos(lat*math.Pi/180)) * oversample
	w, h := pictureWidth*oversample, pictureHeight*oversample
	return &picture{c: c, img: image.NewRGBA(image.Rect(0, 0, w, h)), left: at.x - float64(w)/2/scale, top: at.y + float64(h)/2/scale, scale: scale, zoom: zoom}
}

func (p *picture) px(q geo.Point) [2]float64 {
	v := p.c.xy(q)
	return [2]float64{(v.x - p.left) * p.scale, (p.top - v.y) * p.scale}
}

func hex(rgb uint32) color.RGBA {
	return color.RGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 255}
}

// fill paints rings by the even-odd rule.
func (p *picture) fill(rings [][][2]float64, col color.RGBA) {
	h, w := p.img.Bounds().Dy(), p.img.Bounds().Dx()
	y1, y2 := math.Inf(1), math.Inf(-1)
	for _, ring := range rings {
		for _, q := range ring {
			y1, y2 = min(y1, q[1]), max(y2, q[1])
		}
	}
	for y := max(int(y1), 0); y <= min(int(y2), h-1); y++ {
		var cuts []float64
		mid := float64(y) + 0.5
		for _, ring := range rings {
			for i := range ring {
				a, b := ring[i], ring[(i+1)%len(ring)]
				if (a[1] <= mid) != (b[1] <= mid) {
					cuts = append(cuts, a[0]+(b[0]-a[0])*(mid-a[1])/(b[1]-a[1]))
				}
			}
		}
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			for x := max(int(cuts[i]+0.5), 0); x < min(int(cuts[i+1]+0.5), w); x++ {
				p.img.SetRGBA(x, y, col)
			}
		}
	}
}

func (p *picture) stroke(points [][2]float64, width float64, col color.RGBA) {
	r := width * oversample / 2
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		dx, dy := b[0]-a[0], b[1]-a[1]
		n := math.Hypot(dx, dy)
		if n == 0 {
			continue
		}
		ox, oy := -dy/n*r, dx/n*r
		p.fill([][][2]float64{{{a[0] + ox, a[1] + oy}, {b[0] + ox, b[1] + oy}, {b[0] - ox, b[1] - oy}, {a[0] - ox, a[1] - oy}}}, col)
	}
	if r > 2 {
		for _, q := range points {
			var ring [][2]float64
			for k := range 12 {
				s, c := math.Sincos(float64(k) * math.Pi / 6)
				ring = append(ring, [2]float64{q[0] + r*c, q[1] + r*s})
			}
			p.fill([][][2]float64{ring}, col)
		}
	}
}

func (p *picture) parts(s geo.Shape) [][][2]float64 {
	var out [][][2]float64
	for part := range s.Parts() {
		var ring [][2]float64
		for _, q := range part.Points {
			ring = append(ring, p.px(q))
		}
		out = append(out, ring)
	}
	return out
}

func (p *picture) sees(s geo.Shape) bool {
	b := s.Box()
	a, z := p.px(geo.Point{X: b.W, Y: b.N}), p.px(geo.Point{X: b.E, Y: b.S})
	return z[0] >= -40 && z[1] >= -40 && a[0] <= float64(p.img.Bounds().Dx())+40 && a[1] <= float64(p.img.Bounds().Dy())+40
}

// stops interpolates widths as the style of the map page does.
func stops(zoom float64, pairs ...float64) float64 {
	if zoom < pairs[0] {
		return 0
	}
	for i := 2; i < len(pairs); i += 2 {
		if zoom <= pairs[i] {
			z1, w1, z2, w2 := pairs[i-2], pairs[i-1], pairs[i], pairs[i+1]
			t := (math.Pow(1.4, zoom-z1) - 1) / (math.Pow(1.4, z2-z1) - 1)
			return w1 + (w2-w1)*t
		}
	}
	return pairs[len(pairs)-1]
}

func (p *picture) city(features []geo.Feature) {
	p.fill([][][2]float64{{{0, 0}, {1e5, 0}, {1e5, 1e5}, {0, 1e5}}}, hex(0xF5F3EE))
	var visible []geo.Feature
	for _, f := range features {
		if s := f.Common().Shape; !s.IsZero() && p.sees(s) {
			visible = append(visible, f)
		}
	}
	landColour := map[string]uint32{"built_up": 0xECE9E2, "green": 0xD3E5C8, "water": 0xB3D3EA, "farmland": 0xEEF0DD, "industrial": 0xE6E3E6, "school": 0xEFE7DA, "square": 0xEDE8E0}
	for _, kind := range []string{"farmland", "built_up", "industrial", "school", "square"} {
		for _, f := range visible {
			if l, ok := f.(*geo.LandArea); ok && l.Kind == kind {
				p.fill(p.parts(l.Shape), hex(landColour[kind]))
			}
		}
	}
	polygons := func(pick func(geo.Feature) bool, col, edge uint32, width float64) {
		for _, f := range visible {
			if pick(f) {
				rings := p.parts(f.Common().Shape)
				p.fill(rings, hex(col))
				if width > 0 {
					for _, r := range rings {
						p.stroke(append(r, r[0]), width, hex(edge))
					}
				}
			}
		}
	}
	if p.zoom >= 14 {
		polygons(func(f geo.Feature) bool { _, ok := f.(*geo.Compound); return ok }, 0xF0ECE4, 0, 0)
	}
	for _, kind := range []string{"green", "water"} {
		polygons(func(f geo.Feature) bool { l, ok := f.(*geo.LandArea); return ok && l.Kind == kind }, landColour[kind], 0, 0)
	}
	if p.zoom >= 15 {
		polygons(func(f geo.Feature) bool { _, ok := f.(*geo.ParkingSpace); return ok }, 0xDADDE2, 0xBFC4CC, 0.5)
	}
	outline := 0.0
	if p.zoom >= 15 {
		outline = 0.7
	}
	if p.zoom >= 14 {
		polygons(func(f geo.Feature) bool { _, ok := f.(*geo.Building); return ok }, 0xE2DCD3, 0xC9C1B4, outline)
	}
	if p.zoom >= 15 {
		for _, f := range visible {
			if b, ok := f.(*geo.Barrier); ok && b.Kind == "wall" {
				for _, r := range p.parts(b.Shape) {
					p.stroke(r, 1, hex(0xB9AFA0))
				}
			}
		}
	}
	p.roads(visible)
	for _, f := range visible {
		if b, ok := f.(*geo.Barrier); ok && b.Kind == "rail" {
			p.stroke(p.parts(b.Shape)[0], stops(p.zoom, 11, .8, 15, 1.4, 18, 2.4), hex(0x9A9DA3))
		}
	}
	for _, f := range visible {
		dot := func(size float64, col uint32) {
			q := p.px(f.Common().Shape.Box().Centre())
			p.stroke([][2]float64{{q[0] - 0.1, q[1]}, {q[0] + 0.1, q[1]}}, size, hex(col))
		}
		switch f := f.(type) {
		case *geo.Gate:
			if p.zoom >= 16 && f.Kind != "entrance" {
				dot(6, 0x8A4B00)
			} else if p.zoom >= 16 {
				dot(2.4, 0x9C8F7C)
			}
		case *geo.Booth:
			if p.zoom >= 13 {
				dot(7, 0x0B5CAD)
			}
		case *geo.Shelter:
			if p.zoom >= 13 {
				dot(8, 0x00843D)
			}
		case *geo.Facility:
			if p.zoom >= 16 {
				dot(6, 0xA84B00)
			}
		case *geo.Place:
			if f.Kind == "district" || f.Kind == "street" && p.zoom >= 11 || f.Kind == "community" && p.zoom >= 13 {
				for _, r := range p.parts(f.Shape) {
					p.stroke(append(r, r[0]), 1, hex(0x6B5B73))
				}
			}
		}
	}
}

func (p *picture) roads(visible []geo.Feature) {
	type look struct {
		class        string
		fill, casing uint32
		from         float64
		stops        []float64
	}
	looks := []look{
		{"path", 0xA08F7A, 0, 15, []float64{15, .8, 16, 1.2, 18, 2.2}},
		{"lane", 0xFFFFFF, 0xD8D3C9, 14.5, []float64{14.5, .6, 16, 2.4, 18, 7}},
		{"local", 0xFFFFFF, 0xCFC9BE, 13, []float64{13, .6, 14, 1.8, 15, 3.2, 16, 5.5, 17, 9, 18, 13}},
		{"collector", 0xFFF4D2, 0xCDBF9B, 11, []float64{11, .6, 13, 2, 15, 6, 17, 13, 18, 18}},
		{"main", 0xFCE3A4, 0xCFAE63, 10, []float64{10, .8, 12, 2.5, 14, 5, 16, 11, 18, 24}},
		{"trunk", 0xF7C37A, 0xC98A3C, 8, []float64{9, 1, 11, 2.5, 13, 4.5, 15, 9, 17, 17, 18, 26}},
		{"expressway", 0xF7C37A, 0xC98A3C, 8, []float64{9, 1, 11, 2.5, 13, 4.5, 15, 9, 17, 17, 18, 26}},
	}
	extra := 1.5
	if p.zoom >= 14 {
		extra = 2
	}
	for _, casing := range []bool{true, false} {
		for _, l := range looks {
			if p.zoom < l.from || casing && l.casing == 0 {
				continue
			}
			w := stops(p.zoom, l.stops...)
			col := hex(l.fill)
			if casing {
				w, col = w+extra, hex(l.casing)
			}
			for _, f := range visible {
				if s, ok := f.(*geo.Street); ok && s.Class == l.class {
					p.stroke(p.parts(s.Shape)[0], w, col)
				}
			}
		}
	}
}

func (p *picture) save(t *testing.T, path string) {
	t.Helper()
	out := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	for y := range pictureHeight {
		for x := range pictureWidth {
			var sum [3]int
			for dy := range oversample {
				for dx := range oversample {
					q := p.img.RGBAAt(x*oversample+dx, y*oversample+dy)
					sum[0] += int(q.R)
					sum[1] += int(q.G)
					sum[2] += int(q.B)
				}
			}
			const n = oversample * oversample
			out.SetRGBA(x, y, color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	file, err := os.Create(path)
	if err == nil {
		err = png.Encode(file, out)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(fmt.Errorf("write %s: %w", path, err))
	}
}
