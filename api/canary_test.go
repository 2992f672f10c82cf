package api_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/web"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/canarytest"
	"gridatlas/geo/crs"
	"gridatlas/geo/photo"
	"gridatlas/geo/report"
	"gridatlas/geo/visit"
	"gridatlas/geo/worklist"
	"gridatlas/tiles"
	"gridatlas/tiles/style"
)

// ask is one request of a crawl.
type ask struct{ method, path, body string }

// crawl says how each route is asked, by its template. A route that is not here fails
// the test: whoever adds one says here how it is crawled.
var crawl = map[string]func() []ask{
	"/":                                          gets("/", "/?lang=en", "/?q=南关", "/?q=鹰眼", "/?q=CAM", "/?f=json", "/?big=1&style=planner", "/?x=1"),
	"/conformance":                               gets("/conformance"),
	"/collections":                               gets("/collections", "/collections?x=1"),
	"/collections/{layer}":                       ofLayers("", "?x=1"),
	"/collections/{layer}/queryables":            ofLayers("/queryables"),
	"/collections/{layer}/schema":                ofLayers("/schema"),
	"/collections/{layer}/items":                 askItems,
	"/collections/{layer}/items/{id}":            askItem,
	"/collections/{layer}/items/{id}/history":    ofLayers("/items/1/history", "/items/2/history?limit=1"),
	"/collections/{layer}/tiles":                 ofLayers("/tiles"),
	"/collections/{layer}/tiles/WebMercatorQuad": ofLayers("/tiles/WebMercatorQuad"),
	"/collections/{layer}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}": askTiles("/collections/facilities/tiles/WebMercatorQuad/%d/%[3]d/%[2]d", "/collections/buildings/tiles/WebMercatorQuad/%d/%[3]d/%[2]d"),
	"/tiles":                 gets("/tiles"),
	"/tiles/WebMercatorQuad": gets("/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad?collections=facilities,buildings"),
	"/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}": askTiles("/tiles/WebMercatorQuad/%d/%[3]d/%[2]d"),
	"/tileMatrixSets":                 gets("/tileMatrixSets"),
	"/tileMatrixSets/WebMercatorQuad": gets("/tileMatrixSets/WebMercatorQuad"),
	"/tiles/{layers}.json":            askSets,
	"/tiles/{layers}/{z}/{x}/{y}.mvt": askTiles("/tiles/map/%d/%d/%d.mvt", "/tiles/planner/%d/%d/%d.mvt", "/tiles/emergency/%d/%d/%d.mvt", "/tiles/facilities,blocks,buildings/%d/%d/%d.mvt"),
	"/tiles/{layers}/{z}/{x}/{y}.pbf": askTiles("/tiles/map/%d/%d/%d.pbf"),
	"/styles/{name}.json":             gets("/styles/day.json", "/styles/night.json", "/styles/planner.json", "/styles/none.json"),
	"/grids/at":                       gets("/grids/at?lon=119.1&lat=36.7", "/grids/at?lon=119.3&lat=36.7", "/grids/at?lon=119.4321&lat=36.9321&datum=gcj02"),
	"/grids/tints":                    gets("/grids/tints"),
	"/cards": func() []ask {
		return append(gets("/cards", "/cards?lang=en&ended=370702000186")(), posts("/cards")()...)
	},
	"/labels":                         gets("/labels", "/labels?of=booths", "/labels?of=facilities.camera_high&lang=en"),
	"/qr/{number}.svg":                gets("/qr/370702000186.svg", "/qr/CAM.svg", "/qr/1.svg"),
	"/qr/{number}.png":                gets("/qr/370702000186.png", "/qr/1.png"),
	"/qr/p/{code}.svg":                gets("/qr/p/370705001001.svg", "/qr/p/CAM.svg", "/qr/p/CAM-1.svg"),
	"/qr/p/{code}.png":                gets("/qr/p/370705001001.png", "/qr/p/none.png"),
	"/search":                         gets("/search?q=南关&limit=50", "/search?q=鹰眼", "/search?q=CAM", "/search?q=grid", "/search?q=canary&limit=50", "/search?q=119.1,36.7", "/search?q=%00"),
	"/walk/circle":                    askCircles,
	"/walk/nearest":                   askWalks("/walk/nearest?lon=119.1&lat=36.7&limit=50", "/walk/nearest?lon=119.1&lat=36.7&of=facilities,booths,shelters,parking&direction=to", "/walk/nearest?lon=119.1&lat=36.7&of=facilities.camera_high"),
	"/walk/route":                     askWalks("/walk/route?from=119.1,36.7&to=119.102,36.7", "/walk/route?from=119.1,36.7&to=facilities/1", "/walk/route?from=119.1,36.7&to=facilities/2"),
	"/coverage":                       askCoverage,
	"/coverage/outside":               gets("/coverage/outside?of=booths&minutes=1", "/coverage/outside?of=booths&minutes=1&by=community&code=370705001001", "/coverage/outside?of=facilities.camera_high"),
	"/coverage/buildings":             gets("/coverage/buildings?of=booths&bbox=119,36.6,119.2,36.8", "/coverage/buildings?of=facilities&bbox=119,36.6,119.6,37"),
	"/changes":                        both("/changes", "/changes?since=0&limit=1"),
	"/changes/{revision}":             gets("/changes/1", "/changes/1?limit=1000", "/changes/99"),
	"/changes/{revision}/revert":      posts("/changes/1/revert"),
	"/proposals":                      gets("/proposals", "/proposals?state=open"),
	"/proposals/{proposal}":           gets("/proposals/" + workID),
	"/proposals/{proposal}/publish":   posts("/proposals/" + workID + "/publish"),
	"/proposals/{proposal}/refuse":    posts("/proposals/" + workID + "/refuse"),
	"/proposals/{proposal}/withdraw":  posts("/proposals/" + workID + "/withdraw"),
	"/my":                             gets("/my", "/my?lang=en"),
	"/my/plain":                       gets("/my/plain", "/my/plain?grid=G1&whole=buildings", "/my/plain?grid=G1&find=1&saved=buildings/1&lang=en"),
	"/my/{layer}/{id}":                both("/my/buildings/1", "/my/booths/1", "/my/facilities/2?lang=en", "/my/booths/99"),
	"/my/reports/{receipt}":           both("/my/reports/"+string(canaryReceipt), "/my/reports/1"),
	"/my/worker.js":                   gets("/my/worker.js"),
	"/my/work":                        gets("/my/work", "/my/work?grid=G1"),
	"/visits":                         both("/visits", "/visits?month=2026-11"),
	"/visits.csv":                     gets("/visits.csv"),
	"/booths/{id}/inspections":        posts("/booths/1/inspections", "/booths/99/inspections"),
	"/booths/{id}/card":               posts("/booths/1/card", "/booths/99/card"),
	"/m/{secret}":                     func() []ask { return both(canaryCard, canaryCard+"?lang=en", "/m/1.x")() },
	"/booths/{id}/move":               posts("/booths/1/move"),
	"/booths/{id}/retire":             posts("/booths/1/retire"),
	"/worklist":                       gets("/worklist", "/worklist?limit=5"),
	"/worklist/{id}":                  gets("/worklist/" + workID),
	"/worklist/{id}/settle":           posts("/worklist/" + workID + "/settle"),
	"/worklist/{id}/reopen":           posts("/worklist/" + workID + "/reopen"),
	"/me":                             gets("/me"),
	"/near":                           gets("/near", "/near?q=370702000186", "/near?in=370705", "/near?from=booths.1&n=400", "/near?lon=119.1&lat=36.7&of=facilities&lang=en"),
	"/b":                              gets("/b", "/b?number=370702000186"),
	"/b/{number}":                     gets("/b/370702000186", "/b/370702000186?lang=en&big=1", "/b/1?from=booths.1"),
	"/photos/{layer}/{id}":            both("/photos/facilities/1", "/photos/facilities/2?did=1"),
	"/photos/{layer}/{id}/{mark}.jpg": gets("/photos/facilities/1/"+clinicPhoto+".jpg", "/photos/facilities/2/0.jpg"),
	"/p/{code}":                       gets("/p/S1", "/p/C1?from=119.1,36.7", "/p/B1", "/p/370705001001"),
	"/staff":                          gets("/staff", "/staff?lang=en"),
	"/upkeep":                         gets("/upkeep"),
	"/upkeep/stewards":                gets("/upkeep/stewards"),
	"/upkeep/items":                   gets("/upkeep/items", "/upkeep/items?layer=facilities"),
	"/upkeep.csv":                     gets("/upkeep.csv"),
	"/report":                         both("/report", "/report?of=booths/1", "/report?of=facilities/2", "/report?lon=119.1&lat=36.7&lang=en"),
	"/r":                              gets("/r", "/r?number="+url.QueryEscape(canaryReceipt.Groups()), "/r?number=1"),
	"/r/{receipt}":                    gets("/r/"+string(canaryReceipt), "/r/"+string(canaryReceipt)+"?lang=en", "/r/000000000000001"),
	"/registers":                      gets("/registers?view=booths&all=1", "/registers?view=parking&lang=en"),
	"/registers/booths":               gets("/registers/booths"),
	"/registers/booths.csv":           gets("/registers/booths.csv", "/registers/booths.csv?by=community"),
	"/registers/parking":              gets("/registers/parking", "/registers/parking?community=370705001001"),
	"/registers/parking.csv":          gets("/registers/parking.csv"),
	"/registers/parking/row":          posts("/registers/parking/row"),
	"/registers/parking/draw":         both("/registers/parking/draw", "/registers/parking/draw?compound=C1", "/registers/parking/draw?compound=C1&drew=1&lang=en"),
	"/reports":                        gets("/reports", "/reports?state=working"),
	"/reports.csv":                    gets("/reports.csv", "/reports.csv?state=answered&lang=en"),
	"/reports/{receipt}":              gets("/reports/" + string(canaryReceipt)),
	"/reports/{receipt}/photo":        gets("/reports/" + string(canaryReceipt) + "/photo"),
	"/reports/{receipt}/state":        posts("/reports/" + string(canaryReceipt) + "/state"),
	"/signin":                         both("/signin", "/signin?lang=en"),
	"/signout":                        posts("/signout"),
	"/events":                         gets("/events", "/events?after=0"),
	"/openapi.yaml":                   gets("/openapi.yaml"),
	"/openapi.json":                   gets("/openapi.json"),
	"/docs":                           gets("/docs", "/docs?lang=en"),
	"/healthz":                        gets("/healthz"),
	"/readyz":                         gets("/readyz"),
	"/version":                        gets("/version"),
	"/assets/":                        gets("/assets/none.js"), // those that pages name are crawled with them
	"/sprites/":                       gets("/sprites/sprite.json", "/sprites/none.png"),
}

