package match_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/match"
	"gridatlas/geo/pinyin"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// town is the demo city without its booths, which the rows then stand for, with
// addresses on some facilities.
type town struct {
	snap      *snapshot.Snapshot
	index     *match.Index
	indexed   time.Duration
	booths    []*geo.Booth
	addressed []*geo.Facility
}

var city = sync.OnceValue(func() *town {
	c := &town{}
	build := snapshot.NewBuilder()
	next := map[geo.Layer]int64{}
	var facilities []*geo.Facility
	var streets []*geo.Street
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			panic(err)
		}
		f := change.After
		next[f.Layer()]++
		f.Common().ID = next[f.Layer()]
		switch f := f.(type) {
		case *geo.Booth:
			c.booths = append(c.booths, f)
			continue
		case *geo.Facility:
			facilities = append(facilities, f)
		case *geo.Street:
			if f.Name != "" {
				streets = append(streets, f)
			}
		}
		build.Add(f)
	}
	// Every twentieth facility stands at a number of some street: which one is of no
	// account, as long as nobody else has the number.
	for i := 0; i < len(facilities); i += 20 {
		facilities[i].Address = fmt.Sprintf("%s%d号", streets[i%len(streets)].Name, 1+i)
		c.addressed = append(c.addressed, facilities[i])
	}
	c.snap = build.Build(geo.Head{Revision: 1})
	begin := time.Now()
	c.index = match.NewIndex(c.snap)
	c.indexed = time.Since(begin)
	return c
})

// row is what a clerk wrote, and what was meant.
type row struct {
	q     match.Query
	key   geo.Key // zero: only the place counts
	at    geo.Point
	style string
}

// clerk writes rows the way lists have them.
type clerk struct {
	r       *rand.Rand
	c       *town
	strange []rune // characters for slips
	sounds  map[string][]rune
	others  []string // communities
}

func newClerk(c *town, r *rand.Rand) *clerk {
	k := &clerk{r: r, c: c, sounds: map[string][]rune{}}
	seen := map[rune]bool{}
	for _, layer := range []geo.Layer{geo.Compounds, geo.Places, geo.Streets} {
		for f := range c.snap.Layer(layer).After(0) {
			for _, ch := range f.Common().Name {
				seen[ch] = true
			}
		}
	}
	k.strange = slices.Sorted(maps.Keys(seen))
	for ch := rune(0x4E00); ch < 0x9000; ch++ {
		if readings := pinyin.Readings(ch); len(readings) == 1 {
			k.sounds[readings[0]] = append(k.sounds[readings[0]], ch)
		}
	}
	for p := range snapshot.All[*geo.Place](c.snap) {
		if p.Kind == "community" {
			k.others = append(k.others, p.Name)
		}
	}
	return k
}

func (k *clerk) chance(share float64) bool { return k.r.Float64() < share }

func (k *clerk) pick(list ...string) string { return list[k.r.IntN(len(list))] }

// slip spoils a name now and then and says how.
func (k *clerk) slip(name string, ends ...string) (string, string) {
	runes := []rune(name)
	at := k.r.IntN(len(runes))
	switch n := k.r.IntN(100); {
	case n < 8:
		runes[at] = k.strange[k.r.IntN(len(k.strange))]
		return string(runes), "wrong character"
	case n < 10:
		return string(slices.Delete(runes, at, at+1)), "missing character"
	case n < 17:
		if readings := pinyin.Readings(runes[at]); len(readings) > 0 {
			if same := k.sounds[readings[0]]; len(same) > 0 {
				runes[at] = same[k.r.IntN(len(same))]
				return string(runes), "homophone"
			}
		}
	case n < 20:
		return pinyin.Spellings(name)[0], "pinyin"
	case n < 22:
		return pinyin.Initials(name)[0], "initials"
	case n < 40:
		for _, end := range ends {
			if short, ok := strings.CutSuffix(name, end); ok && len([]rune(short)) >= 2 {
				return short, "short name"
			}
		}
	}
	return name, "name"
}

