package geo

// Layer is the name of a set of features with one schema, as it stands in
// tables, paths and tiles.
type Layer string

// The layers, in the order in which they are listed, stored and drawn.
const (
	Places      Layer = "places"
	Grids       Layer = "grids"
	Blocks      Layer = "blocks"
	Compounds   Layer = "compounds"
	Buildings   Layer = "buildings"
	Parking     Layer = "parking"
	Booths      Layer = "booths"
	Shelters    Layer = "shelters"
	Facilities  Layer = "facilities"
	Gates       Layer = "gates"
	Barriers    Layer = "barriers"
	Streets     Layer = "streets"
	Land        Layer = "land"
	Assignments Layer = "assignments"
	Incidents   Layer = "incidents"
	Closures    Layer = "closures"
)

// Feature is one stored thing of any layer: a pointer to one of the structs
// below. Features in a snapshot are shared and must not be changed; Clone first.
type Feature interface {
	Layer() Layer
	Common() *Base
}

// Base holds what every feature has. Its titles are in the catalog like those
// of the other fields.
type Base struct {
	ID         int64
	Version    int64   // counts the writes of this feature, from 1
	Revision   int64   // the change set that wrote this state
	Shape      Shape   // WGS84, on the lattice
	Code       string  `zh:"编码" en:"Code" unique:""`
	Name       string  `zh:"名称" en:"Name"`
	From       Instant `zh:"生效时间" en:"In effect from"`
	Until      Instant `zh:"停用时间" en:"In effect until"`
	Source     string  `zh:"数据来源" en:"Source"`
	SurveyedOn Date    `zh:"核查日期" en:"Surveyed on"`
	SurveyedBy string  `zh:"核查人" en:"Surveyed by" visible:"staff"`
	DueOn      Date    `zh:"应复核日期" en:"Survey due on"`
}

// Common returns the part that every feature has.
func (b *Base) Common() *Base { return b }

// InEffect reports whether the feature stands at an instant: From is included,
// Until is not.
func (b *Base) InEffect(at Instant) bool {
	return (b.From == 0 || b.From <= at) && (b.Until == 0 || at < b.Until)
}

// Place (区划) is a city, district, zone, street or community: two trees over
// the same ground, since zones cut across districts.
type Place struct {
	Base
	Kind       string     `zh:"级别" en:"Level" terms:"place"`
	Parent     string     `zh:"上级区划" en:"Part of" ref:"places"`
	Zone       string     `zh:"所属功能区" en:"Zone" ref:"places"`
	StatCode   string     `zh:"统计用区划代码" en:"Statistical code"`
	Population Opt[int32] `zh:"人口" en:"Population" unit:"人"`
	Households Opt[int32] `zh:"户数" en:"Households" unit:"户"`
}

// Grid (网格) is a managed area inside one community.
type Grid struct {
	Base
	Kind         string     `zh:"网格类型" en:"Kind" terms:"grid"`
	Community    string     `zh:"所属社区" en:"Community" ref:"places"`
	ExternalCode string     `zh:"外部编码" en:"External code"`
	Households   Opt[int32] `zh:"户数" en:"Households" unit:"户"`
	Residents    Opt[int32] `zh:"人口" en:"Residents" unit:"人"`
	Work         Opt[int32] `zh:"工作量" en:"Workload"`
	Predecessors []string   `zh:"前身网格" en:"Predecessors"`
}

// Block (划分单元) is the smallest piece a redraw moves.
type Block struct {
	Base
	Community  string     `zh:"所属社区" en:"Community" ref:"places"`
	Grid       string     `zh:"所属网格" en:"Grid" ref:"grids"`
	Households Opt[int32] `zh:"户数" en:"Households" unit:"户" visible:"staff"`
	Residents  Opt[int32] `zh:"人口" en:"Residents" unit:"人" visible:"staff"`
	Work       Opt[int32] `zh:"工作量" en:"Workload" visible:"staff"`
}

// Compound (小区) is a residential compound, mostly walled and with gates.
type Compound struct {
	Base
	Community     string       `zh:"所属社区" en:"Community" ref:"places"`
	Year          Opt[int32]   `zh:"建成年份" en:"Year built" range:"1000,2200"`
	Households    Opt[int32]   `zh:"户数" en:"Households" unit:"户"`
	AreaM2        Opt[float64] `zh:"建筑面积" en:"Floor area" unit:"m2" col:"area_m2"`
	Management    string       `zh:"物业管理类别" en:"Management" terms:"management"`
	Committee     string       `zh:"业主组织" en:"Committee" terms:"committee"`
	Renewal       string       `zh:"更新改造阶段" en:"Renewal stage" terms:"renewal"`
	ResidentsOnly Opt[bool]    `zh:"仅限居民通行" en:"Residents only on foot"`
}

