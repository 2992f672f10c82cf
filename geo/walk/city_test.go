package walk_test

import (
	"math/rand/v2"

	"gridatlas/geo"
	draw "gridatlas/geo/street/streettest"
)

// plan says what a made-up city is like.
type plan struct {
	side     int     // junctions along each side
	spacing  float64 // metres between them
	missing  float64 // share of streets left out
	houses   int     // buildings a street
	booths   int     // in all
	oneways  bool
	walls    int // straight barriers of 150 m
	compound int // walled residents' squares
}

// city is a bent grid of streets with houses along them, some streets missing,
// some stepped, crossed or one-way.
func (p plan) build(rng *rand.Rand) *draw.Town {
	town := &draw.Town{}
	half := float64(p.side-1) * p.spacing / 2
	at := make([][2]float64, p.side*p.side)
	for i := range at {
		jitter := p.spacing * 0.5
		at[i] = [2]float64{
			float64(i%p.side)*p.spacing - half + (rng.Float64()-0.5)*jitter,
			float64(i/p.side)*p.spacing - half + (rng.Float64()-0.5)*jitter,
		}
	}
	street := func(i, j int) {
		if rng.Float64() < p.missing {
			return
		}
		a, b := at[i], at[j]
		mx, my := (a[0]+b[0])/2+(rng.Float64()-0.5)*p.spacing*0.1, (a[1]+b[1])/2+(rng.Float64()-0.5)*p.spacing*0.1
		town.Street(func(s *geo.Street) {
			switch rng.IntN(20) {
			case 0:
				s.Steps = true
			case 1:
				s.Crossing = true
			case 2:
				s.OnewayFoot = geo.Opt[bool]{Value: p.oneways, Known: true}
			}
		}, a[0], a[1], mx, my, b[0], b[1])
		for range p.houses {
			f, off := rng.Float64(), 12+rng.Float64()*12
			if rng.IntN(2) == 0 {
				off = -off
			}
			x, y := a[0]+f*(b[0]-a[0]), a[1]+f*(b[1]-a[1])
			if i+1 == j {
				y += off
			} else {
				x += off
			}
			b := draw.Add(town, &geo.Building{Use: "residential", Households: geo.Some(int32(10)), Residents: geo.Some(int32(20 + rng.IntN(20)))},
				draw.Square(x, y, 4+rng.Float64()*4))
			if b.ID%3 == 0 {
				b.Source = "估算（人口）：按住宅建筑面积分摊社区统计数 2026-11-25"
			}
		}
	}
	for i := range at {
		if i%p.side < p.side-1 {
			street(i, i+1)
		}
		if i/p.side < p.side-1 {
			street(i, i+p.side)
		}
	}
	trades := []string{"shoe", "bicycle", "key"}
	for range p.booths {
		x, y := (rng.Float64()*2-1)*half, (rng.Float64()*2-1)*half
		draw.Add(town, &geo.Booth{Trades: []string{trades[rng.IntN(3)]}, Hours: "Mo-Su 08:00-18:00"}, draw.Dot(x, y))
	}
	for range p.walls {
		x, y := (rng.Float64()*2-1)*half, (rng.Float64()*2-1)*half
		dx, dy := 150.0, 0.0
		if rng.IntN(2) == 0 {
			dx, dy = dy, dx
		}
		draw.Add(town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(x, y, x+dx, y+dy)))
	}
	for range p.compound {
		x, y := (rng.Float64()*2-1)*half, (rng.Float64()*2-1)*half
		draw.Add(town, &geo.Compound{ResidentsOnly: geo.Some(true)}, draw.Square(x, y, p.spacing*1.3))
	}
	return town
}

// points returns the middles of the buildings.
func middles(town *draw.Town) []geo.Point {
	var list []geo.Point
	for b := range buildings(town) {
		list = append(list, b.Shape.Box().Centre())
	}
	return list
}
