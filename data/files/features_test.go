package files_test

import (
	"context"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// one reads a list of one row.
func one(t testing.TB, layer geo.Layer, heading, cells string, reading files.Reading) (files.Read, *files.RowFault) {
	t.Helper()
	table := csvTable(t, heading+"\n"+cells+"\n", files.Options{})
	if reading.System == nil {
		reading.System = crs.WGS84
	}
	for read, fault := range files.Features(context.Background(), table, geo.MustSchema(layer), reading) {
		return read, fault
	}
	t.Fatal("no row")
	return files.Read{}, nil
}

func TestColumnsFindTheirFields(t *testing.T) {
	for _, test := range []struct {
		name           string
		layer          geo.Layer
		heading, cells string
		mapping        files.Mapping
		want           string // canonical form without shape, or the fault
	}{
		{"titles", geo.Booths, "编号,名称,状态,经度,纬度", "3707-0200-0186,五道庙,出摊中,119,36", files.Mapping{}, `"name":"五道庙","number":"370702000186","status":"open"`},
		{"a numbering of its own", geo.Booths, "编号,名称,经度,纬度", "潍-001,五道庙,119,36", files.Mapping{}, `"code":"潍-001","name":"五道庙"`},
		{"a numbering beside codes", geo.Booths, "编号,编码,名称,经度,纬度", "17,X1,五道庙,119,36", files.Mapping{}, `"code":"X1","name":"五道庙"`},
		{"synonyms", geo.Facilities, "单位名称,类型,联系电话,详细地址,lng,lat", "中心药店,药店,0536-1,胜利街1号,119,36", files.Mapping{}, `"name":"中心药店","kind":"pharmacy","phone":"0536-1","address":"胜利街1号"`},
		{"names of the layer", geo.Compounds, "小区名称,小区编码,WKT", `五道庙小区,C1,"POLYGON ((0 0,1 0,1 1,0 0))"`, files.Mapping{}, `"code":"C1","name":"五道庙小区"`},
		{"a name of another layer", geo.Buildings, "名称,小区名称,楼栋号,wkt", `3号楼,C1,3,"POLYGON ((0 0,1 0,1 1,0 0))"`, files.Mapping{}, `"name":"3号楼","compound":"C1","number":"3"`},
		{"a synonym gives way", geo.Facilities, "名称,店名,lon,lat", "甲,乙,119,36", files.Mapping{}, `"name":"甲"`},
		{"both in one", geo.Facilities, "name,经纬度", `甲,"119.1,36.7"`, files.Mapping{}, `"name":"甲"`},
		{"stated", geo.Facilities, "A,B,C,D,name", "甲,医院,119,36,乙", files.Mapping{
			Columns: map[string]string{"A": "name", "B": "kind", "c": "lon", "D": "lat"},
			Values:  map[string]map[string]string{"kind": {"医院": "clinic"}},
		}, `"name":"甲","kind":"clinic"`},
		{"passed over", geo.Facilities, "name,phone,lon,lat", "甲,1,119,36", files.Mapping{Columns: map[string]string{"phone": ""}}, `"name":"甲"`},
		{"constants", geo.Facilities, "name,kind,lon,lat", "甲,,119,36", files.Mapping{Constants: map[string]string{"kind": "药店"}}, `"name":"甲","kind":"pharmacy"`},
		{"values of a list", geo.Booths, "number,服务项目,lon,lat", `370702000186,"修鞋子,配钥匙",119,36`, files.Mapping{Values: map[string]map[string]string{"trades": {"修鞋子": "shoe", "配钥匙": "key"}}}, `"number":"370702000186","trades":["shoe","key"]`},
		{"days", geo.Booths, "number,最近检查,lon,lat", `370702000186,2024年5月1日,119,36`, files.Mapping{}, `"number":"370702000186","last_checked":"2024-05-01"`},
		{"two synonyms", geo.Facilities, "店名,单位名称,lon,lat", "甲,乙,119,36", files.Mapping{}, `field name: given twice, as "店名" and as "单位名称"`},
		{"no such field", geo.Facilities, "name,lon,lat", "甲,119,36", files.Mapping{Columns: map[string]string{"name": "title"}}, `column "name" is mapped to "title", which is no field of layer facilities`},
		{"no such column", geo.Facilities, "name,lon,lat", "甲,119,36", files.Mapping{Columns: map[string]string{"名字": "name"}}, `column "名字" of the mapping is not in the file, which has ["name" "lon" "lat"]`},
		{"no such value", geo.Facilities, "name,lon,lat", "甲,119,36", files.Mapping{Constants: map[string]string{"step_free": "some"}}, `the constant of step_free: some is neither true nor false`},
		{"a constant not in the list", geo.Facilities, "name,lon,lat", "甲,119,36", files.Mapping{Constants: map[string]string{"kind": "castle"}}, `field kind: "castle" is not an allowed value`},
		{"one coordinate", geo.Facilities, "name,lon,lat", "甲,119,", files.Mapping{}, `row 1, line 2, field lat: one of the two coordinates is missing`},
		{"no coordinate", geo.Facilities, "name,lon,lat", "甲,119,north", files.Mapping{}, `row 1, line 2, field lat: "north" is not a coordinate`},
		{"swapped", geo.Facilities, "name,lon,lat", "甲,36,119", files.Mapping{}, `row 1, line 2: 36, 119 is no place in EPSG:4326: x and y look swapped`},
		{"no text", geo.Facilities, "name,wkt", "甲,CIRCLE (1 2)", files.Mapping{}, `row 1, line 2, field wkt: it is not well-known text`},
		{"a point for a building", geo.Buildings, "number,lon,lat", "3,119,36", files.Mapping{}, `a point is not allowed in layer buildings`},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, fault := one(t, test.layer, test.heading, test.cells, files.Reading{Mapping: test.mapping})
			if fault != nil {
				if !strings.Contains(fault.Error(), test.want) {
					t.Errorf("got %q, want %q", fault, test.want)
				}
				return
			}
			plain := geo.Clone(read.Feature)
			plain.Common().Shape = geo.Shape{}
			if got, want := string(geo.AppendCanonical(nil, plain)), `{"id":0,"version":0,`+test.want+"}"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if read.Unplaced || read.Feature.Common().Shape.IsZero() {
				t.Error("it has no place")
			}
		})
	}
}

