package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
)

// edit changes the booth of a name as a person would by another program.
func edit(t testing.TB, location, name string, how func(b *geo.Booth)) {
	t.Helper()
	within(t, location, func(store data.Store, s *snapshot.Snapshot) {
		for b := range snapshot.All[*geo.Booth](s) {
			if b.Name == name {
				b := geo.Clone(b).(*geo.Booth)
				how(b)
				if _, err := store.Apply(t.Context(), geo.ChangeSet{Author: "editor", Changes: geo.Changes(geo.Replace(b))}); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
		t.Fatalf("no booth %s", name)
	})
}

func within(t testing.TB, location string, do func(store data.Store, s *snapshot.Snapshot)) {
	t.Helper()
	store, err := openExisting(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s, err := snapshot.Load(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	do(store, s)
}

// booths tells name, phone, place and whether it is in effect, in order of id.
func booths(t testing.TB, location string) string {
	t.Helper()
	text := ""
	within(t, location, func(_ data.Store, s *snapshot.Snapshot) {
		for b := range snapshot.All[*geo.Booth](s) {
			lon, lat := crs.ToDegrees(b.Shape.Points()[0])
			state := ""
			if b.Until != 0 {
				state = " retired"
			}
			text += fmt.Sprintf("%s %s %.5f %.5f%s\n", b.Name, b.Phone, lon, lat, state)
		}
	})
	return text
}

// TestSource is a list that comes three times, in GCJ-02 and with Chinese columns,
// and is edited by hand between.
func TestSource(t *testing.T) {
	list := func(t *testing.T, name string, rows ...string) string {
		return write(t, t.TempDir(), name, "序号,店名,联系电话,经度,纬度,服务\n"+strings.Join(rows, "\n")+"\n")
	}
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			store := where.make(t)
			mapping := write(t, t.TempDir(), "map.json", `{"columns": {"店名": "name", "服务": "trades"}, "values": {"trades": {"修鞋配钥匙": "shoe"}}}`)
			first := list(t, "q1.csv", "1,甲,111,119.1055,36.7100,修鞋", "2,乙,222,119.1155,36.7100,修鞋配钥匙", "3,丙,333,119.1255,36.7100,修鞋")
			runs(t, exitUsage, "import", "--store", store, "--source", "修车点", "--layer", "booths", first) // which column names a row?
			arguments := []string{"import", "--store", store, "--source", "修车点", "--layer", "booths", "--key", "序号", "--map", mapping, "--crs", "gcj02"}
			dry := runs(t, exitOK, append(arguments, "--dry-run", first)...)
			if !strings.Contains(dry, "3 new") {
				t.Errorf("dry run: %s", dry)
			}
			runs(t, exitOK, append(arguments, first)...)
			lonLat := func(lon, lat float64) string {
				system, err := crs.ParseSystem("gcj02")
				if err != nil {
					t.Fatal(err)
				}
				lon, lat, err = system.ToWGS84(lon, lat)
				if err != nil {
					t.Fatal(err)
				}
				return fmt.Sprintf("%.5f %.5f", lon, lat)
			}
			want := "甲 111 " + lonLat(119.1055, 36.71) + "\n乙 222 " + lonLat(119.1155, 36.71) + "\n丙 333 " + lonLat(119.1255, 36.71) + "\n"
			if got := booths(t, store); got != want {
				t.Fatalf("got\n%swant\n%s", got, want)
			}
			// The same file again, now that everything is remembered.
			again := []string{"import", "--store", store, "--source", "修车点"}
			if out := runs(t, exitOK, append(again, first)...); !strings.Contains(out, "3 unchanged") || booths(t, store) != want {
				t.Errorf("%s%s", out, booths(t, store))
			}

			edit(t, store, "甲", func(b *geo.Booth) { b.Phone = "by-hand" })
			second := list(t, "q2.csv", "1,甲,119,119.1055,36.7100,修鞋", "2,乙,229,119.1155,36.7100,修鞋配钥匙", "3,丙,333,119.1255,36.7100,修鞋", "4,丁,444,119.1355,36.7100,修鞋")
			out := runs(t, exitOK, append(again, second)...)
			for _, text := range []string{"1 new", "1 changed", `phone is "by-hand", the source says "119"`} {
				if !strings.Contains(out, text) {
					t.Errorf("%q is not said:\n%s", text, out)
				}
			}
			want = strings.Replace(strings.Replace(want, "111", "by-hand", 1), "222", "229", 1) + "丁 444 " + lonLat(119.1355, 36.71) + "\n"
			if got := booths(t, store); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}

			// A third of the list is gone: that needs a word.
			third := list(t, "q3.csv", "1,甲,119,119.1055,36.7100,修鞋", "4,丁,445,119.1355,36.7100,修鞋")
			runs(t, exitProblems, append(again, third)...)
			if got := booths(t, store); got != want {
				t.Errorf("something was written:\n%s", got)
			}
			runs(t, exitOK, append(again, "--yes", third)...)
			got := booths(t, store)
			if strings.Count(got, "retired") != 2 || !strings.Contains(got, "甲 by-hand") || !strings.Contains(got, "丁 445") || strings.Count(got, "\n") != 4 {
				t.Errorf("got\n%s", got)
			}
			runs(t, exitOK, append(again, second)...) // they come back as the same features
			if got := booths(t, store); strings.Contains(got, "retired") || strings.Count(got, "\n") != 4 {
				t.Errorf("got\n%s", got)
			}
			runs(t, exitOK, "check", "--store", store)
		})
	}
}

