package web

import (
	"io/fs"
	"net/http"
	"strconv"

	"gridatlas/geo/snapshot"
)

// The page that grid workers have on their phones, and the script that keeps it for
// where there is no net.
const (
	myPath       = "/my"
	myWorkerPath = "/my/worker.js"
)

var myTemplate = smallPage("my.html")

// my is what the template of the page sees. It is the same for everybody: a browser
// keeps it for whoever signs in next, so who that is and what they see is asked for
// by the script.
type my struct {
	shell
	Config clientConfig
}

func (h *Handler) serveMy(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot) {
	city := h.facts.get(s)
	p := &my{shell: h.shell(w, r, s)}
	p.Heading, p.Unlisted, p.Who, p.Banner, p.DataDay = p.T("my"), true, "", nil, ""
	p.Plain = plainPath
	p.Styles, p.Scripts = append(p.Styles, h.bundle.MyStyles), []string{h.bundle.My}
	p.Config = clientConfig{Language: p.Language(), Title: p.Title, City: city.City, Demo: p.Demo, Bounds: city.Bounds, Centre: city.Centre}
	h.write(w, r, http.StatusOK, myTemplate, p)
}

// serveMyWorker answers with the script that a browser runs between the page and the
// net. Its folder would let it see what lies below /my alone; the header lets it see
// the page itself, and nothing else of this host.
func (h *Handler) serveMyWorker(w http.ResponseWriter, r *http.Request) {
	text, err := fs.ReadFile(h.assets, "assets/"+h.bundle.MyWorker)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Security-Policy", filePolicy)
	header.Set("Service-Worker-Allowed", myPath)
	header.Set("ETag", strconv.Quote(h.bundle.MyWorker))
	writeAsset(w, r, myWorkerPath, text)
}
