package tiles_test

import (
	"errors"
	"fmt"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/tiles"
)

func TestParseAddress(t *testing.T) {
	for _, test := range []struct {
		z, x, y string
		want    tiles.Address
		ok      bool
	}{
		{"0", "0", "0", tiles.Address{}, true},
		{"14", "13613", "6384", tiles.Address{Z: 14, X: 13613, Y: 6384}, true},
		{"22", "4194303", "4194303", tiles.Address{Z: 22, X: 4194303, Y: 4194303}, true},
		{"22", "4194304", "0", tiles.Address{}, false},
		{"1", "0", "2", tiles.Address{}, false},
		{"23", "0", "0", tiles.Address{}, false},
		{"9999", "0", "0", tiles.Address{}, false},
		{"4294967296", "0", "0", tiles.Address{}, false},
		{"01", "0", "0", tiles.Address{}, false},
		{"+1", "0", "0", tiles.Address{}, false},
		{"-1", "0", "0", tiles.Address{}, false},
		{"1e1", "0", "0", tiles.Address{}, false},
		{"", "0", "0", tiles.Address{}, false},
		{"１", "0", "0", tiles.Address{}, false},
		{"1", "0", "0 ", tiles.Address{}, false},
	} {
		t.Run(test.z+"_"+test.x+"_"+test.y, func(t *testing.T) {
			got, err := tiles.ParseAddress(test.z, test.x, test.y)
			if (err == nil) != test.ok || got != test.want {
				t.Fatalf("got %v, %v", got, err)
			}
			if err != nil && !errors.Is(err, tiles.ErrAddress) {
				t.Fatalf("%v is not ErrAddress", err)
			}
		})
	}
}

// The box of a tile lies on the place that the addresses around it leave.
func TestAddressBox(t *testing.T) {
	a := tiles.Address{Z: 14, X: 13613, Y: 6384}
	if want := crs.TileBox(14, 13613, 6384).Grown(1, 1); a.Box(0) != want {
		t.Errorf("got %v, want %v", a.Box(0), want)
	}
	if !a.Box(64).Covers(a.Box(0)) || a.Box(64) == a.Box(0) {
		t.Error("the buffer does not grow the box")
	}
	if whole := (tiles.Address{}).Box(128); !geo.World.Covers(whole) {
		t.Errorf("%v lies outside the world", whole)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, seed := range [][3]string{{"14", "13613", "6384"}, {"0", "0", "0"}, {"-1", "1e1", "01"}, {"22", "4194303", "4194304"}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, z, x, y string) {
		a, err := tiles.ParseAddress(z, x, y)
		if err != nil {
			return
		}
		if again := fmt.Sprintf("%s/%s/%s", z, x, y); a.String() != again {
			t.Fatalf("%q was read as %v", again, a)
		}
		if a.Z > tiles.MaxZoom || a.X>>a.Z != 0 || a.Y>>a.Z != 0 {
			t.Fatalf("%v is out of range", a)
		}
		if box := a.Box(128); box.Empty() || !geo.World.Covers(box) {
			t.Fatalf("%v has the box %v", a, box)
		}
	})
}

func TestParseSet(t *testing.T) {
	for _, test := range []struct{ text, name, fault string }{
		{"map", "map", ""},
		{"planner", "planner", ""},
		{"emergency", "emergency", ""},
		{"streets", "streets", ""},
		{"streets,places,booths", "places,booths,streets", ""},
		{"streets,streets", "", `tile layer "streets" is named twice`},
		{"roads", "", `tile layer "roads": not found`},
		{"assignments", "", `tile layer "assignments": not found`}, // has no geometry
		{"map,streets", "", `tile layer "map": not found`},
		{"places,grids,compounds,buildings,booths,gates,streets,land,shelters", "", "more than 8 tile layers are named"},
		{"", "", `tile layer "": not found`},
		{"streets,", "", `tile layer "": not found`},
	} {
		t.Run(test.text, func(t *testing.T) {
			set, err := tiles.ParseSet(tiles.Public, test.text)
			if err != nil {
				if err.Error() != test.fault {
					t.Fatalf("got %v, want %q", err, test.fault)
				}
				return
			}
			if test.fault != "" || set.Name != test.name {
				t.Fatalf("got %q", set.Name)
			}
		})
	}
}
