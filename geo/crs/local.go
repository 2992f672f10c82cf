package crs

import (
	"errors"
	"fmt"
	"math"
)

// local is a fitted system: an affine transform, of which a similarity is a
// special case, into metres of a transverse Mercator projection whose central
// meridian runs through the middle of the control points. There the projection
// itself lengthens by less than 1 in 30,000 within 50 km.
type local struct {
	points   int
	plane    zone
	x0, y0   float64 // middle of the control points, local
	e0, n0   float64 // the same in the plane
	to       [4]float64
	from     [4]float64
	reach    float64 // metres from the middle
	rms      float64
	affine   bool
	rotation float64 // degrees, counter-clockwise
	scale    float64
}

// String describes the system.
func (l *local) String() string {
	what := "similarity"
	if l.affine {
		what = "affine transform"
	}
	return fmt.Sprintf("local system by %d control points (%s, scale %.6f, turned %.4f degrees, RMS %.3f m)", l.points, what, l.scale, l.rotation, l.rms)
}

// pair is a control point in the local system and in the plane.
type pair struct{ x, y, east, north float64 }

// fit solves the least squares about the middle of the points.
func fit(plane zone, pairs []pair, affine bool) (*local, error) {
	l := &local{points: len(pairs), plane: plane, affine: affine}
	count := float64(len(pairs))
	for _, p := range pairs {
		l.x0, l.y0 = l.x0+p.x/count, l.y0+p.y/count
		l.e0, l.n0 = l.e0+p.east/count, l.n0+p.north/count
	}
	var xx, xy, yy, xe, ye, xn, yn, farthest float64
	for _, p := range pairs {
		x, y, e, n := p.x-l.x0, p.y-l.y0, p.east-l.e0, p.north-l.n0
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
		xe, ye, xn, yn = xe+x*e, ye+y*e, xn+x*n, yn+y*n
		farthest = max(farthest, math.Hypot(e, n))
	}
	if farthest < 1 || xx+yy < 1 {
		return nil, errors.New("the control points lie within a metre of each other")
	}
	l.reach = max(10*farthest, 100_000)
	if affine {
		det := xx*yy - xy*xy
		if det <= 1e-6*(xx+yy)*(xx+yy) { // a strip a thousand times as long as wide
			return nil, errors.New("the control points lie on a line, which says nothing of what is across it")
		}
		l.to = [4]float64{(xe*yy - ye*xy) / det, (ye*xx - xe*xy) / det, (xn*yy - yn*xy) / det, (yn*xx - xn*xy) / det}
	} else {
		cos, sin := (xe+yn)/(xx+yy), (xn-ye)/(xx+yy)
		l.to = [4]float64{cos, -sin, sin, cos}
	}
	det := l.to[0]*l.to[3] - l.to[1]*l.to[2]
	if math.Abs(det) < 1e-12 {
		return nil, errors.New("the control points of the two systems have nothing in common")
	}
	l.from = [4]float64{l.to[3] / det, -l.to[1] / det, -l.to[2] / det, l.to[0] / det}
	l.scale = math.Sqrt(math.Abs(det))
	l.rotation = math.Atan2(l.to[2]-l.to[1], l.to[0]+l.to[3]) * 180 / math.Pi
	for _, p := range pairs {
		east, north := l.toPlane(p.x, p.y)
		l.rms += ((east-p.east)*(east-p.east) + (north-p.north)*(north-p.north)) / count
	}
	l.rms = math.Sqrt(l.rms)
	return l, nil
}

// mirrored reports whether the fit turns left into right, as only an affine
// transform can.
func (l *local) mirrored() bool { return l.to[0]*l.to[3]-l.to[1]*l.to[2] < 0 }

// stretch returns the lengths of the longest and the shortest local metre: the
// singular values of the matrix.
func (l *local) stretch() (long, short float64) {
	a, b, c, d := l.to[0], l.to[1], l.to[2], l.to[3]
	sum, difference := math.Hypot(a+d, c-b), math.Hypot(a-d, c+b)
	return (sum + difference) / 2, math.Abs(sum-difference) / 2
}

func (l *local) toPlane(x, y float64) (e, n float64) {
	x, y = x-l.x0, y-l.y0
	return l.e0 + l.to[0]*x + l.to[1]*y, l.n0 + l.to[2]*x + l.to[3]*y
}

func (l *local) toDegrees(x, y float64) (lon, lat float64, ok bool) {
	e, n := l.toPlane(x, y)
	if math.Hypot(e-l.e0, n-l.n0) > l.reach {
		return 0, 0, false
	}
	return l.plane.toDegrees(e, n)
}

func (l *local) fromDegrees(lon, lat float64) (x, y float64, ok bool) {
	e, n, ok := l.plane.fromDegrees(lon, lat)
	e, n = e-l.e0, n-l.n0
	if !ok || math.Hypot(e, n) > l.reach {
		return 0, 0, false
	}
	return l.x0 + l.from[0]*e + l.from[1]*n, l.y0 + l.from[2]*e + l.from[3]*n, true
}

// distance returns the metres from the middle of the control points, roughly.
func (l *local) distance(lon, lat float64) float64 {
	middleLon, middleLat, _ := l.plane.toDegrees(l.e0, l.n0)
	return Distance(At(middleLon, middleLat), At(lon, lat))
}
