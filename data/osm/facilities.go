package osm

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/hours"
)

// facilityKind maps objects to geo.Facility kinds; the first row that fits
// counts. An empty value stands for any.
var facilityKind = []struct{ key, value, kind string }{
	{"highway", "bus_stop", "bus_stop"}, {"amenity", "bus_station", "bus_stop"},
	{"railway", "station", "station_rail"}, {"railway", "halt", "station_rail"},
	{"amenity", "kindergarten", "kindergarten"}, {"amenity", "school", "school"}, {"amenity", "college", "school"}, {"amenity", "university", "school"},
	{"amenity", "hospital", "hospital"}, {"healthcare", "hospital", "hospital"},
	{"amenity", "pharmacy", "pharmacy"}, {"healthcare", "pharmacy", "pharmacy"}, {"shop", "chemist", "pharmacy"},
	{"amenity", "clinic", "clinic"}, {"amenity", "doctors", "clinic"}, {"amenity", "dentist", "clinic"},
	{"healthcare", "centre", "clinic"}, {"healthcare", "clinic", "clinic"}, {"healthcare", "doctor", "clinic"}, {"healthcare", "dentist", "clinic"},
	{"amenity", "nursing_home", "elder_care"}, {"social_facility", "nursing_home", "elder_care"}, {"social_facility", "assisted_living", "elder_care"},
	{"social_facility", "day_care", "elder_care"},
	{"amenity", "police", "police"},
	{"amenity", "townhall", "government"}, {"office", "government", "government"}, {"amenity", "courthouse", "government"}, {"amenity", "fire_station", "government"},
	{"amenity", "community_centre", "station"},
	{"amenity", "library", "culture"}, {"amenity", "arts_centre", "culture"}, {"amenity", "theatre", "culture"}, {"amenity", "cinema", "culture"},
	{"tourism", "museum", "culture"}, {"tourism", "gallery", "culture"},
	{"amenity", "bank", "bank"}, {"amenity", "atm", "bank"},
	{"amenity", "post_office", "post"}, {"amenity", "parcel_locker", "post"}, {"amenity", "post_depot", "post"},
	{"amenity", "toilets", "toilet"},
	{"amenity", "charging_station", "charger"},
	{"amenity", "marketplace", "market"}, {"shop", "market", "market"},
	{"amenity", "restaurant", "restaurant"}, {"amenity", "fast_food", "restaurant"}, {"amenity", "cafe", "restaurant"}, {"amenity", "food_court", "restaurant"},
	{"amenity", "canteen", "canteen"},
	{"leisure", "fitness_station", "fitness"}, {"leisure", "fitness_centre", "fitness"}, {"leisure", "playground", "fitness"},
	{"leisure", "sports_centre", "sports"}, {"leisure", "pitch", "sports"}, {"leisure", "stadium", "sports"}, {"leisure", "track", "sports"}, {"leisure", "swimming_pool", "sports"},
	{"leisure", "park", "park"}, {"place", "square", "park"},
	{"shop", "supermarket", "supermarket"}, {"shop", "department_store", "supermarket"}, {"shop", "mall", "supermarket"},
	{"shop", "vacant", ""}, {"shop", "no", ""},
	{"shop", "", "shop"},
}

// boothTrade maps the repair trades to geo.Booth trades. Only nodes become
// booths; a trade in a building of its own is a shop. No number is made up: a
// booth number is given by the city.
var boothTrade = []struct{ key, value, trade string }{
	{"craft", "shoemaker", "shoe"}, {"craft", "shoe_repair", "shoe"}, {"shop", "shoe_repair", "shoe"},
	{"craft", "key_cutter", "key"}, {"craft", "locksmith", "key"}, {"shop", "locksmith", "key"}, {"shop", "key_cutter", "key"},
	{"amenity", "bicycle_repair_station", "bicycle"}, {"craft", "bicycle_repair", "bicycle"},
	{"craft", "tailor", "sewing"}, {"craft", "dressmaker", "sewing"}, {"shop", "tailor", "sewing"},
	{"craft", "watchmaker", "watch"}, {"craft", "clockmaker", "watch"},
	{"craft", "knife_grinder", "scissors"}, {"craft", "grinder", "scissors"},
	{"craft", "electronics_repair", "appliance"}, {"craft", "appliance_repair", "appliance"},
	{"shop", "mobile_phone_repair", "phone"}, {"craft", "mobile_phone_repair", "phone"},
}

// service makes parking, shelters, booths and facilities of a node or area.
func (b *builder) service(r ref, t tags, shape geo.Shape) {
	switch t.get("amenity") {
	case "parking":
		b.add(r, t, shape, newParking(t, t.get("capacity")))
		return
	case "parking_space":
		capacity := t.get("capacity")
		if capacity == "" {
			capacity = "1"
		}
		b.add(r, t, shape, newParking(t, capacity))
		return
	}
	if isShelter(t) {
		shelter := &geo.Shelter{Capacity: wholeOf(t.get("capacity")), Keeper: t.get("operator")}
		if t.yes("building") || t.get("indoor") == "yes" {
			shelter.Indoor = geo.Some(true)
		}
		b.add(r, t, shape, shelter)
		return
	}
	if trades := tradesOf(t); len(trades) > 0 && shape.Kind() == geo.Points {
		b.add(r, t, shape, &geo.Booth{Trades: trades, Hours: b.hoursOf(r, t), Phone: phoneOf(t)})
		return
	}
	if kind := facilityOf(t); kind != "" {
		b.add(r, t, shape, &geo.Facility{
			Kind: kind, Hours: b.hoursOf(r, t), Phone: phoneOf(t), Address: addressOf(t), StepFree: stepFree(t),
		})
	}
}

