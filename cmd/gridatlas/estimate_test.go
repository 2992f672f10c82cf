package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The story of the command: a dry run, an estimate, the same again, sums that tell
// of it, and the way back.
func TestEstimate(t *testing.T) {
	for _, kind := range stores {
		t.Run(kind.name, func(t *testing.T) {
			store := kind.make(t)
			file := write(t, t.TempDir(), "town.geojson", `{"type":"FeatureCollection","features":[
{"type":"Feature","layer":"places","geometry":{"type":"Polygon","coordinates":[[[119.1,36.7],[119.11,36.7],[119.11,36.71],[119.1,36.71],[119.1,36.7]]]},"properties":{"kind":"community","code":"c1","name":"西南关社区","population":1000,"households":401}},
{"type":"Feature","layer":"buildings","geometry":{"type":"Polygon","coordinates":[[[119.101,36.701],[119.102,36.701],[119.102,36.7011],[119.101,36.7011],[119.101,36.701]]]},"properties":{"code":"b1","use":"residential","levels":6,"source":"OSM"}},
{"type":"Feature","layer":"buildings","geometry":{"type":"Polygon","coordinates":[[[119.101,36.702],[119.102,36.702],[119.102,36.7021],[119.101,36.7021],[119.101,36.702]]]},"properties":{"code":"b2","use":"residential","levels":2}},
{"type":"Feature","layer":"buildings","geometry":{"type":"Polygon","coordinates":[[[119.103,36.702],[119.104,36.702],[119.104,36.7021],[119.103,36.7021],[119.103,36.702]]]},"properties":{"code":"b3","use":"residential","levels":2,"residents":200}}]}`)
			runs(t, exitOK, "import", "--store", store, file)

			asked := func(args ...string) estimated {
				t.Helper()
				var r estimated
				if err := json.Unmarshal([]byte(runs(t, exitOK, append([]string{"estimate", "--store", store, "--json"}, args...)...)), &r); err != nil {
					t.Fatal(err)
				}
				return r
			}
			buildings := func() string {
				t.Helper()
				out := filepath.Join(t.TempDir(), "buildings.geojson")
				runs(t, exitOK, "export", "--store", store, "--layer", "buildings", "--out", out)
				text, err := os.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			before := buildings()
			if r := asked("--dry-run"); r.Changed != 3 || r.Revision != 0 || buildings() != before {
				t.Errorf("dry run: %+v", r)
			}
			r := asked()
			if p := r.Places[0]; r.Changed != 3 || r.Revision != 2 || *p.People.Stated != 1000 || p.People.Known != 200 || p.People.Estimated != 800 || p.Households.Estimated != 401 {
				t.Errorf("estimated: %+v", r)
			}
			for _, want := range []string{`"residents":600`, `"residents":200`, "OSM; 估算（户数、人口）：按住宅建筑面积分摊社区统计数 20", `"source":"估算（户数）：`} {
				if text := buildings(); !strings.Contains(text, want) {
					t.Errorf("no %s in %s", want, text)
				}
			}
			if r := asked(); r.Changed != 0 || r.Revision != 0 {
				t.Errorf("again: %+v", r)
			}
			if text := runs(t, exitOK, "estimate", "--store", store); !strings.Contains(text, "西南关社区") || !strings.Contains(text, "nothing to change") {
				t.Errorf("as text: %s", text)
			}
			if r := asked("--clear"); r.Changed != 3 || r.Revision != 3 {
				t.Errorf("cleared: %+v", r)
			}
			if after := buildings(); after != before {
				t.Errorf("cleared: %s\nbefore: %s", after, before)
			}
			runs(t, exitUsage, "estimate", "--store", store, "--clear", "--by", "street")
		})
	}
	runs(t, exitNotFound, "estimate", "--store", filepath.Join(t.TempDir(), "none.gpkg"))
}
