package match_test

import (
	"context"
	"testing"

	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
	"gridatlas/geo/match"
	"gridatlas/geo/pinyin"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
)

// realCity reads the OpenStreetMap file of a small city.
func realCity(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	result, err := osm.ReadFile(context.Background(), osmtest.File(t, "osm-china/guixi-jiangxi-city.osm"), osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	build := snapshot.NewBuilder()
	next := map[geo.Layer]int64{}
	for _, f := range result.Features {
		next[f.Layer()]++
		f.Common().ID = next[f.Layer()]
		build.Add(f)
	}
	return build.Build(geo.Head{Revision: 1})
}

// The names of 贵溪市, written as they are, behind a prefix, in other characters,
// with a slip and in pinyin, lead to what has the name. Its communities are points
// without an outline, so nothing here may be sure.
func TestNamesOfARealCity(t *testing.T) {
	s := realCity(t)
	x := match.NewIndex(s)
	k := newClerk(&town{snap: s}, seedtest.New(t))
	type share struct{ rows, right int }
	shares := map[string]*share{}
	for _, layer := range []geo.Layer{geo.Streets, geo.Places, geo.Facilities, geo.Buildings} {
		seen := map[string]bool{}
		for f := range s.Layer(layer).After(0) {
			name := f.Common().Name
			if len([]rune(name)) < 2 || seen[name] {
				continue
			}
			seen[name] = true
			rows := map[string]match.Query{
				"as written":    {Name: name},
				"behind places": {Address: "江西省鹰潭市贵溪市雄石街道" + name},
				"pinyin":        {Name: pinyin.Spellings(name)[0]},
			}
			runes := []rune(name)
			if same := k.sounds[pinyin.Readings(runes[0])[0]]; len(same) > 0 && len(runes) > 2 {
				runes[0] = same[k.r.IntN(len(same))]
				rows["homophone"] = match.Query{Address: string(runes)}
			}
			for style, q := range rows {
				result := x.Find(q, 3)
				if shares[style] == nil {
					shares[style] = &share{}
				}
				shares[style].rows++
				first := ""
				if len(result.Candidates) > 0 {
					found, _ := s.Get(result.Candidates[0].Key)
					first = found.Common().Name
				}
				if first == name {
					shares[style].right++
				} else if testing.Verbose() {
					t.Logf("%s: %+v gives %q; unread %q", style, q, first, result.Unread)
				}
				if result.Sure {
					t.Errorf("%+v is sure without a community's outline: %+v", q, result.Candidates[0])
				}
			}
		}
	}
	for style, n := range shares {
		t.Logf("%s: %d of %d right", style, n.right, n.rows)
		if float64(n.right) < 0.85*float64(n.rows) {
			t.Errorf("%s: only %d of %d right", style, n.right, n.rows)
		}
	}
}
