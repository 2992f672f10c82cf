// Package both runs a test of something that is kept in a store on each of the two
// stores there are. It leaves out what holds of the stores themselves (data/storetest).
package both

import (
	"path/filepath"
	"testing"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/postgis"
	"gridatlas/data/postgis/pgtest"
)

// Stores runs a test on a new store of each kind, which is closed when the test ends.
// The package of the test has pgtest.Main for its TestMain.
func Stores(t *testing.T, test func(t *testing.T, store data.Store)) {
	for name, open := range map[string]func(t *testing.T) (data.Store, error){
		"GeoPackage": func(t *testing.T) (data.Store, error) {
			return gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "city.gpkg"))
		},
		"PostGIS": func(t *testing.T) (data.Store, error) { return postgis.Open(t.Context(), pgtest.Start(t).URL(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			store, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(t, store)
		})
	}
}
