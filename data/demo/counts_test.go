package demo_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/plate"
)

func between[N int | float64](t *testing.T, what string, got, low, high N) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: %v, want %v to %v", what, got, low, high)
	}
}

func equal[V comparable](t *testing.T, what string, got, want V) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func count[F any](list []F, is func(F) bool) int {
	n := 0
	for _, f := range list {
		if is(f) {
			n++
		}
	}
	return n
}

func TestPlaces(t *testing.T) {
	c := city(t)
	for kind, want := range map[string]int{"city": 1, "district": 4, "zone": 2, "street": 20, "community": 185} {
		equal(t, kind, count(c.places, func(p *geo.Place) bool { return p.Kind == kind }), want)
	}
	byCode := map[string]*geo.Place{}
	for _, p := range c.places {
		byCode[p.Code] = p
	}
	equal(t, "西南关", byCode["370702002004"].Name, "西南关社区")
	equal(t, "street of 西南关", byCode[byCode["370702002004"].Parent].Name, "南关街道")
	areas := map[string]int{}
	sums := map[string]int32{}
	for _, p := range c.places {
		switch p.Kind {
		case "district", "zone":
			equal(t, "parent of "+p.Name, p.Parent, "370700")
		case "street":
			equal(t, "district of "+p.Name, p.Parent, p.Code[:6])
		case "community":
			equal(t, "street of "+p.Name, p.Parent, p.Code[:9])
			equal(t, "zone of "+p.Name, p.Zone, byCode[p.Parent].Zone)
			area := p.Zone
			if area == "" {
				area = p.Code[:6]
			}
			areas[area]++
			if !strings.HasSuffix(strings.TrimSuffix(p.Name, "（演示）"), "社区") {
				t.Errorf("community %s is named %q", p.Code, p.Name)
			}
			madeUp := p.Zone == "370700-JJ"
			if (p.StatCode == "") != madeUp || madeUp != strings.Contains(p.Name, "演示") || p.StatCode != "" && p.StatCode != p.Code {
				t.Errorf("community %s: stat code %q, name %q", p.Code, p.StatCode, p.Name)
			}
		}
		sums[p.Parent] += p.Population.Value
		if p.Kind == "street" {
			sums[p.Zone] += p.Population.Value
		}
	}
	equal(t, "management areas", len(areas), 6)
	for parent, sum := range sums {
		if p := byCode[parent]; p != nil && p.Kind != "city" {
			equal(t, "population of "+p.Name, p.Population.Value, sum)
		}
	}
	// 经济区 cuts across districts
	districts := map[string]bool{}
	for _, p := range c.places {
		if p.Kind == "street" && p.Zone == "370700-JJ" {
			districts[p.Parent] = true
		}
	}
	equal(t, "districts under 经济区", len(districts), 2)
	equal(t, "population", byCode["370700"].Population.Value, 1_180_672)
}

func TestPeopleAddUp(t *testing.T) {
	c := city(t)
	grids := newIndex(c.grids, 60000)
	inGrid := map[string][2]int32{}
	for _, b := range c.buildings {
		if !b.Residents.Known {
			continue
		}
		p, found := b.Shape.Points()[0], 0
		grids.near(geo.NoBox.With(p), func(g *geo.Grid) {
			if g.Shape.Covers(p) {
				found++
				sum := inGrid[g.Code]
				inGrid[g.Code] = [2]int32{sum[0] + b.Households.Value, sum[1] + b.Residents.Value}
			}
		})
		if found != 1 {
			t.Fatalf("building %s lies in %d grids", b.Code, found)
		}
	}
	inCommunity := map[string][2]int32{}
	for _, g := range c.grids {
		equal(t, "households of "+g.Code, g.Households.Value, inGrid[g.Code][0])
		equal(t, "residents of "+g.Code, g.Residents.Value, inGrid[g.Code][1])
		sum := inCommunity[g.Community]
		inCommunity[g.Community] = [2]int32{sum[0] + g.Households.Value, sum[1] + g.Residents.Value}
		if !g.Work.Known || g.Work.Value <= 0 {
			t.Errorf("grid %s has no workload", g.Code)
		}
	}
	for _, p := range c.places {
		if p.Kind == "community" {
			equal(t, "households of "+p.Name, p.Households.Value, inCommunity[p.Code][0])
			equal(t, "residents of "+p.Name, p.Population.Value, inCommunity[p.Code][1])
		}
	}
}

func TestGridCodes(t *testing.T) {
	c := city(t)
	between(t, "grids", len(c.grids), 1200, 1300)
	special := count(c.grids, func(g *geo.Grid) bool { return g.Kind == "special" })
	between(t, "special grids", special, 20, 300)
	last := map[string]int{}
	for _, g := range c.grids {
		n, err := strconv.Atoi(g.Code[12:])
		if len(g.Code) != 15 || err != nil || g.Code[:12] != g.Community || n != last[g.Community]+1 {
			t.Errorf("grid %s of %s does not follow %03d", g.Code, g.Community, last[g.Community])
		}
		last[g.Community] = n
	}
	equal(t, "communities with grids", len(last), 185)
}

