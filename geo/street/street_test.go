package street_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
	draw "gridatlas/geo/street/streettest"
)

func build(town *draw.Town) *street.Network { return street.Build(town.Snapshot(), nil) }

// plainEdges returns the number of links that are no doors, both ways counted.
func lengths(n *street.Network) []int32 {
	var mm []int32
	for _, e := range n.Edges {
		mm = append(mm, (e.MM+500)/1000)
	}
	slices.Sort(mm)
	return mm
}

func TestJoining(t *testing.T) {
	level := func(l int32) func(*geo.Street) {
		return func(s *geo.Street) { s.Level = geo.Some(l) }
	}
	steps := func(s *geo.Street) { s.Steps = true }
	for _, c := range []struct {
		name    string
		town    func(*draw.Town)
		nodes   int
		metres  []int32
		islands int
	}{
		{"one line of many corners", func(town *draw.Town) { town.Street(nil, 0, 0, 10, 0, 20, 0, 30, 0) }, 2, []int32{30}, 1},
		{"two lines end to end fold", func(town *draw.Town) {
			town.Street(nil, 0, 0, 10, 0)
			town.Street(nil, 30, 0, 10, 0)
		}, 2, []int32{30}, 1},
		{"steps do not fold into the level", func(town *draw.Town) {
			town.Street(nil, 0, 0, 10, 0)
			town.Street(steps, 10, 0, 30, 0)
		}, 3, []int32{10, 20}, 1},
		{"an end on a corner in the middle", func(town *draw.Town) {
			town.Street(nil, 0, 0, 10, 0, 30, 0)
			town.Street(nil, 10, 0, 10, 50)
		}, 4, []int32{10, 20, 50}, 1},
		{"middles that share a corner", func(town *draw.Town) {
			town.Street(nil, -10, 0, 0, 0, 20, 0)
			town.Street(nil, 0, -30, 0, 0, 0, 40)
		}, 5, []int32{10, 20, 30, 40}, 1},
		{"crossing in plan without a corner", func(town *draw.Town) {
			town.Street(nil, -10, 0, 20, 0)
			town.Street(nil, 0, -30, 0, 40)
		}, 4, []int32{30, 70}, 2},
		{"middles of two levels", func(town *draw.Town) {
			town.Street(nil, -10, 0, 0, 0, 20, 0)
			town.Street(level(1), 0, -30, 0, 0, 0, 40)
		}, 4, []int32{30, 70}, 2},
		{"a bridge ends on the street", func(town *draw.Town) {
			town.Street(nil, -10, 0, 0, 0, 20, 0)
			town.Street(level(1), 0, 0, 0, 40)
		}, 4, []int32{10, 20, 40}, 1},
		{"ends of two levels", func(town *draw.Town) {
			town.Street(level(1), -10, 0, 0, 0)
			town.Street(level(2), 0, 0, 20, 0)
		}, 2, []int32{30}, 1},
		{"a ring by itself", func(town *draw.Town) { town.Street(nil, 0, 0, 10, 0, 10, 10, 0, 10, 0, 0) }, 1, []int32{40}, 1},
		{"a ring of two lines", func(town *draw.Town) {
			town.Street(nil, 0, 0, 10, 0, 10, 10)
			town.Street(nil, 10, 10, 0, 10, 0, 0)
		}, 1, []int32{40}, 1},
		{"a lollipop", func(town *draw.Town) {
			town.Street(nil, 0, -20, 0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
		}, 2, []int32{20, 40}, 1},
		{"nobody walks", func(town *draw.Town) {
			town.Street(func(s *geo.Street) { s.Foot = "no" }, 0, 0, 10, 0)
			town.Street(func(s *geo.Street) { s.Foot, s.Class = "", "expressway" }, 0, 0, 10, 0)
		}, 0, nil, 0},
		{"one-way streets of opposite directions", func(town *draw.Town) {
			oneway := func(s *geo.Street) { s.OnewayFoot = geo.Some(true) }
			town.Street(oneway, 0, 0, 10, 0)
			town.Street(oneway, 30, 0, 10, 0)
			town.Street(oneway, 30, 0, 60, 0)
			town.Street(oneway, 60, 0, 100, 0)
		}, 4, []int32{10, 20, 70}, 1},
		{"a shut gate", func(town *draw.Town) {
			town.Street(nil, 0, 0, 30, 0)
			draw.Add(town, &geo.Gate{Foot: "none"}, draw.Dot(10, 1))
		}, 3, []int32{10, 20}, 1},
		{"a compound across the street", func(town *draw.Town) {
			town.Street(nil, 0, 0, 100, 0)
			draw.Add(town, &geo.Compound{ResidentsOnly: geo.Some(true)}, draw.Square(50, 0, 20))
		}, 6, []int32{30, 30, 40}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var town draw.Town
			c.town(&town)
			n := build(&town)
			if n.Nodes() != c.nodes || !slices.Equal(lengths(n), c.metres) || n.Islands() != c.islands {
				t.Errorf("%d nodes, edges of %v m, %d islands; want %d, %v, %d",
					n.Nodes(), lengths(n), n.Islands(), c.nodes, c.metres, c.islands)
			}
		})
	}
}

