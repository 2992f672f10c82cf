package api_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// oneGridOver is a map of a real town in which one grid covers everything.
func oneGridOver(t *testing.T, name string) *snapshot.Snapshot {
	t.Helper()
	read, err := osm.ReadFile(context.Background(), osmtest.File(t, name), osm.Options{Repair: true})
	if err != nil {
		t.Fatal(err)
	}
	b, ids, around := snapshot.NewBuilder(), map[geo.Layer]int64{}, read.Features[0].Common().Shape.Box()
	add := func(f geo.Feature) {
		ids[f.Layer()]++
		f.Common().ID, f.Common().Version = ids[f.Layer()], 1
		b.Add(f)
	}
	for _, f := range read.Features {
		around = around.Union(f.Common().Shape.Box())
		add(f)
	}
	add(&geo.Grid{Base: geo.Base{Code: "370705001000001", Name: "第1网格", Shape: geo.PolygonShape([]geo.Point{{X: around.W, Y: around.S}, {X: around.E, Y: around.S}, {X: around.E, Y: around.N}, {X: around.W, Y: around.N}})}, Kind: "general"})
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

// The streets that a phone takes along come to no more bytes than is said, with the main
// ones before the others, and the answer says whether some are left out.
func TestStreetsTakenAlongAreBounded(t *testing.T) {
	const most = 256 << 10
	for name, isCut := range map[string]bool{
		"osm-china/guixi-jiangxi-city.osm": false, "osm-china/shanghai-baoshan-shu.osm": false, "osm/helsinki-centre-2019.osm.pbf": true,
	} {
		t.Run(name, func(t *testing.T) {
			snap := oneGridOver(t, name)
			n := newNode(t, func(c *api.Config) {
				c.Accounts, c.Store = known{token: {Name: "wang", Grants: []access.Grant{{Role: access.GridWorker}}}}, deaf{}
			})
			n.live.Publish(snap)
			answer := n.get(t, "/my/work", "Authorization", "Bearer "+token)
			if answer.Code != 200 {
				t.Fatalf("%d %s", answer.Code, answer.Body)
			}
			var work struct {
				Streets    json.RawMessage `json:"streets"`
				StreetsCut bool            `json:"streets_cut"`
			}
			if err := json.Unmarshal(answer.Body.Bytes(), &work); err != nil {
				t.Fatal(err)
			}
			var streets []struct{ Class string }
			if err := json.Unmarshal(work.Streets, &streets); err != nil {
				t.Fatal(err)
			}
			all := snap.Layer(geo.Streets).Len()
			t.Logf("%d of %d streets in %d bytes, of %d in all", len(streets), all, len(work.Streets), answer.Body.Len())
			if len(work.Streets) > most || work.StreetsCut != (len(streets) < all) || work.StreetsCut != isCut || len(streets) == 0 {
				t.Errorf("%d of %d streets in %d bytes, cut: %v", len(streets), all, len(work.Streets), work.StreetsCut)
			}
			classes, _ := geo.MustSchema(geo.Streets).Field("class")
			rank := func(class string) int {
				i := slices.IndexFunc(classes.Terms, func(term geo.Term) bool { return term.Value == class })
				if i < 0 {
					return len(classes.Terms)
				}
				return i
			}
			if !slices.IsSortedFunc(streets, func(a, b struct{ Class string }) int { return rank(a.Class) - rank(b.Class) }) {
				t.Error("a lesser street stands before a main one")
			}
		})
	}
}
