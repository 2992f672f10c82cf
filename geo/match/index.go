package match

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Index finds what texts name on one map. It never changes: any number of
// goroutines may ask it.
type Index struct {
	snap    *snapshot.Snapshot
	entries []entry
	names   names
	houses  []housed                  // buildings of compounds, by hash
	pieces  map[int32][]*geo.Street   // of the entry of a street
	gates   map[string][]*geo.Gate    // named gates by what they are of
	at      map[address][]geo.Feature // facilities with an address
	booths  map[string][]*geo.Booth   // by the landmark, as readings compare it
	poles   sync.Map                  // geo.Point by geo.Key, of places and land already asked for
}

// entry is a thing with a name; of a street the first of its pieces.
type entry struct {
	feature geo.Feature
	forms   []string // of its name, folded, the whole first
}

// housed is a building under the hash of its compound and number.
type housed struct {
	hash     uint64
	building *geo.Building
}

// address is a number on a street.
type address struct {
	street int32 // entry
	number string
}

// named are the layers whose features are found by their names alone.
var named = []geo.Layer{geo.Places, geo.Compounds, geo.Streets, geo.Facilities, geo.Shelters, geo.Booths, geo.Buildings, geo.Parking, geo.Land}

// NewIndex reads the names of a map. The index of 60,000 buildings takes a
// fraction of a second; it belongs to the map, so build it once and share it.
func NewIndex(s *snapshot.Snapshot) *Index {
	x := &Index{
		snap: s, pieces: map[int32][]*geo.Street{}, gates: map[string][]*geo.Gate{},
		at: map[address][]geo.Feature{}, booths: map[string][]*geo.Booth{},
	}
	streets := map[string]int32{}
	for _, layer := range named {
		for f := range s.Layer(layer).After(0) {
			x.add(f, streets)
		}
	}
	x.names.sort()
	slices.SortFunc(x.houses, func(a, b housed) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.building.ID, b.building.ID))
	})
	for gate := range snapshot.All[*geo.Gate](s) {
		if gate.Of != "" && gate.Kind == "gate" {
			x.gates[gate.Of] = append(x.gates[gate.Of], gate)
		}
	}
	// These need the names.
	for facility := range snapshot.All[*geo.Facility](s) {
		if facility.Address != "" {
			r := x.read(facility.Address, false)
			for _, street := range r.streets(x) {
				key := address{street.entry, r.number}
				if r.number != "" && street.how == exact {
					x.at[key] = append(x.at[key], facility)
				}
			}
		}
	}
	for booth := range snapshot.All[*geo.Booth](s) {
		if booth.Landmark != "" {
			key := x.read(booth.Landmark, false).key()
			x.booths[key] = append(x.booths[key], booth)
		}
	}
	return x
}

// add takes in a feature under its name, and a building under its number.
func (x *Index) add(f geo.Feature, streets map[string]int32) {
	base := f.Common()
	if base.Shape.IsZero() {
		return
	}
	var ends []string
	switch f := f.(type) {
	case *geo.Building:
		if number := numberOf(f); number != "" && f.Compound != "" {
			x.houses = append(x.houses, housed{houseHash(f.Compound, number), f})
			return // its name is that of the compound with the number
		} else if number != "" && f.Number == "" {
			return // its name is 3号楼, as everywhere
		}
	case *geo.Compound:
		ends = compoundEnds
	case *geo.Place:
		ends = placeEnds
	case *geo.Street:
		ends = streetEnds
	case *geo.Facility:
		if !geo.ForPublic(f) {
			return // nobody writes down what a camera is near to find the camera
		}
	}
	name := normal(base.Name)
	if len([]rune(name)) < 2 {
		return
	}
	if piece, ok := f.(*geo.Street); ok {
		if first, known := streets[name]; known {
			x.pieces[first] = append(x.pieces[first], piece)
			return
		}
		streets[name] = int32(len(x.entries))
		x.pieces[int32(len(x.entries))] = []*geo.Street{piece}
	}
	forms := shortNames(base.Name, name, ends)
	x.names.add(int32(len(x.entries)), forms...)
	x.entries = append(x.entries, entry{f, forms})
}

// shortNames returns a name and the shorter forms of it that people use: without
// what stands in brackets at its end, and without its common ending.
func shortNames(written, name string, ends []string) []string {
	forms := []string{name}
	plain, _, found := strings.Cut(strings.NewReplacer("（", "(", "【", "(").Replace(written), "(")
	if plain = normal(plain); found && len([]rune(plain)) >= 2 && plain != name {
		forms = append(forms, plain)
	} else {
		plain = name
	}
	for _, end := range ends {
		if short, ok := strings.CutSuffix(plain, end); ok && len([]rune(short)) >= 2 {
			return append(forms, short)
		}
	}
	return forms
}

// numberOf returns the number of a building in the form that numbers are
// compared in, from its name where that is nothing but a number.
func numberOf(b *geo.Building) string {
	if b.Number != "" {
		h, _ := readHouse(normal(b.Number), true)
		if h.number != "" {
			return h.number
		}
		return normal(b.Number)
	}
	if h, rest := readHouse(normal(b.Name), false); strings.TrimSpace(rest) == "" {
		return h.number
	}
	return ""
}

func houseHash(compound, number string) uint64 {
	h := hashText(compound)
	h = hashOn(h, gap)
	for _, r := range number {
		h = hashOn(h, r)
	}
	return h
}

// buildings returns the buildings of a compound that have a number: those that
// name the compound, else those that stand on its ground.
func (x *Index) buildings(compound *geo.Compound, number string) []*geo.Building {
	var found []*geo.Building
	if compound.Code != "" {
		h := houseHash(compound.Code, number)
		first, _ := slices.BinarySearchFunc(x.houses, h, func(b housed, h uint64) int { return cmp.Compare(b.hash, h) })
		for ; first < len(x.houses) && x.houses[first].hash == h; first++ {
			found = append(found, x.houses[first].building)
		}
	}
	if len(found) > 0 {
		return found
	}
	for b := range snapshot.Search[*geo.Building](x.snap, compound.Shape.Box()) {
		if numberOf(b) == number && compound.Shape.Covers(b.Shape.Box().Centre()) {
			found = append(found, b)
		}
	}
	slices.SortFunc(found, func(a, b *geo.Building) int { return cmp.Compare(a.ID, b.ID) })
	return found
}