// TestLinks checks what searches rely on: each way has its opposite, ends where
// its edge ends, and shapes run from tail to head.
func TestLinks(t *testing.T) {
	rng := seedtest.New(t)
	n := build(scribble(rng, 300))
	seen := map[int32]int32{}
	for node := range int32(n.Nodes()) {
		for _, link := range n.Links[n.FirstOut[node]:n.FirstOut[node+1]] {
			if link.Way < 0 {
				continue
			}
			seen[link.Way] = node
			e := n.Edges[link.Way>>1]
			from, to := e.Tail, e.Head
			if link.Way&1 == 1 {
				from, to = to, from
			}
			if from != node || to != link.Head {
				t.Fatalf("way %d runs from %d to %d, its edge says %d to %d", link.Way, node, link.Head, from, to)
			}
		}
	}
	if len(seen) != 2*len(n.Edges) {
		t.Errorf("%d ways for %d edges", len(seen), len(n.Edges))
	}
	for i, e := range n.Edges {
		shape := n.Shape(int32(i))
		if shape[0] != n.Point(e.Tail) || shape[len(shape)-1] != n.Point(e.Head) {
			t.Errorf("edge %d: the shape does not run from tail to head", i)
		}
		if got := n.AppendPath(nil, int32(i), 0, e.MM); !slices.Equal(slices.Compact(got), shape) {
			t.Errorf("edge %d: the path along it is not its shape", i)
		}
		back := slices.Compact(n.AppendPath(nil, int32(i), e.MM, 0))
		slices.Reverse(back)
		if !slices.Equal(back, shape) {
			t.Errorf("edge %d: the path against it is not its shape", i)
		}
	}
}

// scribble draws streets that share corners, walls and water on 1 km2.
func scribble(rng *rand.Rand, streets int) *draw.Town {
	town := &draw.Town{}
	spot := func() (x, y float64) { return float64(rng.IntN(40)) * 25, float64(rng.IntN(40)) * 25 }
	for range streets {
		x, y := spot()
		path := []float64{x, y}
		for range 1 + rng.IntN(4) {
			x, y = x+float64(rng.IntN(5)-2)*25, y+float64(rng.IntN(5)-2)*25
			path = append(path, x, y)
		}
		town.Street(nil, path...)
	}
	for range 40 {
		x, y := rng.Float64()*1000, rng.Float64()*1000
		draw.Add(town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(x, y, x+rng.Float64()*100-50, y+rng.Float64()*100-50)))
	}
	for range 10 {
		draw.Add(town, &geo.LandArea{Kind: "water"}, draw.Square(rng.Float64()*1000, rng.Float64()*1000, 5+rng.Float64()*30))
	}
	return town
}

