package estimate_test

import (
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
)

const marked = "OSM; 估算（户数、人口）：按住宅建筑面积分摊社区统计数 2026-11-25"

func TestMark(t *testing.T) {
	b := &geo.Building{Base: geo.Base{Source: marked}, Households: geo.Some[int32](3), Residents: geo.Some[int32](8)}
	if m := estimate.Of(b); !m.Households || !m.People || m.Of != estimate.Community || m.On.String() != "2026-11-25" {
		t.Errorf("%+v", m)
	}
	if !strings.HasSuffix(marked, estimate.Of(b).String()) {
		t.Errorf("written %q", estimate.Of(b))
	}
	b.Residents = geo.Opt[int32]{}
	if m := estimate.Of(b); m.People || !m.Households {
		t.Errorf("an unknown figure is no estimate: %+v", m)
	}
	for _, source := range []string{"", "OSM", "估算", "估算（户数）", marked + " 修订", "某估算（人口）：按住宅建筑面积分摊社区统计数 2026-11-25",
		"估算（人口）：按住宅建筑面积分摊小区统计数 2026-11-25", "估算（人口）：按住宅建筑面积分摊社区统计数 2026-13-25", "估算（床位）：按住宅建筑面积分摊社区统计数 2026-11-25"} {
		if estimate.Is(&geo.Building{Base: geo.Base{Source: source}, Residents: geo.Some[int32](8)}) {
			t.Errorf("%q is no mark", source)
		}
	}
	if estimate.Is(&geo.Place{Base: geo.Base{Source: marked}}) {
		t.Error("places are not estimated")
	}
}

func TestSettle(t *testing.T) {
	make := func(source string, households, residents int32) *geo.Building {
		return &geo.Building{Base: geo.Base{Source: source}, Households: geo.Some(households), Residents: geo.Some(residents)}
	}
	before := make(marked, 3, 8)
	for _, c := range []struct {
		name   string
		before geo.Feature
		after  *geo.Building
		want   string
	}{
		{"nothing entered", before, make(marked, 3, 8), marked},
		{"people entered", before, make(marked, 3, 9), "OSM; 估算（户数）：按住宅建筑面积分摊社区统计数 2026-11-25"},
		{"both entered", before, make(marked, 4, 9), "OSM"},
		{"another source for the rest", before, make("普查", 3, 8), "普查; 估算（户数、人口）：按住宅建筑面积分摊社区统计数 2026-11-25"},
		{"a new building", nil, make(marked, 3, 8), marked},
		{"counted before", make("OSM", 3, 8), make(marked, 3, 8), "OSM"},
	} {
		if estimate.Settle(c.before, c.after); c.after.Source != c.want {
			t.Errorf("%s: %q, not %q", c.name, c.after.Source, c.want)
		}
	}
}

func FuzzMark(f *testing.F) {
	f.Add(marked)
	f.Add("估算（")
	f.Fuzz(func(t *testing.T, source string) {
		b := &geo.Building{Base: geo.Base{Source: source}, Households: geo.Some[int32](3), Residents: geo.Some[int32](8)}
		if m := estimate.Of(b); estimate.Is(b) && !strings.Contains(source, "估算（") {
			t.Fatalf("%q: %+v", source, m)
		}
		if bare := estimate.Without(b); estimate.Is(bare) || estimate.Without(bare) != bare {
			t.Fatalf("%q still has a mark: %q", source, bare.Common().Source)
		}
	})
}
