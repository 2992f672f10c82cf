// Package api answers over HTTP: OGC API Features, vector tiles, walking and
// search, from the snapshot in memory alone. A request takes one snapshot and
// keeps it from start to end. Answers hold what the public may see; who has signed
// in, or brings a token, is shown and may write what api/access says. Pages and styles
// are handed in: this package knows neither HTML nor colours, and no store.
//
// Each resource has a file; api/problem holds what errors look like.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
	"github.com/klauspost/compress/gzhttp"

	"gridatlas/api/access"
	"gridatlas/api/label"
	"gridatlas/geo/booth"
	"gridatlas/geo/register"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
	"gridatlas/tiles"
)

// Config is what the answers are made of. Live must be set; everything else may
// be left out.
type Config struct {
	Live *snapshot.Live
	// Walk returns the newest walking map, nil before the first. It may lag behind
	// Live; a walking answer is of the walking map alone.
	Walk func() *walk.Map
	// PublicURL stands before the paths of links; nil: what the client asked for.
	PublicURL *url.URL
	// Demo says 演示数据 with everything; without it, that is said of maps that hold
	// demo data.
	Demo  bool
	Title string // of the service
	// Approval is the map approval number (审图号) where there is one; it stands with
	// the attribution of tiles.
	Approval string
	Clock    func() time.Time
	Zone     *time.Location // of instants without an offset
	Log      *slog.Logger
	// Pages serves the map page at /, the description of the routes for people at
	// /docs, their files under /assets/ and the pictures of
	// the map styles under /sprites/.
	Pages http.Handler
	// Style returns the style of a name for links that begin with a base URL.
	Style func(name, baseURL string) ([]byte, bool)
	// GeoPackage makes a file of features, which is at its beginning and takes room on
	// the disk until it is closed; nil: features are not served as GeoPackage.
	GeoPackage func(context.Context, Package) (*os.File, error)
	// Done is told of each request that has ended; nil: nobody is.
	Done func(Done)
	// Accounts says who asks; nil: everybody is a resident.
	Accounts Accounts
	// Cards are those of the masters of booths, and CardPage shows what one opens; nil:
	// there are none.
	Cards    Cards
	CardPage func(http.ResponseWriter, *http.Request, int, booth.Card)
	// SignInPage shows the form of a sign-in; nil: people cannot sign in, programs can.
	SignInPage func(http.ResponseWriter, *http.Request, int, access.Form)
	// RegisterPage shows the page of the registers; nil: there is none.
	RegisterPage func(http.ResponseWriter, *http.Request, register.Sheet)
	// ReportPages shows the pages on which residents report what is wrong; nil, or
	// without Store and Accounts: nobody can.
	ReportPages ReportPages
	// LabelsPage shows the page on which staff choose and print labels; nil, or without
	// Accounts: there is none.
	LabelsPage func(http.ResponseWriter, *http.Request, int, *label.Page)
	// ServicePhone is the number of the service line that stands on labels.
	ServicePhone string
	// ReportLimits bound what strangers put into the store.
	ReportLimits report.Limits
	// Verify holds small text files by name, served at the root and under /p/, by which
	// others check that the host is ours.
	Verify map[string][]byte
	// Hosts are the names that the server goes by besides those of this machine, its
	// addresses and the public URL; nil: any name.
	Hosts []string
	// Paces is by what the usual paces of a network are multiplied; 0: nobody is
	// slowed down.
	Paces float64
	// FourEyes: what somebody draws, borders and who is in charge, waits as a proposal
	// until somebody else publishes it.
	FourEyes bool
	// BoothCap is how many booths the city allows itself; one more needs a decision.
	// 0: any number.
	BoothCap int
	// BoothSpacing is how many metres on foot booths are to stand apart; 0: 300.
	BoothSpacing float64
	// TrustedProxies are the networks of proxies whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Store is where features are written; nil: there is no route that writes.
	Store Store
	// ReadOnly reports whether the store takes no writes; nil: it does.
	ReadOnly func() bool
	// Stale is how long the store may be silent before answers say how old they
	// are; 0: 30 seconds. A node asks its store far more often than that.
	Stale time.Duration
	// BodyTime is how long a client may take to send a body, beside a second for each
	// MiB that it may have; 0: 15 seconds.
	BodyTime time.Duration
	// TileBytes is how much memory finished tiles may take; 0: 128 MiB.
	TileBytes int
}

