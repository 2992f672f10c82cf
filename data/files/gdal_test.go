package files_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/plate"
)

// gdal runs ogr2ogr, which makes files that are none of ours.
func gdal(t testing.TB, args ...string) {
	t.Helper()
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("ogr2ogr (gdal-bin) is not installed")
		}
		t.Skip("ogr2ogr (gdal-bin) is not installed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr %v: %v\n%s", args, err, out)
	}
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// openTable opens the table of a file for one test.
func openTable(t testing.TB, path, name string, opts files.Options) *files.Table {
	t.Helper()
	file, err := files.Open(context.Background(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	table, err := file.Table(name)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// sameFeatures compares features in order: attributes exactly, corners within
// metres.
func sameFeatures(t testing.TB, got, want []geo.Feature, metres float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d features, want %d", len(got), len(want))
	}
	for i := range got {
		a, b := geo.Clone(got[i]), geo.Clone(want[i])
		p, q := a.Common().Shape, b.Common().Shape
		a.Common().Shape, b.Common().Shape = geo.Shape{}, geo.Shape{}
		if x, y := geo.AppendCanonical(nil, a), geo.AppendCanonical(nil, b); string(x) != string(y) {
			t.Errorf("got %s, want %s", x, y)
		}
		if p.Kind() != q.Kind() || p.NumParts() != q.NumParts() || len(p.Points()) != len(q.Points()) {
			t.Errorf("feature %d: got %v of %d parts, %d corners, want %v of %d, %d", i+1, p.Kind(), p.NumParts(), len(p.Points()), q.Kind(), q.NumParts(), len(q.Points()))
			continue
		}
		for n := range p.NumParts() {
			if p.Part(n).Hole != q.Part(n).Hole {
				t.Errorf("feature %d, part %d: hole %v", i+1, n, p.Part(n).Hole)
			}
			for _, corner := range p.Part(n).Points { // rings may begin anywhere
				nearest := 1e9
				for _, other := range q.Part(n).Points {
					nearest = min(nearest, crs.Distance(corner, other))
				}
				if nearest > metres {
					t.Errorf("feature %d, part %d: a corner is %.3f m off", i+1, n, nearest)
				}
			}
		}
	}
}

// compounds are made up: a plain one, one with a hole, and one of two parts of
// which each has a hole, with texts that fill their columns to the last byte.
const compounds = `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[119.10,36.70],[119.11,36.70],[119.11,36.71],[119.10,36.71],[119.10,36.70]]]},
 "properties":{"编码":"C1","名称":"五道庙小区","户数":420,"建筑面积":38500.25,"物业管理类别":"管得好","核查日期":"2024-05-01"}},
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[119.12,36.70],[119.13,36.70],[119.13,36.71],[119.12,36.71],[119.12,36.70]],[[119.122,36.702],[119.122,36.708],[119.128,36.708],[119.128,36.702],[119.122,36.702]]]},
 "properties":{"编码":"C2","名称":"虞河路北宫西街文化路东风街","户数":null,"建筑面积":null,"物业管理类别":"无人管","核查日期":null}},
{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[
 [[[119.14,36.70],[119.15,36.70],[119.15,36.71],[119.14,36.71],[119.14,36.70]],[[119.142,36.702],[119.142,36.708],[119.148,36.708],[119.148,36.702],[119.142,36.702]]],
 [[[119.16,36.70],[119.17,36.70],[119.17,36.71],[119.16,36.71],[119.16,36.70]],[[119.162,36.702],[119.162,36.708],[119.168,36.708],[119.168,36.702],[119.162,36.702]]]]},
 "properties":{"编码":"C3","名称":"奎文园(二期)","户数":7,"建筑面积":0.5,"物业管理类别":"自己管","核查日期":"1999-12-31"}}]}`

// A shapefile in GBK and in the zone of 120 degrees lands within 1 m, with a .cpg
// file, without one (its language driver or a guess tells), and stated.
func TestShapefileOfGDAL(t *testing.T) {
	want, faults := readAll(t, compounds, geo.Compounds, files.Reading{})
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	folder := t.TempDir()
	source := writeFile(t, "source.geojson", compounds)
	gdal(t, "-t_srs", "EPSG:4549", "-lco", "ENCODING=GBK", filepath.Join(folder, "made.shp"), source)
	gdal(t, "-t_srs", "EPSG:4549", "-lco", "ENCODING=UTF-8", filepath.Join(folder, "utf.shp"), source)
	for _, test := range []struct {
		name, file, cpg string
		driver          byte
		opts            files.Options
		encoding        string
	}{
		{"no .cpg, no language driver", "made", "", 0, files.Options{}, "GB18030 (guessed: it is not UTF-8)"},
		{"no .cpg, the driver of GBK", "made", "", 0x4d, files.Options{}, "GB18030 (by its language driver)"},
		{"no .cpg, the driver of nobody", "made", "", 0x57, files.Options{}, "GB18030 (guessed: it is not UTF-8)"},
		{"a .cpg", "made", "GBK\r\n", 0, files.Options{}, "GB18030 (by its .cpg file)"},
		{"a .cpg that lies", "made", "UTF-8", 0, files.Options{Encoding: "GBK"}, "GB18030 (stated)"},
		{"UTF-8 with a .cpg", "utf", "UTF-8", 0, files.Options{}, "UTF-8 (by its .cpg file)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			into := t.TempDir()
			for _, ending := range []string{".shp", ".shx", ".dbf", ".prj"} {
				raw, err := os.ReadFile(filepath.Join(folder, test.file+ending))
				if err != nil {
					t.Fatal(err)
				}
				if ending == ".dbf" {
					raw[29] = test.driver
				}
				if err := os.WriteFile(filepath.Join(into, "Compounds"+strings.ToUpper(ending)), raw, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if test.cpg != "" {
				if err := os.WriteFile(filepath.Join(into, "compounds.cpg"), []byte(test.cpg), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			table := openTable(t, filepath.Join(into, "Compounds.SHP"), "", test.opts)
			if table.Encoding != test.encoding || table.System == nil || table.System.String() != "EPSG:4549" {
				t.Errorf("encoding %s, system %v", table.Encoding, table.System)
			}
			got, faults := featuresOf(t, table, geo.Compounds, files.Reading{})
			if len(faults) > 0 {
				t.Fatal(faults[0])
			}
			sameFeatures(t, got, want, 0.02)
		})
	}
	t.Run("zipped", func(t *testing.T) {
		table := openTable(t, zipOf(t, "市/五道庙.shp", filepath.Join(folder, "made.shp"), "市/五道庙.shx", filepath.Join(folder, "made.shx"),
			"市/五道庙.DBF", filepath.Join(folder, "made.dbf"), "市/五道庙.prj", filepath.Join(folder, "made.prj")), "五道庙", files.Options{})
		got, faults := featuresOf(t, table, geo.Compounds, files.Reading{})
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		sameFeatures(t, got, want, 0.02)
	})
	t.Run("without .prj", func(t *testing.T) {
		if err := os.Remove(filepath.Join(folder, "made.prj")); err != nil {
			t.Fatal(err)
		}
		table := openTable(t, filepath.Join(folder, "made.shp"), "", files.Options{})
		if _, faults := featuresOf(t, table, geo.Compounds, files.Reading{}); len(faults) != 1 || !strings.Contains(faults[0].Error(), "state it") {
			t.Errorf("got %v", faults)
		}
		got, faults := featuresOf(t, table, geo.Compounds, files.Reading{System: crs.Zone(120, false)})
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		sameFeatures(t, got, want, 0.02)
	})
}

// Points whose place in WGS84 and in GCJ-02 others have published: the cities of
// gcoord (to a metre), coordtransform and eviltransform.
var shifted = []struct {
	name             string
	lon, lat, gx, gy float64
}{
	{"潍坊小修点", 119.1558626, 36.7063222, 119.1617632, 36.7067803},
	{"北京小修点", 116.404, 39.915, 116.41024449916938, 39.91640428150164},
	{"上海小修点", 121.5272106, 31.1774276, 121.531541859215, 31.17530398364597},
}

// A vendor's list in GCJ-02, as CSV in GBK and as a workbook, lands within 1 m.
func TestListInGCJ02(t *testing.T) {
	list := "编号,名称,服务项目,服务时间,最近检查,状态,经度,纬度\n"
	var want []geo.Feature
	for i, p := range shifted {
		number, err := plate.Make("370702", i+1)
		if err != nil {
			t.Fatal(err)
		}
		list += fmt.Sprintf("%s,%s,\"修鞋、配钥匙开锁\",Mo-Sa 08:00-18:00,2024-05-%02d,出摊中,%.14f,%.14f\n", number, p.name, i+1, p.gx, p.gy)
		f := &geo.Booth{Base: geo.Base{Name: p.name, Shape: geo.PointShape(crs.At(p.lon, p.lat))}, Number: string(number), Trades: []string{"shoe", "key"}, Hours: "Mo-Sa 08:00-18:00", Status: "open"}
		f.LastChecked, _ = geo.ParseDate(fmt.Sprintf("2024-05-%02d", i+1))
		want = append(want, f)
	}
	gbkList := writeFile(t, "小蓝棚.csv", encoded(t, simplifiedchinese.GBK, list))
	workbook := filepath.Join(t.TempDir(), "小蓝棚.xlsx")
	gdal(t, "-f", "XLSX", "-oo", "AUTODETECT_TYPE=YES", workbook, writeFile(t, "list.csv", list))
	for _, path := range []string{gbkList, workbook} {
		table := openTable(t, path, "", files.Options{})
		got, faults := featuresOf(t, table, geo.Booths, files.Reading{System: crs.GCJ02})
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		sameFeatures(t, got, want, 1)
	}
}