func TestDeterminism(t *testing.T) {
	seed := seedtest.New(t).Uint64()
	again := func() *street.Network {
		return build(scribble(rand.New(rand.NewPCG(seed, 2)), 300))
	}
	a, b := again(), again()
	if !reflect.DeepEqual(a.Edges, b.Edges) || !slices.Equal(a.FirstOut, b.FirstOut) || !slices.Equal(a.Links, b.Links) {
		t.Error("equal towns give different networks")
	}
}

// turn is the exact side of c from the line a-b.
func turn(a, b, c geo.Point) int64 {
	ax, ay := int64(a.X), int64(a.Y)
	return (int64(b.X)-ax)*(int64(c.Y)-ay) - (int64(b.Y)-ay)*(int64(c.X)-ax)
}

func beside(p, step geo.Point) geo.Point { return geo.Point{X: p.X + step.X, Y: p.Y + step.Y} }

// TestSnapAgreesWithBruteForce compares with a look at every piece of street and
// every wall. Where a wall is touched or nearly so the two may differ by the
// rounding of the foot to the lattice, and somebody may stand on one: what hangs on two
// steps of it is left out, and so is the end of the reach.
func TestSnapAgreesWithBruteForce(t *testing.T) {
	// Home's metres and those of the point differ by 1 in 5,000 at 1 km: how far apart
	// the two may be where the reach ends.
	const nearly = street.Reach / 2000
	rng := seedtest.New(t)
	compared, walled, none := 0, 0, 0
	for _, streets := range []int{3, 12, 60, 200} {
		town := scribble(rng, streets)
		s := town.Snapshot()
		n := street.Build(s, nil)
		type piece struct{ a, b geo.Point }
		var walls []piece
		for b := range snapshot.All[*geo.Barrier](s) {
			p := b.Shape.Points()
			walls = append(walls, piece{p[0], p[1]})
		}
		for w := range snapshot.All[*geo.LandArea](s) {
			p := w.Shape.Points()
			for i := range p {
				walls = append(walls, piece{p[i], p[(i+1)%len(p)]})
			}
		}
		small := func(edge int32) bool {
			sum := int64(0)
			for i, e := range n.Edges {
				if n.Island(int32(i)) == n.Island(edge) {
					sum += int64(e.MM)
				}
			}
			return sum < 500_000
		}
		isSmall := make([]bool, len(n.Edges))
		for i := range n.Edges {
			isSmall[i] = small(int32(i))
		}
		for range 400 {
			x, y := rng.Float64()*1600-300, rng.Float64()*1600-300
			p := draw.At(x, y)
			px, py := draw.XY(p)
			best := [2]float64{math.Inf(1), math.Inf(1)} // on small islands, on others
			blocked, unsure := false, math.Inf(1)
			free := func(p, foot geo.Point) bool {
				for _, w := range walls {
					if turn(p, foot, w.a) > 0 != (turn(p, foot, w.b) > 0) && turn(w.a, w.b, p) > 0 != (turn(w.a, w.b, foot) > 0) {
						return false
					}
				}
				return true
			}
			for i := range n.Edges {
				shape := n.Shape(int32(i))
				for k := 1; k < len(shape); k++ {
					ax, ay := draw.XY(shape[k-1])
					bx, by := draw.XY(shape[k])
					dx, dy := bx-ax, by-ay
					f := min(max(((px-ax)*dx+(py-ay)*dy)/(dx*dx+dy*dy), 0), 1)
					fx, fy := ax+f*dx, ay+f*dy
					d := math.Hypot(fx-px, fy-py)
					class := 1
					if isSmall[i] {
						class = 0
					}
					if d >= best[class] || d > street.Reach+nearly {
						continue
					}
					foot := draw.At(fx, fy)
					reaches := free(p, foot)
					for _, step := range []geo.Point{{X: 2, Y: 2}, {X: 2, Y: -2}, {X: -2, Y: 2}, {X: -2, Y: -2}} {
						if free(p, beside(foot, step)) != reaches || free(beside(p, step), foot) != reaches {
							unsure = min(unsure, d)
						}
					}
					if reaches {
						best[class] = d
					} else {
						blocked = true
					}
				}
			}
			want := best[1]
			if math.IsInf(want, 1) {
				want = best[0]
			}
			if math.Abs(want-street.Reach) < nearly || !math.IsInf(unsure, 1) && unsure <= best[1] {
				continue
			}
			foot, ok := n.Snap(p, nil)
			if ok == math.IsInf(want, 1) {
				t.Errorf("at %.2f, %.2f: snaps is %v, brute force finds %.3f m", x, y, ok, want)
				continue
			}
			if !ok {
				none++
				continue
			}
			if math.Abs(float64(foot.Leg)/1000-want) > 0.001+want/2000 {
				t.Errorf("at %.2f, %.2f: %.3f m to edge %d, brute force finds %.3f m", x, y, float64(foot.Leg)/1000, foot.Edge, want)
			}
			if fx, fy := draw.XY(n.At(foot.Edge, foot.MM)); math.Hypot(fx-px, fy-py)-want > 0.05 {
				t.Errorf("at %.2f, %.2f: the place on the edge is %.3f m away, the leg %.3f m", x, y, math.Hypot(fx-px, fy-py), want)
			}
			compared++
			if blocked {
				walled++
			}
		}
	}
	t.Logf("%d points compared, %d with a wall in some way, %d reach nothing", compared, walled, none)
	if compared < 500 || walled < 100 || none < 100 {
		t.Error("the walls or the reach were hardly tried")
	}
}

