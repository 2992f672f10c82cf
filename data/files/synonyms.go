package files

// Targets of columns beside the fields of a layer: where a row lies, and what
// tells so in words when it has no coordinates.
const (
	targetLon    = "lon"    // or metres east of a projection
	targetLat    = "lat"    // or metres north
	targetLonLat = "lonlat" // both in one text
	targetWKT    = "wkt"
)

// wordTargets say in words where a row lies. Some are fields of some layers too;
// of others they only serve Read.Text. A building (楼号) is the number of the layer
// of buildings.
var wordTargets = []string{"community", "compound", wordBuilding, "street", "address", "landmark"}

const wordBuilding = "building"

// synonyms are names that columns often have in lists of Chinese offices and
// map vendors, by target: a field of any layer, or one of the targets above.
// Names of fields and their titles go before them. All are in lower case.
var synonyms = map[string][]string{
	targetLon:    {"经度", "lng", "long", "longitude", "x", "东经", "经度坐标", "x坐标", "横坐标", "point_x", "x_coord", "gcjlon", "lon_gcj02", "lon_wgs84"},
	targetLat:    {"纬度", "latitude", "y", "北纬", "纬度坐标", "y坐标", "纵坐标", "point_y", "y_coord", "gcjlat", "lat_gcj02", "lat_wgs84"},
	targetLonLat: {"经纬度", "坐标", "location", "lnglat", "经纬度坐标", "位置坐标"},
	targetWKT:    {"geometry", "geom", "the_geom", "几何", "空间信息"},

	"name":      {"名字", "全称", "mc", "site_name", "店名", "单位名称", "机构名称", "站点名称", "点位名称", "项目名称", "场所名称", "设施名称"},
	"code":      {"代码", "编号", "bm", "dm", "bh", "统一编码", "序列号"},
	"source":    {"来源", "资料来源"},
	"community": {"所属社区", "社区", "所在社区", "社区名称", "村居", "所属村居", "村（居）", "社区居委会"},
	"compound":  {"所属小区", "小区", "所在小区", "小区名称", "住宅区", "院落"},
	"building":  {"楼号", "楼栋号", "幢号", "栋号", "楼栋", "楼座", "座号"},
	"street":    {"路名", "街道名", "道路名称", "所在道路"},
	"address":   {"地址", "详细地址", "地点", "住址", "位置", "坐落", "addr", "具体位置", "所在位置"},
	"landmark":  {"位置说明", "地标", "参照物", "位置描述"},

	"households": {"总户数", "居民户数", "户数（户）"},
	"residents":  {"人口数", "居民人数", "常住人口", "总人口", "居住人数"},
	"population": {"人口数", "常住人口", "总人口"},
	"levels":     {"楼层数", "总层数", "地上层数", "层高数", "floor", "floors"},
	"units":      {"单元", "单元个数"},
	"year":       {"建成年代", "建设年代", "竣工年份", "建成时间"},
	"use":        {"房屋用途", "建筑用途", "使用性质"},
	"height_m":   {"建筑高度", "楼高", "height"},
	"area_m2":    {"总建筑面积", "面积"},
	"floor_m2":   {"总建筑面积", "面积", "营业面积"},
	"hours":      {"营业时间", "服务时间", "开放时间", "工作时间"},
	"trades":     {"经营项目", "服务内容", "经营范围"},
	"phone":      {"联系电话", "联系方式", "电话号码", "tel", "telephone"},
	"duty_phone": {"联系电话", "值班电话", "tel", "telephone"},
	"kind":       {"类型", "类别", "分类", "种类"},
	"capacity":   {"容量", "容纳人数", "泊位数"},
	"keeper":     {"管理人", "责任单位"},
	"who":        {"姓名或单位", "责任人"},
}
