package walk_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/walk"
)

// TestOutlinesByPostGIS shows the outlines of random circles to PostGIS: each is
// valid, covers the one before it and, when there and back by the access leg is
// well within the minutes, the origin but for 10 m; it has as many parts and holes as we say
// and as large an area. ORIGINS says how many circles there are in all.
func TestOutlinesByPostGIS(t *testing.T) {
	origins := howMany(t, "ORIGINS", 80) / len(judgedCities)
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			conn := judges(t)
			sql(t, conn, `CREATE TABLE given (circle int, band int, origin bytea, inside bool, outline bytea, parts int, holes int, area float8)`)
			fill(t, conn, "given", []string{"circle", "band", "origin", "inside", "outline", "parts", "holes", "area"},
				outlineRows(t, mapOf(t, name), origins))
			sql(t, conn, `CREATE TABLE outlines AS SELECT *, ST_GeomFromWKB(outline, 4326) AS g, ST_GeomFromWKB(origin, 4326) AS o FROM given`)
			for what, query := range map[string]string{
				"is not valid":                   `SELECT circle, band, ST_IsValidReason(g) FROM outlines WHERE NOT ST_IsValid(g)`,
				"does not cover the band before": `SELECT a.circle, a.band, '' FROM outlines a JOIN outlines b ON a.circle = b.circle AND a.band = b.band + 1 WHERE NOT ST_Covers(a.g, b.g)`,
				"does not cover the origin": `SELECT circle, band, ST_Distance(g::geography, o::geography)::text FROM outlines
					WHERE inside AND NOT ST_Covers(g, o) AND ST_Distance(g::geography, o::geography) > 10`,
				"has other parts or holes": `SELECT circle, band, format('%s parts, %s rings', ST_NumGeometries(g), ST_NRings(g)) FROM outlines
					WHERE ST_NumGeometries(g) <> parts OR ST_NRings(g) <> parts + holes`,
				"has another area": `SELECT circle, band, format('%s, not %s m2', ST_Area(g::geography), area) FROM outlines
					WHERE abs(ST_Area(g::geography) - area) > area / 1000`,
			} {
				rows, err := conn.Query(t.Context(), query)
				if err != nil {
					t.Fatal(err)
				}
				var circle, band int
				var detail string
				if _, err := pgx.ForEachRow(rows, []any{&circle, &band, &detail}, func() error {
					t.Errorf("circle %d: band %d %s: %s", circle, band, what, detail)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			var bands, inside, parts, holes, corners int
			if err := conn.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE inside), sum(parts), sum(holes), sum(ST_NPoints(g)) FROM outlines`).
				Scan(&bands, &inside, &parts, &holes, &corners); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bands, %d that must cover the origin, %d parts, %d holes, %d corners", bands, inside, parts, holes, corners)
			if bands < origins || inside < bands/2 {
				t.Error("too few bands were looked at")
			}
		})
	}
}

// outlineRows asks for circles around random buildings.
func outlineRows(t *testing.T, m *walk.Map, origins int) [][]any {
	t.Helper()
	rng := seedtest.New(t)
	homes := m.Poles()
	// The ground at the origin is reached by the access leg there and back. The
	// outline is true but for 10 m at its border.
	const spare = 12.0
	var rows [][]any
	for i := range origins {
		q := walk.Query{Origin: homes[rng.IntN(len(homes))], Minutes: []int{5, 10, 15}, SpeedMPS: walk.AdultSpeed, At: noon, Outlines: true}
		c, err := m.Circle(t.Context(), q)
		var tooFar *walk.TooFar
		if errors.As(err, &tooFar) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for k, band := range c.Bands {
			holes := 0
			for part := range band.Outline.Parts() {
				if part.Hole {
					holes++
				}
			}
			inside := 2*c.Origin.AccessMetres+spare < float64(band.Minutes)*60*walk.AdultSpeed
			rows = append(rows, []any{
				i, k, asWKB(t, geo.PointShape(q.Origin)), inside, asWKB(t, band.Outline),
				band.Outline.NumParts() - holes, holes, band.AreaM2,
			})
		}
	}
	return rows
}