// A row without coordinates is neither a feature with a place nor a fault, and
// says in words where it lies.
func TestUnplacedRows(t *testing.T) {
	for _, cells := range []string{",", "0,0"} {
		read, fault := one(t, geo.Booths, "编号,社区,小区名称,楼栋号,地址,位置说明,lon,lat", "370702000186,五道庙社区,五道庙小区,3,胜利街1号,东门北50米,"+cells, files.Reading{})
		if fault != nil || !read.Unplaced || !read.Feature.Common().Shape.IsZero() {
			t.Fatalf("got %+v, %v", read, fault)
		}
		for target, want := range map[string]string{
			"community": "五道庙社区", "compound": "五道庙小区", "address": "胜利街1号", "landmark": "东门北50米", "building": "3", "street": "", "number": "370702000186",
		} {
			if got := read.Text(target); got != want {
				t.Errorf("%s is %q, want %q", target, got, want)
			}
		}
		if read.Row.Get("楼栋号") != "3" {
			t.Errorf("the row is %v", read.Row)
		}
	}
	if _, fault := one(t, geo.Facilities, "name,kind", "甲,castle", files.Reading{}); fault == nil || !strings.Contains(fault.Error(), "castle") {
		t.Errorf("a row without a place is not checked: %v", fault)
	}
}

// Positions of a file that says no system mean nothing.
func TestSystemMustBeKnown(t *testing.T) {
	table := csvTable(t, "name,lon,lat\n甲,119,36\n乙,119,36\n", files.Options{})
	_, faults := featuresOf(t, table, geo.Facilities, files.Reading{})
	if len(faults) != 1 || !faults[0].Fatal || !strings.Contains(faults[0].Reason, "state it") {
		t.Errorf("got %v", faults)
	}
}
