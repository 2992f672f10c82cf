package osm

import (
	"slices"

	"gridatlas/geo"
)

// landKind maps areas to geo.LandArea kinds; the first row that fits counts.
var landKind = []struct{ key, value, kind string }{
	{"natural", "water", "water"}, {"natural", "bay", "water"},
	{"waterway", "riverbank", "water"}, {"waterway", "dock", "water"},
	{"landuse", "reservoir", "water"}, {"landuse", "basin", "water"}, {"landuse", "aquaculture", "water"},

	{"amenity", "school", "school"}, {"amenity", "kindergarten", "school"}, {"amenity", "college", "school"}, {"amenity", "university", "school"},

	{"leisure", "park", "green"}, {"leisure", "garden", "green"}, {"leisure", "golf_course", "green"}, {"leisure", "nature_reserve", "green"},
	{"landuse", "grass", "green"}, {"landuse", "forest", "green"}, {"landuse", "meadow", "green"}, {"landuse", "cemetery", "green"},
	{"landuse", "recreation_ground", "green"}, {"landuse", "village_green", "green"}, {"landuse", "flowerbed", "green"}, {"landuse", "greenery", "green"},
	{"natural", "wood", "green"}, {"natural", "grassland", "green"}, {"natural", "scrub", "green"}, {"natural", "heath", "green"}, {"natural", "wetland", "green"},

	{"landuse", "farmland", "farmland"}, {"landuse", "farmyard", "farmland"}, {"landuse", "orchard", "farmland"}, {"landuse", "vineyard", "farmland"},
	{"landuse", "paddy", "farmland"}, {"landuse", "plant_nursery", "farmland"}, {"landuse", "greenhouse_horticulture", "farmland"}, {"landuse", "allotments", "farmland"},

	{"place", "square", "square"}, {"highway", "pedestrian", "square"},

	{"landuse", "industrial", "industrial"}, {"landuse", "railway", "industrial"}, {"landuse", "port", "industrial"}, {"landuse", "depot", "industrial"},
	{"landuse", "residential", "built_up"}, {"landuse", "commercial", "built_up"}, {"landuse", "retail", "built_up"}, {"landuse", "construction", "built_up"},
}

// buildingUse maps values of building, and then of amenity, to geo.Building.Use.
var buildingUse = map[string]string{
	"apartments": "residential", "residential": "residential", "house": "residential", "detached": "residential", "terrace": "residential",
	"semidetached_house": "residential", "dormitory": "residential", "bungalow": "residential", "villa": "residential",
	"commercial": "commercial", "retail": "commercial", "supermarket": "commercial", "hotel": "commercial", "shop": "commercial", "kiosk": "commercial",
	"office":     "office",
	"industrial": "industrial", "warehouse": "industrial", "factory": "industrial",
	"school": "school", "university": "school", "college": "school", "kindergarten": "school",
	"hospital": "medical", "clinic": "medical",
	"government": "public", "public": "public", "civic": "public", "train_station": "public", "transportation": "public", "fire_station": "public",
	"townhall": "public", "police": "public", "library": "public", "community_centre": "public", "courthouse": "public",
	"church": "religious", "cathedral": "religious", "chapel": "religious", "mosque": "religious", "temple": "religious", "synagogue": "religious",
	"place_of_worship": "religious", "religious": "religious", "monastery": "religious",
	"garage": "other", "garages": "other", "carport": "other", "roof": "other", "shed": "other", "greenhouse": "other", "service": "other", "ruins": "other",
}

func useOf(t tags) string {
	for _, value := range []string{t.get("building"), t.get("amenity")} {
		if use, ok := buildingUse[value]; ok {
			return use
		}
	}
	switch {
	case t.yes("shop"):
		return "commercial"
	case t.get("office") == "government":
		return "public"
	case t.yes("office"):
		return "office"
	}
	return ""
}

// areaKeys make a closed way an area; a street or barrier that is closed is one
// only with area=yes.
var areaKeys = []string{
	"building", "natural", "landuse", "leisure", "amenity", "shop", "office", "healthcare", "tourism", "craft", "place", "social_facility", "emergency",
}

func isArea(t tags) bool {
	if t.get("area") == "no" {
		return false
	}
	if isStreet(t) {
		return t.get("area") == "yes" || t.yes("building")
	}
	switch t.get("waterway") {
	case "riverbank", "dock":
		return true
	}
	return slices.ContainsFunc(areaKeys, func(key string) bool { return t.yes(key) && (key != "natural" || !isCoast(t)) }) || t.get("railway") == "station" ||
		t.get("highway") == "" && t.get("public_transport") == "station"
}

func isStreet(t tags) bool {
	_, street := streetClass[t.get("highway")]
	return street
}

// area makes features of a checked polygon. One object may be several things: a
// school is ground, a facility and perhaps a building.
func (b *builder) area(r ref, t tags, shape geo.Shape) {
	before := len(b.features)
	if t.yes("building") {
		b.add(r, t, shape, &geo.Building{
			Number:  t.get("addr:housenumber"),
			Levels:  wholeOf(t.get("building:levels")),
			Use:     useOf(t),
			Year:    yearOf(t.get("start_date")),
			HeightM: metresOf(t.get("height")),
		})
	}
	if kind := landOf(t); kind != "" {
		b.add(r, t, shape, &geo.LandArea{Kind: kind})
	}
	if isCompound(t) {
		compound := &geo.Compound{Year: yearOf(t.get("start_date"))}
		switch footAccess[t.get("access")] {
		case "private", "no":
			compound.ResidentsOnly = geo.Some(true)
		}
		b.add(r, t, shape, compound)
	}
	b.service(r, t, shape)
	if len(b.features) == before && !isStreet(t) && (r.kind != way || newBarrier(t) == nil) {
		b.report.leaveOut("areas of a kind that is not mapped", itemOf(r, t, kindOf(t)))
	}
}

// kindOf names the tags that an object was looked at for.
func kindOf(t tags) string {
	text := ""
	for _, tag := range t {
		if slices.Contains(mappedKeys, tag.key) {
			if text != "" {
				text += ", "
			}
			text += tag.key + "=" + tag.value
		}
	}
	return text
}

func landOf(t tags) string {
	if t.yes("building") {
		return "" // a building covers no ground besides its own
	}
	for _, row := range landKind {
		if t.get(row.key) == row.value {
			return row.kind
		}
	}
	return ""
}

// isCompound tells a 小区 from other residential ground: it has a name of its own
// or is said to be gated. Unnamed landuse=residential is any built-up ground and
// often covers half a town.
func isCompound(t tags) bool {
	residential := t.get("landuse") == "residential" || t.get("place") == "neighbourhood"
	gated := t.get("residential") == "gated" || t.get("residential") == "gated_community" || barrierKind[t.get("barrier")] != ""
	return residential && (nameOf(t) != "" || gated)
}

// yearOf reads the year a date begins with.
func yearOf(text string) geo.Opt[int32] {
	if len(text) < 4 || len(text) > 4 && text[4] != '-' {
		return geo.Opt[int32]{}
	}
	year := wholeOf(text[:4])
	if year.Value < 1000 {
		return geo.Opt[int32]{}
	}
	return year
}