const workID = "canary"

// clinicPhoto is the mark of a photo that is public.
var clinicPhoto = photo.Mark([]byte(workID))

// canaryCard is the path of the card of a booth's master.
var canaryCard string

// canaryReceipt is the number of a report whose note, photo and worker are secret.
var canaryReceipt = report.ReceiptOf([]byte(workID))

func gets(paths ...string) func() []ask {
	return func() (list []ask) {
		for _, path := range paths {
			list = append(list, ask{http.MethodGet, path, ""})
		}
		return list
	}
}

func posts(paths ...string) func() []ask {
	return func() (list []ask) {
		for _, path := range paths {
			list = append(list, ask{http.MethodPost, path, "{}"}, ask{http.MethodGet, path, ""})
		}
		return list
	}
}

func both(paths ...string) func() []ask {
	return func() []ask { return append(gets(paths...)(), posts(paths...)()...) }
}

func ofLayers(tails ...string) func() []ask {
	return func() (list []ask) {
		for _, schema := range geo.Catalog() {
			for _, tail := range tails {
				list = append(list, ask{http.MethodGet, "/collections/" + string(schema.Layer) + tail, ""})
			}
		}
		return list
	}
}

// askItems asks each layer for its lists in all forms, by filters over every field,
// those for staff too.
func askItems() (list []ask) {
	for _, schema := range geo.Catalog() {
		path := "/collections/" + string(schema.Layer) + "/items"
		tails := []string{
			"", "?limit=1000", "?limit=1", "?f=csv", "?f=csv&titles=1", "?f=gpkg", "?f=json", "?f=xml", "?bbox=119,36,120,37", "?bbox=119.4,36.9,119.5,37",
			"?crs=http://www.opengis.net/def/crs/EPSG/0/4549", "?f=csv&crs=http://www.opengis.net/def/crs/EPSG/0/4549", "?datetime=2026-11-21T00:00:00Z/..",
			"?filter=id+IS+NOT+NULL", "?filter=nothing%3D1", "?page=x",
		}
		for i := range schema.Fields {
			name := schema.Fields[i].Name
			tails = append(tails, "?"+name+"=1", "?filter="+name+"+IS+NOT+NULL", "?filter="+name+"+%3E+7", "?filter="+name+"+LIKE+%27C%25%27", "?sortby="+name)
		}
		for _, tail := range tails {
			list = append(list, ask{http.MethodGet, path + tail, ""})
		}
		list = append(list, ask{http.MethodPost, path, `{"type":"Feature","properties":{}}`})
	}
	return list
}

