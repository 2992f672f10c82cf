package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/data/storetest/both"
	"gridatlas/geo"
	"gridatlas/geo/report"
	"gridatlas/geo/seedtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var morning = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

// newBook is a book whose clock stands.
func newBook(store data.Store, limits report.Limits) *report.Book {
	return report.NewBook(store, func() time.Time { return morning }, limits, report.Promise{Days: 2})
}

func dirty(note string) report.Report {
	return report.Report{Kind: report.Dirty, Layer: geo.Booths, ID: 17, Name: "新华路小蓝棚", At: [2]float64{119.1, 36.7}, Note: note}
}

func numbered(i int) report.Receipt { return report.ReceiptOf(fmt.Append(nil, "report", i)) }

// TestMoves tries every move from every state: those of the table are done, logged and
// counted, and the others change nothing.
func TestMoves(t *testing.T) {
	ways := map[report.State][]report.State{
		report.Accepted: {}, report.Working: {report.Working}, report.Settled: {report.Working, report.Settled},
		report.Answered: {report.Working, report.Settled, report.Answered},
	}
	both.Stores(t, func(t *testing.T, store data.Store) {
		book := newBook(store, report.Limits{})
		i, moved := 0, 0
		for from, way := range ways {
			for _, to := range append(slices.Clone(report.AllStates), "lost") {
				i++
				number := numbered(i)
				if err := book.Accept(t.Context(), number, dirty(""), []byte("jpeg")); err != nil {
					t.Fatal(err)
				}
				move := func(to report.State) error {
					held, err := book.Get(t.Context(), number)
					if err != nil {
						t.Fatal(err)
					}
					m := report.Move{To: to, By: "wang", Note: "记"}
					if to == report.Answered {
						m.Answer = "好了"
					}
					now, err := book.Move(t.Context(), number, held.Version, m)
					if err == nil {
						if moved++; now.State() != to || now.Version == held.Version || now.Steps[len(now.Steps)-1] != (report.Step{State: to, At: morning, By: "wang", Note: "记"}) {
							t.Errorf("moved to %s: %+v", to, now)
						}
					}
					return err
				}
				for _, step := range way {
					if err := move(step); err != nil {
						t.Fatal(err)
					}
				}
				err := move(to)
				if allowed := slices.Contains(from.Next(), to); allowed != (err == nil) || !allowed && !errors.Is(err, report.ErrUnfit) {
					t.Errorf("from %s to %s: %v", from, to, err)
				}
				held, err := book.Get(t.Context(), number)
				if err != nil {
					t.Fatal(err)
				}
				_, err = book.Photo(t.Context(), number)
				if gone := errors.Is(err, geo.ErrNotFound); gone != (held.State() == report.Answered) || held.Photo == gone {
					t.Errorf("%s: the photo is %v, %v", held.State(), held.Photo, err)
				}
			}
		}
		lines := 0
		if err := book.Log(t.Context(), func(e report.Entry) error {
			if lines++; e.By != "wang" || !slices.Contains(e.From.Next(), e.To) || e.At != morning {
				t.Errorf("%+v", e)
			}
			return nil
		}); err != nil || lines != moved {
			t.Errorf("%d lines of %d moves, %v", lines, moved, err)
		}
	})
}

// TestAccepted: what is kept is what was sent, once.
func TestAccepted(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		book := newBook(store, report.Limits{})
		number := numbered(1)
		if _, err := book.Get(t.Context(), number); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("before: %v", err)
		}
		jpeg := bytes.Repeat([]byte{0xff, 0, 0x80}, report.MaxPhoto/3)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if err := book.Accept(t.Context(), number, dirty(" <b>\r\n"), jpeg); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		held, err := book.Get(t.Context(), number)
		if err != nil || held.Note != "<b>" || held.State() != report.Accepted || held.Steps[0].At != morning || !held.Photo || held.Due.String() != "2026-11-30" {
			t.Errorf("%+v, %v", held, err)
		}
		if kept, err := book.Photo(t.Context(), number); err != nil || !bytes.Equal(kept, jpeg) {
			t.Errorf("the photo: %d bytes, %v", len(kept), err)
		}
		n := 0
		if err := book.Open(t.Context(), func(report.Held) error { n++; return nil }); err != nil || n != 1 {
			t.Errorf("%d reports, %v", n, err)
		}
		for name, r := range map[string]report.Report{
			"kind": {Kind: "rude", Layer: geo.Booths}, "layer": {Kind: report.Dirty, Layer: geo.Grids}, "other": {Kind: report.Other, Note: " "},
			"long": {Kind: report.Dirty, Note: strings.Repeat("长", report.MaxNote+1)}, "phone": {Kind: report.Dirty, Note: "13800138000"},
		} {
			if err := book.Accept(t.Context(), numbered(2), r, nil); !errors.Is(err, report.ErrUnfit) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := book.Accept(t.Context(), numbered(2), dirty(""), make([]byte, report.MaxPhoto+1)); !errors.Is(err, report.ErrUnfit) {
			t.Errorf("a large photo: %v", err)
		}
		if faults, err := store.Check(t.Context()); err != nil || len(faults) > 0 {
			t.Errorf("%v, %v", faults, err)
		}
	})
}

