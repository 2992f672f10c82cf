package demo

import (
	"strings"

	"gridatlas/geo"
)

// assign puts posts in charge of communities, grids and shelters. Posts and
// units only: nobody is named.
func (c *city) assign() {
	add := func(role, who string, layer geo.Layer, code, phone string) {
		a := &geo.Assignment{Role: role, Who: who, OfLayer: string(layer), OfCode: code, DutyPhone: phone, Public: geo.Some(true)}
		a.Name = who
		c.assignments = append(c.assignments, a)
	}
	for i, k := range c.places.communities {
		add("contact_officer", strings.TrimSuffix(k.name.name, "（演示）")+"服务联系点", geo.Places, k.name.code, noPhone(500+i))
	}
	for _, g := range c.grids {
		add("grid_head", g.Name+"网格长岗", geo.Grids, g.Code, "")
		add("grid_worker", g.Name+"网格员岗", geo.Grids, g.Code, "")
	}
	for _, s := range c.shelters {
		add("shelter_keeper", s.Keeper, geo.Shelters, s.Code, s.DutyPhone)
	}
}
