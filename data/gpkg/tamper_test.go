package gpkg_test

import (
	"database/sql"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"gridatlas/data/storetest"
)

// tamperings are what a person would type who knows how to get past the guards.
// The RTree's triggers call functions that plain SQLite has not, and SQLite asks
// for them even where they would not run, so such a person drops them first.
var tamperings = map[storetest.Tampering][]string{
	storetest.EditRow: {
		"DROP TRIGGER rtree_booths_geom_update4", "DROP TRIGGER rtree_booths_geom_update5",
		"UPDATE booths SET name = 'someone else' WHERE fid = 1",
	},
	storetest.MoveRow: {
		"DROP TRIGGER rtree_booths_geom_update2", "DROP TRIGGER rtree_booths_geom_update4", "DROP TRIGGER rtree_booths_geom_update5",
		"DROP TRIGGER rtree_booths_geom_update6", "DROP TRIGGER rtree_booths_geom_update7",
		"UPDATE booths SET geom = (SELECT geom FROM booths WHERE fid = 2) WHERE fid = 1",
	},
	storetest.RemoveRow: {"DELETE FROM booths WHERE fid = 1"},
	storetest.AddRow: {
		"DROP TRIGGER rtree_booths_geom_insert",
		"INSERT INTO booths (fid, geom, version, revision, name) SELECT 9001, geom, version, revision, name FROM booths WHERE fid = 1",
	},
	storetest.EditPast:    {`UPDATE gridatlas_history SET feature = CAST(replace(CAST(feature AS TEXT), 'two', 'tow') AS BLOB) WHERE layer = 'booths' AND id = 2`},
	storetest.RemovePast:  {"DELETE FROM gridatlas_history WHERE layer = 'booths' AND id = 2"},
	storetest.EditLog:     {"UPDATE gridatlas_log SET note = 'nothing to see' WHERE revision = 2"},
	storetest.RemoveLog:   {"DELETE FROM gridatlas_log WHERE revision = 2"},
	storetest.CutLog:      {"DELETE FROM gridatlas_log WHERE revision = 3", "UPDATE gridatlas_head SET revision = 2, hash = (SELECT hash FROM gridatlas_log WHERE revision = 2)"},
	storetest.MoveHead:    {"UPDATE gridatlas_head SET revision = 1"},
	storetest.SwapEntries: {"UPDATE gridatlas_log SET note = (SELECT note FROM gridatlas_log AS other WHERE other.revision = 3 - gridatlas_log.revision) WHERE revision IN (1, 2)"},

	storetest.EditRecord:   {"UPDATE gridatlas_records SET value = '22' WHERE key = 'two'"},
	storetest.MoveRecord:   {"UPDATE gridatlas_records SET key = 'twelve' WHERE key = 'two'"},
	storetest.RemoveRecord: {"DELETE FROM gridatlas_records WHERE key = 'two'"},
	storetest.AddRecord:    {"INSERT INTO gridatlas_records SELECT kind, 'four', version, value, sum FROM gridatlas_records WHERE key = 'two'"},
	storetest.EditIDs:      {"UPDATE gridatlas_counters SET last = 2 WHERE layer = 'booths'"},
}

func tamper(tb testing.TB, address string, what storetest.Tampering) {
	tb.Helper()
	db, err := sql.Open("sqlite3", address)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	statements, ok := tamperings[what]
	if !ok {
		tb.Fatalf("no statements for %q", what)
	}
	statements = append([]string{"UPDATE gridatlas_head SET writing = 1"}, statements...)
	statements = append(statements, "UPDATE gridatlas_head SET writing = 0")
	for _, statement := range statements {
		result, err := db.ExecContext(tb.Context(), statement)
		if err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 && statement[:4] != "DROP" {
			tb.Fatalf("%s: %d rows, %v", statement, n, err)
		}
	}
}
