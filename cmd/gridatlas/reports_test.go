package main

import (
	"path/filepath"
	"testing"
	"time"

	"gridatlas/data/gpkg"
	georeport "gridatlas/geo/report"
)

// TestReportsAreForgotten: a server that starts drops what was typed in a report that
// was answered longer ago than it is to be kept, and leaves the others.
func TestReportsAreForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	store, err := gpkg.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	answered := func(days int) georeport.Receipt {
		book := georeport.NewBook(store, func() time.Time { return time.Now().AddDate(0, 0, -days) }, georeport.Limits{}, georeport.Promise{})
		number := georeport.ReceiptOf([]byte{byte(days)})
		err := book.Accept(t.Context(), number, georeport.Report{Kind: georeport.Dirty, At: [2]float64{119.1, 36.7}, Note: "some words"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []georeport.Move{{To: georeport.Working}, {To: georeport.Settled}, {To: georeport.Answered, Answer: "an answer"}} {
			held, err := book.Get(t.Context(), number)
			if err == nil {
				_, err = book.Move(t.Context(), number, held.Version, m)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return number
	}
	old, fresh := answered(41), answered(39)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, "--store", path, "--keep-reports", "40")
	s.says(t, "texts of old reports")
	s.stop(t)
	if store, err = gpkg.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	book := georeport.NewBook(store, time.Now, georeport.Limits{}, georeport.Promise{})
	for number, want := range map[georeport.Receipt]bool{old: true, fresh: false} {
		if held, err := book.Get(t.Context(), number); err != nil || held.Forgotten != want || (held.Note+held.Answer == "") != want {
			t.Errorf("%s: %+v, %v", number, held, err)
		}
	}
}