func askItem() (list []ask) {
	for _, schema := range geo.Catalog() {
		for id := range 5 {
			path := fmt.Sprintf("/collections/%s/items/%d", schema.Layer, id)
			list = append(list, ask{http.MethodGet, path, ""}, ask{http.MethodPut, path, "{}"}, ask{http.MethodPatch, path, "{}"}, ask{http.MethodDelete, path, ""})
		}
		list = append(list, ask{http.MethodGet, "/collections/" + string(schema.Layer) + "/items/1?crs=http://www.opengis.net/def/crs/EPSG/0/4549", ""})
	}
	return list
}

func askSets() (list []ask) {
	for _, set := range append(tiles.Names(), "facilities", "blocks,buildings", "assignments", "none") {
		list = append(list, ask{http.MethodGet, "/tiles/" + set + ".json", ""})
	}
	return list
}

// askTiles asks for the tiles over the middle of the town and over the cameras, at
// every zoom.
func askTiles(formats ...string) func() []ask {
	return func() (list []ask) {
		for z := range 23 {
			for _, p := range []geo.Point{crs.At(middleLon, middleLat), crs.At(119.4321987, 36.9321876)} {
				for _, format := range formats {
					list = append(list, ask{http.MethodGet, fmt.Sprintf(format, z, columnOf(p, z), rowOf(p, z)), ""})
				}
			}
		}
		return list
	}
}

