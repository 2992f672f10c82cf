package demo

import (
	"fmt"

	"gridatlas/geo"
)

// kind of building, as the counts of the city tell them apart.
type kind uint8

const (
	other kind = iota
	slab
	tower
	house
	shop
	hall
	schoolHouse
)

// building is a finished footprint with what is needed to settle people in it.
type building struct {
	feature    *geo.Building
	kind       kind
	block      int32
	compound   int32 // -1: none
	centre     vec
	households int32
	residents  int32
}

// levelHeight is the usual storey in metres by use.
func levelHeight(use string) float64 {
	switch use {
	case "residential":
		return 2.9
	case "industrial":
		return 7.5
	}
	return 3.6
}

// addBuilding adds a footprint on a block. The pointer it returns is good until
// the next call.
func (c *city) addBuilding(f int32, corners []vec, use string, levels, year int) *building {
	b := &geo.Building{Use: use, Levels: geo.Some(int32(levels)), Year: geo.Some(int32(year))}
	b.Code = c.code(f, "B")
	b.Shape = c.polygon(corners)
	b.HeightM = geo.Some(float64(int(float64(levels)*levelHeight(use)*10+6)) / 10)
	c.buildings = append(c.buildings, building{feature: b, block: f, compound: -1, centre: centroidOf(corners)})
	return &c.buildings[len(c.buildings)-1]
}

// entrance adds the door of a building.
func (c *city) entrance(b *building, p vec) {
	g := &geo.Gate{Kind: "entrance", Of: b.feature.Code, Foot: "all"}
	g.Shape = geo.PointShape(c.point(p))
	c.gates = append(c.gates, g)
}

// code gives the next code of a kind of thing: the code of its community (of the
// copy of the city, where there are several), a letter and a number.
// B building, X compound, M gate of a compound, P parking, F facility.
func (c *city) code(f int32, letter string) string {
	stem := c.communityCode(f)
	if stem == "" {
		stem = c.prefix
	}
	stem += "-" + letter
	c.sequence[stem]++
	return fmt.Sprintf("%s%04d", stem, c.sequence[stem])
}

// addGreen adds a lawn; what is too small for one is left out.
func (c *city) addGreen(corners []vec) {
	if areaOf(corners) > 30 {
		c.addLand("green", "", c.polygon(corners))
	}
}

func (c *city) addLand(kind, name string, shape geo.Shape) *geo.LandArea {
	l := &geo.LandArea{Kind: kind}
	l.Name, l.Shape = name, shape
	c.land = append(c.land, l)
	return l
}

// garden is ground with trees and nothing else.
func (c *city) garden(l lot) {
	if !l.empty() {
		c.addGreen(l.corners)
	}
}
