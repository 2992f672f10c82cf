package crs_test

import (
	"strings"
	"testing"

	"gridatlas/geo/crs"
)

func TestParseSystem(t *testing.T) {
	for text, want := range map[string]crs.System{
		"EPSG:4549": crs.Zone(120, false), "4549": crs.Zone(120, false), "epsg4549": crs.Zone(120, false), " Epsg: 4549 ": crs.Zone(120, false),
		"4528": crs.Zone(120, true), "4547": crs.Zone(114, false), "4548": crs.Zone(117, false), "4550": crs.Zone(123, false),
		"4526": crs.Zone(114, true), "4527": crs.Zone(117, true), "4513": crs.Zone(75, true), "4554": crs.Zone(135, false),
		"urn:ogc:def:crs:EPSG::4528": crs.Zone(120, true), "http://www.opengis.net/def/crs/EPSG/0/4490": crs.CGCS2000,
		"urn:ogc:def:crs:OGC:1.3:CRS84": crs.WGS84, "http://www.opengis.net/def/crs/OGC/1.3/CRS84": crs.WGS84,
		"wgs84": crs.WGS84, "WGS 84": crs.WGS84, "4326": crs.WGS84, "cgcs2000": crs.CGCS2000, "CGCS-2000": crs.CGCS2000, "EPSG:4490": crs.CGCS2000,
		"gcj02": crs.GCJ02, "GCJ-02": crs.GCJ02, "火星坐标": crs.GCJ02, "bd09": crs.BD09, "BD-09": crs.BD09, "百度": crs.BD09,
		"3857": crs.WebMercator, "EPSG:900913": crs.WebMercator,
		crs.Zone(117, true).WKT(): crs.Zone(117, true),
	} {
		if got, err := crs.ParseSystem(text); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"": "known are EPSG:4326", "mars2020": "gcj02 (火星坐标)", "EPSG:": "known are", "EPSG:+4549": "known are", "ESRI:4549": "known are",
		"4555": "EPSG:4555 is not known here; known are", "4512": "not known", "EPSG:32650": "not known", "99999999999999999999": "known are",
		"2385": "EPSG:2385 is Xian 1980: its shift is a matter of each city", "4610": "control points", "EPSG:2437": "Beijing 1954", "21453": "Beijing 1954",
		"PROJCS[\"a\",": "description of the coordinate system", strings.Repeat("长", 500): "长...",
	} {
		if got, err := crs.ParseSystem(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is %v, %v; wanted %q", text, got, err, says)
		}
	}
}

const (
	chinaDegrees = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	worldDegrees = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
)

// projected is a .prj text around degrees; more is put before the unit.
func projected(name, degrees, more string) string {
	return `PROJCS["` + name + `",` + degrees + `,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],` +
		`PARAMETER["Central_Meridian",120.0],` + more + `UNIT["Meter",1.0]]`
}

