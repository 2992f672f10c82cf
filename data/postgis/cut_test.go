package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/faulttest"
	"gridatlas/data/postgis"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

// cuts does work over a line that breaks at its 1st, 2nd, ... message each way,
// once, for ever, and with a server that does not notice, as faulttest.Draw
// chooses. Where all are tried, they go on until the work comes through.
func cuts(t *testing.T, proxy *pgtest.Proxy, sample int, work func(cut pgtest.Cut)) {
	proxy.Break(pgtest.Cut{})
	work(pgtest.Cut{})
	messages := proxy.Passed()
	var kinds, all []pgtest.Cut
	for _, kind := range []pgtest.Cut{{}, {Ever: true}, {Linger: 50 * time.Millisecond}} {
		for _, kind.Direction = range []pgtest.Direction{pgtest.ToServer, pgtest.ToProgram} {
			kinds = append(kinds, kind)
			for kind.Nth = 1; kind.Nth <= messages[kind.Direction]; kind.Nth++ {
				all = append(all, kind)
			}
		}
	}
	struck := 0
	try := func(cut pgtest.Cut) bool {
		proxy.Break(cut)
		work(cut)
		if t.Failed() {
			t.Fatalf("after %+v", cut)
		}
		if !proxy.Struck() {
			return false
		}
		struck++
		return true
	}
	for _, i := range faulttest.Draw(t, len(all), sample) {
		try(all[i])
	}
	if faulttest.All() { // a run may need more messages than the first one
		for _, cut := range kinds {
			for cut.Nth = messages[cut.Direction] + 1; try(cut); cut.Nth++ {
			}
		}
	}
	t.Logf("%d messages to the server, %d to the program, %d of %d cuts", messages[0], messages[1], struck, len(all))
	proxy.Break(pgtest.Cut{})
}

// TestCutApply breaks the line in Apply: the caller gets an error or the true
// result, by its idempotency key the change set is stored once, without one it is
// there whole or not at all.
func TestCutApply(t *testing.T) {
	cluster := pgtest.Start(t)
	address := cluster.URL(t)
	proxy := cluster.Proxy(t)
	direct, cut := open(t, address), open(t, proxy.URL(t, address))
	kept := &geo.Booth{}
	kept.Shape = geo.PointShape(geo.Point{X: 1})
	if _, err := direct.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(kept))}); err != nil {
		t.Fatal(err)
	}
	written := geo.RecordTable[int]{Kind: "cut"}
	const added = 20
	features, revision, serial := 1, int64(1), 0
	// next is a change set that inserts, rewrites, needs history and writes a record.
	next := func() geo.ChangeSet {
		serial++
		changes := []geo.Change{}
		if _, err := direct.Load(t.Context(), func(f geo.Feature) error {
			if f.Common().ID == 1 {
				f.Common().Name = fmt.Sprint("serial ", serial)
				changes = append(changes, geo.Replace(f))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for range added {
			b := &geo.Booth{}
			b.Shape, b.Name = geo.PointShape(geo.Point{X: 2}), fmt.Sprint("serial ", serial)
			changes = append(changes, geo.Insert(b))
		}
		record, err := written.Put("newest", geo.AnyVersion, serial)
		if err != nil {
			t.Fatal(err)
		}
		return geo.ChangeSet{Changes: geo.Changes(changes...), Records: func(yield func(geo.RecordChange, error) bool) { yield(record, nil) }}
	}
	holds := func() {
		t.Helper()
		n, named := 0, 0
		head, err := direct.Load(t.Context(), func(f geo.Feature) error {
			if n++; f.Common().Name == fmt.Sprint("serial ", serial) {
				named++
			}
			return nil
		})
		if record, _, err := written.Get(t.Context(), direct, "newest"); err != nil || record != serial {
			t.Errorf("the record says %d, %v; want %d", record, err, serial)
		}
		if err != nil || head.Revision != revision || n != features || named != added+1 {
			t.Errorf("%d features, %d of the last set, at revision %d, %v; want %d at %d", n, named, head.Revision, err, features, revision)
		}
	}
	apply := func(s *postgis.Store, set geo.ChangeSet) (geo.Head, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		head, err := s.Apply(ctx, set)
		if err != nil && !errors.Is(err, data.ErrUnavailable) {
			t.Errorf("apply: %v", err)
		}
		return head, err
	}
	t.Run("with key", func(t *testing.T) {
		cuts(t, proxy, 24, func(c pgtest.Cut) {
			set := next()
			set.IdempotencyKey = fmt.Sprint("serial ", serial)
			first, cutShort := apply(cut, set)
			again, err := apply(direct, set)
			if err != nil || cutShort == nil && first != again {
				t.Errorf("repeated: %+v, %v; the first answer was %+v", again, err, first)
			}
			features, revision = features+added, revision+1
			holds()
			struck := proxy.Struck()
			if healed, err := apply(cut, set); struck && c.Ever != (err != nil) || err == nil && healed != again {
				t.Errorf("repeated by the line that was cut: %+v, %v", healed, err)
			}
		})
	})
	t.Run("without key", func(t *testing.T) {
		cuts(t, proxy, 16, func(pgtest.Cut) {
			_, err := apply(cut, next())
			// Who locks the head waits for the session that was cut.
			if _, err := direct.Apply(t.Context(), geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) { yield(geo.Change{}, errStopped) }}); !errors.Is(err, errStopped) {
				t.Errorf("wait for the session: %v", err)
			}
			n, head := count(t, direct)
			if err == nil || head.Revision == revision+1 {
				features, revision = features+added, revision+1
				holds()
			} else if n != features || head.Revision != revision {
				t.Errorf("%d features at revision %d; want %d at %d", n, head.Revision, features, revision)
			}
		})
	})
	if faults, err := direct.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}
}