// supposals are changes that a question may suppose.
var supposals = []string{
	`{"closures":[{"type":"Polygon","coordinates":[[[119.1003,36.7002],[119.101,36.7002],[119.101,36.7008],[119.1003,36.7008],[119.1003,36.7002]]]}]}`,
	`{"open_gates":[1]}`, `{"remove":["booths/1"]}`, `{"remove":["facilities/2"]}`, `{"remove":["buildings/1"]}`,
	`{"add":[{"layer":"booths","kind":"shoe","lon":119.1003,"lat":36.7}]}`, `{"add":[{"layer":"facilities","kind":"camera_high","lon":119.1,"lat":36.7}]}`, `{"x":1}`,
}

func askWalks(paths ...string) func() []ask {
	return func() []ask {
		list := gets(paths...)()
		for _, path := range paths {
			for _, body := range supposals {
				list = append(list, ask{http.MethodPost, path, body})
			}
		}
		return list
	}
}

func askCircles() []ask {
	var paths []string
	for _, of := range []string{"", "&of=facilities", "&of=facilities,shelters,booths,parking", "&of=facilities.camera_high"} {
		for _, more := range []string{"", "&routes=1", "&direction=to", "&speed=elder&outlines=0", "&datum=gcj02", "&at=2026-11-21T23:00"} {
			paths = append(paths, "/walk/circle?lon=119.1&lat=36.7&minutes=1,2,5,10,15,30"+of+more)
		}
	}
	return askWalks(append(paths, "/walk/circle?lon=119.4321&lat=36.9321", "/walk/circle?lon=119.1003&lat=36.7003&minutes=1")...)()
}

func askCoverage() []ask {
	var paths []string
	for _, by := range []string{"grid", "community", "street", "zone", "district", "x"} {
		for _, minutes := range []int{1, 2, 15} {
			paths = append(paths, fmt.Sprintf("/coverage?of=booths&minutes=%d&by=%s", minutes, by))
		}
	}
	return askWalks(append(paths, "/coverage?of=facilities", "/coverage?of=facilities.camera_high")...)()
}

// cage is a node with everything that can be configured, over a store full of
// canaries.
type cage struct {
	*node
	store *gpkg.Store
	log   bytes.Buffer
}