// number writes a building's number in one of many ways.
func (k *clerk) number(n string) string {
	chinese := map[string]string{"1": "一", "2": "二", "3": "三", "4": "四", "5": "五", "10": "十", "14": "十四", "20": "二十"}
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, n)
	forms := []string{n + "号楼", n + "号楼", n + "号楼", n + "#", n + "#楼", n + "栋", n + "幢", wide + "号楼", n + "号楼2单元", n + "号楼1单元301", n + "-1-502",
		n + "－2单元", " " + n + " 号楼", n + "号", n + "#1-401室"}
	if c, ok := chinese[n]; ok {
		forms = append(forms, c+"号楼", c+"栋")
	}
	return k.pick(forms...)
}

// around returns the names of the places around a point, by kind.
func (k *clerk) around(at geo.Point) map[string]string {
	names := map[string]string{}
	for p := range snapshot.Search[*geo.Place](k.c.snap, geo.Box{W: at.X, S: at.Y, E: at.X, N: at.Y}) {
		if p.Shape.Covers(at) {
			names[p.Kind] = strings.TrimSuffix(p.Name, "（演示）")
		}
	}
	return names
}

// community fills the column: mostly right, often empty, now and then wrong.
func (k *clerk) community(at geo.Point) string {
	switch n := k.r.IntN(100); {
	case n < 30:
		return ""
	case n < 32:
		return k.pick(k.others...)
	}
	name := k.around(at)["community"]
	return k.pick(name, name, strings.TrimSuffix(name, "社区"), strings.TrimSuffix(name, "社区")+"居委会")
}

// prefix is any number of the places above, as addresses begin.
func (k *clerk) prefix(at geo.Point) string {
	names := k.around(at)
	out := ""
	for _, part := range []string{"山东省", "潍坊市", names["district"], names["street"], names["community"]} {
		if k.chance(0.6) {
			out += part
		}
	}
	return out
}

// house writes a row of a building.
func (k *clerk) house(b *geo.Building, compound *geo.Compound) row {
	at := walk.Pole(b.Shape)
	name, style := k.slip(compound.Name, "小区", "花园", "家园", "新村", "生活区", "宿舍", "苑")
	r := row{key: geo.KeyOf(b), at: at, style: "building, " + style}
	number := k.number(b.Number)
	switch k.r.IntN(3) {
	case 0:
		r.q = match.Query{Community: k.community(at), Compound: name, Building: k.pick(b.Number, number)}
	case 1:
		r.q = match.Query{Community: k.community(at), Address: name + number}
	default:
		r.q = match.Query{Address: k.prefix(at) + k.pick(name, "（"+name+"）", name+" ") + number}
	}
	return r
}

// booth writes a row of a booth by its landmark.
func (k *clerk) booth(b *geo.Booth) row {
	at := b.Shape.Points()[0]
	words := b.Landmark
	switch k.r.IntN(5) {
	case 0:
		words = strings.Replace(words, "门", "门往", 1)
	case 1:
		words = strings.Replace(words, "米", "m，", 1)
	case 2:
		words = k.prefix(at) + words
	case 3:
		words = strings.Replace(words, "门", "大门口向", 1)
	}
	return row{q: match.Query{Community: k.community(at), Landmark: words, Name: "小蓝棚"}, at: at, style: "landmark"}
}

// facility writes a row of a facility by its name.
func (k *clerk) facility(f *geo.Facility) row {
	at := f.Shape.Points()[0]
	name, style := k.slip(f.Name)
	r := row{key: geo.KeyOf(f), at: at, style: "facility, " + style}
	r.q = match.Query{Community: k.community(at), Name: name}
	if k.chance(0.3) {
		r.q = match.Query{Address: k.prefix(at) + name}
	}
	return r
}

