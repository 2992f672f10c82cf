package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

// TestStoresAnswerAlike copies a city with a history from a file to a server, and
// has a node on each answer the same generated requests: with equal bytes and
// headers, but for what names the epoch (ETags and the tokens of further pages),
// the second or the request itself. REQUESTS says how many.
func TestStoresAnswerAlike(t *testing.T) {
	requests := 200
	if text := os.Getenv("REQUESTS"); text != "" {
		var err error
		if requests, err = strconv.Atoi(text); err != nil {
			t.Fatalf("REQUESTS: %v", err)
		}
	}
	rng := seedtest.New(t)
	file, server := filepath.Join(t.TempDir(), "city.gpkg"), pgtest.Start(t).URL(t)
	runs(t, exitOK, "demo", "--store", file)
	ask := asker{rng: rng, features: edited(t, file, rng)}
	runs(t, exitOK, "copy", "--from", file, "--to", server)

	const public = "https://map.example.org"
	var nodes [2]string
	for i, store := range []string{file, server} {
		s := startServer(t, "--store", store, "--public-url", public, "--cache-dir", "none")
		nodes[i] = s.url
		walking := fmt.Sprintf("/walk/nearest?%s&of=booths", ask.place())
		s.wait(t, walking, func(status int, _ map[string]any) bool { return status != http.StatusServiceUnavailable })
	}
	statuses := map[int]int{}
	for n := range requests {
		path := ask.request()
		a, b := fetch(t, nodes[0]+path), fetch(t, nodes[1]+path)
		if a.status != b.status || !bytes.Equal(a.body, b.body) {
			t.Errorf("request %d, %s: %d with %d bytes, and %d with %d bytes\n%.300s\n%.300s", n, path, a.status, len(a.body), b.status, len(b.body), a.body, b.body)
		}
		for name := range a.header {
			switch name {
			case "Date", "Etag", "X-Request-Id", "Content-Length": // a token has no fixed length
			default:
				if a.header.Get(name) != b.header.Get(name) {
					t.Errorf("request %d, %s: %s is %q and %q", n, path, name, a.header.Get(name), b.header.Get(name))
				}
			}
		}
		statuses[a.status]++
	}
	t.Logf("%d requests with the statuses %v", requests, statuses)
	if statuses[http.StatusOK] < requests/2 {
		t.Error("fewer than half of the requests found anything")
	}
}

// edited gives the city a history, and returns a sample of what stands then.
func edited(t *testing.T, location string, rng *rand.Rand) []geo.Feature {
	t.Helper()
	s, err := openStore(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for round := range 3 {
		var changes []geo.Change
		_, err := s.Load(t.Context(), func(f geo.Feature) error {
			switch {
			case rng.IntN(200) > 0:
			case f.Common().Code == "" && rng.IntN(3) == 0:
				changes = append(changes, geo.Delete(f))
			default:
				next := geo.Clone(f)
				next.Common().Source = fmt.Sprint("edit ", round)
				changes = append(changes, geo.Replace(next))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Apply(t.Context(), geo.ChangeSet{Author: "a planner", Changes: geo.Changes(changes...)}); err != nil {
			t.Fatal(err)
		}
	}
	var sample []geo.Feature
	_, err = s.Load(t.Context(), func(f geo.Feature) error {
		if !f.Common().Shape.IsZero() && (rng.IntN(100) == 0 || f.Layer() == geo.Booths) {
			sample = append(sample, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sample
}

// asker makes requests about a city.
type asker struct {
	rng      *rand.Rand
	features []geo.Feature
}

func (a *asker) any() geo.Feature { return a.features[a.rng.IntN(len(a.features))] }

func (a *asker) degrees() (lon, lat float64) {
	return crs.ToDegrees(a.any().Common().Shape.Box().Centre())
}

func (a *asker) place() string {
	lon, lat := a.degrees()
	return fmt.Sprintf("lon=%.7f&lat=%.7f", lon, lat)
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

func (a *asker) request() string {
	const at = "&at=2026-03-02T10%3A30%3A00%2B08%3A00"
	layer := geo.Catalog()[a.rng.IntN(len(geo.Catalog()))].Layer
	f := a.any()
	switch a.rng.IntN(9) {
	case 0:
		of := pick(a.rng, "", "&of=booths", "&of=booths.shoe,facilities.clinic", "&of=shelters")
		return "/walk/circle?" + a.place() + "&minutes=" + pick(a.rng, "5", "15", "5,10,15") + of + "&speed=" + pick(a.rng, "adult", "elder", "planner") + at
	case 1:
		return fmt.Sprintf("/walk/nearest?%s&of=%s&limit=%d%s", a.place(), pick(a.rng, "booths", "facilities", "shelters", "parking"), 1+a.rng.IntN(10), at)
	case 2:
		x, y := a.degrees()
		z, w := a.degrees()
		return fmt.Sprintf("/walk/route?from=%.7f,%.7f&to=%.7f,%.7f%s", x, y, z, w, at)
	case 3:
		lon, lat := a.degrees()
		size := a.rng.Float64() / 50
		return fmt.Sprintf("/collections/%s/items?bbox=%.6f,%.6f,%.6f,%.6f&limit=%d", layer, lon, lat, lon+size, lat+size, 1+a.rng.IntN(200))
	case 4: // equality on a field that the feature has
		schema := geo.MustSchema(f.Layer())
		for range 20 {
			field := &schema.Fields[a.rng.IntN(len(schema.Fields))]
			if text, isText := field.Get(f).(string); isText && !field.Staff && field.Type == geo.Text && text != "" {
				return fmt.Sprintf("/collections/%s/items?%s=%s&limit=50", f.Layer(), field.Name, url.QueryEscape(text))
			}
		}
		return fmt.Sprintf("/collections/%s/items?limit=3", f.Layer())
	case 5:
		return fmt.Sprintf("/collections/%s/items/%d", f.Layer(), f.Common().ID)
	case 6:
		text := []rune(f.Common().Name + f.Common().Code + "五道庙")
		return "/search?q=" + url.QueryEscape(string(text[:1+a.rng.IntN(min(len(text), 6))]))
	case 7:
		return fmt.Sprintf("/collections/%s/items?limit=%d", layer, 1+a.rng.IntN(1000))
	}
	lon, lat := a.degrees()
	z := 10 + a.rng.IntN(8)
	side, angle := math.Exp2(float64(z)), lat*math.Pi/180
	x, y := int((lon+180)/360*side), int((1-math.Asinh(math.Tan(angle))/math.Pi)/2*side) // the web mercator of tiles
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", pick(a.rng, "map", "planner", "emergency", "buildings", "grids,places"), z, x, y)
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func fetch(t *testing.T, address string) answer {
	t.Helper()
	client := http.Client{Timeout: time.Minute}
	got, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, ownWords.ReplaceAll(body, []byte("…"))}
}

// ownWords is what an answer says of itself: its epoch, its second, its number.
var ownWords = regexp.MustCompile(`page=[\w-]+|"timeStamp":"[^"]*"|urn:gridatlas:request:\w+`)
