package web

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// The forms in which the build stores a file beside the plain one, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Names under /assets/ carry a hash of the content, so browsers and caches may keep
// the files for ever; those of the sprite are what styles of all time say.
const (
	forEver = "public, max-age=31536000, immutable"
	anHour  = "public, max-age=3600"
)

// serveAsset answers a file under /assets/ or /sprites/.
func (h *Handler) serveAsset(w http.ResponseWriter, r *http.Request) {
	folder, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	keep, ok := map[string]string{"assets": forEver, "sprites": anHour}[folder]
	if !ok || !fs.ValidPath(name) || strings.Contains(name, "/") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", keep)
	if folder == "assets" && name == h.catalog.name {
		writeAsset(w, r, name, h.catalog.text)
		return
	}
	header := w.Header()
	header.Add("Vary", "Accept-Encoding")
	header.Set("Content-Security-Policy", h.policy()) // of the worker of the map, which is a script by itself
	file, encoding := folder+"/"+name, ""
	for _, e := range encodings {
		if !accepts(r.Header.Get("Accept-Encoding"), e.name) {
			continue
		}
		if _, err := fs.Stat(h.assets, file+e.suffix); err == nil {
			file, encoding = file+e.suffix, e.name
			break
		}
	}
	text, err := fs.ReadFile(h.assets, file)
	if err != nil {
		header.Del("Cache-Control")
		http.NotFound(w, r)
		return
	}
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	writeAsset(w, r, name, text)
}

func writeAsset(w http.ResponseWriter, r *http.Request, name string, text []byte) {
	header := w.Header()
	header.Set("Content-Type", contentType(name))
	header.Set("Content-Length", strconv.Itoa(len(text)))
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(text) // a visitor who left reads nothing
}

// contentType does not ask the machine's tables, which know no .mjs.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// accepts reads an Accept-Encoding header: a coding counts when it is named
// there without q=0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return err == nil && weight > 0
	}
	return false
}
