package main

import (
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data"
	"gridatlas/geo/register"
	"gridatlas/geo/snapshot"
)

// Rows that pass the cap need a decision, whether they are added or come from a
// source; it is kept, and nothing is half done.
func TestImportUnderCap(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "town.gpkg")
	rows := func(name string, lines ...string) string {
		return write(t, dir, name, "id,name,lon,lat\n"+strings.Join(lines, "\n")+"\n")
	}
	two := rows("two.csv", "1,甲,119.1055,36.71", "2,乙,119.1155,36.71")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", "--crs", "EPSG:4326", "--booth-cap", "2", two)
	third := rows("third.csv", "3,丙,119.1255,36.71")
	out := runs(t, exitProblems, "import", "--store", store, "--layer", "booths", "--crs", "EPSG:4326", "--booth-cap", "2", "--partial", third)
	if !strings.Contains(out, "3 booths in use") || !strings.Contains(out, "--decision") || strings.Count(booths(t, store), "\n") != 2 {
		t.Errorf("%s\n%s", out, booths(t, store))
	}
	source := []string{"import", "--store", store, "--layer", "booths", "--crs", "EPSG:4326", "--source", "修车点", "--key", "id", "--booth-cap", "2"}
	runs(t, exitProblems, append(source, third)...)
	runs(t, exitUsage, append(source, "--decision", strings.Repeat("x", register.MaxDecision+1), third)...)
	runs(t, exitOK, append(source, "--decision", "市城管委会议纪要〔2026〕3号", third)...)
	runs(t, exitOK, append(source, third)...) // the same rows again bring nobody
	within(t, store, func(records data.Store, s *snapshot.Snapshot) {
		kept := 0
		err := register.Decisions.All(t.Context(), records, func(_ string, _ int64, d register.Decision) error {
			kept++
			if d.By != "gridatlas import" || d.Text != "市城管委会议纪要〔2026〕3号" || d.InUse != 3 || d.Cap != 2 || len(d.Booths) != 1 || d.Booths[0] != 3 {
				t.Errorf("kept is %+v", d)
			}
			return nil
		})
		if err != nil || kept != 1 || s.Layer("booths").Len() != 3 {
			t.Errorf("%d decisions, %v, %d booths", kept, err, s.Layer("booths").Len())
		}
	})
	runs(t, exitOK, "check", "--store", store)
}