func TestBuildings(t *testing.T) {
	c := city(t)
	between(t, "buildings", len(c.buildings), 58_000, 62_000)
	slabs := count(c.buildings, func(b *geo.Building) bool { return b.Use == "residential" && b.Number != "" })
	low := count(c.buildings, func(b *geo.Building) bool { return b.Use == "residential" && b.Number == "" })
	between(t, "slabs and towers", slabs, 10_000, 11_000)
	between(t, "low houses", low, 24_000, 26_000)
	for _, use := range []string{"commercial", "office", "industrial", "school", "medical"} {
		between(t, use, count(c.buildings, func(b *geo.Building) bool { return b.Use == use }), 150, 12_000)
	}
	for _, b := range c.buildings {
		if b.Levels.Value < 1 || b.Levels.Value > 40 || b.Year.Value < 1950 || b.Year.Value > 2026 || b.HeightM.Value < 2.5 {
			t.Errorf("building %s: %d levels, %.1f m, year %d", b.Code, b.Levels.Value, b.HeightM.Value, b.Year.Value)
		}
	}
}

func TestRoads(t *testing.T) {
	c := city(t)
	var town *geo.LandArea
	for _, l := range c.land {
		if l.Kind == "built_up" {
			if town != nil {
				t.Fatal("more than one built-up polygon")
			}
			town = l
		}
	}
	ground := crs.Area(town.Shape)
	between(t, "built-up km2", ground/1e6, 233, 237)
	length, area := 0.0, 0.0
	for _, s := range c.streets {
		switch s.Class {
		case "lane", "path":
			continue
		}
		points := s.Shape.Points()
		middle := geo.NoBox.With(points[0]).With(points[1]).Centre()
		// a road on the border may be rounded to its outer side
		if !town.Shape.Covers(middle) && !town.Shape.Covers(points[0]) && !town.Shape.Covers(points[1]) {
			continue
		}
		m := crs.Length(points)
		length += m
		area += m * s.WidthM.Value
	}
	between(t, "road density in km/km2", length/ground*1000, 8.26*0.99, 8.26*1.01)
	between(t, "road area in %", area/ground*100, 20.3*0.99, 20.3*1.01)
	between(t, "named roads", count(c.streets, func(s *geo.Street) bool { return s.Name != "" }), 5000, 30000)
	between(t, "bridges", count(c.streets, func(s *geo.Street) bool { return s.Bridge && s.Level.Value == 1 }), 20, 60)
	between(t, "underpasses", count(c.streets, func(s *geo.Street) bool { return s.Tunnel && s.Level.Value == -1 }), 8, 30)
	between(t, "crossings", count(c.streets, func(s *geo.Street) bool { return s.Crossing }), 800, 8000)
}

func TestBooths(t *testing.T) {
	c := city(t)
	equal(t, "booths", len(c.booths), 128)
	seen := map[string]bool{}
	for _, b := range c.booths {
		if err := plate.Check(b.Number); err != nil || seen[b.Number] || b.Code != b.Number {
			t.Errorf("booth number %q: %v", b.Number, err)
		}
		seen[b.Number] = true
		if len(b.Trades) == 0 || b.Prices == "" || b.LastChecked == 0 || !strings.Contains(b.Landmark, "门") || !strings.Contains(b.Landmark, "米路") {
			t.Errorf("booth %s: trades %v, prices %q, landmark %q", b.Number, b.Trades, b.Prices, b.Landmark)
		}
	}
	for status, n := range map[string]int{"": 96, "open": 16, "away": 8, "day_off": 8} {
		equal(t, "booths of status "+status, count(c.booths, func(b *geo.Booth) bool { return b.Status == status && (b.StatusAt != 0) == (status != "") }), n)
	}
	equal(t, "booths that moved", count(c.booths, func(b *geo.Booth) bool { return b.MovedOn != 0 && b.MovedFrom != "" }), 8)
}

