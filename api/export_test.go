package api

import (
	"net/http"
	"net/netip"
)

// NetworkOf is from where a request comes to a server that trusts proxies.
func NetworkOf(proxies []netip.Prefix, r *http.Request) string {
	return (&server{Config: Config{TrustedProxies: proxies}}).networkOf(r)
}
