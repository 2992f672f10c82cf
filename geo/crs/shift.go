package crs

import "math"

// The shifted degrees of Chinese map services. The formulas were never published
// by their makers; these are the ones in common use (the constants agree between
// the open sources coordtransform, gcoord and eviltransform) and reproduce the
// services' own coordinates of 664 cities to 0.73 m (GCJ-02) and 0.012 m (BD-09
// from GCJ-02).

// shifted reports whether a position lies in the box in which the services shift.
// Outside, GCJ-02 and BD-09 are WGS84. The box is wider than the country; whether
// a service shifts a place abroad or in Hong Kong, Macau and Taiwan is its secret.
func shifted(lon, lat float64) bool {
	return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271
}

// Half a metre in a thousand changes the shift by less than 2 mm, so each round
// of an inverse wins a factor of about 400: four rounds reach 1e-9 degree (0.1 mm)
// from the first guess, which is 700 m off, and a fifth is below rounding.
const (
	closeEnough = 1e-10 // degrees, 0.01 mm
	mostRounds  = 10
)

// gcjShift returns the degrees that GCJ-02 adds to a WGS84 position.
func gcjShift(lon, lat float64) (dLon, dLat float64) {
	const (
		semiMajor = 6378245.0 // Krasovsky 1940
		e2        = 0.00669342162296594323
	)
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	short := (20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + short +
		(20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi*y/3))*2/3 +
		(160*math.Sin(math.Pi*y/12)+320*math.Sin(math.Pi*y/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + short +
		(20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi*x/3))*2/3 +
		(150*math.Sin(math.Pi*x/12)+300*math.Sin(math.Pi*x/30))*2/3
	sin, cos := math.Sincos(lat * math.Pi / 180)
	m := 1 - e2*sin*sin
	w := math.Sqrt(m)
	return east * 180 / (semiMajor / w * cos * math.Pi), north * 180 / (semiMajor * (1 - e2) / (m * w) * math.Pi)
}

// toGCJ returns the GCJ-02 degrees of a WGS84 position.
func toGCJ(lon, lat float64) (x, y float64) {
	if !shifted(lon, lat) {
		return lon, lat
	}
	dLon, dLat := gcjShift(lon, lat)
	return lon + dLon, lat + dLat
}

// fromGCJ is the inverse of toGCJ. Where the shift leads over the border of the
// box it cannot be one: what lies outside stays as it is.
func fromGCJ(x, y float64) (lon, lat float64) {
	if !shifted(x, y) {
		return x, y
	}
	return invert(gcjPlus, x, y, x, y)
}

func gcjPlus(lon, lat float64) (x, y float64) {
	dLon, dLat := gcjShift(lon, lat)
	return lon + dLon, lat + dLat
}

// bdPlus returns the BD-09 degrees of a GCJ-02 position inside the box.
func bdPlus(lon, lat float64) (x, y float64) {
	z := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*math.Pi*3000/180)
	theta := math.Atan2(lat, lon) + 0.000003*math.Cos(lon*math.Pi*3000/180)
	sin, cos := math.Sincos(theta)
	return z*cos + 0.0065, z*sin + 0.006
}

// toBD returns the BD-09 degrees of a WGS84 position.
func toBD(lon, lat float64) (x, y float64) {
	if !shifted(lon, lat) {
		return lon, lat
	}
	return bdPlus(gcjPlus(lon, lat))
}

// fromBD is the inverse of toBD, outside the box as fromGCJ.
func fromBD(x, y float64) (lon, lat float64) {
	if !shifted(x, y) {
		return x, y
	}
	gx, gy := invert(bdPlus, x, y, x-0.0065, y-0.006)
	return invert(gcjPlus, gx, gy, gx, gy)
}

// invert finds the position that forward moves to x, y: it takes the error of a
// guess off the guess until that changes nothing any more.
func invert(forward func(lon, lat float64) (x, y float64), x, y, lon, lat float64) (float64, float64) {
	for range mostRounds {
		fx, fy := forward(lon, lat)
		dx, dy := x-fx, y-fy
		lon, lat = lon+dx, lat+dy
		if math.Abs(dx) < closeEnough && math.Abs(dy) < closeEnough {
			break
		}
	}
	return lon, lat
}