// worklistOf reads the open items of a store.
func worklistOf(t testing.TB, store string) (items []struct {
	ID, Kind, Title, State string
	At                     []float64
	AreaM2                 float64 `json:"area_m2"`
	Candidates             []any
}) {
	t.Helper()
	var answer struct{ Items json.RawMessage }
	if err := json.Unmarshal([]byte(runs(t, exitOK, "worklist", "list", "--store", store, "--json")), &answer); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer.Items, &items); err != nil {
		t.Fatal(err)
	}
	return items
}

// TestWorklist settles rows that say where they are in words alone.
func TestWorklist(t *testing.T) {
	store := filepath.Join(t.TempDir(), "city.gpkg")
	places := write(t, t.TempDir(), "places.geojson", `{"type":"FeatureCollection","features":[
		{"type":"Feature","layer":"compounds","properties":{"code":"C1","name":"五道庙小区"},"geometry":{"type":"Polygon","coordinates":[[[119.1,36.7],[119.103,36.7],[119.103,36.703],[119.1,36.703],[119.1,36.7]]]}},
		{"type":"Feature","layer":"compounds","properties":{"code":"C2","name":"药材站宿舍"},"geometry":{"type":"Polygon","coordinates":[[[119.11,36.7],[119.113,36.7],[119.113,36.703],[119.11,36.703],[119.11,36.7]]]}}]}`)
	runs(t, exitOK, "import", "--store", store, places)
	list := write(t, t.TempDir(), "booths.csv", "编号,名称,所属小区\n1,修鞋点,五道庙小区\n2,配钥匙,哪里都不是\n3,开锁,药材站\n")
	out := runs(t, exitOK, "import", "--store", store, "--layer", "booths", "--source", "点位", "--key", "编号", list)
	if !strings.Contains(out, "worklist") {
		t.Errorf("nothing is said of the worklist:\n%s", out)
	}
	items := worklistOf(t, store)
	if len(items) != 3 {
		t.Fatalf("%d items", len(items))
	}
	for _, item := range items {
		switch item.Title {
		case "修鞋点":
			if len(item.Candidates) == 0 {
				t.Fatal("a named compound is no candidate")
			}
			runs(t, exitUsage, "worklist", "place", "--store", store, item.ID)
			runs(t, exitUsage, "worklist", "place", "--store", store, item.ID, "--candidate", "9")
			runs(t, exitOK, "worklist", "place", "--store", store, item.ID, "--candidate", "1")
			runs(t, exitConflict, "worklist", "place", "--store", store, item.ID, "--candidate", "1")
		case "配钥匙":
			runs(t, exitOK, "worklist", "place", "--store", store, item.ID, "--at", "119.12,36.71")
		case "开锁":
			runs(t, exitOK, "worklist", "drop", "--store", store, "--note", "no longer there", item.ID)
		}
	}
	runs(t, exitNotFound, "worklist", "drop", "--store", store, "nothing")
	if left := worklistOf(t, store); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	before := booths(t, store)
	if strings.Count(before, "\n") != 2 || !strings.Contains(before, "配钥匙  119.12000 36.71000") {
		t.Errorf("got\n%s", before)
	}
	// The list again: placed rows are known, the dropped one stays dropped.
	runs(t, exitOK, "import", "--store", store, "--source", "点位", list)
	if got := booths(t, store); got != before || len(worklistOf(t, store)) != 0 {
		t.Errorf("got\n%s, %v", got, worklistOf(t, store))
	}
}