// TestBridgesAreJoinedFromBesideThem: a bridge and a tunnel take only what lies
// within 8 m.
func TestBridgesAreJoinedFromBesideThem(t *testing.T) {
	for _, change := range []func(*geo.Street){
		func(s *geo.Street) { s.Bridge = true },
		func(s *geo.Street) { s.Tunnel = true },
		func(s *geo.Street) { s.Level = geo.Some(int32(-1)) },
	} {
		var town draw.Town
		town.Street(nil, 0, 100, 600, 100)
		town.Street(change, 0, 100, 0, 0, 600, 0)
		n := build(&town)
		for y, want := range map[float64]float64{-7.9: 7.9, -8.1: 108.1} {
			foot, ok := n.Snap(draw.At(300, y), nil)
			if !ok || math.Abs(float64(foot.Leg)/1000-want) > 0.02 {
				t.Errorf("from %v m beside it: %v, leg %d mm, want %v m", y, ok, foot.Leg, want)
			}
		}
	}
}

// TestClosuresBringNobodyRoundAWall: a wall stands before the nearest street, so a
// point joins another. A closure on the nearest street moves the place there that
// could be joined to where the wall no longer stands in the way, and the point
// still joins the other one.
func TestClosuresBringNobodyRoundAWall(t *testing.T) {
	var town draw.Town
	town.Street(nil, -300, 0, 300, 0)
	town.Street(nil, -300, 0, -300, 40, 300, 40)
	draw.Add(&town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-2, 7, 2, 7)))
	draw.Add(&town, &geo.Closure{}, geo.LineShape(draw.Path(-8, 0, 8, 0)))
	s := town.Snapshot()
	n := street.Build(s, nil)
	closed := n.Limits(snapshot.All[*geo.Closure](s)).At(0, nil)
	for _, x := range []float64{-20, -1, 0, 1, 20} {
		open, _ := n.Snap(draw.At(x, 15), nil)
		foot, ok := n.Snap(draw.At(x, 15), closed)
		if !ok || foot != open {
			t.Errorf("at %v: %+v, without the closure %+v", x, foot, open)
		}
		want := 15.0
		if x > -4 && x < 4 {
			want = 25
		}
		if math.Abs(float64(foot.Leg)/1000-want) > 0.05 {
			t.Errorf("at %v: a leg of %d mm", x, foot.Leg)
		}
	}
}
