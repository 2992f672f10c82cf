package api_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"gridatlas/geo"
)

// A change set is read page by page, with what became of it since, and a large one
// is undone whole.
func TestLargeChangeSet(t *testing.T) {
	w := newWriter(t)
	n := 11_000
	if text := os.Getenv("UNDONE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	changes := make([]geo.Change, n)
	for i := range changes {
		changes[i] = geo.Insert(&geo.Building{Base: geo.Base{Name: strconv.Itoa(i), Shape: box(float64(i), 9000, float64(i)+0.9, 9020)}, Use: "residential"})
	}
	head, err := w.store.Apply(t.Context(), geo.ChangeSet{Note: "many", Changes: geo.Changes(changes...)})
	if err != nil {
		t.Fatal(err)
	}
	first := changes[0].After.Common().ID
	w.see(t, fmt.Sprintf("/changes/%d", head.Revision)) // waits for the map
	w.must(t, 204, w.send(t, "DELETE", fmt.Sprintf("/collections/buildings/items/%d", first), "", "If-Match", "*"))
	path, seen, pages := fmt.Sprintf("/changes/%d?limit=1000", head.Revision), 0, 0
	for next := path; next != ""; pages++ {
		doc := w.see(t, next)
		for _, f := range doc["features"].([]any) {
			if id := f.(map[string]any)["id"]; id != float64(first+int64(seen)) {
				t.Fatalf("feature %d is %v", seen, id)
			}
			seen++
		}
		if next = linkOf(doc, "next"); next != "" {
			next = local(t, next)
		}
	}
	if seen != n || pages != (n+999)/1000 {
		t.Errorf("%d features on %d pages", seen, pages)
	}
	for _, beyond := range []string{"x", "booths", "booths/x", "castles/1", "booths/0"} {
		w.must(t, 400, w.send(t, "GET", "/changes/2?beyond="+beyond, ""))
	}
	// What was deleted since stands in the way, until that is undone as well.
	revert := fmt.Sprintf("/changes/%d/revert", head.Revision)
	w.must(t, 409, w.send(t, "POST", revert, "", "Content-Type", ""))
	if _, err := w.store.Apply(t.Context(), geo.ChangeSet{Note: "again", Changes: geo.Changes(geo.Insert(&geo.LandArea{Base: geo.Base{Shape: box(0, 9100, 10, 9110)}}))}); err != nil {
		t.Fatal(err)
	}
	again := make([]geo.Change, n)
	for i := range again {
		f := geo.Clone(changes[i].After)
		f.Common().ID = 0
		again[i] = geo.Insert(f)
	}
	if head, err = w.store.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(again...)}); err != nil {
		t.Fatal(err)
	}
	revert = fmt.Sprintf("/changes/%d/revert", head.Revision)
	began := time.Now()
	undone := w.must(t, 200, w.send(t, "POST", revert, "", "Content-Type", "", "Idempotency-Key", "undo"))
	t.Logf("%d features undone in %v, answered in %d bytes", n, time.Since(began), undone.Body.Len())
	if wrote := parse(t, undone.Body.Bytes())["wrote"].([]any); len(wrote) != n {
		t.Errorf("%d are undone", len(wrote))
	}
	if w.live.Current().Layer(geo.Buildings).Len() != n-1+2 {
		t.Errorf("%d buildings are left", w.live.Current().Layer(geo.Buildings).Len())
	}
	repeat := w.must(t, 200, w.send(t, "POST", revert, "", "Content-Type", "", "Idempotency-Key", "undo"))
	if repeat.Body.String() != undone.Body.String() {
		t.Errorf("the repeat is another answer: %.300s\n%.300s", repeat.Body, undone.Body)
	}
}