var gridSeeds = flag.Int("gridseeds", 5, "how many dirty grid files are tried")

// TestDirtyGridFiles plants 40 faults in a file of 400 square grids, each the edge
// of one grid moved by a random width: every one is found where it was planted,
// narrow ones are closed, wide ones wait on the worklist.
func TestDirtyGridFiles(t *testing.T) {
	const side, metres, repair = 20, 100.0, 0.5
	perLon, perLat := 1/(111320*math.Cos(36.7*math.Pi/180)), 1/110990.0 // about: only the file must be exact
	first := seedtest.Of(t)
	for seed := first; seed < first+uint64(*gridSeeds); seed++ {
		r := rand.New(rand.NewPCG(seed, 40))
		type planted struct {
			lon, lat [2]float64
			wide     bool
			gap      bool
		}
		var faults []planted
		moved := map[[2]int][4]float64{} // metres that the west, south, east and north edge are moved outwards
		for _, k := range r.Perm(81)[:40] {
			i, j := 1+2*(k%9), 1+2*(k/9)
			edge, width := r.IntN(4), math.Exp(math.Log(0.03)+r.Float64()*math.Log(8/0.03))
			if math.Abs(width-repair) < 0.02 {
				width = 1 // not at the threshold itself
			}
			out := width
			if r.IntN(2) == 0 {
				out = -width
			}
			var by [4]float64
			by[edge] = out
			moved[[2]int{i, j}] = by
			w, s, e, n := float64(i)*metres, float64(j)*metres, float64(i+1)*metres, float64(j+1)*metres
			switch edge {
			case 0:
				e, w = max(w, w-out), min(w, w-out)
			case 1:
				n, s = max(s, s-out), min(s, s-out)
			case 2:
				w, e = min(e, e+out), max(e, e+out)
			case 3:
				s, n = min(n, n+out), max(n, n+out)
			}
			faults = append(faults, planted{
				lon: [2]float64{119 + w*perLon, 119 + e*perLon}, lat: [2]float64{36.7 + s*perLat, 36.7 + n*perLat},
				wide: width > repair, gap: out < 0,
			})
		}
		var file strings.Builder
		file.WriteString(`{"type":"FeatureCollection","layer":"grids","features":[`)
		for i := range side {
			for j := range side {
				by := moved[[2]int{i, j}]
				w, s, e, n := float64(i)*metres-by[0], float64(j)*metres-by[1], float64(i+1)*metres+by[2], float64(j+1)*metres+by[3]
				point := func(x, y float64) string { return fmt.Sprintf("[%.7f,%.7f]", 119+x*perLon, 36.7+y*perLat) }
				if i+j > 0 {
					file.WriteByte(',')
				}
				fmt.Fprintf(&file, `{"type":"Feature","properties":{"code":"G%02d%02d"},"geometry":{"type":"Polygon","coordinates":[[%s,%s,%s,%s,%s]]}}`,
					i, j, point(w, s), point(e, s), point(e, n), point(w, n), point(w, s))
			}
		}
		file.WriteString("]}")
		store := filepath.Join(t.TempDir(), "city.gpkg")
		out := runs(t, exitOK, "import", "--store", store, "--repair", "0.5m", "--json", write(t, t.TempDir(), "grids.geojson", file.String()))
		var answer struct{ Notes []string }
		if err := json.Unmarshal([]byte(out), &answer); err != nil {
			t.Fatal(err)
		}
		type found struct {
			lon, lat float64
			kind     string
		}
		var closed, waiting []found
		for _, note := range answer.Notes {
			var f found
			if _, rest, ok := strings.Cut(note, "closed: "); ok {
				f.kind, rest, _ = strings.Cut(rest, " ")
				_, place, _ := strings.Cut(rest, " at ")
				if _, err := fmt.Sscanf(place, "%f, %f", &f.lon, &f.lat); err != nil {
					t.Fatalf("%s: %v", note, err)
				}
				closed = append(closed, f)
			}
		}
		for _, item := range worklistOf(t, store) {
			waiting = append(waiting, found{item.At[0], item.At[1], item.Kind})
		}
		if len(closed)+len(waiting) != len(faults) {
			t.Errorf("seed %d: %d closed and %d waiting of %d", seed, len(closed), len(waiting), len(faults))
		}
		for _, f := range faults {
			list, kind := closed, "overlap"
			if f.wide {
				list = waiting
			}
			if f.gap {
				kind = "gap"
			}
			hits := 0
			const rim = 2e-7 // of rounding
			for _, at := range list {
				if at.kind == kind && at.lon > f.lon[0]-rim && at.lon < f.lon[1]+rim && at.lat > f.lat[0]-rim && at.lat < f.lat[1]+rim {
					hits++
				}
			}
			if hits != 1 {
				t.Errorf("seed %d: %d hits of the %s at %v, %v (wide: %v)", seed, hits, kind, f.lon, f.lat, f.wide)
			}
		}
		runs(t, exitOK, "check", "--store", store)
	}
}

