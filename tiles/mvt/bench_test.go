package mvt_test

import (
	"math/rand/v2"
	"testing"

	"gridatlas/tiles/mvt"
)

// city is what a tile of a city has most of: buildings of eight corners in the
// mean, some streets and points, each with four attributes.
type city struct {
	shapes  []mvt.Shape
	types   []mvt.Type
	corners int
	tags    [][]byte
	values  mvt.Values
}

func makeCity(features int, spread float64) *city {
	r := rand.New(rand.NewPCG(1, 1))
	c := &city{}
	for range 200 {
		c.values.Add(mvt.AppendInt(nil, r.Int64N(1000)))
	}
	for i := range features {
		at := place{r.Float64()*spread - (spread-mvt.Extent)/2, r.Float64()*spread - (spread-mvt.Extent)/2}
		var s mvt.Shape
		var kind mvt.Type
		switch {
		case i%10 < 8:
			s, kind = shapeOf([][]place{star(r, at, 30, 60, 4+r.IntN(9))}), mvt.Polygons
		case i%10 == 8:
			line := make([]place, 2+r.IntN(10))
			for j := range line {
				line[j] = place{at.x + 100*float64(j), at.y + 80*r.Float64()}
			}
			s, kind = shapeOf([][]place{line}), mvt.Lines
		default:
			s, kind = shapeOf([][]place{{at}}), mvt.Points
		}
		c.shapes, c.types = append(c.shapes, s), append(c.types, kind)
		c.corners += len(s.Corners)
		var tags []byte
		for key := range cityKeys {
			tags = mvt.AppendTag(tags, key, uint32((i*7+key*50)%c.values.Len()))
		}
		c.tags = append(c.tags, tags)
	}
	return c
}

var cityKeys = []string{"kind", "name", "floors", "households"}

// draw writes the tile under test.
func (c *city) draw(w *mvt.Writer, f *mvt.Frame, dst []byte) []byte {
	f.Reset(zoom, column, row, 64)
	w.Reset(dst)
	w.BeginLayer("buildings", cityKeys, c.values)
	for i := range c.shapes {
		var geometry []byte
		switch c.types[i] {
		case mvt.Polygons:
			geometry = f.Polygons(&c.shapes[i])
		case mvt.Lines:
			geometry = f.Lines(&c.shapes[i])
		default:
			geometry = f.Points(&c.shapes[i])
		}
		if len(geometry) == 0 {
			continue
		}
		w.Tags(c.tags[i])
		w.Feature(uint64(i+1), c.types[i], geometry)
	}
	w.EndLayer()
	return w.Bytes()
}

// BenchmarkTile writes a tile of 1,000 features: one in which all lie inside, and
// one in which a third of them cross its border or lie beyond it.
func BenchmarkTile(b *testing.B) {
	for _, bench := range []struct {
		name   string
		spread float64
	}{{"inside", mvt.Extent - 1200}, {"border", mvt.Extent + 1200}} {
		b.Run(bench.name, func(b *testing.B) {
			c := makeCity(1000, bench.spread)
			var w mvt.Writer
			var f mvt.Frame
			dst := c.draw(&w, &f, nil)
			b.ReportAllocs()
			for b.Loop() {
				dst = c.draw(&w, &f, dst[:0])
			}
			perOp := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(perOp/float64(c.corners), "ns/corner")
			b.ReportMetric(perOp/float64(len(c.shapes)), "ns/feature")
			b.ReportMetric(float64(len(dst)), "bytes")
		})
	}
}

// BenchmarkLargeRing cuts a ring of 10,000 corners of which a tile sees little.
func BenchmarkLargeRing(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	s := shapeOf([][]place{star(r, place{}, 39_000, 40_000, 10_000)})
	var f mvt.Frame
	f.Reset(zoom, column+9, row, 64)
	b.ReportAllocs()
	for b.Loop() {
		if len(f.Polygons(&s)) == 0 {
			b.Fatal("nothing is left")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/corner")
}

// BenchmarkSimple asks whether a building is valid at a zoom.
func BenchmarkSimple(b *testing.B) {
	c := makeCity(1000, 2000)
	var m mvt.Mender
	i := 0
	for b.Loop() {
		m.Simple(&c.shapes[i%len(c.shapes)], 14)
		i++
	}
}

// BenchmarkMend mends spirals of 60 corners that touch themselves.
func BenchmarkMend(b *testing.B) {
	s := shapeOf([][]place{spiral(place{2000, 2000}, 2, 3, 0.1)})
	s.Flawed = true
	var f mvt.Frame
	f.Reset(zoom, column, row, 64)
	b.ReportAllocs()
	for b.Loop() {
		f.Polygons(&s)
	}
}