// server holds what all handlers share. Its fields do not change; what they
// point to looks after itself.
type server struct {
	Config
	tiles  *tiles.Cache
	feed   feed
	search searchIndexes
	build  build

	walks    bool // there will be walking maps
	begun    time.Time
	stopping atomic.Bool
	gates    map[string]*gate // by class of work

	inFlight, signIns, failedSignIns atomic.Int64

	packing *gate // who makes a GeoPackage
	// packingPace is that of who asks for GeoPackages.
	packingPace *limiter
	packages    *gate // GeoPackages that take room on the disk

	reports    *report.Book
	photos     *gate    // whose photo is made small
	reportPace *limiter // that of reports which are accepted
	cardPace   *limiter // that of one card

	arrivals     arrivals
	published    keptSnapshots
	promises     promises // to who reads page by page
	grounds      atomic.Pointer[grounds]
	together     together
	attributions attributions
	tints        tints
	surveys      surveys
	spacings     spacings
}

// Handler answers all routes. It is safe for several goroutines.
type Handler struct {
	http.Handler
	server *server
}

// Published is to be called after a map was published, before the next one is. It
// drops the tiles that are other than before, tells those who listen to /events,
// and begins to make what answers of the map need besides the map itself, the index
// of the search, without waiting for it: that spares the first who ask the wait.
func (h *Handler) Published(s *snapshot.Snapshot) {
	h.server.published.keep(s)
	h.server.feed.add(s.Head(), h.server.tiles.Follow(s))
	h.server.search.prepare(s)
	h.server.arrivals.announce(s)
}

// BeginStop says at /readyz that this server is about to stop, and asks clients to
// come back over another connection, while everything is served as before: who
// spreads requests over several servers has time to leave this one out.
func (h *Handler) BeginStop() { h.server.stopping.Store(true) }

// Prepare makes what takes long of what answers of a first map need, the drawings that
// tiles are cut from, until ctx ends. It waits for the end; who asks meanwhile does not.
func (h *Handler) Prepare(ctx context.Context, s *snapshot.Snapshot) {
	if err := h.server.tiles.Prepare(ctx, s); err != nil && ctx.Err() == nil {
		h.server.Log.ErrorContext(ctx, "tiles are not prepared", "error", err)
	}
}

// EndEvents ends the streams of /events, which otherwise go on for as long as
// somebody listens: to be called when the server begins to stop.
func (h *Handler) EndEvents() { h.server.feed.end() }

