package postgis_test

import (
	"context"
	"strings"
	"testing"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

// TestForeignGeometry: what a column takes from other hands and a feature cannot
// have is told with its place, never dropped in silence.
func TestForeignGeometry(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	land := geo.MustSchema(geo.Land).New()
	land.Common().Shape = geo.PolygonShape([]geo.Point{{}, {X: 1e7}, {Y: 1e7}})
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(land))}); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ text, says string }{
		{"POLYGON EMPTY", "empty geometry"},
		{"MULTIPOLYGON(EMPTY,((0 0,1 0,0 1,0 0)))", "empty geometry"},
		{"GEOMETRYCOLLECTION(POINT(0 0))", "cannot be kept"},
		{"POLYGON((0 0,1 0,0 91,0 0))", "outside the world"},
	}
	for _, c := range cases {
		sql(t, address, `UPDATE land SET geom = ST_GeomFromText('`+c.text+`', 4326)`)
		_, err := s.Load(context.Background(), func(geo.Feature) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "land/1: geom: ") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want an error with %q and its place", c.text, err, c.says)
		}
	}
	sql(t, address, `UPDATE land SET geom = ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,0 1,0 0)))', 4326)`)
	if _, err := s.Load(context.Background(), func(f geo.Feature) error {
		if !f.Common().Shape.Equal(land.Common().Shape) {
			t.Errorf("one of several came back as %v", f.Common().Shape)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
