package crs

import "math"

// The transverse Mercator projection by Krueger's series in the third flattening
// n, carried to n^6 (L. Krueger 1912; coefficients as in C. F. F. Karney,
// "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85,
// 2011, equations 35 and 36). Within 4 degrees of the central meridian the series
// is good to nanometres, and what float64 leaves is below that of a coordinate.

// The ellipsoid of CGCS2000, in metres; its minor axis is 0.1 mm shorter than
// that of WGS84.
const (
	chinaSemiMajor = 6378137.0
	chinaFlatInv   = 298.257222101
)

// Figures that follow from the ellipsoid.
const (
	chinaFlattening = 1 / chinaFlatInv
	chinaE2         = chinaFlattening * (2 - chinaFlattening) // first eccentricity squared
	n1              = chinaFlattening / (2 - chinaFlattening) // third flattening
	n2              = n1 * n1
	n3              = n2 * n1
	n4              = n3 * n1
	n5              = n4 * n1
	n6              = n5 * n1
	rectifying      = chinaSemiMajor / (1 + n1) * (1 + n2/4 + n4/64 + n6/256) // radius of the meridian's length
)

var chinaE = math.Sqrt(chinaE2)

// alpha leads from the conformal sphere to the plane, beta back.
var (
	alpha = [6]float64{
		n1/2 - n2*2/3 + n3*5/16 + n4*41/180 - n5*127/288 + n6*7891/37800,
		n2*13/48 - n3*3/5 + n4*557/1440 + n5*281/630 - n6*1983433/1935360,
		n3*61/240 - n4*103/140 + n5*15061/26880 + n6*167603/181440,
		n4*49561/161280 - n5*179/168 + n6*6601661/7257600,
		n5*34729/80640 - n6*3418889/1995840,
		n6 * 212378941 / 319334400,
	}
	beta = [6]float64{
		n1/2 - n2*2/3 + n3*37/96 - n4/360 - n5*81/512 + n6*96199/604800,
		n2/48 + n3/15 - n4*437/1440 + n5*46/105 - n6*1118711/3870720,
		n3*17/480 - n4*37/840 - n5*209/4480 + n6*5569/90720,
		n4*4397/161280 - n5*11/504 - n6*830251/7257600,
		n5*4583/161280 - n6*108847/3991680,
		n6 * 20648693 / 638668800,
	}
)

// sineSeries returns the sum of c[j] sin(2(j+1)(xi + i eta)), real and imaginary
// part, by Clenshaw's recurrence.
func sineSeries(c *[6]float64, xi, eta float64) (re, im float64) {
	sin, cos := math.Sincos(2 * xi)
	sinh, cosh := sinhCosh(2 * eta)
	// 2 cos(2(xi + i eta))
	ar, ai := 2*cos*cosh, -2*sin*sinh
	var br, bi, cr, ci float64
	for j := 5; j >= 0; j-- {
		br, bi, cr, ci = ar*br-ai*bi-cr+c[j], ar*bi+ai*br-ci, br, bi
	}
	// The sum is b times sin(2(xi + i eta)).
	sr, si := sin*cosh, cos*sinh
	return br*sr - bi*si, br*si + bi*sr
}

func sinhCosh(v float64) (sinh, cosh float64) {
	sinh = math.Sinh(v)
	return sinh, math.Sqrt(1 + sinh*sinh)
}

// conformal returns the tangent of the conformal latitude for that of a latitude.
func conformal(tau float64) float64 {
	secant := math.Sqrt(1 + tau*tau)
	sigma := math.Sinh(chinaE * math.Atanh(chinaE*tau/secant))
	return tau*math.Sqrt(1+sigma*sigma) - sigma*secant
}

// latitudeTan is the inverse of conformal, by Newton's method: from the first
// guess the error falls to rounding in two or three rounds at any latitude.
func latitudeTan(chi float64) float64 {
	tau := chi / (1 - chinaE2)
	for range 5 {
		at := conformal(tau)
		step := (chi - at) / math.Sqrt(1+at*at) * (1 + (1-chinaE2)*tau*tau) / ((1 - chinaE2) * math.Sqrt(1+tau*tau))
		tau += step
		if math.Abs(step) <= 1e-14*max(1, math.Abs(tau)) {
			break
		}
	}
	return tau
}

// project returns metres east of the meridian and north of the equator, at scale
// 1 on the meridian, for degrees east of the meridian and latitude.
func project(dLon, lat float64) (east, north float64) {
	sin, cos := math.Sincos(dLon * math.Pi / 180)
	chi := conformal(math.Tan(lat * math.Pi / 180))
	xi := math.Atan2(chi, cos)
	eta := math.Asinh(sin / math.Hypot(chi, cos))
	dXi, dEta := sineSeries(&alpha, xi, eta)
	return rectifying * (eta + dEta), rectifying * (xi + dXi)
}

// unproject is the inverse of project.
func unproject(east, north float64) (dLon, lat float64) {
	xi, eta := north/rectifying, east/rectifying
	dXi, dEta := sineSeries(&beta, xi, eta)
	xi, eta = xi-dXi, eta-dEta
	sinh := math.Sinh(eta)
	sin, cos := math.Sincos(xi)
	tau := latitudeTan(sin / math.Hypot(sinh, cos))
	return math.Atan2(sinh, cos) * 180 / math.Pi, math.Atan(tau) * 180 / math.Pi
}
