package walk

import "gridatlas/geo"

// Sums says who lives in some buildings.
type Sums struct {
	Buildings int
	// Households and People of the buildings of which they are known; unknown when
	// they are of none.
	Households, People geo.Opt[int64]
	// Known is the share of the buildings with both figures; 1 for none. Of published
	// figures it is the share of those for which a place publishes both.
	Known float64
	// HouseholdsEstimated and PeopleEstimated are the parts of the sums that nobody
	// counted at a building (geo/estimate): of published figures all.
	HouseholdsEstimated, PeopleEstimated int64
}

// tally is how Sums are added up.
type tally struct {
	buildings, known, households, withHouseholds, people, withPeople int64
	householdsEstimated, peopleEstimated                             int64
}

func (t *tally) add(building *figures) {
	t.buildings++
	if building.households >= 0 {
		t.households += int64(building.households)
		t.withHouseholds++
		if building.householdsEstimated {
			t.householdsEstimated += int64(building.households)
		}
	}
	if building.people >= 0 {
		t.people += int64(building.people)
		t.withPeople++
		if building.peopleEstimated {
			t.peopleEstimated += int64(building.people)
		}
	}
	if building.households >= 0 && building.people >= 0 {
		t.known++
	}
}

func (t *tally) join(more *tally) {
	t.buildings += more.buildings
	t.known += more.known
	t.households += more.households
	t.withHouseholds += more.withHouseholds
	t.people += more.people
	t.withPeople += more.withPeople
	t.householdsEstimated += more.householdsEstimated
	t.peopleEstimated += more.peopleEstimated
}

func (t *tally) sums() Sums {
	s := Sums{
		Buildings: int(t.buildings), Known: 1,
		Households:          geo.Opt[int64]{Value: t.households, Known: t.withHouseholds > 0 || t.buildings == 0},
		People:              geo.Opt[int64]{Value: t.people, Known: t.withPeople > 0 || t.buildings == 0},
		HouseholdsEstimated: t.householdsEstimated, PeopleEstimated: t.peopleEstimated,
	}
	if t.buildings > 0 {
		s.Known = float64(t.known) / float64(t.buildings)
	}
	return s
}
