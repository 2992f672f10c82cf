package api

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"gridatlas/api/problem"
)

// hostOf is the name or address that a client asked for, without a port, in small
// letters.
func hostOf(r *http.Request) string {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}

// isLoopbackName reports whether a host is this machine.
func isLoopbackName(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// checkHost refuses names that are not ours: what stands in links and in caches is
// never made of what a stranger claims, and no page of another name can be led to
// this server (DNS rebinding). Addresses are no names, so nobody can make them up.
func (s *server) checkHost(r *http.Request) error {
	host := hostOf(r)
	if s.Hosts == nil || slices.Contains(s.Hosts, host) || isLoopbackName(host) {
		return nil
	}
	if s.PublicURL != nil && host == strings.ToLower(s.PublicURL.Hostname()) {
		return nil
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	return &problem.Problem{
		Name: "host-unknown", Status: http.StatusMisdirectedRequest, Title: "This server does not go by that name",
		Detail: "start it with --public-url or --host to let it",
	}
}
