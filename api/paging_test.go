package api_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/geo"
)

// Who reads a layer page by page gets every feature once and in order, as the first
// page found them, while somebody writes ten times a second. PAGES is how many
// features there are, 20,000 when it is not set.
func TestPagesBesideAWriter(t *testing.T) {
	n := 20_000
	if text := os.Getenv("PAGES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	const limit, pause = 1000, 100 * time.Millisecond
	w := newWriter(t)
	head, err := w.store.Apply(t.Context(), geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) {
		for i := range n {
			x, y := float64(i%1000)*30, float64(i/1000)*30
			if !yield(geo.Insert(&geo.Building{Base: geo.Base{Name: strconv.Itoa(i), Shape: box(x, y, x+20, y+10)}, Use: "residential"}), nil) {
				return
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for w.live.Current().Head().Revision < head.Revision {
		time.Sleep(time.Millisecond)
	}
	layer := w.live.Current().Layer(geo.Buildings)

	stop, stopped := make(chan struct{}), make(chan struct{})
	var writes atomic.Int64
	go func() {
		defer close(stopped)
		last := int64(layer.Len())
		for tick := time.NewTicker(time.Second / 10); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
			}
			// One that was read already, one that comes later, and a new one.
			n := writes.Add(1)
			set := fmt.Sprintf(`{"changes":[{"action":"patch","layer":"buildings","id":%d,"version":1,"feature":{"properties":{"name":"again"}}},
				{"action":"delete","layer":"buildings","id":%d,"version":1},
				{"action":"insert","layer":"buildings","feature":%s}]}`, 10+n, last-n, feature(box(-50, -50, -40, -40), `"name":"new"`))
			if answer := w.send(t, "POST", "/changes", set, "Content-Type", "application/json"); answer.Code != http.StatusOK {
				t.Errorf("write %d: %d %s", n, answer.Code, answer.Body)
				return
			}
		}
	}()

	var took []time.Duration
	seen, last, began, total := 0, int64(0), time.Now(), 0.0
	for next := fmt.Sprintf("/collections/buildings/items?limit=%d", limit); next != ""; {
		start := time.Now()
		answer := w.get(t, next)
		took = append(took, time.Since(start))
		doc := parse(t, w.must(t, 200, answer).Body.Bytes())
		if total == 0 {
			total = doc["numberMatched"].(float64)
		}
		if doc["numberMatched"] != total {
			t.Fatalf("matched are %v, and %v before", doc["numberMatched"], total)
		}
		for _, f := range doc["features"].([]any) {
			f := f.(map[string]any)
			id := int64(f["id"].(float64))
			name, _ := member(t, f, "properties", "name").(string)
			if id <= last || name == "again" || name == "new" {
				t.Fatalf("building %d (%s) comes after %d", id, name, last)
			}
			last, seen = id, seen+1
		}
		if next = linkOf(doc, "next"); next != "" {
			next = local(t, next)
			time.Sleep(min(pause, 100*pause/time.Duration(max(1, n/limit)))) // 2 s of few pages, 10 s of many
		}
		for seen >= n/2 && writes.Load() < 10 { // a slow machine writes less in that time
			select {
			case <-stopped:
				t.FailNow()
			case <-time.After(time.Millisecond):
			}
		}
	}
	close(stop)
	<-stopped
	if seen != int(total) || seen != layer.Len() {
		t.Errorf("%d buildings were read of %v; the map had %d", seen, total, layer.Len())
	}
	slices.Sort(took)
	t.Logf("%d features on %d pages beside %d writes in %v; a page takes %v, the slowest but one in a hundred %v",
		seen, len(took), writes.Load(), time.Since(began).Round(time.Millisecond), took[len(took)/2].Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond))
}