func newParking(t tags, capacity string) *geo.ParkingSpace {
	parking := &geo.ParkingSpace{Number: t.get("ref"), Kind: "ordinary", Capacity: wholeOf(capacity)}
	switch {
	case t.get("parking_space") == "disabled" || t.get("access") == "disabled":
		parking.Kind = "accessible"
	case t.get("parking_space") == "charging":
		parking.Kind = "charging"
	}
	if t.get("fee") == "no" {
		parking.FeeYuanMonth = geo.Some(0.0)
	}
	return parking
}

// isShelter takes only what is meant for an emergency. amenity=shelter is mostly
// a roof against rain (bus stops, picnic places), so it counts only together
// with an emergency tag.
func isShelter(t tags) bool {
	switch t.get("emergency") {
	case "assembly_point", "shelter", "evacuation_centre", "disaster_shelter":
		return true
	case "yes", "designated":
		return t.get("amenity") == "shelter"
	}
	return t.get("amenity") == "shelter" && t.get("shelter_type") == "emergency"
}

func tradesOf(t tags) []string {
	var trades []string
	for _, row := range boothTrade {
		if t.get(row.key) == row.value && !slices.Contains(trades, row.trade) {
			trades = append(trades, row.trade)
		}
	}
	return trades
}

func facilityOf(t tags) string {
	for _, row := range facilityKind {
		if row.value == "" && t.yes(row.key) || row.value != "" && t.get(row.key) == row.value {
			return row.kind
		}
	}
	if t.get("public_transport") == "platform" && t.get("bus") == "yes" {
		return "bus_stop"
	}
	if len(tradesOf(t)) > 0 {
		return "shop"
	}
	return ""
}

// hoursOf returns the opening hours; ones that cannot be read are dropped and
// reported: the place itself is worth keeping.
func (b *builder) hoursOf(r ref, t tags) geo.Hours {
	text := geo.Hours(t.get("opening_hours"))
	if _, err := hours.Parse(text); err != nil {
		b.report.Hours.add(itemOf(r, t, err.Error()))
		return ""
	}
	return text
}

func phoneOf(t tags) string {
	if phone := t.get("phone"); phone != "" {
		return phone
	}
	return t.get("contact:phone")
}

func addressOf(t tags) string {
	if full := t.get("addr:full"); full != "" {
		return full
	}
	street, number := t.get("addr:street"), t.get("addr:housenumber")
	if street == "" {
		return ""
	}
	if number == "" {
		return street
	}
	if street[len(street)-1] < 0x80 { // 人民路12号 is written together, Rue Grimaldi 12 is not
		return street + " " + number
	}
	return street + number
}

// stepFree reads wheelchair; `limited` says neither.
func stepFree(t tags) geo.Opt[bool] {
	switch t.get("wheelchair") {
	case "yes", "designated":
		return geo.Some(true)
	case "no":
		return geo.Some(false)
	}
	return geo.Opt[bool]{}
}

// gateKind maps nodes on walls and ways to geo.Gate kinds. Bollards, blocks and
// cycle barriers let people through and are no gates.
var gateKind = map[string]string{
	"gate": "gate", "entrance": "gate", "kissing_gate": "gate", "turnstile": "gate", "full-height_turnstile": "gate", "wicket_gate": "gate",
	"lift_gate": "barrier", "swing_gate": "barrier", "sliding_gate": "barrier", "chain": "barrier", "toll_booth": "barrier", "border_control": "barrier",
}

// vehicleBars stop vehicles only: people walk round them unless tags say no.
var vehicleBars = []string{"lift_gate", "swing_gate", "chain", "entrance"}

func newGate(t tags) *geo.Gate {
	gate := &geo.Gate{StepFree: stepFree(t)}
	barrier, entrance := t.get("barrier"), t.get("entrance")
	switch kind, ok := gateKind[barrier]; {
	case ok:
		gate.Kind = kind
		if slices.Contains(vehicleBars, barrier) {
			gate.Foot = "all"
		}
	case entrance == "" || entrance == "no":
		return nil
	case entrance == "exit":
		gate.Kind, gate.Foot = "exit", "all"
	case entrance == "emergency":
		gate.Kind, gate.Foot, gate.EmergencyOpened = "exit", "none", geo.Some(true)
	case entrance == "home" || entrance == "staircase":
		gate.Kind, gate.Foot = "entrance", "residents"
	default:
		gate.Kind, gate.Foot = "entrance", "all"
	}
	for _, key := range []string{"foot", "access"} {
		if foot, ok := footAccess[t.get(key)]; ok {
			gate.Foot = map[string]string{"yes": "all", "private": "residents", "no": "none"}[foot]
			break
		}
	}
	return gate
}

// node makes features of one tagged node.
func (b *builder) node(o *object) {
	if !o.placed {
		return
	}
	shape := geo.PointShape(o.at)
	before := len(b.features)
	if gate := newGate(o.tags); gate != nil {
		gate.Hours = b.hoursOf(o.ref, o.tags)
		b.add(o.ref, o.tags, shape, gate)
	}
	b.service(o.ref, o.tags, shape)
	if len(b.features) == before && !b.placeNode(o) {
		b.report.leaveOut("nodes of a kind that is not mapped", itemOf(o.ref, o.tags, kindOf(o.tags)))
	}
}
