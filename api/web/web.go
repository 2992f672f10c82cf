// Package web is the map page: its template, its TypeScript sources and the
// handler that serves both. The page says everything a visitor needs before its
// script has run, in the language and letter size asked for; the script adds the
// map. Sources are bundled by `go run ./api/web/build` into dist, which is
// embedded; without a bundle the handler serves a plain page that says how to
// build it, so that the program compiles before the first page build.
package web

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gridatlas/api/openapi"
	"gridatlas/api/resident"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

//go:embed all:dist
var embedded embed.FS

// Config is what the pages need from the program around them.
type Config struct {
	// Live holds the map and must be set; before its first snapshot the page says
	// that it waits for it.
	Live *snapshot.Live
	// Walk returns the newest walking map, nil before the first; nil: there is none.
	Walk func() *walk.Map
	// Demo: the ground is made up, and every page says so.
	Demo bool
	// Title is the name of the service; empty: that of texts.json.
	Title string
	// Find returns what is found by names, codes and numbers, the best first, at most as
	// many as are asked for; nil: nothing is.
	Find func(ctx context.Context, text string, limit int) ([]resident.Found, error)
	// SignIn: there is a sign-in page, to which the page leads, and a page of those who
	// may write.
	SignIn bool
	// Approval is the map approval number (审图号) where there is one.
	Approval string
	// Register is the number under which the site is registered (ICP 备案号); it stands
	// at the foot of small pages.
	Register string
	// Underlay is a map of somebody else that visitors may lay under ours; nil: none.
	Underlay *Underlay
	// Description is of the routes, for the page /docs; nil: there is none.
	Description *openapi.Document
	// PublicURL stands before the paths of commands that are shown; nil: what the
	// visitor asked for.
	PublicURL *url.URL
	// Zone is that of the city; nil: UTC.
	Zone *time.Location
	// Clock tells the time; nil: that of the machine.
	Clock func() time.Time
	Log   *slog.Logger // nil: nothing is logged
	// Assets replaces the embedded bundle, for work on the pages.
	Assets fs.FS
}

// manifest says which file of the bundle has which name; the build writes it.
type manifest struct {
	Main   string `json:"main"`   // the script that a page loads first
	Styles string `json:"styles"` // the style sheet of the page
	Map    string `json:"map"`    // the style sheet of the map, loaded with it
	Worker string `json:"worker"` // the worker of MapLibre
	Docs   string `json:"docs"`   // the style sheet of /docs
	Small  string `json:"small"`  // the style sheet of small pages
	Place  string `json:"place"`  // the script of the page of a place
	Near   string `json:"near"`   // the script of /near

	Registers string `json:"registers"` // the script of the registers
	Master    string `json:"master"`    // the script of a master's card
	Draw      string `json:"draw"`      // the script by which rows of parking spaces are drawn

	Labels string `json:"labels"` // the style sheet of labels, beside that of small pages

	Staff string `json:"staff"` // the script of the page of who works here

	My       string `json:"my"`        // the script of the page of grid workers
	MyStyles string `json:"my_styles"` // its style sheet, beside that of small pages
	MyWorker string `json:"my_worker"` // keeps that page and its files for where there is no net

	Site       string   `json:"site"`        // the script of the page of an archive
	SiteAssets []string `json:"site_assets"` // all files that this page needs
}

// Handler serves the page at /, those of who works here at /staff and /my, their files
// under /assets/ and the sprite of the map styles under /sprites/.
type Handler struct {
	config  Config
	assets  fs.FS
	bundle  manifest
	built   bool
	catalog catalogFile
	facts   factsCache
	kept    keptPages
}

// New returns the handler. A bundle that was cut short is an error of the build
// and panics, one that is not there is the plain page.
func New(config Config) *Handler {
	if config.Zone == nil {
		config.Zone = time.UTC
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Walk == nil {
		config.Walk = func() *walk.Map { return nil }
	}
	if config.Find == nil {
		config.Find = func(context.Context, string, int) ([]resident.Found, error) { return nil, nil }
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	h := &Handler{config: config, assets: config.Assets, catalog: makeCatalog()}
	if h.assets == nil {
		h.assets, _ = fs.Sub(embedded, "dist")
	}
	text, err := fs.ReadFile(h.assets, "manifest.json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return h
	case err == nil:
		err = json.Unmarshal(text, &h.bundle)
	}
	if err != nil {
		panic(fmt.Sprintf("web: manifest of the bundle: %v", err))
	}
	h.built = true
	return h
}

// ServeHTTP answers GET and HEAD for /, /staff, /my, /docs, /near, /b/, /p/, /assets/
// and /sprites/.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	switch path := r.URL.Path; {
	case path == "/" || path == staffPath || path == myPath:
		h.servePage(w, r)
	case path == myWorkerPath:
		h.serveMyWorker(w, r)
	case path == "/docs":
		h.serveDocs(w, r)
	case path == nearPath:
		h.serveNear(w, r)
	case path == "/b", strings.HasPrefix(path, "/b/"), strings.HasPrefix(path, "/p/"):
		h.servePlaces(w, r)
	default:
		h.serveAsset(w, r)
	}
}