func TestShelters(t *testing.T) {
	c := city(t)
	equal(t, "shelters", len(c.shelters), 125)
	gross, capacity := 0.0, 0
	exits := map[string]int{}
	for _, g := range c.gates {
		if g.Kind == "exit" {
			exits[g.Of]++
		}
	}
	for _, s := range c.shelters {
		gross += s.GrossM2.Value
		capacity += int(s.Capacity.Value)
		if r := s.GrossM2.Value / s.EffectiveM2.Value; r < 9 || r > 31 {
			t.Errorf("shelter %s: gross is %.1f times effective", s.Name, r)
		}
		if drawn := crs.Area(s.Shape); math.Abs(drawn-s.GrossM2.Value) > 0.02*drawn+70 {
			t.Errorf("shelter %s: %.0f m2 drawn, %.0f m2 said", s.Name, drawn, s.GrossM2.Value)
		}
		if exits[s.Code] == 0 {
			t.Errorf("shelter %s has no exit", s.Name)
		}
		if s.State != "ready" || s.Level == "" || s.Class == "" || len(s.Hazards) == 0 || s.Keeper == "" {
			t.Errorf("shelter %s is not filled in", s.Name)
		}
	}
	equal(t, "gross m2", gross, 2_810_000)
	between(t, "capacity", capacity, 176_000, 178_000)
	for _, p := range c.places {
		if p.Kind == "city" {
			equal(t, "m2 a person", math.Round(gross/float64(p.Population.Value)*100)/100, 2.38)
		}
	}
}

func TestFacilities(t *testing.T) {
	c := city(t)
	kinds := map[string]int{}
	contact := map[string]int{}
	for _, f := range c.facilities {
		kinds[f.Kind]++
		if f.Kind == "contact_point" {
			contact[strings.Split(f.Code, "-")[0]]++
		}
	}
	equal(t, "contact points", kinds["contact_point"], 185)
	equal(t, "communities with one", len(contact), 185)
	for kind, least := range map[string]int{"station": 180, "clinic": 200, "pharmacy": 350, "kindergarten": 180, "school": 100, "hospital": 8,
		"elder_care": 100, "canteen": 80, "toilet": 250, "bus_stop": 600, "charging_shed": 400, "charger": 150, "market": 50,
		"stall_group": 25, "park": 150, "fitness": 100, "supermarket": 250, "shop": 500, "restaurant": 600, "police": 60,
		"bank": 100, "post": 200, "culture": 100, "mediation": 40, "enforcement": 40, "pavilion": 50, "sports": 80, "station_rail": 1} {
		between(t, kind, kinds[kind], least, 4000)
	}
}

func TestHoursCanBeRead(t *testing.T) {
	c := city(t)
	read := func(code string, text geo.Hours) {
		if text == "" {
			return
		}
		if _, err := hours.Parse(text); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, f := range c.booths {
		read(f.Code, f.Hours)
	}
	for _, f := range c.facilities {
		read(f.Code, f.Hours)
	}
	for _, g := range c.gates {
		read(g.Name, g.Hours)
	}
}

func TestFlood(t *testing.T) {
	c := city(t)
	equal(t, "incidents", len(c.incidents), 1)
	flood := c.incidents[0]
	people := 0
	for _, b := range c.buildings {
		if b.Residents.Known && flood.Shape.Covers(b.Shape.Points()[0]) {
			people += int(b.Residents.Value)
		}
	}
	between(t, "people in the flood", people, 57_000, 63_000)
	if flood.From == 0 || flood.Until <= flood.From || flood.InEffect(geo.InstantOf(demo.MadeAt)) {
		t.Errorf("the flood is in effect when the city is made: %v to %v", flood.From, flood.Until)
	}
}

func TestAssignments(t *testing.T) {
	c := city(t)
	roles := map[string]int{}
	targets := map[string]bool{}
	for _, f := range c.all {
		targets[string(f.Layer())+" "+f.Common().Code] = true
	}
	for _, a := range c.assignments {
		roles[a.Role]++
		if !targets[a.OfLayer+" "+a.OfCode] {
			t.Errorf("%s %s is in charge of %s %s, which is not there", a.Role, a.Who, a.OfLayer, a.OfCode)
		}
		if !strings.HasSuffix(a.Who, "岗") && !strings.HasSuffix(a.Who, "点") && !strings.HasSuffix(a.Who, "处") {
			t.Errorf("%q is neither a post nor a unit", a.Who)
		}
	}
	equal(t, "contact officers", roles["contact_officer"], 185)
	equal(t, "grid heads", roles["grid_head"], len(c.grids))
	equal(t, "shelter keepers", roles["shelter_keeper"], 125)
}

func TestPhonesCannotBeDialled(t *testing.T) {
	c := city(t)
	phones := map[string]bool{}
	for _, f := range c.all {
		switch f := f.(type) {
		case *geo.Booth:
			phones[f.Phone] = true
		case *geo.Shelter:
			phones[f.DutyPhone] = true
		case *geo.Facility:
			phones[f.Phone] = true
		case *geo.Assignment:
			phones[f.DutyPhone] = true
		}
	}
	delete(phones, "")
	for phone := range phones {
		if !strings.HasPrefix(phone, "0536-0000") {
			t.Errorf("phone %s", phone)
		}
	}
}