func newCage(t testing.TB) *cage {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "town.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	var changes []geo.Change
	for _, f := range canarytest.Town() {
		f.Common().ID = 0
		if f.Common().Code == "F1" {
			*geo.PhotoOf(f) = clinicPhoto
		}
		changes = append(changes, geo.Insert(f))
	}
	// What imports left open, and who wrote what, is for staff as well.
	secret := canarytest.Text + "-record"
	records, err := worklist.Merge(nil, []worklist.Item{{Kind: worklist.Unplaced, Layer: geo.Booths, Title: secret, File: secret, Address: secret}}, func(*worklist.Item) bool { return false }, now)
	if err != nil {
		t.Fatal(err)
	}
	logged, err := visit.Of("2026-11").Put("2026-11-20-1", 0, visit.Visit{Building: 1, Title: secret, At: [2]float64{canarytest.Lon, canarytest.Lat}, On: "2026-11-20", Topics: []string{"gas"}, Note: secret, By: secret, Sent: now})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := photo.Places.Put(clinicPhoto, 0, photo.Kept{JPEG: []byte(workID)})
	if err != nil {
		t.Fatal(err)
	}
	records = append(records, logged, kept)
	_, err = store.Apply(t.Context(), geo.ChangeSet{
		Author: secret, Note: secret, At: now, Changes: geo.Changes(changes...),
		Records: geo.RecordChanges(records...),
	})
	if err != nil {
		t.Fatal(err)
	}
	book := report.NewBook(store, func() time.Time { return now }, report.Limits{}, report.Promise{})
	err = book.Accept(t.Context(), canaryReceipt, report.Report{Kind: report.Dirty, At: [2]float64{119.1, 36.7}, Note: secret}, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	held, err := book.Get(t.Context(), canaryReceipt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Move(t.Context(), canaryReceipt, held.Version, report.Move{To: report.Working, By: secret, Note: secret}); err != nil {
		t.Fatal(err)
	}
	cards := access.NewBook(store, func() time.Time { return now })
	card, err := cards.AddCard(t.Context(), secret, 1)
	if err != nil {
		t.Fatal(err)
	}
	canaryCard = api.CardPath(card)
	c := &cage{store: store}
	// Without times: a second of :36.93218 is no latitude.
	timeless := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewJSONHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: timeless}))
	chief := everything()[token]
	chief.Name = canarytest.Text + "-account"
	c.node = newNode(t, packages, func(config *api.Config) {
		pages := web.New(web.Config{Live: config.Live, Walk: config.Walk, Description: api.Description(), SignIn: true, Zone: config.Zone})
		config.Pages, config.SignInPage, config.ProblemPage, config.Style, config.Log = pages, pages.SignIn, pages.Problem, style.JSON, log
		config.Store, config.Accounts, config.Reports, config.ReportPages = store, known{token: chief}, book, pages
		config.RegisterPage, config.RowPage, config.PhotoPage = pages.Registers, pages.DrawRow, pages.Photo
		config.Cards, config.CardPage = cards, pages.MasterCard
		config.LabelsPage, config.CardsPage, config.RoundPages = pages.Labels, pages.Cards, pages
	})
	ctx, stop := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { _ = c.live.Follow(ctx, store, log) })
	t.Cleanup(func() {
		stop()
		following.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	for c.live.Current() == nil {
		time.Sleep(time.Millisecond)
	}
	c.publish(c.live.Current())
	return c
}

// answer asks, and returns all that comes back: status, headers, body, and what lies
// in a tile.
func (c *cage) answer(t *testing.T, a ask, header ...string) (int, []byte) {
	t.Helper()
	ctx := t.Context()
	if strings.HasPrefix(a.path, "/events") { // has no end
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		ctx = short
	}
	u, err := url.Parse("http://map.example" + strings.ReplaceAll(a.path, " ", "%20"))
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = strings.ReplaceAll(u.RawQuery, "南关", url.QueryEscape("南关"))
	r := httptest.NewRequestWithContext(ctx, a.method, u.String(), strings.NewReader(a.body))
	if a.body != "" {
		r.Header.Set("Content-Type", "application/json")
		if a.method == http.MethodPatch {
			r.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	r.Header.Set("Accept", "text/html, application/json;q=0.9, */*;q=0.8")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	var all bytes.Buffer
	_ = w.Result().Header.Write(&all)
	all.Write(w.Body.Bytes())
	if w.Header().Get("Content-Type") == "application/vnd.mapbox-vector-tile" && w.Code == http.StatusOK {
		layers, err := mvt.Unmarshal(w.Body.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", a.path, err)
		}
		for _, layer := range layers {
			schema := geo.MustSchema(geo.Layer(strings.TrimSuffix(layer.Name, "_label")))
			for _, f := range layer.Features {
				for _, name := range slices.Sorted(maps.Keys(f.Properties)) {
					value := f.Properties[name]
					if field, ok := schema.Field(name); !ok || field.Staff {
						t.Errorf("%s: %s has %s", a.path, layer.Name, name)
					}
					if n, ok := value.(float64); ok {
						value = int64(n)
					}
					fmt.Fprintf(&all, "\n%s=%v", name, value)
				}
			}
		}
	}
	return w.Code, all.Bytes()
}

// TestAbuse24NothingForStaffIsShown crawls every route of the router over a town in which all
// that is for staff holds what occurs nowhere else: fields, features, records, names
// of accounts. Nobody who has not signed in is shown any of it, and the log tells none;
// who has finds all of it, so that the crawl would.
func TestAbuse24NothingForStaffIsShown(t *testing.T) {
	c := newCage(t)
	seen := map[string]bool{}
	statuses := map[int]int{}
	templates := api.Templates(c.Handler.(*api.Handler))
	if len(templates) < 40 {
		t.Fatalf("only the routes %v", templates)
	}
	for _, template := range templates {
		asks := crawl[template]
		if asks == nil {
			t.Errorf("nobody has said how %s is crawled", template)
			continue
		}
		found := 0
		for _, a := range asks() {
			for _, method := range []string{a.method, http.MethodHead, http.MethodOptions} {
				if method != a.method && a.method != http.MethodGet {
					continue
				}
				status, all := c.answer(t, ask{method, a.path, a.body})
				statuses[status]++
				if method == http.MethodGet && (status == http.StatusOK || status == http.StatusNoContent) {
					found++
				}
				if names := canarytest.Found(all); len(names) > 0 {
					t.Errorf("%s %s %s: %d shows %v", method, a.path, a.body, status, names)
				}
				for _, asset := range assetsIn(all) {
					if _, text := c.answer(t, ask{http.MethodGet, asset, ""}); len(canarytest.Found(text)) > 0 {
						t.Errorf("%s shows %v", asset, canarytest.Found(text))
					}
				}
			}
			if a.method == http.MethodGet {
				_, all := c.answer(t, a, staff...)
				for _, name := range canarytest.Found(all) {
					seen[name] = true
				}
			}
		}
		if staffRoute := slices.Contains(forStaffAlone, template); staffRoute == (found > 0) && template != "/assets/" && template != "/sprites/" && template != "/b" /* leads on */ && template != "/my/worker.js" /* there once the pages are built */ {
			t.Errorf("%s: for staff alone: %v, yet %d answers to the public", template, staffRoute, found)
		}
	}
	t.Logf("statuses of public answers: %v", statuses)
	for _, canary := range canarytest.Canaries {
		if !seen[canary.Name] {
			t.Errorf("not even staff see %s: the crawl would not find it", canary.Name)
		}
	}
	if names := canarytest.Found(c.log.Bytes()); len(names) > 0 || c.log.Len() == 0 {
		t.Errorf("the log of %d bytes tells %v", c.log.Len(), names)
	}
}

// forStaffAlone are the routes that answer nobody else.
var forStaffAlone = []string{
	"/collections/{layer}/items/{id}/history", "/changes", "/changes/{revision}", "/changes/{revision}/revert", "/worklist", "/worklist/{id}",
	"/worklist/{id}/settle", "/worklist/{id}/reopen", "/proposals", "/proposals/{proposal}", "/proposals/{proposal}/publish",
	"/proposals/{proposal}/refuse", "/proposals/{proposal}/withdraw", "/upkeep", "/upkeep/stewards", "/upkeep/items", "/upkeep.csv", "/my/work", "/visits", "/visits.csv", "/signout", "/staff", "/my", "/my/plain", "/my/{layer}/{id}", "/my/reports/{receipt}", "/me",
	"/labels", "/cards", "/registers", "/registers/booths", "/registers/booths.csv", "/registers/parking", "/registers/parking.csv", "/registers/parking/row", "/registers/parking/draw",
	"/reports", "/reports.csv", "/reports/{receipt}", "/reports/{receipt}/photo", "/reports/{receipt}/state",
	"/photos/{layer}/{id}", "/booths/{id}/inspections", "/booths/{id}/card", "/booths/{id}/move", "/booths/{id}/retire",
}

// assetsIn finds the files that a page names.
func assetsIn(text []byte) (paths []string) {
	for _, piece := range strings.Split(string(text), `"`) {
		if strings.HasPrefix(piece, "/assets/") && len(piece) < 200 {
			paths = append(paths, piece)
		}
	}
	return paths
}
