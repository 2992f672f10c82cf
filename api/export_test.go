package api

import (
	"net/http"
	"net/netip"

	"github.com/gorilla/mux"
)

// NetworkOf is from where a request comes to a server that trusts proxies.
func NetworkOf(proxies []netip.Prefix, r *http.Request) string {
	return (&server{Config: Config{TrustedProxies: proxies}}).networkOf(r)
}

// Templates are the paths of all routes of a handler.
func Templates(h *Handler) (paths []string) {
	err := h.server.router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		paths = append(paths, path)
		return err
	})
	if err != nil {
		panic(err)
	}
	return paths
}

// ForPeople reports whether problems of a route are told to browsers on a page.
func ForPeople(route string) bool { return forPeople[route] }