// address writes a row of a facility by its number on the street alone.
func (k *clerk) address(f *geo.Facility) row {
	at := f.Shape.Points()[0]
	street, number, _ := strings.Cut(f.Address, "路")
	if number == "" {
		street, number, _ = strings.Cut(f.Address, "街")
		street += "街"
	} else {
		street += "路"
	}
	r := row{key: geo.KeyOf(f), at: at, style: "address"}
	if k.chance(0.5) {
		r.q = match.Query{Community: k.community(at), Street: street + number}
	} else {
		r.q = match.Query{Address: k.prefix(at) + street + number}
	}
	return r
}

// tally counts how the rows of one style fared.
type tally struct{ rows, sure, first, wrong, unsure int }

func TestAccuracyOnTheDemoCity(t *testing.T) {
	c := city()
	r := seedtest.New(t)
	k := newClerk(c, r)
	var rows []row
	buildings := slices.Collect(snapshot.All[*geo.Building](c.snap))
	for len(rows) < 4000 {
		b := buildings[r.IntN(len(buildings))]
		if compound, ok := c.snap.Layer(geo.Compounds).ByCode(b.Compound); ok && b.Number != "" {
			rows = append(rows, k.house(b, compound.(*geo.Compound)))
		}
	}
	for range 8 {
		for _, b := range c.booths {
			rows = append(rows, k.booth(b))
		}
	}
	facilities := slices.Collect(snapshot.All[*geo.Facility](c.snap))
	for range 2000 {
		rows = append(rows, k.facility(facilities[r.IntN(len(facilities))]))
	}
	for _, f := range c.addressed {
		rows = append(rows, k.address(f))
	}
	styles := map[string]*tally{}
	total := &tally{}
	shown := map[string]int{}
	begin := time.Now()
	for _, row := range rows {
		result := c.index.Find(row.q, 5)
		one := styles[row.style]
		if one == nil {
			one = &tally{}
			styles[row.style] = one
		}
		right := len(result.Candidates) > 0 && (result.Candidates[0].Key == row.key ||
			row.key.ID == 0 && crs.Distance(result.Candidates[0].At, row.at) <= 30)
		for _, s := range []*tally{one, total} {
			s.rows++
			switch {
			case result.Sure && right:
				s.sure++
			case result.Sure:
				s.wrong++
			default:
				s.unsure++
			}
			if right {
				s.first++
			}
		}
		if result.Sure && !right || !right && shown[row.style] < 3 && testing.Verbose() {
			shown[row.style]++
			t.Logf("%s: %+v: sure %v, wanted %v\n%s", row.style, row.q, result.Sure, row.key, listed(c, result))
		}
	}
	t.Logf("index in %v, %d rows in %v", c.indexed, len(rows), time.Since(begin))
	share := func(n, of int) float64 { return 100 * float64(n) / float64(of) }
	for _, style := range slices.Sorted(maps.Keys(styles)) {
		s := styles[style]
		t.Logf("%-28s %5d rows: sure and right %5.1f %%, right first %5.1f %%, unsure %5.1f %%, sure and wrong %d",
			style, s.rows, share(s.sure, s.rows), share(s.first, s.rows), share(s.unsure, s.rows), s.wrong)
	}
	t.Logf("%-28s %5d rows: sure and right %5.1f %%, right first %5.1f %%, unsure %5.1f %%, sure and wrong %.2f %%",
		"all", total.rows, share(total.sure, total.rows), share(total.first, total.rows), share(total.unsure, total.rows), share(total.wrong, total.rows))
	if share(total.wrong, total.rows) > 0.5 {
		t.Errorf("%d rows of %d are sure and wrong", total.wrong, total.rows)
	}
	if share(total.first, total.rows) < 85 || share(total.sure, total.rows) < 65 {
		t.Errorf("too few are found")
	}
}

func listed(c *town, result match.Result) string {
	var b strings.Builder
	for _, candidate := range result.Candidates {
		f, _ := c.snap.Get(candidate.Key)
		fmt.Fprintf(&b, "  %.2f %v %s %v\n", candidate.Score, candidate.Key, f.Common().Name, candidate.Reasons)
	}
	fmt.Fprintf(&b, "  unread %q", result.Unread)
	return b.String()
}
