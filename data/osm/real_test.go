package osm_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/valid"
)

func read(t testing.TB, path string, opts osm.Options) *osm.Result {
	t.Helper()
	result, err := osm.ReadFile(context.Background(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// The small Chinese city: 165 buildings, 16 communities as points, and the city
// and its streets once each, though both nodes and open boundaries name them.
func TestGuixi(t *testing.T) {
	result := read(t, osmtest.File(t, "osm-china/guixi-jiangxi-city.osm"), osm.Options{})
	if n := result.Report.Features[geo.Buildings]; n != 165 {
		t.Errorf("%d buildings, want 165", n)
	}
	if n := result.Report.Features[geo.Streets]; n != 170 {
		t.Errorf("%d streets, want the 170 walkable ways", n)
	}
	places := map[string][]string{}
	for _, f := range result.Features {
		if p, ok := f.(*geo.Place); ok {
			// Of all boundaries only that of 东门街道 has all its ways in the file.
			if want := p.Name == "东门街道"; want != (p.Shape.Kind() == geo.Polygons) {
				t.Errorf("%s is a %v", p.Name, p.Shape.Kind())
			}
			places[p.Kind] = append(places[p.Kind], p.Name)
		}
	}
	if n := len(places["community"]); n != 16 {
		t.Errorf("%d communities, want 16: %v", n, places["community"])
	}
	if !slices.Contains(places["community"], "西街社区") {
		t.Error("西街社区 is missing")
	}
	if got := places["city"]; !slices.Equal(got, []string{"贵溪市"}) {
		t.Errorf("cities %v, want 贵溪市 once", got)
	}
	streets := places["street"]
	slices.Sort(streets)
	if want := []string{"东门街道", "滨江镇", "花园街道", "雄石街道"}; !slices.Equal(streets, want) {
		t.Errorf("streets %v, want %v", streets, want)
	}
	unclosed := result.Report.String()
	for _, want := range []string{"花园街道: 1 of 6 ways lie outside the file", "贵溪市: ", "鹰潭市: "} {
		if !strings.Contains(unclosed, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

// The sea of Monaco lies where it should: off the harbour and not in the old town,
// and its rocks are holes in it.
func TestSeaOfMonaco(t *testing.T) {
	result := read(t, osmtest.File(t, "osm/monaco-2016.osm.pbf"), osm.Options{})
	var sea []geo.Shape
	for _, f := range result.Features {
		if land, ok := f.(*geo.LandArea); ok && land.Kind == "water" && crs.Area(land.Shape) > 1e6 {
			sea = append(sea, land.Shape)
		}
	}
	if len(sea) != 1 || result.Report.Coast.Total != 0 {
		t.Fatalf("%d areas of sea\n%s", len(sea), &result.Report)
	}
	for _, at := range []struct {
		lon, lat float64
		wet      bool
	}{{7.45, 43.73, true}, {7.4265, 43.7355, true}, {7.46, 43.755, true}, {7.4197, 43.7311, false}, {7.4277, 43.7396, false}, {7.36, 43.765, false}, {7.4915, 43.73, false}} {
		if wet := sea[0].Covers(crs.At(at.lon, at.lat)); wet != at.wet {
			t.Errorf("%v, %v: in the sea: %v", at.lon, at.lat, wet)
		}
	}
	holes := 0
	for part := range sea[0].Parts() {
		if part.Hole {
			holes++
		}
	}
	if holes == 0 {
		t.Error("no rock in the sea")
	}
}

// Rivers that are drawn as lines are there by name.
func TestRiversOfGuixi(t *testing.T) {
	named := 0
	for _, f := range read(t, osmtest.File(t, "osm-china/guixi-jiangxi-city.osm"), osm.Options{}).Features {
		if barrier, ok := f.(*geo.Barrier); ok && barrier.Kind == "river" && barrier.Name == "信江" {
			named++
		}
	}
	if named != 3 {
		t.Errorf("%d pieces of 信江, want 3", named)
	}
}

var extracts = []string{
	"osm-china/guixi-jiangxi-city.osm", "osm-china/shanghai-baoshan-shu.osm", "osm/monaco-2016.osm.pbf", "osm/helsinki-centre-2019.osm.pbf",
}

// Whatever is read is clean, is traced to its object, and what was broken is
// mended or named.
func TestRealFilesAreClean(t *testing.T) {
	for _, name := range extracts {
		t.Run(filepath.Base(name), func(t *testing.T) {
			path := osmtest.File(t, name)
			plain, repaired := read(t, path, osm.Options{}), read(t, path, osm.Options{Repair: true})
			for _, f := range repaired.Features {
				if fault := geo.CheckFields(f); fault != nil {
					t.Errorf("%s: %v", f.Common().Source, fault)
				}
				if faults := valid.Check(f.Common().Shape); len(faults) > 0 {
					t.Errorf("%s: %v", f.Common().Source, faults)
				}
				if !strings.HasPrefix(f.Common().Source, "osm:") || f.Common().Code != "" {
					t.Errorf("source %q, code %q", f.Common().Source, f.Common().Code)
				}
			}
			if plain.Report.Mended.Total != 0 || repaired.Report.Mended.Total+repaired.Report.Broken.Total != plain.Report.Broken.Total {
				t.Errorf("plain: %d broken; with repair: %d mended, %d broken", plain.Report.Broken.Total, repaired.Report.Mended.Total, repaired.Report.Broken.Total)
			}
			t.Log(repaired.Report.String())
		})
	}
}

// Reading the same file twice gives the same features in the same order.
func TestReadIsRepeatable(t *testing.T) {
	path := osmtest.File(t, "osm-china/shanghai-baoshan-shu.osm")
	a, b := read(t, path, osm.Options{}), read(t, path, osm.Options{})
	if len(a.Features) != len(b.Features) {
		t.Fatalf("%d and %d features", len(a.Features), len(b.Features))
	}
	for i := range a.Features {
		if x, y := geo.AppendCanonical(nil, a.Features[i]), geo.AppendCanonical(nil, b.Features[i]); string(x) != string(y) {
			t.Fatalf("feature %d: %s and %s", i, x, y)
		}
	}
}

func TestProgressEndsAtTotal(t *testing.T) {
	var last, total int64
	calls := 0
	read(t, osmtest.File(t, "osm/monaco-2016.osm.pbf"), osm.Options{Progress: func(d, n int64) {
		if d < last {
			t.Errorf("progress goes back from %d to %d", last, d)
		}
		last, total = d, n
		calls++
	}})
	if last != total || calls < 3 {
		t.Errorf("%d calls, the last with %d of %d", calls, last, total)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range extracts {
		b.Run(filepath.Base(name), func(b *testing.B) {
			path := osmtest.File(b, name)
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			features := 0
			for b.Loop() {
				features = len(read(b, path, osm.Options{Repair: true}).Features)
			}
			b.ReportMetric(float64(features*b.N)/b.Elapsed().Seconds(), "features/s")
		})
	}
}
