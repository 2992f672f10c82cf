package files_test

import (
	"fmt"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// BenchmarkRead reads 20,000 buildings, or booths where a format holds points
// alone, from each format, in the zone of 120 degrees where it can be.
func BenchmarkRead(b *testing.B) {
	const n = 20_000
	var buildings, booths []geo.Feature
	for i := range int32(n) {
		at := geo.Point{X: 1190000000 + i%200*2000, Y: 367000000 + i/200*2000}
		ring := []geo.Point{at, {X: at.X + 1000, Y: at.Y}, {X: at.X + 1000, Y: at.Y + 500}, {X: at.X, Y: at.Y + 500}}
		buildings = append(buildings, &geo.Building{Base: geo.Base{ID: int64(i + 1), Code: fmt.Sprintf("B%06d", i), Name: fmt.Sprintf("%d号楼", i), Shape: geo.PolygonShape(ring)}, Number: fmt.Sprint(i), Levels: geo.Some(int32(6)), Use: "residential"})
		booths = append(booths, &geo.Booth{Base: geo.Base{ID: int64(i + 1), Code: fmt.Sprintf("A%06d", i), Name: fmt.Sprintf("%d号小修点", i), Shape: geo.PointShape(at)}, Number: fmt.Sprint(i), Trades: []string{"shoe", "key"}, Status: "open"})
	}
	for _, test := range []struct {
		name  string
		layer geo.Layer
		rows  []geo.Feature
	}{
		{"buildings.geojson", geo.Buildings, buildings}, {"buildings.gpkg", geo.Buildings, buildings}, {"buildings.shp", geo.Buildings, buildings},
		{"booths.csv", geo.Booths, booths}, {"booths.xlsx", geo.Booths, booths},
	} {
		b.Run(test.name, func(b *testing.B) {
			writing, system := files.Writing{Layers: []geo.Layer{test.layer}}, crs.WGS84
			if !strings.HasSuffix(test.name, ".geojson") {
				writing.System, system = crs.Zone(120, false), crs.Zone(120, false)
			}
			path, _ := export(b, test.name, writing, test.rows...)
			b.ReportAllocs()
			for b.Loop() {
				file, err := files.Open(b.Context(), path, files.Options{})
				if err != nil {
					b.Fatal(err)
				}
				count := 0
				for _, fault := range files.Features(b.Context(), file.Tables[0], geo.MustSchema(test.layer), files.Reading{System: system}) {
					if fault != nil {
						b.Fatal(fault)
					}
					count++
				}
				if count != n {
					b.Fatalf("%d features", count)
				}
				file.Close()
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "features/s")
		})
	}
}
