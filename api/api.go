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
	"gridatlas/geo/photo"
	"gridatlas/geo/register"
	"gridatlas/geo/report"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
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
	// CardsPage shows the page on which staff make cards and print them; nil, or without
	// Store, Accounts and Cards: there is none.
	CardsPage func(http.ResponseWriter, *http.Request, int, *label.CardPage)
	// SignInPage shows the form of a sign-in; nil: people cannot sign in, programs can.
	SignInPage func(http.ResponseWriter, *http.Request, int, access.Form)
	// ProblemPage shows people why they cannot have a page: a status, and what names the
	// request in the log; nil: they get what programs get.
	ProblemPage func(http.ResponseWriter, *http.Request, int, string)
	// RegisterPage shows the page of the registers; nil: there is none.
	RegisterPage func(http.ResponseWriter, *http.Request, register.Sheet)
	// RowPage shows the page on which a row of parking spaces is drawn; nil, or without
	// Store and RegisterPage: there is none.
	RowPage func(http.ResponseWriter, *http.Request, int, *stalls.Page)
	// Reports keeps what residents report, and ReportPages shows the pages on which they
	// do; one of them nil, or without Store and Accounts: nobody can.
	Reports     *report.Book
	ReportPages ReportPages
	// RoundPages shows the pages of a grid worker that need no script; nil, or without
	// Pages, Store and Accounts: there are none.
	RoundPages RoundPages
	// PhotoPage shows the page on which staff set the photo of a place; nil, or without
	// Store and Accounts: there is none.
	PhotoPage func(http.ResponseWriter, *http.Request, int, *photo.Page)
	// LabelsPage shows the page on which staff choose and print labels; nil, or without
	// Accounts: there is none.
	LabelsPage func(http.ResponseWriter, *http.Request, int, *label.Page)
	// ServicePhone is the number of the service line that stands on labels and cards,
	// and on the page of a card that opens nothing.
	ServicePhone string
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
		photos: newGate(1, photosWaiting),
	}
	return &Handler{Handler: s.outermost(s.router()), server: s}
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
	if c.shared {
		if question := s.questionOf(r); question != "" {
			return s.together.work(question, w, r, alone)
		}
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
