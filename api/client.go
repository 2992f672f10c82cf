package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// networkOf says from which network a request comes: the address of the client, in
// IPv6 the first half of it, which is what one household has. Proxies that are
// trusted say for whom they ask; what others claim counts for nothing. Empty: not
// known.
func (s *server) networkOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	// The last word of the header is of the proxy nearest to us.
	claims := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(claims) - 1; i >= 0 && s.trusts(address); i-- {
		claimed, err := netip.ParseAddr(strings.TrimSpace(claims[i]))
		if err != nil {
			break
		}
		address = claimed
	}
	address = address.Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	network, _ := address.Prefix(64) // no error: an address of IPv6 has so many bits
	return network.String()
}

// trusts reports whether a proxy is one of ours.
func (s *server) trusts(address netip.Addr) bool {
	for _, network := range s.TrustedProxies {
		if network.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}

// isSecure reports whether a browser would keep a secure cookie of ours: over TLS,
// ended here or before us, and on the machine itself.
func (s *server) isSecure(r *http.Request) bool {
	if r.TLS != nil || s.PublicURL != nil && s.PublicURL.Scheme == "https" {
		return true
	}
	return isLoopbackName(hostOf(r))
}
