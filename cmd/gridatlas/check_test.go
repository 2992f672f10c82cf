package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"
)

// TestAbuse33ChangedPast: what somebody changed past the program, who may write the file
// and knows its guards, is found by check, with the revision.
func TestAbuse33ChangedPast(t *testing.T) {
	store := filepath.Join(t.TempDir(), "city.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "booths", 10))
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "more", 3))
	runs(t, exitOK, "check", "--store", store)
	db, err := sql.Open("sqlite3", store)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"UPDATE gridatlas_head SET writing = 1", "UPDATE gridatlas_log SET author = 'somebody else' WHERE revision = 1", "UPDATE gridatlas_head SET writing = 0",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if said := runs(t, exitProblems, "check", "--store", store); !strings.Contains(said, "revision 1") {
		t.Errorf("check does not say where: %s", said)
	}
}