// New returns the handler of all routes.
func New(c Config) *Handler {
	walks := c.Walk != nil
	if !walks {
		c.Walk = func() *walk.Map { return nil }
	}
	if c.Title == "" {
		c.Title = "gridatlas"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Style == nil {
		c.Style = func(string, string) ([]byte, bool) { return nil, false }
	}
	if c.Stale == 0 {
		c.Stale = 30 * time.Second
	}
	if c.BodyTime == 0 {
		c.BodyTime = 15 * time.Second
	}
	if c.BoothSpacing == 0 {
		c.BoothSpacing = usualSpacing
	}
	if c.TileBytes == 0 {
		c.TileBytes = 128 << 20
	}
	cores := runtime.GOMAXPROCS(0)
	s := &server{
		Config: c, walks: walks, begun: time.Now(), tiles: tiles.NewCache(c.TileBytes, cores), build: readBuild(),
		packing: newGate(cores, maxPackages), packages: newGate(maxPackages, 0),
		photos: newGate(1, photosWaiting), reports: report.NewBook(c.Store, c.Clock, c.ReportLimits),
	}
	return &Handler{Handler: s.outermost(s.router()), server: s}
}

// class is a kind of work: how long it may take, and how much of it at a time.
type class struct {
	timeout time.Duration
	gate    *gate // nil: no bound
	pace    *limiter
	packed  bool // the answer is compressed on its way out
	// methods are those beside GET, HEAD and OPTIONS, and body is how large a body
	// of theirs may be. A POST may also be a longer question that stores nothing.
	methods []string
	body    int64
	unread  bool // there is neither GET nor HEAD
	shared  bool // those who ask the same at the same time share the work
	cut     bool // a body that is too long is cut, for its handler to find errCut at its end
	signed  bool // methods are for who has signed in: nobody else's body is read
}

func (s *server) router() *mux.Router {
	cores := runtime.GOMAXPROCS(0)
	at := func(p pace) *limiter { return newLimiter(p, s.Paces, s.Clock) }
	var (
		small  = class{timeout: 5 * time.Second, packed: true, pace: at(paceOfPages)}
		items  = class{timeout: 10 * time.Second, packed: true, gate: newGate(4*cores, 64), pace: at(paceOfLists)}
		search = class{timeout: 3 * time.Second, packed: true, gate: newGate(2*cores, 32), pace: at(paceOfSearch)}
		walks  = class{timeout: 5 * time.Second, packed: true, shared: true, gate: newGate(2*cores, 32), pace: at(paceOfWalks)}
		whatIf = walks
		cover  = class{timeout: 10 * time.Second, packed: true, shared: true, gate: newGate(2*cores, 4), pace: at(paceOfCover)}
		tile   = class{timeout: 15 * time.Second, pace: at(paceOfTiles)} // its work is bounded by the cache
		health = class{timeout: time.Second}
		pages  = class{timeout: 10 * time.Second, pace: at(paceOfTiles)}
		front  = class{timeout: 10 * time.Second, packed: true, pace: at(paceOfPages)}
	)
	s.gates = map[string]*gate{"items": items.gate, "search": search.gate, "walk": walks.gate, "coverage": cover.gate, "package": s.packing, "photo": s.photos}
	s.packingPace, s.reportPace, s.cardPace = at(paceOfPacking), at(paceOfReports), at(paceOfCards)
	whatIf.methods, whatIf.body = []string{http.MethodPost}, maxChange
	// Who turns the pages of a register asks for one coverage, which is kept.
	office := class{timeout: cover.timeout, packed: true, gate: newGate(cores, 16), pace: at(paceOfPages)}
	supposed := cover
	supposed.methods, supposed.body = whatIf.methods, maxChange
	item, readItems, readItem := small, handler(s.items), handler(s.item)
	if s.Store != nil {
		items.methods, items.body, items.signed = []string{http.MethodPost}, maxFeature, true
		item = class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPut, http.MethodPatch, http.MethodDelete}, body: maxFeature, signed: true}
		readItems = byMethod(s.items, map[string]handler{http.MethodPost: s.create})
		readItem = byMethod(s.item, map[string]handler{http.MethodPut: s.replace, http.MethodPatch: s.patch, http.MethodDelete: s.remove})
	}
	router := mux.NewRouter().SkipClean(true)
	route := func(path string, c class, h handler) { router.Handle(path, s.adapt(c, h)) }

	route("/", front, s.root)
	route("/conformance", small, s.conformance)
	route("/collections", small, s.collections)
	route("/collections/{layer}", small, s.collection)
	route("/collections/{layer}/queryables", small, s.queryables)
	route("/collections/{layer}/schema", small, s.schema)
	route("/collections/{layer}/items", items, readItems)
	route("/collections/{layer}/items/{id}", item, readItem)
	route("/grids/at", small, s.gridAt)
	route("/grids/tints", small, s.gridTints)
	route("/search", search, s.find)
	route("/tiles/{layers}.json", small, s.tileJSON)
	route("/tiles/{layers}/{z}/{x}/{y}.mvt", tile, s.tile)
	route("/tiles/{layers}/{z}/{x}/{y}.pbf", tile, s.tile)
	s.tileRoutes(route, small, tile)
	route("/styles/{name}.json", small, s.style)
	route("/qr/{number}.svg", small, s.plateCode(asSVG))
	route("/qr/{number}.png", small, s.plateCode(asPNG))
	route("/qr/p/{code}.svg", small, s.placeCode(asSVG))
	route("/qr/p/{code}.png", small, s.placeCode(asPNG))
	route("/walk/circle", whatIf, s.circle)
	route("/walk/nearest", whatIf, s.nearest)
	route("/walk/route", whatIf, s.route)
	route("/coverage", supposed, s.coverage)
	route("/coverage/outside", cover, s.coverageOutside)
	route("/coverage/buildings", cover, s.coverageBuildings)
	if s.Store != nil {
		sets := items
		sets.timeout, sets.body = 30*time.Second, maxChangeSet
		undo := sets
		undo.body, undo.unread = 0, true
		route("/changes", sets, byMethod(s.changes, map[string]handler{http.MethodPost: s.change}))
		route("/changes/{revision}", small, s.revision)
		route("/changes/{revision}/revert", undo, s.revert)
		route("/collections/{layer}/items/{id}/history", small, s.history)
	}
	if s.Store != nil && s.Accounts != nil {
		deciding := class{timeout: 30 * time.Second, packed: true, pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxChoice, unread: true}
		route("/proposals", small, s.listProposals)
		route("/proposals/{proposal}", small, s.oneProposal)
		route("/proposals/{proposal}/publish", deciding, s.publish)
		route("/proposals/{proposal}/refuse", deciding, s.refuse)
		route("/proposals/{proposal}/withdraw", deciding, s.withdraw)
		logging := items // a month of visits is read from the store
		logging.methods, logging.body, logging.signed = []string{http.MethodPost}, maxVisit, true
		route("/visits", logging, byMethod(s.listVisits, map[string]handler{http.MethodPost: s.logVisit}))
		route("/visits.csv", cover, s.visitsCSV)
		atBooth := class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPost}, body: maxBoothWork, unread: true, signed: true}
		route("/booths/{id}/inspections", atBooth, s.inspect)
		route("/booths/{id}/move", atBooth, s.moveBooth)
		route("/booths/{id}/retire", atBooth, s.retireBooth)
		if s.Cards != nil {
			ofCard := class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPost, http.MethodDelete}, body: maxBoothWork, signed: true}
			route("/booths/{id}/card", ofCard, byMethod(s.card, map[string]handler{http.MethodPost: s.newCard, http.MethodDelete: s.endCard}))
		}
		route("/my/work", class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 64), pace: at(paceOfLists)}, s.ownWork)
		settling := class{timeout: 15 * time.Second, packed: true, pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxChoice, unread: true}
		route("/worklist", cover, s.worklist)
		route("/worklist/{id}", small, s.workItem)
		route("/worklist/{id}/settle", settling, s.settle)
		route("/worklist/{id}/reopen", settling, s.reopen)
	}
	if s.Accounts != nil {
		route("/me", small, s.me)
		// A survey of a large city takes a second.
		route("/upkeep", cover, s.upkeep)
		route("/upkeep/stewards", cover, s.upkeepStewards)
		route("/upkeep/items", cover, s.upkeepItems)
		route("/upkeep.csv", cover, s.upkeepCSV)
		route("/registers/booths", office, s.registerOfBooths)
		route("/registers/booths.csv", office, s.boothsCSV)
		route("/registers/parking", office, s.registerOfParking)
		route("/registers/parking.csv", office, s.parkingCSV)
		if s.Store != nil {
			drawing := class{timeout: 15 * time.Second, packed: true, pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxRow, unread: true, signed: true}
			route("/registers/parking/row", drawing, s.parkingRow)
		}
	}
	if s.Accounts != nil && s.LabelsPage != nil {
		route("/labels", class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 4), pace: at(paceOfLists)}, s.labels)
	}
	if s.Accounts != nil && s.SignInPage != nil {
		forms := class{timeout: 10 * time.Second, packed: true, pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxForm}
		route("/signin", forms, byMethod(s.signInPage, map[string]handler{http.MethodPost: s.signIn}))
		forms.unread = true
		route("/signout", forms, s.signOut)
	}
	if s.Store != nil && s.Accounts != nil && s.ReportPages != nil {
		form := class{timeout: 20 * time.Second, packed: true, gate: newGate(2*cores, 16), pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxReport, cut: true}
		route("/report", form, byMethod(s.reportPage, map[string]handler{http.MethodPost: s.accept}))
		receipts := class{timeout: 5 * time.Second, packed: true, pace: at(paceOfReceipts)}
		route("/r", receipts, s.askReceipt)
		route("/r/{receipt}", receipts, s.receipt)
		moving := class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPost}, body: maxChoice, unread: true, signed: true}
		listing := class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 32), pace: at(paceOfLists)}
		route("/reports", listing, s.listReports)
		route("/reports/{receipt}", small, s.oneReport)
		route("/reports/{receipt}/photo", small, s.reportPhoto)
		route("/reports/{receipt}/state", moving, s.moveReport)
	}
	if s.Store != nil && s.Cards != nil && s.CardPage != nil {
		cards := class{timeout: 10 * time.Second, packed: true, pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxForm}
		route("/m/{secret}", cards, byMethod(s.masterPage, map[string]handler{http.MethodPost: s.masterActs}))
	}
	router.HandleFunc("/events", s.events) // has no end, and is sent as it comes
	route("/openapi.yaml", small, s.openapi)
	route("/openapi.json", small, s.openapiJSON)
	route("/docs", front, s.docs)
	route("/healthz", health, s.healthz)
	route("/readyz", health, s.readyz)
	route("/version", health, s.version)
	s.verifications(route, health)
	if s.Pages != nil {
		if s.Store != nil && s.Accounts != nil {
			route("/staff", front, s.staffPage)
			route("/my", front, s.myPage)
			route("/my/worker.js", front, s.assets)
		}
		route("/near", class{timeout: 5 * time.Second, packed: true, gate: newGate(2*cores, 32), pace: at(paceOfPages)}, s.page)
		route("/b", pages, s.page)
		route("/b/{number}", pages, s.page)
		route("/p/{code}", pages, s.page)
		if s.Accounts != nil && s.RegisterPage != nil {
			route("/registers", office, s.registerPage)
		}
		for _, files := range []string{"/assets/", "/sprites/"} {
			router.PathPrefix(files).Handler(s.adapt(pages, s.assets))
		}
	}
	router.NotFoundHandler = s.adapt(health, noRoute)
	return router
}

