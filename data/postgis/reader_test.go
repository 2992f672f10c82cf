package postgis_test

import (
	"context"
	"strings"
	"testing"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

// readerSQL is what README.md has the owner of the schema run for people who open the
// layers in QGIS or ArcGIS Pro: all layers, and neither accounts nor history.
const readerSQL = `
CREATE ROLE gis LOGIN PASSWORD 'choose one';
GRANT USAGE ON SCHEMA gridatlas TO gis;
GRANT SELECT ON
  gridatlas.places, gridatlas.grids, gridatlas.blocks, gridatlas.compounds, gridatlas.buildings, gridatlas.parking,
  gridatlas.booths, gridatlas.shelters, gridatlas.facilities, gridatlas.gates, gridatlas.barriers, gridatlas.streets,
  gridatlas.land, gridatlas.assignments, gridatlas.incidents, gridatlas.closures TO gis;
ALTER ROLE gis SET default_transaction_read_only = on;
`

func TestReaderOfLayers(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	if _, err := s.Apply(t.Context(), booths(3, nil)); err != nil {
		t.Fatal(err)
	}
	schema, _, _ := strings.Cut(searchPathOf(t, address), ",")
	sql(t, address, strings.ReplaceAll(strings.ReplaceAll(readerSQL, "gridatlas", schema), "choose one", "secret"))
	t.Cleanup(func() { sql(t, address, `DROP OWNED BY gis; DROP ROLE gis`) })
	as := strings.Replace(address, "postgres://postgres@", "postgres://gis:secret@", 1)
	if n := ask[int](t, as, `SELECT count(*) FROM booths WHERE ST_SRID(geom) = 4326`); n != 3 {
		t.Errorf("the reader sees %d booths, want 3", n)
	}
	denied := func(statement, state string) {
		t.Helper()
		conn := connect(t, as)
		defer conn.Close(context.Background())
		if _, err := conn.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), state) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	const readOnly, noRight = "25006", "42501" // SQLSTATE
	for _, layer := range geo.Catalog() {
		table := string(layer.Layer)
		ask[int](t, as, `SELECT count(*) FROM `+table)
		denied(`DELETE FROM `+table, readOnly)
		for _, statement := range []string{`DELETE FROM ` + table, `UPDATE ` + table + ` SET code = 'x'`, `INSERT INTO ` + table + ` SELECT * FROM ` + table, `TRUNCATE ` + table} {
			denied(`SET TRANSACTION READ WRITE; `+statement, noRight) // whoever sets that may still not
		}
	}
	for _, table := range []string{"records", "record_head", "log", "history", "head", "counters"} {
		denied(`SELECT FROM `+table, noRight)
	}
	denied(`SET TRANSACTION READ WRITE; CREATE TABLE mine (a int)`, noRight)
}
