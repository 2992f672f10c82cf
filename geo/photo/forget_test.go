package photo_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/data/storetest/both"
	"gridatlas/geo"
	"gridatlas/geo/photo"
	"gridatlas/geo/street/streettest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestForget: a photo that no place shows is deleted when a month is over, and not if
// a place showed it again meanwhile; those that are shown stay.
func TestForget(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		const all = 45 // more than one change set takes
		name := func(i int) string { return fmt.Sprintf("photo %02d", i) }
		var puts []geo.RecordChange
		for i := range all {
			put, err := photo.Places.Put(name(i), 0, photo.Kept{JPEG: []byte{byte(i)}})
			if err != nil {
				t.Fatal(err)
			}
			puts = append(puts, put)
		}
		if _, err := store.Apply(t.Context(), geo.ChangeSet{Records: geo.RecordChanges(puts...)}); err != nil {
			t.Fatal(err)
		}
		begin := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
		day := func(on, forgets int, shown ...int) {
			t.Helper()
			town := &streettest.Town{}
			for i, photoOf := range shown {
				switch i % 3 {
				case 0:
					streettest.Add(town, &geo.Booth{Photo: name(photoOf)}, streettest.Dot(0, 0))
				case 1:
					streettest.Add(town, &geo.Shelter{Photo: name(photoOf)}, streettest.Dot(0, 9))
				default:
					streettest.Add(town, &geo.Facility{Photo: name(photoOf)}, streettest.Dot(9, 0))
				}
			}
			streettest.Add(town, &geo.Booth{}, streettest.Dot(5, 5))
			if n, err := photo.Forget(t.Context(), store, town.Snapshot(), begin.AddDate(0, 0, on)); n != forgets || err != nil {
				t.Fatalf("on day %d %d photos are forgotten, want %d: %v", on, n, forgets, err)
			}
		}
		kept := func(i int) photo.Kept {
			t.Helper()
			k, _, err := photo.Places.Get(t.Context(), store, name(i))
			if err != nil && !errors.Is(err, geo.ErrNotFound) {
				t.Fatal(err)
			}
			return k
		}
		day(0, 0, 0, 1, 2, 3)
		day(20, 0, 0, 1, 2, 4) // 3 is taken down, 4 is put back
		if !kept(4).Unshown.IsZero() || !kept(3).Unshown.Equal(begin.AddDate(0, 0, 20)) || !kept(5).Unshown.Equal(begin) {
			t.Errorf("%v, %v, %v", kept(3).Unshown, kept(4).Unshown, kept(5).Unshown)
		}
		day(30, 0, 0, 1, 2, 4)
		day(31, all-5, 0, 1, 2, 4)
		day(31, 0, 0, 1, 2, 4)
		for i := range all {
			if stays := i < 5; (kept(i).JPEG != nil) != stays {
				t.Errorf("photo %d: stays %t", i, !stays)
			}
		}
		day(51, 1, 0, 1, 2, 4)
	})
}