func TestSystemOfWKT(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want crs.System
	}{
		"figures count, not the name":    {projected("Xian_1980_3_Degree_GK_CM_117E", chinaDegrees, ""), crs.Zone(120, false)},
		"lines and a mark in front":      {"\ufeff" + strings.ReplaceAll(projected("a", chinaDegrees, ""), ",", " ,\r\n\t") + "\x00\r\n", crs.Zone(120, false)},
		"round brackets and small words": {strings.NewReplacer("[", "(", "]", ")", "PROJCS", "projcs").Replace(projected("a", chinaDegrees, "")), crs.Zone(120, false)},
		"zone on WGS84":                  {projected("a", worldDegrees, ""), crs.Zone(120, false)},
		"datum unknown": {`GEOGCS["unnamed",DATUM["Unknown_based_on_GRS80_ellipsoid",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]`,
			crs.CGCS2000},
		"with heights":    {`COMPD_CS["both",` + projected("a", chinaDegrees, "") + `,VERT_CS["heights",VERT_DATUM["d",2005],UNIT["metre",1]]]`, crs.Zone(120, false)},
		"bound":           {`BOUNDCRS[SOURCECRS[` + chinaDegrees + `],TARGETCRS[` + worldDegrees + `],ABRIDGEDTRANSFORMATION["x",METHOD["y"]]]`, crs.CGCS2000},
		"quote in a name": {strings.Replace(worldDegrees, "GCS_WGS_1984", `the ""best""`, 1), crs.WGS84},
	} {
		if got, err := crs.SystemOfWKT(c.text); err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
	xian := strings.NewReplacer("D_China_2000", "D_Xian_1980", "CGCS2000", "Xian_1980", "6378137.0,298.257222101", "6378140.0,298.257").Replace(chinaDegrees)
	for name, c := range map[string]struct{ text, says string }{
		"Xian 1980":            {projected("Xian_1980_3_Degree_GK_CM_120E", xian, ""), "this is Xian 1980: its shift"},
		"Xian by figures":      {strings.NewReplacer("D_Xian_1980", "D_China_2000", "Xian_1980", "CGCS2000").Replace(xian), "Xian 1980"},
		"Xian by name":         {strings.Replace(chinaDegrees, "D_China_2000", "D_Xian_1980", 1), "Xian 1980"},
		"Beijing 1954":         {`GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`, "control points"},
		"GCJ-02":               {strings.Replace(worldDegrees, "GCS_WGS_1984", "GCJ-02", 1), "say gcj02"},
		"another datum":        {`GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]]]`, "neither CGCS2000 nor WGS84"},
		"another ellipsoid":    {strings.Replace(worldDegrees, "298.257223563", "298.3", 1), "neither CGCS2000 nor WGS84"},
		"shifted":              {strings.Replace(worldDegrees, "298.257223563]", "298.257223563],TOWGS84[10,20,30,0,0,0,0]", 1), "shifted"},
		"Paris":                {strings.Replace(worldDegrees, `"Greenwich",0.0`, `"Paris",2.33`, 1), "Greenwich"},
		"grads":                {strings.Replace(worldDegrees, "0.0174532925199433", "0.015707963", 1), "not the degree"},
		"feet":                 {strings.Replace(projected("a", chinaDegrees, ""), `"Meter",1.0`, `"Foot",0.3048`, 1), "not the metre"},
		"Lambert":              {strings.Replace(projected("a", chinaDegrees, ""), "Gauss_Kruger", "Lambert_Conformal_Conic", 1), `"Lambert_Conformal_Conic" is not known`},
		"world mercator":       {strings.Replace(projected("a", worldDegrees, ""), "Gauss_Kruger", "Mercator_1SP", 1), "not known"},
		"latitude of origin":   {projected("a", chinaDegrees, `PARAMETER["Latitude_Of_Origin",36],`), `"Latitude_Of_Origin" = 36`},
		"odd scale":            {projected("a", chinaDegrees, `PARAMETER["Scale_Factor",0.5],`), "out of range"},
		"parameter no number":  {projected("a", chinaDegrees, `PARAMETER["Scale_Factor"],`), "not known"},
		"heights alone":        {`VERT_CS["heights",VERT_DATUM["d",2005],UNIT["metre",1]]`, "no system of positions"},
		"no ellipsoid":         {`GEOGCS["a",DATUM["b"],UNIT["Degree",0.0174532925199433]]`, "no ellipsoid"},
		"no degrees":           {`PROJCS["a",PROJECTION["Gauss_Kruger"],UNIT["Meter",1.0]]`, "no geographic system"},
		"cut":                  {chinaDegrees[:90], "a text without end at byte 82"},
		"text after the end":   {chinaDegrees + "x", "text after the end"},
		"number":               {`GEOGCS["a",1.2.3]`, "no number"},
		"nothing":              {"", "no WORD["},
		"brackets without end": {strings.Repeat("A[", 100_000), "at most 65536"},
		"deep":                 {strings.Repeat("A[", 100), "too many brackets"},
	} {
		if got, err := crs.SystemOfWKT(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v; wanted %q", name, got, err, c.says)
		}
	}
}

func FuzzSystemOfWKT(f *testing.F) {
	for _, text := range []string{chinaDegrees, worldDegrees, projected("a", chinaDegrees, ""), crs.WebMercator.WKT(), "A[", `A["`, "A[1e999]", "EPSG:4549", "gcj-02", "urn:ogc:def:crs:EPSG::4528"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(string) (crs.System, error){crs.ParseSystem, crs.SystemOfWKT} {
			system, err := read(text)
			if err != nil {
				continue
			}
			if again, err := crs.ParseSystem(system.String()); err != nil || again != system {
				t.Errorf("%q is %v, and that is %v, %v", text, system, again, err)
			}
			if wkt := system.WKT(); wkt != "" {
				if again, err := crs.SystemOfWKT(wkt); err != nil || again != system {
					t.Errorf("%v is written as %q, and that is %v, %v", system, wkt, again, err)
				}
			}
		}
	})
}
