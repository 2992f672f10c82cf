package resident

import (
	"gridatlas/geo"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// codeLayers are the layers whose codes stand on posters and plates, in the order in
// which a code is looked for: codes are unique within a layer only.
var codeLayers = []geo.Layer{
	geo.Facilities, geo.Shelters, geo.Gates, geo.Compounds, geo.Booths, geo.Parking, geo.Buildings, geo.Places, geo.Grids,
}

// ByNumber returns the booth of a plate, one out of use too: plates stay on walls.
func ByNumber(s *snapshot.Snapshot, number plate.Number) (*geo.Booth, bool) {
	for b := range snapshot.All[*geo.Booth](s) {
		if b.Number == string(number) {
			return b, true
		}
	}
	return nil, false
}

// Suggest returns the booths that somebody may have meant who typed a number that is
// no booth's, at most five.
func Suggest(s *snapshot.Snapshot, typed string) []*geo.Booth {
	known := map[plate.Number]*geo.Booth{}
	for b := range snapshot.All[*geo.Booth](s) {
		known[plate.Number(b.Number)] = b
	}
	var found []*geo.Booth
	for _, number := range plate.Suggest(typed, func(n plate.Number) bool { return known[n] != nil }) {
		if len(found) < 5 {
			found = append(found, known[number])
		}
	}
	return found
}

// ByCode returns the place of a code that the public may know of.
func ByCode(s *snapshot.Snapshot, code string) (geo.Feature, bool) {
	for _, layer := range codeLayers {
		if f, there := s.Layer(layer).ByCode(code); there && geo.ForPublic(f) {
			return f, true
		}
	}
	return nil, false
}
