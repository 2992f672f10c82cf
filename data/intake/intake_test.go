package intake_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/intake"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/match"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/valid"
	"gridatlas/geo/worklist"
)

// The town lies around this corner; all figures are metres east and north of it.
var local = crs.NewLocal(crs.At(119.1, 36.7))

func at(x, y float64) geo.Point { return local.Point(x, y) }

func box(w, s, e, n float64) geo.Shape {
	return geo.PolygonShape([]geo.Point{at(w, s), at(e, s), at(e, n), at(w, n)})
}

func newStore(t *testing.T, features ...geo.Feature) data.Store {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "city.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	var changes []geo.Change
	for _, f := range features {
		changes = append(changes, geo.Insert(f))
	}
	if _, err := store.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)}); err != nil {
		t.Fatal(err)
	}
	return store
}

func load(t *testing.T, store data.Store) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Load(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func prepare(t *testing.T, store data.Store, o intake.Options, rows ...intake.Row) *intake.Intake {
	t.Helper()
	o.File, o.Now = "list.csv", time.Now()
	in, err := intake.Prepare(t.Context(), load(t, store), store, rows, o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// take prepares and applies.
func take(t *testing.T, store data.Store, o intake.Options, rows ...intake.Row) *intake.Intake {
	t.Helper()
	in := prepare(t, store, o, rows...)
	if _, err := store.Apply(t.Context(), in.ChangeSet()); err != nil {
		t.Fatal(err)
	}
	return in
}

func items(t *testing.T, store data.Store) map[string]worklist.Item {
	t.Helper()
	list := map[string]worklist.Item{}
	err := worklist.Items.All(context.Background(), store, func(id string, _ int64, item worklist.Item) error {
		list[id] = item
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func open(list map[string]worklist.Item) (waiting []string) {
	for _, item := range list {
		if item.State == worklist.Open {
			waiting = append(waiting, item.String())
		}
	}
	return waiting
}

func town() []geo.Feature {
	list := []geo.Feature{
		&geo.Place{Base: geo.Base{Code: "370702002004", Name: "西南关社区", Shape: box(-500, -500, 500, 500)}, Kind: "community"},
		&geo.Place{Base: geo.Base{Code: "370702002005", Name: "北门社区", Shape: box(-500, 500, 500, 900)}, Kind: "community"},
		&geo.Compound{Base: geo.Base{Code: "C1", Name: "五道庙小区", Shape: box(0, 0, 200, 200)}, Community: "370702002004"},
		&geo.Compound{Base: geo.Base{Code: "C2", Name: "药材站宿舍", Shape: box(-300, 0, -100, 200)}, Community: "370702002004"},
		&geo.Gate{Base: geo.Base{Code: "C1-E", Name: "五道庙小区东门", Shape: geo.PointShape(at(200, 100))}, Kind: "gate", Of: "C1"},
		&geo.Street{Base: geo.Base{Name: "健康街", Shape: geo.LineShape([]geo.Point{at(210, -400), at(210, 400)})}, Class: "collector"},
	}
	for i, number := range []string{"3", "13", "14"} {
		x := 20 + 60*float64(i)
		list = append(list, &geo.Building{Base: geo.Base{Shape: box(x, 30, x+40, 45)}, Compound: "C1", Number: number, Use: "residential"})
	}
	return list
}

// A list of buildings without coordinates gives its figures to the buildings it
// means; a booth stands where its landmark says; what is not sure waits.
func TestRowsWithoutCoordinates(t *testing.T) {
	store := newStore(t, town()...)
	src := &source.Source{Name: "住户台账", Layer: geo.Buildings, Key: "序号"}
	row := func(key, compound, building string, households int32) intake.Row {
		return intake.Row{
			Delivery: source.Delivery{
				Key: key, Where: "row " + key, Fields: []string{"households"},
				Feature: &geo.Building{Households: geo.Some(households)},
			},
			Says: match.Query{Community: "西南关社区", Compound: compound, Building: building},
		}
	}
	rows := func() []intake.Row {
		return []intake.Row{row("1", "五道庙小区", "14号楼", 48), row("2", "五道庙", "三号楼", 36), row("3", "药材站宿舍", "2号楼", 10), row("4", "没有的小区", "1", 5)}
	}
	take(t, store, intake.Options{Source: src}, rows()...)
	households := func(number string) geo.Opt[int32] {
		for b := range snapshot.All[*geo.Building](load(t, store)) {
			if b.Number == number {
				return b.Households
			}
		}
		t.Fatalf("building %s is gone", number)
		return geo.Opt[int32]{}
	}
	if households("14") != geo.Some[int32](48) || households("3") != geo.Some[int32](36) || households("13").Known {
		t.Errorf("14: %v, 3: %v, 13: %v", households("14"), households("3"), households("13"))
	}
	if n := load(t, store).Layer(geo.Buildings).Len(); n != 3 {
		t.Errorf("%d buildings, nobody built any", n)
	}
	waiting := open(items(t, store))
	if len(waiting) != 2 {
		t.Errorf("waiting: %q", waiting)
	}

	// The same list again asks nothing new; the next one changes the figures.
	if in := take(t, store, intake.Options{Source: src}, rows()...); in.Changed() != 0 || len(open(items(t, store))) != 2 {
		t.Errorf("%d changed, %d wait", in.Changed(), len(open(items(t, store))))
	}
	next := rows()
	next[0] = row("1", "五道庙小区", "14号楼", 50)
	if in := take(t, store, intake.Options{Source: src}, next...); in.Changed() != 1 || households("14") != geo.Some[int32](50) {
		t.Errorf("%d changed, 14 has %v", in.Changed(), households("14"))
	}

	// A booth by its landmark.
	booth := intake.Row{
		Delivery: source.Delivery{Where: "row 1", Fields: []string{"name"}, Feature: &geo.Booth{Base: geo.Base{Name: "修鞋点"}, Trades: []string{"shoe"}}},
		Says:     match.Query{Landmark: "五道庙小区东门北50米路西"},
	}
	take(t, store, intake.Options{}, booth)
	for b := range snapshot.All[*geo.Booth](load(t, store)) {
		if d := crs.Distance(b.Shape.Points()[0], at(205, 150)); d > 15 {
			t.Errorf("%s lies %.0f m beside its landmark", b.Name, d)
		}
		return
	}
	t.Errorf("no booth; waiting: %q", open(items(t, store)))
}

func grid(code string, shape geo.Shape) intake.Row {
	return intake.Row{Delivery: source.Delivery{
		Key: code, Where: code, Fields: []string{"code", "community"},
		Feature: &geo.Grid{Base: geo.Base{Code: code, Shape: shape}, Community: "370702002004"},
	}}
}

// Slivers are closed and listed, wide gaps and overlaps wait with place and area,
// and are settled when a better file comes.
func TestDirtyGrids(t *testing.T) {
	store := newStore(t, town()...)
	src := &source.Source{Name: "网格", Layer: geo.Grids, Key: "code"}
	dirty := func() []intake.Row {
		return []intake.Row{
			grid("370702002004001", box(-500, -500, 0, 0)),
			grid("370702002004002", box(0.2, -500, 500, 0)),  // 0.2 m beside the first
			grid("370702002004003", box(-500, 0, 0, 500)),    //
			grid("370702002004004", box(-6, 0.05, 500, 500)), // 6 m over the third, 5 cm above the second
		}
	}
	in := take(t, store, intake.Options{Source: src, Repair: 0.5}, dirty()...)
	report := strings.Join(in.Notes, "\n")
	if !strings.Contains(report, "closed: gap") {
		t.Errorf("nothing closed:\n%s", report)
	}
	waiting := open(items(t, store))
	if len(waiting) != 1 || !strings.HasPrefix(waiting[0], "overlap") {
		t.Fatalf("waiting: %q", waiting)
	}
	for _, item := range items(t, store) {
		if item.AreaM2 < 2900 || item.AreaM2 > 3100 || item.WidthM < 5.9 || item.WidthM > 6.1 || item.At == nil || len(item.Members) != 2 || item.File != "list.csv" {
			t.Errorf("%+v", item)
		}
	}
	faults := func() (list []string) {
		var c valid.Coverage
		for g := range snapshot.All[*geo.Grid](load(t, store)) {
			c.Members = append(c.Members, g.Shape)
		}
		found, err := valid.CheckCoverage(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			list = append(list, f.String())
		}
		return list
	}
	if left := faults(); len(left) != 1 {
		t.Errorf("in the store: %q", left)
	}

	// The same dirty file again: nothing new, and mended borders are no edits.
	in = take(t, store, intake.Options{Source: src, Repair: 0.5}, dirty()...)
	if in.Changed() != 0 || len(in.Plans[0].Kept) != 0 || len(open(items(t, store))) != 1 {
		t.Errorf("%d changed, kept %v, waiting %q", in.Changed(), in.Plans[0].Kept, open(items(t, store)))
	}
	clean := dirty()
	clean[3] = grid("370702002004004", box(0, 0, 500, 500))
	in = take(t, store, intake.Options{Source: src, Repair: 0.5}, clean...)
	if left := faults(); len(left) != 0 || len(open(items(t, store))) != 0 {
		t.Errorf("in the store: %q, waiting %q, changed %d", left, open(items(t, store)), in.Changed())
	}
	if n := load(t, store).Layer(geo.Grids).Len(); n != 4 {
		t.Errorf("%d grids", n)
	}
}

// Grids that leave a part of their community, or reach beyond it, wait.
func TestAgainstTheCommunity(t *testing.T) {
	store := newStore(t, town()...)
	take(t, store, intake.Options{Repair: 0.5}, grid("A", box(-500, -500, 500, 400)), grid("B", box(500, -500, 540, 500)))
	waiting := strings.Join(open(items(t, store)), "\n")
	if !strings.Contains(waiting, "gap") || !strings.Contains(waiting, "outside") || !strings.Contains(waiting, "西南关社区") {
		t.Errorf("waiting: %s", waiting)
	}
}

func TestKeys(t *testing.T) {
	store := newStore(t, town()...)
	src := &source.Source{Name: "网格", Layer: geo.Grids, Key: "编码"}
	in := prepare(t, store, intake.Options{Source: src}, grid("A", box(0, 0, 10, 10)), grid("A", box(10, 0, 20, 10)), grid("", box(20, 0, 30, 10)))
	if len(in.Refused) != 2 || in.Changed() != 1 {
		t.Errorf("%d changed, refused %q", in.Changed(), in.Refused)
	}
}
