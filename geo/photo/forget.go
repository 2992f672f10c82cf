package photo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// UnshownDays is for how long a photo is kept that no place shows any more, so that
// taking it down can be undone. Our figure: what was taken down by mistake is missed
// within a month, and one with a face on it is gone after it.
const UnshownDays = 30

// forgottenAtOnce is how many photos one change set writes: a few megabytes.
const forgottenAtOnce = 20

// Store is where the photos of places are.
type Store interface {
	geo.RecordReader
	Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error)
}

// Forget deletes the photos that no place has shown for UnshownDays, notes of the others
// since when none does, and returns how many it deleted. It is to be called about once a
// day, and several may do it at once. A map that is behind the store does no harm: a
// photo that it does not know yet is noted, and the next call takes the note back.
func Forget(ctx context.Context, store Store, s *snapshot.Snapshot, now time.Time) (forgotten int, err error) {
	shown := shownOn(s)
	wanted := func(mark string, kept Kept) (Kept, bool) {
		unshown := !kept.Unshown.IsZero()
		switch {
		case shown[mark]:
			kept.Unshown = time.Time{}
		case !unshown:
			kept.Unshown = now.UTC()
		case kept.Unshown.AddDate(0, 0, UnshownDays).Before(now):
			return Kept{}, true
		}
		return kept, shown[mark] == unshown
	}
	var marks []string
	err = Places.All(ctx, store, func(mark string, _ int64, kept Kept) error {
		if _, other := wanted(mark, kept); other {
			marks = append(marks, mark)
		}
		return ctx.Err()
	})
	for some := range slices.Chunk(marks, forgottenAtOnce) {
		if err != nil {
			break
		}
		var n int
		n, err = rewrite(ctx, store, some, wanted, now)
		forgotten += n
	}
	if err != nil {
		return forgotten, fmt.Errorf("forget photos that no place shows: %w", err)
	}
	return forgotten, nil
}

// shownOn are the marks of the photos that places show.
func shownOn(s *snapshot.Snapshot) map[string]bool {
	shown := map[string]bool{}
	for _, schema := range geo.Catalog() {
		for f := range s.Layer(schema.Layer).After(0) {
			mark := geo.PhotoOf(f)
			if mark == nil {
				break // none of the layer has one
			}
			shown[*mark] = true
		}
	}
	return shown
}

// rewrite writes photos as they are wanted and returns how many it deleted. What somebody
// else wrote meanwhile waits for the next day.
func rewrite(ctx context.Context, store Store, marks []string, wanted func(string, Kept) (Kept, bool), now time.Time) (deleted int, err error) {
	var changes []geo.RecordChange
	for _, mark := range marks {
		kept, version, err := Places.Get(ctx, store, mark)
		if errors.Is(err, geo.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		after, other := wanted(mark, kept)
		switch {
		case !other:
			continue
		case after.JPEG == nil:
			changes, deleted = append(changes, Places.Delete(mark, version)), deleted+1
		default:
			change, err := Places.Put(mark, version, after)
			if err != nil {
				return 0, err
			}
			changes = append(changes, change)
		}
	}
	if len(changes) == 0 {
		return 0, nil
	}
	_, err = store.Apply(ctx, geo.ChangeSet{Note: fmt.Sprintf("look after %d photos that places show or showed", len(changes)), At: now.UTC(), Records: geo.RecordChanges(changes...)})
	var elsewhere *geo.RecordConflict
	if errors.As(err, &elsewhere) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return deleted, nil
}
