package match

import (
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// addStreets adds what stands at a number of a street, where two streets meet, and
// the streets themselves.
func (f *finding) addStreets(r *reading) {
	streets := r.streets(f.x)
	for _, h := range streets {
		for _, feature := range f.x.at[address{h.entry, r.number}] {
			f.add(Candidate{Key: geo.KeyOf(feature), At: f.x.middle(feature), Score: h.trust(), kind: ofAddress, exactly: h.how == exact && !h.loose,
				Reasons: []Reason{f.x.reason(h), {"门牌" + r.number + "号", "number " + r.number}}})
		}
	}
	for i, a := range streets {
		for _, b := range streets[i+1:] {
			if a.span != b.span && a.entry != b.entry {
				f.addCrossing(a, b)
			}
		}
	}
	for _, h := range streets {
		f.addStreet(h)
	}
}

func (f *finding) addCrossing(a, b hit) {
	corners := map[geo.Point]bool{}
	for _, piece := range f.x.pieces[a.entry] {
		for _, p := range piece.Shape.Points() {
			corners[p] = true
		}
	}
	var shared []geo.Point
	for _, piece := range f.x.pieces[b.entry] {
		for _, p := range piece.Shape.Points() {
			if corners[p] {
				shared = append(shared, p)
			}
		}
	}
	if len(shared) == 0 {
		return
	}
	// Two carriageways meet in several corners of one crossing.
	f.add(Candidate{Key: geo.KeyOf(f.x.entries[a.entry].feature), At: shared[len(shared)/2], Score: a.trust() * b.trust(), kind: ofCrossing,
		Reasons: []Reason{f.x.reason(a), f.x.reason(b), {"两路交叉口", "the crossing of both"}}})
}

// addStreet adds the middle of a street, or of its part in the stated community.
func (f *finding) addStreet(h hit) {
	c := Candidate{Key: geo.KeyOf(f.x.entries[h.entry].feature), Score: h.trust(), kind: ofStreet, Reasons: []Reason{f.x.reason(h)}}
	pieces := f.x.pieces[h.entry]
	var inside []*geo.Street
	for _, place := range f.stated.hits[0] {
		shape := f.x.entries[place.entry].feature.Common().Shape
		for _, piece := range pieces {
			if shape.Covers(f.x.middle(piece)) {
				inside = append(inside, piece)
			}
		}
	}
	if len(inside) > 0 {
		pieces = inside
		c.Score *= 1.3
	}
	c.At = f.x.middle(pieces[len(pieces)/2])
	c.Reasons = append(c.Reasons, Reason{"只知道路，取中点", "only the street is known: its middle"})
	f.add(c)
}

const (
	gateToStreet = 60 // m from a gate to the street that it opens to
	sideOffset   = 2  // m from the kerb
	maxPieces    = 200
)

// along goes a distance from a point in a direction: along the street that leads
// there, if one is near, to the side of it that is written; else straight.
func (x *Index) along(from geo.Point, s spot) geo.Point {
	d, ok := bearings[s.bearing]
	if !ok {
		return from
	}
	street, foot, at := x.streetToward(from, d)
	local := crs.NewLocal(from)
	if street == nil {
		return local.Point(d[0]*s.metres, d[1]*s.metres)
	}
	end, course := x.follow(street, foot, at, d, s.metres)
	side, ok := bearings[s.side]
	if !ok {
		// No word of the side: that of the gate.
		gx, gy := local.XY(at)
		side = [2]float64{-gx, -gy}
	}
	// Left of the course or right of it, whichever looks to the side.
	left := [2]float64{-course[1], course[0]}
	if left[0]*side[0]+left[1]*side[1] < 0 {
		left = [2]float64{-left[0], -left[1]}
	}
	off := street.WidthM.Or(8)/2 + sideOffset
	return crs.NewLocal(end).Point(left[0]*off, left[1]*off)
}

// streetToward finds the street nearest to a point that runs in a direction, more
// or less: the piece, the index of the segment and the foot on it. Lanes and paths
// count only where there is nothing else.
func (x *Index) streetToward(from geo.Point, d [2]float64) (best *geo.Street, segment int, foot geo.Point) {
	local := crs.NewLocal(from)
	dx, dy := local.Steps(gateToStreet)
	box := geo.Box{W: from.X, S: from.Y, E: from.X, N: from.Y}.Grown(dx, dy)
	nearest := math.Inf(1)
	for piece := range snapshot.Search[*geo.Street](x.snap, box) {
		penalty := 0.0
		if piece.Class == "lane" || piece.Class == "path" {
			penalty = gateToStreet
		}
		points := piece.Shape.Part(0).Points
		for i := 1; i < len(points); i++ {
			ax, ay := local.XY(points[i-1])
			bx, by := local.XY(points[i])
			length := math.Hypot(bx-ax, by-ay)
			if length == 0 || math.Abs((bx-ax)*d[0]+(by-ay)*d[1]) < length*math.Cos(math.Pi/4) {
				continue
			}
			t := min(max(-(ax*(bx-ax)+ay*(by-ay))/(length*length), 0), 1)
			px, py := ax+t*(bx-ax), ay+t*(by-ay)
			away := math.Hypot(px, py)
			if away <= gateToStreet && (away+penalty < nearest || away+penalty == nearest && piece.ID < best.ID) {
				nearest, best, segment, foot = away+penalty, piece, i-1, local.Point(px, py)
			}
		}
	}
	return best, segment, foot
}

// follow walks along a street, and on to the pieces that go on from it, and
// returns where it ends and the unit course there.
func (x *Index) follow(piece *geo.Street, segment int, at geo.Point, d [2]float64, metres float64) (geo.Point, [2]float64) {
	points := piece.Shape.Part(0).Points
	if ax, ay := crs.NewLocal(points[segment]).XY(points[segment+1]); ax*d[0]+ay*d[1] < 0 {
		points = slices.Clone(points)
		slices.Reverse(points)
		segment = len(points) - 2 - segment
	}
	course := [2]float64{}
	for range maxPieces {
		for _, next := range points[segment+1:] {
			x, y := crs.NewLocal(at).XY(next)
			length := math.Hypot(x, y)
			if length == 0 {
				continue
			}
			course = [2]float64{x / length, y / length}
			if length >= metres {
				return crs.NewLocal(at).Point(course[0]*metres, course[1]*metres), course
			}
			metres -= length
			at = next
		}
		points = x.straightOn(at, course)
		if points == nil {
			break
		}
		segment = 0
	}
	// The street ends: straight on.
	if course == [2]float64{} {
		course = d
	}
	return crs.NewLocal(at).Point(course[0]*metres, course[1]*metres), course
}

// straightOn returns the points of the piece that goes on from a corner with the
// smallest turn, if that is under 45 degrees.
func (x *Index) straightOn(at geo.Point, course [2]float64) []geo.Point {
	local := crs.NewLocal(at)
	best := math.Cos(math.Pi / 4)
	var points []geo.Point
	for piece := range snapshot.Search[*geo.Street](x.snap, geo.Box{W: at.X, S: at.Y, E: at.X, N: at.Y}) {
		line := piece.Shape.Part(0).Points
		for i, p := range line {
			if p != at {
				continue
			}
			if i+1 < len(line) {
				if ex, ey := local.XY(line[i+1]); cosine(course, ex, ey) > best {
					best, points = cosine(course, ex, ey), line[i:]
				}
			}
			if i > 0 {
				if ex, ey := local.XY(line[i-1]); cosine(course, ex, ey) > best {
					best, points = cosine(course, ex, ey), slices.Clone(line[:i+1])
					slices.Reverse(points)
				}
			}
		}
	}
	return points
}

func cosine(course [2]float64, x, y float64) float64 {
	length := math.Hypot(x, y)
	if length == 0 {
		return -1
	}
	return (course[0]*x + course[1]*y) / length
}
