// Package osm reads OpenStreetMap extracts (.osm XML and .osm.pbf) into
// features: streets with foot access, gates, barriers, buildings, land,
// compounds, parking, shelters, facilities, repair booths and places. The
// mapping is data: one readable table a subject (streets.go, areas.go,
// facilities.go, places.go), after the OSM wiki's Map features and the Chinese
// tagging page for admin_level and place.
//
// Extracts are clipped as a rule. A way with nodes outside the file is split
// where they are missing, an area or boundary that does not close is left out
// and named in the Report, never closed by a guess. The sea alone is closed along
// the bounds that the file states (coast.go). Nothing is made up: codes
// are official and stay empty; Source says which object a feature came from, as
// "osm:way/123".
//
// The PBF decoder is our own, since the reader at hand (paulmach/osm v0.8.0)
// panics in goroutines of its own on damaged files, which no caller can catch,
// and on nodes outside dense groups. In tests GDAL is the judge of ours.
//
// What is left out: routes, public transport lines, addresses without a
// building, turn restrictions, history files.
package osm

// Licence is what must be shown with anything made from OpenStreetMap data.
const Licence = "© OpenStreetMap contributors, ODbL 1.0"
