package arc_test

import (
	"path/filepath"
	"testing"
	"time"

	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

// Real borders are drawn by many hands: houses that share walls in part, land that
// overlaps and leaves gaps, boundaries along it. As one coverage they come out
// valid, and nothing crosses.
func TestRealAreas(t *testing.T) {
	if testing.Short() {
		t.Skip("real data and outside judges are for the full run")
	}
	judge := judges(t)
	for _, name := range []string{"osm-china/guixi-jiangxi-city.osm", "osm/monaco-2016.osm.pbf", "osm/helsinki-centre-2019.osm.pbf"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			result := must(osm.ReadFile(t.Context(), osmtest.File(t, name), osm.Options{Repair: true}))(t)
			var areas []arc.Area
			for i, f := range result.Features {
				a := arc.Area{Key: geo.Key{Layer: f.Layer(), ID: int64(i)}, Shape: f.Common().Shape}
				switch f.Layer() {
				case geo.Places:
				case geo.Land:
					a.From = 10
				case geo.Buildings:
					a.From = 13
				default:
					continue
				}
				if a.Shape.Kind() == geo.Polygons {
					areas = append(areas, a)
				}
			}
			start := time.Now()
			borders := must(arc.New(t.Context(), areas))(t)
			took := time.Since(start)
			shared := 0
			var rows [][]any
			frame := mvt.Frame{KeepStraight: true}
			for _, zoom := range []int{9, 11, 13, 16} {
				z := must(borders.At(t.Context(), zoom))(t)
				checkZoom(t, areas, z, zoom)
				sides := map[[2]mvt.Point]bool{}
				for _, a := range areas {
					s, _ := z.Shape(a.Key)
					if len(s.Parts) < 2 {
						continue
					}
					rows = append(rows, []any{geometry(partsOf(s))})
					// As the tile around its middle has it, without a buffer.
					frame.Reset(uint8(zoom), (s.Box.Min.X/2+s.Box.Max.X/2)>>(32-zoom), (s.Box.Min.Y/2+s.Box.Max.Y/2)>>(32-zoom), 0)
					if parts := decodePolygons(t, frame.Polygons(&s)); len(parts) > 0 {
						rows = append(rows, []any{geometry(parts)})
					}
					for i := range len(s.Parts) - 1 {
						ring := s.Corners[s.Parts[i].At():s.Parts[i+1].At()]
						for j, p := range ring {
							q := ring[(j+1)%len(ring)]
							if sides[[2]mvt.Point{q, p}] {
								shared++
							}
							sides[[2]mvt.Point{p, q}] = true
						}
					}
				}
			}
			judge.valid(t, rows)
			t.Logf("%d areas in %v, %d geometries, %d sides shared", len(areas), took, len(rows), shared)
		})
	}
}

// decodePolygons reads the geometry of a feature.
func decodePolygons(t testing.TB, bytes []byte) []mvt.Part {
	t.Helper()
	if len(bytes) == 0 {
		return nil
	}
	var w mvt.Writer
	w.Reset(nil)
	w.BeginLayer("areas", nil, mvt.Values{})
	w.Feature(1, mvt.Polygons, bytes)
	w.EndLayer()
	return must(mvt.Decode(w.Bytes()))(t).Layers[0].Features[0].Parts
}