// Building (楼栋) is the footprint of one building. Figures of its people are
// for staff.
type Building struct {
	Base
	Compound        string       `zh:"所属小区" en:"Compound" ref:"compounds"`
	Number          string       `zh:"楼号" en:"Number"`
	Levels          Opt[int32]   `zh:"层数" en:"Levels" range:"0,200"`
	Units           Opt[int32]   `zh:"单元数" en:"Units"`
	Use             string       `zh:"用途" en:"Use" terms:"use"`
	Year            Opt[int32]   `zh:"建成年份" en:"Year built" range:"1000,2200"`
	HeightM         Opt[float64] `zh:"高度" en:"Height" unit:"m" col:"height_m" range:"0,1000"`
	Households      Opt[int32]   `zh:"户数" en:"Households" unit:"户" visible:"staff"`
	Residents       Opt[int32]   `zh:"人口" en:"Residents" unit:"人" visible:"staff"`
	RentalDwellings Opt[int32]   `zh:"出租房屋" en:"Rental dwellings" unit:"户" visible:"staff"`
}

// ParkingSpace (停车位) is one numbered space, or a car park drawn as a whole.
type ParkingSpace struct {
	Base
	Number       string       `zh:"车位号" en:"Number"`
	Compound     string       `zh:"所属小区" en:"Compound" ref:"compounds"`
	Kind         string       `zh:"车位类型" en:"Kind" terms:"parking"`
	Capacity     Opt[int32]   `zh:"车位数" en:"Spaces"`
	FeeYuanMonth Opt[float64] `zh:"月租费" en:"Monthly fee" unit:"元/月"`
	PublicIncome Opt[bool]    `zh:"公共收益" en:"Public income"`
}

// Booth (小修便民服务点, 小蓝棚) is a numbered place where people mend shoes,
// bicycles and locks. What its status means at an instant is told by geo/booth.
type Booth struct {
	Base
	Number      string   `zh:"编号" en:"Number" unique:"" plate:""`
	Trades      []string `zh:"服务项目" en:"Trades" terms:"trade"`
	Hours       Hours    `zh:"服务时间" en:"Hours"`
	Phone       string   `zh:"电话" en:"Phone"`
	Landmark    string   `zh:"位置说明" en:"Landmark"`
	Prices      string   `zh:"价格" en:"Prices"`
	Checks      []string `zh:"七统一检查合格项" en:"Checks passed" terms:"check"`
	LastChecked Date     `zh:"最近检查" en:"Last checked"`
	Status      string   `zh:"状态" en:"Status" terms:"booth_status"`
	StatusAt    Instant  `zh:"状态更新时间" en:"Status set at"`
	BackAt      Instant  `zh:"预计返回时间" en:"Back at"`        // of a master who is away
	HoursToday  Hours    `zh:"当日服务时间" en:"Hours that day"` // on the day of StatusAt, instead of Hours
	MovedOn     Date     `zh:"迁址日期" en:"Moved on"`
	MovedFrom   string   `zh:"原位置说明" en:"Moved from"`              // the landmark before the move
	MovedTo     string   `zh:"接替编号" en:"Replaced by" ref:"booths"` // where another booth serves instead
	Photo       string   `zh:"照片" en:"Photo" photo:""`
}

// InUse reports whether the booth stands where it is: it was not moved elsewhere
// (已迁址) and not given up (已撤点).
func (b *Booth) InUse() bool { return b.Status != "moved" && b.Status != "retired" }

// Shelter (应急避难场所) is a place people go to in an emergency. Gross area is
// never shown as capacity.
type Shelter struct {
	Base
	Level       string       `zh:"级别" en:"Level" terms:"shelter_level"`
	Class       string       `zh:"避难时长类别" en:"Class" terms:"shelter_class"`
	Indoor      Opt[bool]    `zh:"室内" en:"Indoor"`
	Hazards     []string     `zh:"适用灾种" en:"Hazards" terms:"hazard"`
	GrossM2     Opt[float64] `zh:"占地面积" en:"Gross area" unit:"m2" col:"gross_m2"`
	EffectiveM2 Opt[float64] `zh:"有效避难面积" en:"Effective area" unit:"m2" col:"effective_m2"`
	Capacity    Opt[int32]   `zh:"可容纳人数" en:"Capacity" unit:"人"`
	Taken       Opt[int32]   `zh:"已安置人数" en:"Taken" unit:"人"`
	Equipment   []string     `zh:"配套设施" en:"Facilities" col:"facilities"`
	Keeper      string       `zh:"管理单位" en:"Keeper"`
	DutyPhone   string       `zh:"值守电话" en:"Duty phone"`
	State       string       `zh:"启用状态" en:"State" terms:"shelter_state"`
	Photo       string       `zh:"照片" en:"Photo" photo:""`
}

