package web_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
	draw "gridatlas/geo/street/streettest"
)

// drawing is a picture as XML has it.
type drawing struct {
	ViewBox string  `xml:"viewBox,attr"`
	Size    float64 `xml:"font-size,attr"`
	Paths   []struct {
		Class string `xml:"class,attr"`
		D     string `xml:"d,attr"`
	} `xml:"path"`
	Texts []struct {
		Class     string  `xml:"class,attr"`
		X         float64 `xml:"x,attr"`
		Y         float64 `xml:"y,attr"`
		Anchor    string  `xml:"text-anchor,attr"`
		Size      float64 `xml:"font-size,attr"`
		Transform string  `xml:"transform,attr"`
		Text      string  `xml:",chardata"`
	} `xml:"text"`
}

// readPicture takes the picture of a page apart.
func readPicture(t *testing.T, page string) (d drawing) {
	t.Helper()
	from, to := strings.Index(page, `<svg class="picture"`), strings.Index(page, "</svg>")
	if from < 0 {
		t.Fatalf("no picture in %s", page)
	}
	if err := xml.Unmarshal([]byte(page[from:to+len("</svg>")]), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// box is a text as it lies: its corners.
func (d *drawing) corners(i int) (corners [4][2]float64) {
	text := d.Texts[i]
	size := text.Size
	if size == 0 {
		size = d.Size
	}
	wide := 0.0
	for _, letter := range text.Text {
		if letter > 0x2e7f {
			wide += size
		} else {
			wide += size * .58
		}
	}
	left := map[string]float64{"start": 0, "end": -wide, "": -wide / 2}[text.Anchor]
	var turned float64
	fmt.Sscanf(text.Transform, "rotate(%f", &turned)
	sin, cos := math.Sincos(turned * math.Pi / 180)
	for k, corner := range [][2]float64{{left, -size / 2.3}, {left + wide, -size / 2.3}, {left + wide, size / 2.3}, {left, size / 2.3}} {
		corners[k] = [2]float64{text.X + corner[0]*cos - corner[1]*sin, text.Y + corner[0]*sin + corner[1]*cos}
	}
	return corners
}

// overlap reports whether two rectangles have ground in common: else they lie apart
// along a side of one of them.
func overlap(a, b [4][2]float64) bool {
	for _, of := range [][4][2]float64{a, b} {
		for k := range 2 {
			x, y := of[k+1][0]-of[k][0], of[k+1][1]-of[k][1]
			span := func(r [4][2]float64) (least, most float64) {
				least, most = math.Inf(1), math.Inf(-1)
				for _, corner := range r {
					v := corner[0]*x + corner[1]*y
					least, most = min(least, v), max(most, v)
				}
				return least, most
			}
			leastA, mostA := span(a)
			leastB, mostB := span(b)
			if mostA <= leastB || mostB <= leastA {
				return false
			}
		}
	}
	return true
}

// Whatever row is drawn among whatever stands there, its picture shows every space,
// crosses out those that something is in the way of, and no name lies over another or
// out of the picture.
func TestRowPicture(t *testing.T) {
	rng := seedtest.New(t)
	for n := range 60 {
		town := &draw.Town{}
		compound := draw.Add(town, &geo.Compound{Base: geo.Base{Code: "K1", Name: "甲<小>区"}}, draw.Square(0, 0, 90))
		for range rng.IntN(12) {
			draw.Add(town, &geo.Building{Number: strconv.Itoa(rng.IntN(30)), Base: geo.Base{Name: "<b>"}}, draw.Square(200*rng.Float64()-100, 200*rng.Float64()-100, 3+12*rng.Float64()))
		}
		for range rng.IntN(5) {
			draw.Add(town, &geo.Street{Base: geo.Base{Name: "勤俭街"}, Class: "local"}, geo.LineShape(draw.Path(400*rng.Float64()-200, 400*rng.Float64()-200, 400*rng.Float64()-200, 400*rng.Float64()-200)))
		}
		for range rng.IntN(5) {
			draw.Add(town, &geo.ParkingSpace{Number: strconv.Itoa(rng.IntN(50)), Compound: "K1"}, draw.Square(100*rng.Float64()-50, 100*rng.Float64()-50, 2))
		}
		s := town.Snapshot()
		page := rowPage(t, rng, s, compound)
		live := &snapshot.Live{}
		live.Publish(s)
		w := httptest.NewRecorder()
		web.New(web.Config{Live: live}).DrawRow(w, httptest.NewRequest(http.MethodPost, "/registers/parking/draw?big="+strconv.Itoa(n%2), nil), http.StatusOK, page)
		d := readPicture(t, w.Body.String())
		drawn := map[string]int{}
		for _, path := range d.Paths {
			drawn[path.Class]++
		}
		worst := make([]string, len(page.Plan.Spaces))
		for _, obstacle := range page.Plan.Obstacles {
			if obstacle.Rule.Forbids() {
				worst[obstacle.Space] = "bad"
			} else if worst[obstacle.Space] == "" {
				worst[obstacle.Space] = "doubt"
			}
		}
		want := map[string]int{}
		for _, part := range worst {
			if want[map[string]string{"": "good"}[part]+part]++; part != "" {
				want["cross "+part] += map[string]int{"doubt": 1, "bad": 2}[part]
			}
		}
		for _, class := range []string{"good", "doubt", "bad", "cross doubt", "cross bad"} {
			if drawn[class] != want[class] {
				t.Errorf("picture %d: %d of %s, want %d", n, drawn[class], class, want[class])
			}
		}
		var wide, high float64
		fmt.Sscanf(d.ViewBox, "0 0 %f %f", &wide, &high)
		numbers := 0
		for i := range d.Texts {
			if d.Texts[i].Class == "number" {
				numbers++
			}
			corners := d.corners(i)
			for _, corner := range corners {
				if corner[0] < -1 || corner[1] < -1 || corner[0] > wide+1 || corner[1] > high+1 {
					t.Errorf("picture %d: %q lies at %v of %v", n, d.Texts[i].Text, corner, d.ViewBox)
				}
			}
			for k := range i {
				if overlap(corners, d.corners(k)) {
					t.Errorf("picture %d: %q lies over %q", n, d.Texts[i].Text, d.Texts[k].Text)
				}
			}
		}
		if numbers == 0 {
			t.Errorf("picture %d: no space has its number", n)
		}
	}
}

// rowPage is the page of a row somewhere about the middle of a compound.
func rowPage(t *testing.T, rng *rand.Rand, s *snapshot.Snapshot, compound *geo.Compound) *stalls.Page {
	way, long := 2*math.Pi*rng.Float64(), 6+90*rng.Float64()
	x, y := 60*rng.Float64()-30, 60*rng.Float64()-30
	line := draw.Path(x, y, x+long*math.Cos(way), y+long*math.Sin(way))
	wish := stalls.Wish{Row: stalls.Row{Line: line, Angle: stalls.AllAngles[rng.IntN(2)], Right: rng.IntN(2) == 0}, First: "A-" + strconv.Itoa(rng.IntN(200))}
	wish.Count, _ = wish.Fits()
	if wish.Count == 0 {
		return rowPage(t, rng, s, compound)
	}
	wish.Count = 1 + rng.IntN(wish.Count)
	plan, err := wish.Plan(s, compound, 0)
	if err != nil {
		t.Fatal(err)
	}
	page := &stalls.Page{Compound: compound, Plan: plan}
	for _, point := range line {
		page.Form.Line += fmt.Sprintf("%.7f %.7f, ", float64(point.X)/1e7, float64(point.Y)/1e7)
	}
	page.Ground = stalls.GroundOf(s, page.Look(), 0)
	return page
}
