package mvt_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"

	"gridatlas/tiles/mvt"
)

func TestStars(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var f mvt.Frame
	var m mvt.Mender
	flawed, cut := 0, 0
	for range 20000 {
		// star
		n := 3 + rng.IntN(20)
		s := mvt.Shape{Box: mvt.NoBox}
		r := math.Exp(rng.Float64()*8) * 16
		cx, cy := 2048*16+rng.Float64()*4096*16, 2048*16+rng.Float64()*4096*16
		for i := range n {
			a := float64(i) / float64(n) * 2 * math.Pi
			d := r * (0.02 + rng.Float64())
			p := mvt.Point{uint32(max(0, cx+d*math.Cos(a)) + 1<<20), uint32(max(0, cy+d*math.Sin(a)) + 1<<20)}
			s.Corners = append(s.Corners, p)
			s.Box = s.Box.Extend(p)
		}
		s.Parts = []mvt.Offset{0, mvt.Offset(n)}
		f.Reset(16, 1<<20>>16, 1<<20>>16, 64)
		s.Flawed = !m.Simple(&s, 16)
		if s.Flawed {
			flawed++
		}
		g := f.Polygons(&s)
		if len(g) == 0 {
			continue
		}
		var w mvt.Writer
		w.Reset(nil)
		w.BeginLayer("a", nil, mvt.Values{})
		w.Feature(1, mvt.Polygons, g)
		w.EndLayer()
		layers, err := orbmvt.Unmarshal(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := layers[0].Features[0].Geometry.(orb.MultiPolygon); ok {
			cut++
		}
	}
	t.Log(flawed, cut)
}
