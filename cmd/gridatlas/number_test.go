package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/geo"
)

// The story of the command: booths come without numbers, a dry run, numbers for one
// county and for all, the same again; and no number that ever was is given twice, be
// its booth retired or the change set that brought it undone.
func TestNumber(t *testing.T) {
	for _, kind := range stores {
		t.Run(kind.name, func(t *testing.T) {
			store := kind.make(t)
			booth := func(name string, lon float64, more string) string {
				return fmt.Sprintf(`{"type":"Feature","layer":"booths","geometry":{"type":"Point","coordinates":[%.3f,36.705]},"properties":{"name":%q,"status":"open"%s}}`, lon, name, more)
			}
			district := func(code string, west float64) string {
				return fmt.Sprintf(`{"type":"Feature","layer":"places","geometry":{"type":"Polygon","coordinates":[[[%[1]v,36.7],[%[2]v,36.7],[%[2]v,36.71],[%[1]v,36.71],[%[1]v,36.7]]]},"properties":{"kind":"district","code":%[3]q,"name":%[3]q}}`, west, west+0.01, code)
			}
			collection := func(features ...string) string {
				return write(t, t.TempDir(), "town.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(features, ",\n")+"]}")
			}
			if text := runs(t, exitProblems, "import", "--store", store, collection(booth("a", 119.101, `,"number":"3707 0200 0187"`))); !strings.Contains(text, `line 1 (byte 40), field number: "3707 0200 0187" is no number of a plate: wrong check digits: 87`) {
				t.Errorf("a wrong number: %s", text)
			}
			runs(t, exitOK, "import", "--store", store, collection(
				district("370702", 119.1), district("370705", 119.11),
				booth("a", 119.101, `,"number":"3707 0200 0186"`), booth("b", 119.102, ""), booth("c", 119.111, ""), booth("d", 119.2, "")))

			number := func(exit int, args ...string) numbered {
				t.Helper()
				var r numbered
				if err := json.Unmarshal([]byte(runs(t, exit, append([]string{"number", "--store", store, "--json"}, args...)...)), &r); err != nil {
					t.Fatal(err)
				}
				return r
			}
			of := func(list []boothNumbered) (text string) {
				for _, b := range list {
					text += b.Name + " " + b.Number + b.Reason + "; "
				}
				return text
			}
			const b, c, d = "b 370702000283; ", "c 370705000105; ", "d no county around it; "
			if r := number(exitProblems, "--dry-run"); of(r.Booths) != b+c || of(r.Left) != d || r.Revision != 0 {
				t.Errorf("dry run: %+v", r)
			}
			if r := number(exitOK, "--county", "370705"); of(r.Booths) != c || r.Left != nil || r.Revision != 2 {
				t.Errorf("one county: %+v", r)
			}
			if r := number(exitProblems); of(r.Booths) != b || r.Booths[0].Code != "370702000283" || r.Revision != 3 {
				t.Errorf("all: %+v", r)
			}
			if text := runs(t, exitProblems, "number", "--store", store); !strings.Contains(text, "no booth to number") {
				t.Errorf("again: %s", text)
			}

			// The booth b goes with its number in a change set that undoes; the next one
			// gets another number all the same.
			open, s, err := openMap(t.Context(), store)
			if err != nil {
				t.Fatal(err)
			}
			var given, bare geo.Feature
			for f := range s.Layer(geo.Booths).After(0) {
				if f.Common().Name == "b" {
					given = f
				}
			}
			bare = geo.Clone(given)
			bare.Common().Code, bare.(*geo.Booth).Number = "", ""
			head, err := open.Apply(t.Context(), geo.ChangeSet{Reverts: 3, Changes: geo.Changes(geo.Replace(bare))})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := open.Apply(t.Context(), geo.ChangeSet{Reverts: head.Revision, Changes: geo.Changes(geo.Delete(bare))}); err != nil {
				t.Fatal(err)
			}
			if err := open.Close(); err != nil {
				t.Fatal(err)
			}
			runs(t, exitOK, "import", "--store", store, collection(booth("e", 119.103, "")))
			if r := number(exitProblems); of(r.Booths) != "e 370702000380; " {
				t.Errorf("after a booth is gone: %+v", r)
			}
			if text := runs(t, exitOK, "check", "--store", store); text == "" {
				t.Error("nothing was checked")
			}
		})
	}
	runs(t, exitNotFound, "number", "--store", filepath.Join(t.TempDir(), "none.gpkg"))
	runs(t, exitUsage, "number", "--county", "37070")
}