// TestDatumDetective gives the demo city's booths as a vendor does, in GCJ-02 and
// without a word about it: the dry run says what fits, and nothing is guessed.
func TestDatumDetective(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	folder := t.TempDir()
	store := filepath.Join(folder, "city.gpkg")
	runs(t, exitOK, "demo", "--store", store)
	gcj, err := crs.ParseSystem("gcj02")
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	list.WriteString("名称,经度,纬度\n")
	within(t, store, func(_ data.Store, s *snapshot.Snapshot) {
		for f := range snapshot.All[*geo.Facility](s) {
			if f.ID%9 != 0 || f.Shape.Kind() != geo.Points {
				continue
			}
			lon, lat := crs.ToDegrees(f.Shape.Points()[0])
			x, y, err := gcj.FromWGS84(lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&list, "%s,%.6f,%.6f\n", f.Name, x, y)
		}
	})
	file := write(t, folder, "vendor.csv", list.String())
	out := runs(t, exitProblems, "import", "--store", store, "--layer", "facilities", file)
	if !strings.Contains(out, "--dry-run") {
		t.Errorf("who does not know the system is not told how to find it:\n%s", out)
	}
	out = runs(t, exitProblems, "import", "--store", store, "--layer", "facilities", "--dry-run", file)
	if !strings.Contains(out, "--crs gcj02") || !strings.Contains(out, "bd09") {
		t.Errorf("the dry run says\n%s", out)
	}
}

// TestControlPoints imports a list in a city's own system, which is remembered for
// the next delivery; control points that do not fit are refused with their names.
func TestControlPoints(t *testing.T) {
	zone, err := crs.ParseSystem("EPSG:4549")
	if err != nil {
		t.Fatal(err)
	}
	own := func(lon, lat float64) (x, y float64) { // turned by 2 degrees about a tower
		e, n, err := zone.FromWGS84(lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		e, n = e-420210, n-4064622
		sin, cos := math.Sincos(2 * math.Pi / 180)
		return 50_000 + e*cos - n*sin, 30_000 + e*sin + n*cos
	}
	folder, store := t.TempDir(), filepath.Join(t.TempDir(), "city.gpkg")
	control := func(name string, off float64) string {
		text := "点名,x,y,经度,纬度\n"
		for i, p := range [][2]float64{{119.05, 36.65}, {119.15, 36.66}, {119.14, 36.76}, {119.06, 36.75}} {
			x, y := own(p[0], p[1])
			if i == 2 {
				x += off
			}
			text += fmt.Sprintf("K%d,%.3f,%.3f,%.8f,%.8f\n", i+1, x, y, p[0], p[1])
		}
		return write(t, folder, name, text)
	}
	x, y := own(119.107, 36.709)
	list := write(t, folder, "list.csv", fmt.Sprintf("编号,名称,x,y\n1,甲,%.3f,%.3f\n", x, y))
	arguments := []string{"import", "--store", store, "--layer", "booths", "--source", "own", "--key", "编号"}
	runs(t, exitUsage, append(arguments, "--control", control("bad.csv", 5), list)...)
	out := runs(t, exitOK, append(arguments, "--control", control("good.csv", 0), list)...)
	if !strings.Contains(out, "4 control points") || !strings.Contains(out, "K3 is 0.0") {
		t.Errorf("how well the points fit is not said:\n%s", out)
	}
	if got := booths(t, store); got != "甲  119.10700 36.70900\n" {
		t.Errorf("got %s", got)
	}
	x, y = own(119.117, 36.709)
	moved := write(t, folder, "next.csv", fmt.Sprintf("编号,名称,x,y\n1,甲,%.3f,%.3f\n", x, y))
	runs(t, exitOK, "import", "--store", store, "--source", "own", moved)
	if got := booths(t, store); got != "甲  119.11700 36.70900\n" {
		t.Errorf("got %s", got)
	}
}
