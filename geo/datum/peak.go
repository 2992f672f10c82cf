package datum

import (
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// A sample of another datum comes to lie beside its place: Xian 1980 and Beijing
// 1954 are 30 to 150 m from CGCS2000, a city's own system anything. Where things
// repeat (parallel streets, rows of houses) it may beat chance there all the same,
// but then it fits better a push away.
const (
	peakReach  = 160.0 // metres
	peakStep   = 14.0  // a street is met from 8 m to either side
	peakClaims = 60    // for the first look
	fineClaims = 200   // for the second
)

// peak is the push within reach under which a reading fits best.
type peak struct {
	east, north float64 // metres
	fits        float64 // of all claims
}

// off is how far the peak is from where the reading puts the sample.
func (p peak) off() float64 { return math.Hypot(p.east, p.north) }

// peak looks at every place of a wide mesh with a few claims, then closer around
// the three best of them with more.
func (r *reading) peak(g *ground, claims []claim) peak {
	local := crs.NewLocal(r.middle())
	middle := local.Point(0, 0)
	fits := func(east, north float64, most int) float64 {
		to := local.Point(east, north)
		share, _ := r.fits(g, claims, to.X-middle.X, to.Y-middle.Y, 1+len(claims)/most)
		return share
	}
	var best [3]peak
	const steps = 11 // peakReach / peakStep
	for i := -steps; i <= steps; i++ {
		for j := -steps; j <= steps; j++ {
			p := peak{east: float64(i) * peakStep, north: float64(j) * peakStep}
			if p.off() > peakReach {
				continue
			}
			p.fits = fits(p.east, p.north, peakClaims)
			for k := range best {
				if p.fits > best[k].fits {
					p, best[k] = best[k], p
				}
			}
		}
	}
	top := peak{fits: -1}
	for _, p := range best {
		p.fits = fits(p.east, p.north, fineClaims)
		for step := peakStep / 2; step >= 2; step /= 2 {
			around := p
			for _, by := range [][2]float64{{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 0}, {1, 1}} {
				q := peak{east: around.east + by[0]*step, north: around.north + by[1]*step}
				if q.fits = fits(q.east, q.north, fineClaims); q.fits > p.fits {
					p = q
				}
			}
		}
		if p.fits > top.fits {
			top = p
		}
	}
	top.fits = fits(top.east, top.north, max(1, len(claims)))
	return top
}

// beats reports whether a sample fits so much better a push away that the reading
// cannot be the true one.
func (p peak) beats(r *reading) bool {
	return p.off() > sameThing && p.fits > r.Fits+max(clearShare, 2*r.deviation)
}

// push returns the peak as a length to the east and one to the north.
func (p peak) push() (east, north geo.Metres) { return geo.Metres(p.east), geo.Metres(p.north) }
