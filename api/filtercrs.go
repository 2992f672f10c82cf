package api

import (
	"strings"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
)

// epsg is the beginning of the addresses of coordinate systems that EPSG numbers.
const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

// filterPosition reads filter-crs: in which system the geometries of a filter are. The
// order of the coordinates is that of the system. EPSG has latitude before longitude,
// and northing before easting in the zones of CGCS2000, but not in web mercator.
func filterPosition(q query) (cql.Position, error) {
	name := q.text("filter-crs")
	if !q.has("filter-crs") || name == crs84 {
		return crs.ToLattice, nil
	}
	code, ok := strings.CutPrefix(name, epsg)
	system, err := crs.ParseSystem("EPSG:" + code)
	if !ok || err != nil {
		return nil, problem.Parameter("filter-crs", "%q is not served; %s is, and %s4326, 4490, 3857 and those of the zones of CGCS2000", name, crs84, epsg)
	}
	eastFirst := system == crs.WebMercator
	return func(first, second float64) (geo.Point, error) {
		if !eastFirst {
			first, second = second, first
		}
		lon, lat, err := system.ToWGS84(first, second)
		if err != nil {
			return geo.Point{}, err
		}
		return crs.ToLattice(lon, lat)
	}, nil
}