// TestLimits: of many who report at once, over two books, exactly as many as the
// limits allow are accepted; an answer makes room, and so does the next day.
func TestLimits(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		var days atomic.Int64
		clock := func() time.Time { return morning.AddDate(0, 0, int(days.Load())) }
		limits := report.Limits{PerDay: 9, Open: 12, PhotoBytes: 30}
		books := []*report.Book{report.NewBook(store, clock, limits, report.Promise{}), report.NewBook(store, clock, limits, report.Promise{})}
		i := 0
		// send sends so many at once, and counts what came of them.
		send := func(n int, jpeg string) map[string]int {
			sums, mu := map[string]int{}, sync.Mutex{}
			var all sync.WaitGroup
			for range n {
				i++
				book, number := books[i%2], numbered(i)
				all.Go(func() {
					err := book.Accept(t.Context(), number, dirty(""), []byte(jpeg))
					var full *report.FullError
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						sums["accepted"]++
					case errors.As(err, &full):
						sums[full.Limit]++
					default:
						t.Error(err)
					}
				})
			}
			all.Wait()
			return sums
		}
		for _, c := range []struct {
			what, want string
			sums       map[string]int
		}{
			{"photos", "map[accepted:3 photos:2]", send(5, "ten bytes.")},
			{"a day", "map[accepted:6 day:2]", send(8, "")},
		} {
			if got := fmt.Sprint(c.sums); got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		}
		days.Add(1)
		if got := fmt.Sprint(send(5, "")); got != "map[accepted:3 open:2]" {
			t.Errorf("open: %s", got)
		}
		var first report.Held
		err := books[0].Open(t.Context(), func(held report.Held) error {
			if held.Photo {
				first = held
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []report.State{report.Working, report.Settled, report.Answered} {
			m := report.Move{To: to, By: "wang"}
			if to == report.Answered {
				m.Answer = "好了"
			}
			if first, err = books[1].Move(t.Context(), first.Receipt, first.Version, m); err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprint(send(2, "ten bytes.")); got != "map[accepted:1 open:1]" {
			t.Errorf("after an answer: %s", got)
		}
		answered := 0
		if err := books[0].Answered(t.Context(), func(report.Held) error { answered++; return nil }); err != nil || answered != 1 {
			t.Errorf("%d are answered, %v", answered, err)
		}
		// What was accepted and answered is still that report.
		if err := books[0].Accept(t.Context(), first.Receipt, dirty(""), nil); err != nil {
			t.Errorf("sent again after the answer: %v", err)
		}
		if held, err := books[0].Get(t.Context(), first.Receipt); err != nil || held.State() != report.Answered {
			t.Errorf("it became %v, %v", held, err)
		}
	})
}

// TestRacingMoves: moves at random by many at once leave each report with a history
// that the table allows, and of two who saw the same version one is told.
func TestRacingMoves(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		book := newBook(store, report.Limits{})
		const reports = 3
		for i := range reports {
			if err := book.Accept(t.Context(), numbered(i), dirty(""), []byte("jpeg")); err != nil {
				t.Fatal(err)
			}
		}
		seed := seedtest.Of(t)
		var done atomic.Int64
		var all sync.WaitGroup
		for worker := range 4 {
			all.Go(func() {
				random := rand.New(rand.NewPCG(seed, uint64(worker)))
				for range 12 {
					held, err := book.Get(t.Context(), numbered(random.IntN(reports)))
					if err != nil {
						t.Error(err)
						return
					}
					m := report.Move{To: report.AllStates[random.IntN(4)], By: fmt.Sprint("worker", worker)}
					if m.To == report.Answered {
						m.Answer = m.By
					}
					now, err := book.Move(t.Context(), held.Receipt, held.Version, m)
					var changed *report.ChangedError
					switch {
					case err == nil:
						if done.Add(1); now.Version == held.Version {
							t.Error("nothing moved")
						}
					case errors.As(err, &changed):
						if changed.Now.Version == held.Version {
							t.Error("told of what was seen")
						}
					case !errors.Is(err, report.ErrUnfit):
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		steps := 0
		for i := range reports {
			held, err := book.Get(t.Context(), numbered(i))
			if err != nil {
				t.Fatal(err)
			}
			for j, step := range held.Steps[1:] {
				if steps++; !slices.Contains(held.Steps[j].State.Next(), step.State) {
					t.Errorf("%s after %s", step.State, held.Steps[j].State)
				}
			}
		}
		if steps != int(done.Load()) {
			t.Errorf("%d steps of %d moves", steps, done.Load())
		}
	})
}