var errStopped = errors.New("stopped half way")

// TestCutFill breaks the line while a store is replaced by another one, as restore
// and copy do: it holds what it held or all of the other.
func TestCutFill(t *testing.T) {
	cluster := pgtest.Start(t)
	address := cluster.URL(t)
	proxy := cluster.Proxy(t)
	direct, cut := open(t, address), open(t, proxy.URL(t, address))
	var sources []*postgis.Store
	for i := range 2 {
		s := open(t, cluster.URL(t))
		for range i + 1 { // what a store holds is told by its revision
			if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: booths(10, nil).Changes}); err != nil {
				t.Fatal(err)
			}
		}
		sources = append(sources, s)
	}
	held := int64(0)
	cuts(t, proxy, 12, func(pgtest.Cut) {
		next := 2 - held/2 // 2 or 1
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		replace := func(s *postgis.Store) error {
			_, err := data.Copy(ctx, sources[next-1], s, data.FillOptions{Replace: true})
			return err
		}
		err := replace(cut)
		if err != nil && !errors.Is(err, data.ErrUnavailable) {
			t.Errorf("fill: %v", err)
		}
		holds := func() int64 {
			n, head := count(t, direct)
			if n != 10*int(head.Revision) {
				t.Errorf("%d features at revision %d", n, head.Revision)
			}
			return head.Revision
		}
		if now := holds(); now != next && (now != held || err == nil) {
			t.Errorf("revision %d, held %d, filled with %d: %v", now, held, next, err)
		}
		if err := replace(direct); err != nil {
			t.Errorf("fill again: %v", err)
		}
		if held = holds(); held != next {
			t.Errorf("filled again: revision %d, want %d", held, next)
		}
		if faults, err := direct.Check(t.Context()); err != nil || len(faults) > 0 {
			t.Errorf("check: %v, %v", faults, err)
		}
	})
}

// TestCutOpen breaks the line while a store is made, and while one of an older
// program is migrated: the next start makes or migrates it.
func TestCutOpen(t *testing.T) {
	cluster := pgtest.Start(t)
	for _, older := range []bool{false, true} {
		t.Run(fmt.Sprintf("older=%t", older), func(t *testing.T) {
			proxy := cluster.Proxy(t)
			cuts(t, proxy, 3, func(pgtest.Cut) {
				address, revision := cluster.URL(t), int64(0)
				if older {
					s, err := postgis.OpenOlder(t.Context(), address)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: booths(2, nil).Changes}); err != nil {
						t.Fatal(err)
					}
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					revision = 1
				}
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				s, err := postgis.Open(ctx, proxy.URL(t, address))
				if err == nil {
					s.Close()
				} else if !errors.Is(err, data.ErrUnavailable) {
					t.Errorf("open: %v", err)
				}
				if s, err = postgis.Open(t.Context(), address); err != nil {
					t.Fatalf("the next start: %v", err)
				}
				defer s.Close()
				if _, err := s.Apply(t.Context(), booths(3, nil)); err != nil {
					t.Error(err)
				}
				n, head := count(t, s)
				if n != 3+2*int(revision) || head.Revision != revision+1 {
					t.Errorf("%d features at revision %d", n, head.Revision)
				}
				if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
					t.Errorf("check: %v, %v", faults, err)
				}
			})
		})
	}
}

// TestSlow has a server that answers late, by drops, or not at all: calls end by
// their context, and the store by Close.
func TestSlow(t *testing.T) {
	cluster := pgtest.Start(t)
	for name, pace := range map[string]pgtest.Pace{
		"late": {Delay: 200 * time.Millisecond}, "by drops": {BytesPerSecond: 50}, "not at all": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := cluster.Proxy(t)
			address := cluster.URL(t)
			direct, s := open(t, address), open(t, proxy.URL(t, address))
			if _, err := direct.Apply(t.Context(), booths(50, nil)); err != nil {
				t.Fatal(err)
			}
			proxy.Slow(pace)
			for call, f := range map[string]func(context.Context) error{
				"apply": func(ctx context.Context) error {
					set := booths(5, nil)
					set.IdempotencyKey = ""
					_, err := s.Apply(ctx, set)
					return err
				},
				"load": func(ctx context.Context) error {
					_, err := s.Load(ctx, func(geo.Feature) error { return nil })
					return err
				},
				"log":    func(ctx context.Context) error { _, err := s.Log(ctx, 0, 0); return err },
				"open":   func(ctx context.Context) error { _, err := postgis.Open(ctx, proxy.URL(t, address)); return err },
				"exists": func(ctx context.Context) error { _, err := postgis.Exists(ctx, proxy.URL(t, address)); return err },
			} {
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				start := time.Now()
				err := f(ctx)
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", call, err)
				}
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("%s took %v", call, took)
				} else {
					t.Logf("%s took %v", call, took.Round(time.Millisecond))
				}
			}
			if n, head := count(t, direct); n != 50 || head.Revision != 1 {
				t.Errorf("%d features at revision %d", n, head.Revision)
			}
			start := time.Now()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			t.Logf("close took %v", time.Since(start).Round(time.Millisecond))
		})
	}
}