// Facility (设施) is any other service point.
type Facility struct {
	Base
	Kind     string       `zh:"类别" en:"Kind" terms:"facility"`
	Hours    Hours        `zh:"开放时间" en:"Hours"`
	FloorM2  Opt[float64] `zh:"建筑面积" en:"Floor area" unit:"m2" col:"floor_m2"`
	Phone    string       `zh:"电话" en:"Phone"`
	Address  string       `zh:"地址" en:"Address"`
	StepFree Opt[bool]    `zh:"无障碍" en:"Step-free"`
	Photo    string       `zh:"照片" en:"Photo" photo:""`
}

// Gate (出入口) is a gate of a compound, an entrance of a building, an exit of
// a shelter or a barrier across a way.
type Gate struct {
	Base
	Kind            string    `zh:"类型" en:"Kind" terms:"gate"`
	Of              string    `zh:"所属" en:"Of" ref:"compounds,buildings,shelters"`
	Foot            string    `zh:"行人通行" en:"On foot" terms:"gate_foot"`
	Hours           Hours     `zh:"开放时间" en:"Hours"`
	EmergencyOpened Opt[bool] `zh:"应急时打开" en:"Opened in an emergency"`
	StepFree        Opt[bool] `zh:"无障碍" en:"Step-free"`
}

// Barrier (隔离设施) is a line that cannot be crossed on foot; rail is a railway
// at ground level, river and stream are the middle of running water, in an area of
// land of kind water or with nothing but the line known.
type Barrier struct {
	Base
	Kind string `zh:"类型" en:"Kind" terms:"barrier"`
}

// Street (道路) is a line of the street network, from a crossing to the next or
// longer: lines meet where they share a corner.
type Street struct {
	Base
	Class      string       `zh:"道路等级" en:"Class" terms:"street"`
	Foot       string       `zh:"步行" en:"On foot" terms:"foot"`
	OnewayFoot Opt[bool]    `zh:"步行单向" en:"One-way on foot"`
	Steps      bool         `zh:"台阶" en:"Steps"`
	Bridge     bool         `zh:"桥" en:"Bridge"`
	Tunnel     bool         `zh:"隧道" en:"Tunnel"`
	Level      Opt[int32]   `zh:"层级" en:"Level" range:"-10,20"`
	WidthM     Opt[float64] `zh:"宽度" en:"Width" unit:"m" col:"width_m" range:"0,500"`
	Crossing   bool         `zh:"人行横道" en:"Crossing"`
}

// LandArea (用地) is ground for the base map and for indicators.
type LandArea struct {
	Base
	Kind string `zh:"类型" en:"Kind" terms:"land"`
}

// Assignment (责任分工) says who is in charge of what.
type Assignment struct {
	Base
	Role      string    `zh:"职责" en:"Role" terms:"role"`
	Who       string    `zh:"责任人（单位）" en:"Who"`
	OfLayer   string    `zh:"对象图层" en:"Layer"`
	OfCode    string    `zh:"对象编码" en:"Code of it"`
	DutyPhone string    `zh:"值守电话" en:"Duty phone"`
	Public    Opt[bool] `zh:"对外公开" en:"Shown publicly"`
}

// Incident (突发事件) says what happened where.
type Incident struct {
	Base
	Kind  string `zh:"事件类型" en:"Kind" terms:"hazard"`
	Level string `zh:"预警级别" en:"Alert level" terms:"alert"`
	Note  string `zh:"说明" en:"Note"`
}

// Closure (封闭) is what cannot be walked through.
type Closure struct {
	Base
	Reason string `zh:"原因" en:"Reason"`
	For    string `zh:"限制对象" en:"Closed for" terms:"closed_for"`
}

// PhotoOf is where a feature names its photo, by a mark of geo/photo; empty: there is
// none. Nil: features of the layer have none.
func PhotoOf(f Feature) *string {
	switch f := f.(type) {
	case *Booth:
		return &f.Photo
	case *Shelter:
		return &f.Photo
	case *Facility:
		return &f.Photo
	}
	return nil
}

// Layer names the layer of each struct.
func (*Place) Layer() Layer        { return Places }
func (*Grid) Layer() Layer         { return Grids }
func (*Block) Layer() Layer        { return Blocks }
func (*Compound) Layer() Layer     { return Compounds }
func (*Building) Layer() Layer     { return Buildings }
func (*ParkingSpace) Layer() Layer { return Parking }
func (*Booth) Layer() Layer        { return Booths }
func (*Shelter) Layer() Layer      { return Shelters }
func (*Facility) Layer() Layer     { return Facilities }
func (*Gate) Layer() Layer         { return Gates }
func (*Barrier) Layer() Layer      { return Barriers }
func (*Street) Layer() Layer       { return Streets }
func (*LandArea) Layer() Layer     { return Land }
func (*Assignment) Layer() Layer   { return Assignments }
func (*Incident) Layer() Layer     { return Incidents }
func (*Closure) Layer() Layer      { return Closures }
