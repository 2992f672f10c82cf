package crs

import (
	"fmt"
	"strconv"
	"strings"
)

// WKT returns the one line that belongs in a .prj file, in the form of ESRI, which
// every program reads. It is empty for GCJ-02, BD-09 and local systems: no
// description can hold them, and that of another would lie.
func (s System) WKT() string {
	const (
		greenwich = `PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
		world     = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],` + greenwich
		china     = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],` + greenwich
	)
	switch s.kind {
	case wgs84:
		return world
	case cgcs2000:
		return china
	case webMercator:
		return `PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",` + world + `,PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],` +
			`PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`
	case transverse:
		z := s.zone
		name := "CGCS2000_Transverse_Mercator"
		if n := z.number(); n != 0 {
			name = fmt.Sprintf("CGCS2000_3_Degree_GK_Zone_%d", n)
		} else if z.epsg() != 0 {
			name = fmt.Sprintf("CGCS2000_3_Degree_GK_CM_%.0fE", z.meridian)
		}
		return fmt.Sprintf(`PROJCS["%s",%s,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",%s],PARAMETER["False_Northing",%s],`+
			`PARAMETER["Central_Meridian",%s],PARAMETER["Scale_Factor",%s],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
			name, china, decimal(z.easting), decimal(z.northing), decimal(z.meridian), decimal(z.scale))
	}
	return ""
}

// decimal writes a number with all its digits and at least one decimal.
func decimal(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