// handler answers a request or says why it cannot. What it writes is dropped when
// it returns an error; its headers stay.
type handler func(w http.ResponseWriter, r *http.Request) error

// adapt makes a handler of net/http: methods, time, turns, compression, errors.
func (s *server) adapt(c class, h handler) http.Handler {
	answer := func(w http.ResponseWriter, r *http.Request) {
		whole := &draft{ResponseWriter: w}
		err := s.work(c, h, whole, r)
		if err == nil {
			err = whole.send(r)
		}
		switch {
		case err == nil:
		case recordOf(r).status != 0:
			s.Log.InfoContext(r.Context(), "answer cut off", "id", recordOf(r).id, "route", recordOf(r).route, "error", err)
			panic(http.ErrAbortHandler)
		default:
			s.fail(w, r, err)
		}
	}
	sent := &bodies{most: c.body}
	inner := http.Handler(http.HandlerFunc(answer))
	if c.packed {
		inner = compressed(inner)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route := mux.CurrentRoute(r); route != nil {
			recordOf(r).route, _ = route.GetPathTemplate()
		}
		if !s.allow(w, r, c) {
			return
		}
		if wait := c.pace.wait(s.networkOf(r)); wait > 0 {
			s.fail(w, r, tooFast(wait))
			return
		}
		if slices.Contains(c.methods, r.Method) {
			release, err := s.receive(w, r, c, sent)
			if err != nil {
				s.fail(w, r, err)
				return
			}
			defer release()
		}
		inner.ServeHTTP(w, r)
	})
}

// work runs a handler within its time, when it is its turn.
func (s *server) work(c class, h handler, w *draft, r *http.Request) error {
	alone := func(ctx context.Context, w *draft) error {
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		if err := c.gate.enter(ctx); err != nil {
			return err
		}
		defer c.gate.leave()
		return h(w, r.WithContext(ctx))
	}
	if question := s.questionOf(r); c.shared && question != "" {
		return s.together.work(question, w, r, alone)
	}
	return alone(r.Context(), w)
}

// packSuffix tells the ETag of a compressed answer from that of the plain one.
const packSuffix = "-gzip"

var compressed = func() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false), gzhttp.MinSize(1024), gzhttp.CompressionLevel(3), gzhttp.SuffixETag(packSuffix))
	if err != nil {
		panic(err) // the options are constants
	}
	return wrap
}()

// base returns the URL that stands before the paths of links, without a slash at
// its end.
func (s *server) base(r *http.Request) string {
	if s.PublicURL != nil {
		return strings.TrimSuffix(s.PublicURL.String(), "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return (&url.URL{Scheme: scheme, Host: r.Host}).String()
}
