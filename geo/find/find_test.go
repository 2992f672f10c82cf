package find_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/find"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
)

var now = geo.InstantOf(time.Date(2026, 11, 21, 9, 12, 0, 0, time.UTC))

// found lists what is found as texts that name all of an entry.
func found(t testing.TB, x *find.Index, text string, limit int) []string {
	t.Helper()
	entries, err := x.Find(t.Context(), find.Words(text), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	return told(entries)
}

func told(entries []*find.Entry) []string {
	var list []string
	for _, e := range entries {
		base := e.Feature.Common()
		list = append(list, fmt.Sprint(e.Feature.Layer(), base.ID, base.Version, " ", e.Title, " in ", e.Within, e.Box))
	}
	return list
}

// names of which the random maps are made: short, so that many share parts of them.
var names = []string{"", "五道庙小区", "五道口", "健康街", "健康", "新华路", "重庆路", "长安", "Ａ１区", "a1区", "3号院", "wdm"}

// at is one of few small boxes.
func at(r *rand.Rand) geo.Shape {
	return geo.PointShape(crs.At(119+float64(r.IntN(9))/100, 36+float64(r.IntN(9))/100))
}

// random is a feature of any layer that is searched, or of one that is not.
func random(r *rand.Rand, version int64) geo.Feature {
	base := geo.Base{ID: int64(r.IntN(6) + 1), Version: version, Name: names[r.IntN(len(names))], Shape: at(r)}
	if r.IntN(3) == 0 {
		base.Code = fmt.Sprint(r.IntN(12))
	}
	if r.IntN(8) == 0 {
		base.Until = now
	}
	code := fmt.Sprint(r.IntN(12))
	switch r.IntN(9) {
	case 0:
		return &geo.Place{Base: base}
	case 1:
		return &geo.Street{Base: base}
	case 2:
		return &geo.Compound{Base: base, Community: code}
	case 3:
		return &geo.Booth{Base: base, Number: code}
	case 4:
		return &geo.Grid{Base: base, Community: code}
	case 5:
		return &geo.Barrier{Base: base}
	case 6:
		return &geo.Building{Base: base, Compound: code, Number: fmt.Sprint(r.IntN(4))}
	case 7:
		return &geo.ParkingSpace{Base: base, Compound: code, Number: fmt.Sprint(r.IntN(4))}
	}
	return &geo.Facility{Base: base, Kind: "camera"} // for staff
}

var texts = []string{
	"五", "五道", "五道庙", "道庙 3", "健康", "健", "3号楼", "号", "wdm", "wu", "a1", "１", "1", "11", "新华路 新", "cq", "chongqing", "zhongqing",
	"小区 3号", "区", "zz", "没有", "3号车位",
}

// TestAdvanceIsOfTheMap: an index that followed its map through many changes answers
// as one that is made of the last map at once.
func TestAdvanceIsOfTheMap(t *testing.T) {
	r := seedtest.New(t)
	for range 15 {
		snap := snapshot.NewBuilder().Build(geo.Head{Epoch: 1, Revision: 1})
		x := find.Of(snap)
		for revision := int64(2); revision < 40; revision++ {
			delta := geo.Delta{Since: revision - 1, Head: geo.Head{Epoch: 1, Revision: revision}}
			written := map[geo.Key]bool{}
			for range r.IntN(4) {
				f := random(r, revision)
				key := geo.KeyOf(f)
				if written[key] {
					continue
				}
				written[key] = true
				if _, stands := snap.Layer(key.Layer).Get(key.ID); stands && r.IntN(3) == 0 {
					delta.Deleted = append(delta.Deleted, key)
				} else {
					delta.Changed = append(delta.Changed, f)
				}
			}
			snap = snap.Advance(delta)
			x = x.Advance(snap)
			whole := find.Of(snap)
			if x.Len() != whole.Len() {
				t.Fatalf("revision %d: %d entries, want %d", revision, x.Len(), whole.Len())
			}
			for _, text := range texts {
				if got, want := found(t, x, text, 5), found(t, whole, text, 5); !slices.Equal(got, want) {
					t.Fatalf("revision %d, %s:\ngot  %q\nwant %q", revision, text, got, want)
				}
			}
		}
	}
}

// city is the demo city.
func city(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	build := snapshot.NewBuilder()
	next := map[geo.Layer]int64{}
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		f := change.After
		next[f.Layer()]++
		f.Common().ID, f.Common().Version = next[f.Layer()], 1
		build.Add(f)
	}
	return build.Build(geo.Head{Epoch: 1, Revision: 1})
}

// TestFindMissesNothing: in the demo city the index gives what looking at every entry
// gives.
func TestFindMissesNothing(t *testing.T) {
	x := find.Of(city(t))
	r := seedtest.New(t)
	all := x.Titles()
	questions := append([]string{"健康", "小区 3号楼", "370705", "3707", "xq", "gongyuan", "a", "号 楼"}, texts...)
	for range 20 { // pieces of titles, one or two
		var words []string
		for range 1 + r.IntN(2) {
			title := []rune(all[r.IntN(len(all))])
			from := r.IntN(len(title))
			words = append(words, string(title[from:min(len(title), from+1+r.IntN(4))]))
		}
		questions = append(questions, strings.Join(words, " "))
	}
	for _, text := range questions {
		for _, limit := range []int{1, 20} {
			if got, want := found(t, x, text, limit), told(x.Scan(find.Words(text), now, limit)); !slices.Equal(got, want) {
				t.Fatalf("%q, limit %d:\ngot  %q\nwant %q", text, limit, got, want)
			}
		}
	}
}

func TestFindStops(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	x := find.Of(snapshot.NewBuilder().Build(geo.Head{Epoch: 1, Revision: 1}))
	if _, err := x.Find(ended, []string{"五"}, now, 10); err == nil {
		t.Error("who left was answered")
	}
}

func FuzzFind(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	build := snapshot.NewBuilder()
	for id := range int64(300) {
		feature := random(r, 1)
		feature.Common().ID = id + 1
		build.Add(feature)
	}
	x := find.Of(build.Build(geo.Head{Epoch: 1, Revision: 1}))
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := found(t, x, text, 10), told(x.Scan(find.Words(text), now, 10)); !slices.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	x := find.Of(city(b))
	for _, text := range []string{"wdm", "五道庙", "3号楼", "小区 3", "号", "zzz"} {
		words := find.Words(text)
		b.Run("index/"+text, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Find(b.Context(), words, now, 10); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("scan/"+text, func(b *testing.B) {
			for b.Loop() {
				x.Scan(words, now, 10)
			}
		})
	}
}

func BenchmarkIndex(b *testing.B) {
	snap := city(b)
	b.Run("of", func(b *testing.B) {
		for b.Loop() {
			find.Of(snap)
		}
	})
	x := find.Of(snap)
	building, _ := snap.Layer(geo.Buildings).Get(1)
	raised := *building.(*geo.Building)
	raised.Number += "甲"
	street, _ := snap.Layer(geo.Streets).Get(1)
	renamed := *street.(*geo.Street)
	renamed.Name += "甲"
	after := func(f geo.Feature) *snapshot.Snapshot {
		return snap.Advance(geo.Delta{Since: 1, Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{f}})
	}
	next, other := after(&raised), after(&renamed)
	b.Run("advance/building", func(b *testing.B) {
		for b.Loop() {
			x.Advance(next)
		}
	})
	b.Run("advance/street", func(b *testing.B) {
		for b.Loop() {
			x.Advance(other)
		}
	})
}
