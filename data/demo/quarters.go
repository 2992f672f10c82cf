package demo

import "math/rand/v2"

// quarter is the character of a part of the city.
type quarter uint8

const (
	outer quarter = iota
	inner
	centre
	oldTown
	works
)

// disc is a round piece of the plan, in metres.
type disc struct {
	at     vec
	radius float64
}

func (d disc) holds(p vec) bool { return distance(d.at, p) < d.radius }

var (
	oldTownDisc = []disc{{vec{-640, 300}, 640}, {vec{-560, -230}, 430}}
	worksDiscs  = []disc{{vec{-6300, 4700}, 2300}, {vec{6100, -4900}, 2300}, {vec{8000, 2600}, 1300},
		{vec{-1500, -6900}, 1500}, {vec{-6800, -1700}, 1250}, {vec{2400, -2400}, 620}}
	// second centre, in the eastern zone
	centreDiscs = []disc{{vec{300, 300}, 2300}, {vec{5300, 1250}, 950}, {vec{800, -5900}, 600}, {vec{900, 6300}, 650}}
	// villages that the city grew around
	villageDiscs = []disc{{vec{-3300, -2700}, 330}, {vec{-2650, 1900}, 300}, {vec{2200, 2750}, 330}, {vec{4050, -1050}, 300},
		{vec{-4500, 700}, 380}, {vec{-900, 4400}, 420}, {vec{3900, 4300}, 400}, {vec{-5400, -3600}, 420}, {vec{700, -3400}, 340},
		{vec{5600, -2300}, 420}, {vec{7000, 400}, 380}, {vec{-7300, 1700}, 460}, {vec{-3700, 6000}, 400}, {vec{3300, -6300}, 430},
		{vec{-4200, -5900}, 430}, {vec{6500, 5200}, 400}, {vec{-7600, -400}, 330}, {vec{1900, 7100}, 380}, {vec{-2200, -4300}, 330}}
)

func within(p vec, discs []disc) bool {
	for _, d := range discs {
		if d.holds(p) {
			return true
		}
	}
	return false
}

func (c *city) quarter(p vec) quarter {
	switch {
	case within(p, oldTownDisc):
		return oldTown
	case within(p, worksDiscs):
		return works
	case within(p, centreDiscs):
		return centre
	case p.length() < 5000:
		return inner
	}
	return outer
}

// use is what a block is built for.
type use uint8

const (
	vacant     use = iota
	walkUps        // rows of six storeys, walled
	midRises       // rows of eleven storeys, walled
	towers         // towers in gardens, walled
	village        // rows of low houses along alleys
	courtyards     // old-town houses around courts
	shopping       // shops and offices around a yard
	offices        // slabs and towers of offices
	factory        // halls behind a wall
	school         // school with a sports ground
	hospital       // hospital
	park           // park with paths
	square         // paved square
	field          // farmland
	numUses
)

// shares says in what proportion each quarter is put to use.
var shares = [...][numUses]int{
	outer:   {vacant: 5, walkUps: 9, midRises: 11, towers: 13, village: 3, shopping: 6, offices: 5, factory: 13, school: 9, hospital: 1, park: 18},
	inner:   {vacant: 1, walkUps: 24, midRises: 10, towers: 7, village: 1, shopping: 11, offices: 7, factory: 5, school: 9, hospital: 2, park: 14},
	centre:  {walkUps: 33, midRises: 8, towers: 6, shopping: 20, offices: 10, school: 7, hospital: 2, park: 7, square: 2},
	oldTown: {walkUps: 10, courtyards: 76, shopping: 9, school: 2, square: 1, park: 2},
	works:   {vacant: 5, walkUps: 8, village: 2, shopping: 4, offices: 4, factory: 70, school: 1, park: 6},
}

// planUse decides what a block is for.
func (c *city) planUse(p vec, area float64, r *rand.Rand) use {
	q := c.quarter(p)
	if within(p, villageDiscs) && q != oldTown {
		return village
	}
	weights := shares[q]
	if area < 9000 { // too small for a walled compound
		weights[walkUps], weights[midRises], weights[towers] = 0, 0, 0
		weights[factory], weights[school], weights[hospital] = 0, 0, 0
		weights[park] += 20
		weights[shopping] += 20
	}
	total := 0
	for _, w := range weights {
		total += w
	}
	pick := r.IntN(total)
	for u, w := range weights {
		if pick -= w; pick < 0 {
			return use(u)
		}
	}
	return vacant
}

// peoplePerM2 is what a use is expected to house, to draw communities of equal
// size before a single house stands.
var peoplePerM2 = [...]float64{walkUps: 0.024, midRises: 0.026, towers: 0.030, village: 0.010, courtyards: 0.011, shopping: 0.002, numUses: 0}
