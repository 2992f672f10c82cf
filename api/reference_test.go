package api_test

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

// judge finds a program of Debian that a test asks.
func judge(t testing.TB, program, packageName string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, program, packageName)
	}
	return path
}

// missing skips a test without its judge, and fails it where every change must pass.
func missing(t testing.TB, program, packageName string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s (%s) is not installed", program, packageName)
	}
	t.Skipf("%s (%s) is not installed", program, packageName)
}

// positionsOf gathers the positions of features in the order they stand in.
func positionsOf(doc map[string]any) [][2]float64 {
	var list [][2]float64
	var walk func(any)
	walk = func(value any) {
		members, _ := value.([]any)
		if len(members) == 2 {
			if x, number := members[0].(float64); number {
				list = append(list, [2]float64{x, members[1].(float64)})
				return
			}
		}
		for _, member := range members {
			walk(member)
		}
	}
	for _, f := range doc["features"].([]any) {
		if geometry, ok := f.(map[string]any)["geometry"].(map[string]any); ok {
			walk(geometry["coordinates"])
		}
	}
	return list
}

// In each coordinate system of its list a collection has the positions that PROJ
// makes of those in CRS84, in the order that PROJ knows the address to have.
func TestPositionsAgainstPROJ(t *testing.T) {
	cs2cs := judge(t, "cs2cs", "proj-bin")
	n := newTown(t)
	for _, layer := range []geo.Layer{geo.Places, geo.Streets, geo.Booths, geo.Buildings} {
		path := "/collections/" + string(layer)
		description := n.getJSON(t, path)
		systems := description["crs"].([]any)
		if len(systems) != 5 || systems[0] != description["storageCrs"] {
			t.Fatalf("%s is in %v, stored in %v", layer, systems, description["storageCrs"])
		}
		plain := positionsOf(n.getJSON(t, path+"/items?limit=1000"))
		for _, system := range systems {
			asked := path + "/items?limit=1000&crs=" + url.QueryEscape(system.(string))
			w := n.get(t, asked)
			if w.Header().Get("Content-Crs") != "<"+system.(string)+">" {
				t.Errorf("%s: Content-Crs %q", asked, w.Header().Get("Content-Crs"))
			}
			got := positionsOf(parse(t, w.Body.Bytes()))
			code, tolerance := "OGC:CRS84", 1e-12
			if i := strings.LastIndex(system.(string), "EPSG/0/"); i >= 0 {
				code = "EPSG:" + system.(string)[i+len("EPSG/0/"):]
			}
			if code == "EPSG:4549" || code == "EPSG:3857" {
				tolerance = 1e-4
			}
			var in bytes.Buffer
			for _, p := range plain {
				fmt.Fprintf(&in, "%.7f %.7f\n", p[0], p[1])
			}
			command := exec.CommandContext(t.Context(), cs2cs, "-f", "%.9f", "OGC:CRS84", code)
			command.Stdin = &in
			out, err := command.Output()
			if err != nil {
				t.Fatalf("cs2cs to %s: %v", code, err)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if len(lines) != len(got) || len(got) < 2 {
				t.Fatalf("%s: %d positions, PROJ has %d", asked, len(got), len(lines))
			}
			for i, line := range lines {
				var a, b float64
				if _, err := fmt.Sscan(line, &a, &b); err != nil {
					t.Fatalf("cs2cs: %q", line)
				}
				if math.Abs(got[i][0]-a) > tolerance || math.Abs(got[i][1]-b) > tolerance {
					t.Fatalf("%s: position %d is %v, PROJ says %s", asked, i, got[i], line)
				}
			}
		}
	}
}

// A box in degrees is the same whatever the order of its numbers; one feature and
// the pages that follow are in the system of the first page.
func TestReferences(t *testing.T) {
	n := newTown(t)
	for _, test := range []struct {
		path string
		want float64
	}{
		{"/collections/booths/items?bbox=36.69,119.09,36.71,119.11&bbox-crs=" + epsg(4326), 2},
		{"/collections/booths/items?bbox=36.69,119.09,-5,36.71,119.11,9&bbox-crs=" + epsg(4490), 2},
		{"/collections/booths/items?bbox=36.702,119.09,36.71,119.11&bbox-crs=" + epsg(4326), 1},
		{"/collections/booths/items?bbox=36.0,119.0,37,-170&bbox-crs=" + epsg(4326), 2}, // over 180 degrees
		{"/collections/booths/items?bbox=4063000,419000,4065000,420000&bbox-crs=" + epsg(4549), 2},
		{"/collections/booths/items?bbox=419000,4063000,420000,4065000&bbox-crs=" + epsg(4549), 0}, // swapped
		{"/collections/booths/items?bbox=13257000,4396000,13259000,4399000&bbox-crs=" + epsg(3857), 2},
		{"/collections/booths/items?bbox=-9e9,-9e9,9e9,9e9&bbox-crs=" + epsg(3857), 2},
		{"/collections/booths/items?bbox=-9e9,-9e9,9e9,9e9&bbox-crs=" + epsg(4549), 2},
		{"/collections/assignments/items?bbox=0,0,1,1&bbox-crs=" + epsg(4549), 1}, // has no place
	} {
		if got := n.getJSON(t, test.path)["numberMatched"]; got != test.want {
			t.Errorf("%s: %v, want %v", test.path, got, test.want)
		}
	}
	one := n.get(t, "/collections/booths/items/8?crs="+epsg(4326))
	at := parse(t, one.Body.Bytes())["geometry"].(map[string]any)["coordinates"].([]any)
	if at[0].(float64) > 37 || at[1].(float64) < 119 || one.Header().Get("Content-Crs") != "<http://www.opengis.net/def/crs/EPSG/0/4326>" {
		t.Errorf("%v %s", one.Header(), one.Body)
	}
	next := local(t, linkOf(n.getJSON(t, "/collections/booths/items?limit=1&crs="+epsg(4549)), "next"))
	if p := positionsOf(n.getJSON(t, next)); len(p) != 1 || p[0][0] < 4e6 {
		t.Errorf("the second page has %v", p)
	}
}

// A zone that does not reach every feature of a layer is none of its systems.
func TestSystemsThatDoNotReach(t *testing.T) {
	n := newNode(t)
	n.publish(build(1,
		&geo.Booth{Base: geo.Base{ID: 1, Shape: geo.PointShape(crs.At(119, 36))}},
		&geo.Booth{Base: geo.Base{ID: 2, Shape: geo.PointShape(crs.At(103, 36))}}))
	if got := n.getJSON(t, "/collections/booths")["crs"].([]any); len(got) != 4 || strings.Contains(fmt.Sprint(got), "4549") {
		t.Errorf("booths are in %v", got)
	}
	if got := n.getJSON(t, "/collections/gates")["crs"].([]any); len(got) != 5 {
		t.Errorf("no gate is in %v", got)
	}
	for _, path := range []string{"/collections/booths/items?crs=", "/collections/booths/items/1?crs=", "/collections/booths/items?bbox=1,2,3,4&bbox-crs="} {
		if w := n.get(t, path+epsg(4549)); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "does not reach all") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func epsg(code int) string {
	return url.QueryEscape(fmt.Sprintf("http://www.opengis.net/def/crs/EPSG/0/%d", code))
}

// A box in metres finds what a plain test in the plane finds, wherever the answer
// does not hang on a centimetre.
func TestBoxesInMetresAgainstPlainTest(t *testing.T) {
	random := seedtest.New(t)
	n := newTown(t)
	zone, _ := crs.ParseReference("http://www.opengis.net/def/crs/EPSG/0/4549")
	mercator, _ := crs.ParseReference("http://www.opengis.net/def/crs/EPSG/0/3857")
	found, decided := 0, 0
	for range 400 {
		ref := []crs.Reference{zone, mercator}[random.IntN(2)]
		x, y, err := ref.System.FromWGS84(middleLon+random.NormFloat64()*0.02, middleLat+random.NormFloat64()*0.02)
		if err != nil {
			t.Fatal(err)
		}
		w, e := x-math.Abs(random.NormFloat64())*800, x+random.Float64()*300
		s, north := y-random.Float64()*300, y+math.Abs(random.NormFloat64())*800
		layer := []geo.Layer{geo.Places, geo.Streets, geo.Buildings, geo.Booths, geo.Shelters}[random.IntN(5)]
		corners := []float64{w, s, e, north}
		if ref.NorthFirst {
			corners = []float64{s, w, north, e}
		}
		path := fmt.Sprintf("/collections/%s/items?limit=1000&bbox-crs=%s&bbox=%.4f,%.4f,%.4f,%.4f", layer, url.QueryEscape(ref.String()), corners[0], corners[1], corners[2], corners[3])
		got := map[int64]bool{}
		for _, f := range n.getJSON(t, path)["features"].([]any) {
			got[int64(f.(map[string]any)["id"].(float64))] = true
		}
		for f := range n.live.Current().Layer(layer).After(0) {
			id := f.Common().ID
			small := plainlyMeets(t, ref.System, f.Common().Shape, w+0.1, s+0.1, e-0.1, north-0.1)
			large := plainlyMeets(t, ref.System, f.Common().Shape, w-0.1, s-0.1, e+0.1, north+0.1)
			if small != large {
				continue
			}
			decided++
			if small {
				found++
			}
			if got[id] != small {
				t.Fatalf("%s: %s %d is %v, plainly %v", path, layer, id, got[id], small)
			}
		}
	}
	t.Logf("%d decided, %d of them inside", decided, found)
	if found < 500 {
		t.Errorf("only %d were found", found)
	}
}

// plainlyMeets walks along every edge of a shape in short steps, and looks whether
// the middle of the box lies in a polygon.
func plainlyMeets(t *testing.T, system crs.System, shape geo.Shape, w, s, e, n float64) bool {
	t.Helper()
	inside := false
	for part := range shape.Parts() {
		var line [][2]float64
		for _, p := range part.Points {
			x, y, err := system.FromWGS84(crs.ToDegrees(p))
			if err != nil {
				t.Fatal(err)
			}
			line = append(line, [2]float64{x, y})
		}
		if shape.Kind() == geo.Polygons {
			line = append(line, line[0])
		}
		if p := line[0]; p[0] >= w && p[0] <= e && p[1] >= s && p[1] <= n {
			return true
		}
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			// The share of the edge that lies between each pair of borders.
			from, to := 0.0, 1.0
			for k, bounds := range [2][2]float64{{w, e}, {s, n}} {
				d := b[k] - a[k]
				if d == 0 {
					if a[k] < bounds[0] || a[k] > bounds[1] {
						to = -1
					}
					continue
				}
				first, last := (bounds[0]-a[k])/d, (bounds[1]-a[k])/d
				from, to = max(from, min(first, last)), min(to, max(first, last))
			}
			if from <= to {
				return true
			}
			if x, y := (w+e)/2, (s+n)/2; shape.Kind() == geo.Polygons && (a[1] > y) != (b[1] > y) && x < a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
				inside = !inside
			}
		}
	}
	return inside
}
