package numbering

import (
	"fmt"

	"gridatlas/geo/plate"
)

// Given is the numbers that were ever given, by county. The zero value has none.
// Numbers that are not sound count for nothing: no new one can be the same.
type Given struct {
	counties map[string]*serials
}

// serials of one county that are taken.
type serials struct {
	taken map[int]bool
	last  int
}

// Add notes a number that was given; the same may be added again.
func (g *Given) Add(number string) {
	n := plate.Number(number)
	if plate.Check(number) == nil {
		g.of(n.County()).take(n.Serial())
	}
}

// Next gives the next number of a county and notes it: that after the last one that
// was given, and when the last serial is gone, the first that was never given.
func (g *Given) Next(county string) (plate.Number, error) {
	of := g.of(county)
	serial := of.last + 1
	if serial > plate.MaxSerial {
		for serial = 1; of.taken[serial]; serial++ {
		}
	}
	number, err := plate.Make(county, serial)
	if err != nil {
		return "", fmt.Errorf("the next number of %s: %w", county, err)
	}
	of.take(serial)
	return number, nil
}

func (g *Given) of(county string) *serials {
	if g.counties == nil {
		g.counties = map[string]*serials{}
	}
	if g.counties[county] == nil {
		g.counties[county] = &serials{taken: map[int]bool{}}
	}
	return g.counties[county]
}

func (s *serials) take(serial int) {
	s.taken[serial] = true
	s.last = max(s.last, serial)
}
