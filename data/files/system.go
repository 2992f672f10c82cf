package files

// WGS84 is the system of GeoJSON and KML: longitude and latitude in degrees.
var WGS84 System = degrees{}

type degrees struct{}

func (degrees) ToWGS84(x, y float64) (lon, lat float64, err error) { return x, y, nil }
func (degrees) String() string                                     { return "EPSG:4326" }
