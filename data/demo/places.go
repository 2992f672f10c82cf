package demo

import "gridatlas/geo"

// cityCode is the code of 潍坊市.
const cityCode = "370700"

var districtNames = []struct{ code, name string }{
	{"370702", "潍城区"}, {"370703", "寒亭区"}, {"370704", "坊子区"}, {"370705", "奎文区"},
}

var zoneNames = []struct{ code, name string }{
	{"370700-GX", "高新区"}, {"370700-JJ", "经济区（演示）"},
}

// drawPlaces adds both trees of places with their outlines and sums: city,
// districts, street offices, communities; and the zones, which take street
// offices out of several districts.
func (c *city) drawPlaces(blocks []tally) {
	add := func(kind, code, name, parent, zone, stat string, faces []int32) *geo.Place {
		var t tally
		for _, f := range faces {
			t.add(blocks[f])
		}
		p := &geo.Place{Kind: kind, Parent: parent, Zone: zone, StatCode: stat}
		p.Code, p.Name = code, name
		p.Population, p.Households = geo.Some(int32(t.residents)), geo.Some(int32(t.households))
		p.Shape = c.m.union(faces)
		c.placeList = append(c.placeList, p)
		return p
	}
	under := func(in func(o *office) bool) []int32 {
		var faces []int32
		for f := range c.blocks {
			if in(&c.places.offices[c.blocks[f].street]) {
				faces = append(faces, int32(f))
			}
		}
		return faces
	}
	add("city", cityCode, "潍坊市", "", "", cityCode+"000000", under(func(*office) bool { return true }))
	for _, d := range districtNames {
		add("district", d.code, d.name, cityCode, "", d.code+"000000", under(func(o *office) bool { return o.district == d.code }))
	}
	for _, z := range zoneNames {
		add("zone", z.code, z.name, cityCode, "", "", under(func(o *office) bool { return o.zone == z.code }))
	}
	for i := range c.places.offices {
		o := &c.places.offices[i]
		stat := o.code + "000"
		if o.madeUp {
			stat = ""
		}
		p := add("street", o.code, o.name, o.district, o.zone, stat, under(func(other *office) bool { return other == o }))
		if o.madeUp {
			p.Source = Source + "；街道与社区为虚构"
		}
	}
	for _, k := range c.places.communities {
		o := &c.places.offices[k.office]
		p := add("community", k.name.code, k.name.name, o.code, o.zone, k.name.stat, k.faces)
		if o.madeUp {
			p.Source = Source + "；街道与社区为虚构"
		}
	}
}
