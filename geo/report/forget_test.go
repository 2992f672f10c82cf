package report_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/storetest/both"
	"gridatlas/geo"
	"gridatlas/geo/report"
)

// TestForget: what was typed in a report is dropped when it was answered long enough
// ago, once, whoever does it; the number, the states and the counts stay, and no record
// holds the text any more.
func TestForget(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		const secret = "说给办事的人听"
		var days atomic.Int64
		clock := func() time.Time { return morning.AddDate(0, 0, int(days.Load())) }
		books := []*report.Book{report.NewBook(store, clock, report.Limits{}, report.Promise{}), report.NewBook(store, clock, report.Limits{}, report.Promise{})}
		const old, all = 55, 58 // more than one change set takes
		for i := range all {
			if i == old {
				days.Store(10)
			}
			number := numbered(i)
			if err := books[0].Accept(t.Context(), number, dirty(secret), []byte(secret)); err != nil {
				t.Fatal(err)
			}
			for _, to := range []report.State{report.Working, report.Settled, report.Answered}[:min(3, all-i)] { // the last two are not answered
				m := report.Move{To: to, By: "wang", Note: secret}
				if to == report.Answered {
					m.Answer = secret
				}
				held, err := books[0].Get(t.Context(), number)
				if err == nil {
					_, err = books[0].Move(t.Context(), number, held.Version, m)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		before, err := books[0].Get(t.Context(), numbered(3))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := books[0].Forget(t.Context(), morning); n != 0 || err != nil {
			t.Errorf("%d are forgotten on the day itself, %v", n, err)
		}
		var forgotten atomic.Int64
		var workers sync.WaitGroup
		for _, book := range books {
			workers.Go(func() {
				n, err := book.Forget(t.Context(), morning.AddDate(0, 0, 5))
				if err != nil {
					t.Error(err)
				}
				forgotten.Add(int64(n))
			})
		}
		workers.Wait()
		if forgotten.Load() != old {
			t.Errorf("%d are forgotten, want %d", forgotten.Load(), old)
		}
		if n, err := books[1].Forget(t.Context(), morning.AddDate(0, 0, 5)); n != 0 || err != nil {
			t.Errorf("%d are forgotten twice, %v", n, err)
		}
		after, err := books[0].Get(t.Context(), numbered(3))
		if err != nil || !after.Forgotten || after.State() != report.Answered || after.Since(report.Answered) != before.Since(report.Answered) ||
			after.Name != before.Name || after.Kind != before.Kind || len(after.Steps) != len(before.Steps) || strings.Contains(fmt.Sprintf("%+v", after), secret) {
			t.Errorf("%+v, %v", after, err)
		}
		for number, want := range map[int]bool{old: false, all - 1: false} {
			if held, err := books[0].Get(t.Context(), numbered(number)); err != nil || held.Forgotten != want || held.Note != secret {
				t.Errorf("report %d: %+v, %v", number, held, err)
			}
		}
		told := map[string]int{}
		err = store.Archive(t.Context(), func(a data.Archive) error {
			for r, err := range a.Records {
				if err != nil {
					return err
				}
				if strings.Contains(string(r.Value), secret) {
					told[r.Kind]++
				}
			}
			return nil
		})
		if err != nil || fmt.Sprint(told) != "map[report:2 report answered:1]" {
			t.Errorf("it is still told in %v, %v", told, err)
		}
		if n, err := count(t, books[0].Answered); err != nil || n != all-2 {
			t.Errorf("%d are answered, %v", n, err)
		}
		if faults, err := store.Check(t.Context()); err != nil || len(faults) > 0 {
			t.Errorf("%v, %v", faults, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if n, err := books[0].Forget(ended, morning.AddDate(1, 0, 0)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("after the end: %d, %v", n, err)
		}
	})
}

func count(t *testing.T, read func(context.Context, func(report.Held) error) error) (n int, err error) {
	t.Helper()
	err = read(t.Context(), func(report.Held) error { n++; return nil })
	return n, err
}

// broken is a store that another write always overtakes.
type broken struct{ data.Store }

func (broken) Apply(context.Context, geo.ChangeSet) (geo.Head, error) {
	return geo.Head{}, &geo.RecordConflict{Kind: "report answered"}
}

// A store that never lets a write through is an error in the end, and no endless work.
func TestForgetGivesUp(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		book := newBook(store, report.Limits{})
		if err := book.Accept(t.Context(), numbered(1), dirty("x"), nil); err != nil {
			t.Fatal(err)
		}
		for _, m := range []report.Move{{To: report.Working}, {To: report.Settled}, {To: report.Answered, Answer: "好了"}} {
			held, err := book.Get(t.Context(), numbered(1))
			if err == nil {
				_, err = book.Move(t.Context(), numbered(1), held.Version, m)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var conflict *geo.RecordConflict
		if n, err := newBook(broken{store}, report.Limits{}).Forget(t.Context(), morning.AddDate(1, 0, 0)); n != 0 || !errors.As(err, &conflict) {
			t.Errorf("%d, %v", n, err)
		}
	})
}
