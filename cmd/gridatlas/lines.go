package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"gridatlas/api/port"
)

// lines are the limits of connections, so that who is slow, or many, holds nobody up.
type lines struct {
	MaxConnections           int           `name:"max-connections" default:"8000" help:"Connections at once. When all are taken, the one that has waited longest without asking makes room. Fewer where the system allows fewer open files."`
	MaxConnectionsPerNetwork int           `name:"max-connections-per-network" default:"200" help:"Connections at once from one address (in IPv6 from one /64). This machine and trusted proxies are not counted."`
	HeaderTimeout            time.Duration `name:"header-timeout" default:"5s" help:"How long a client may take to send the header of a request."`
	BodyTimeout              time.Duration `name:"body-timeout" default:"15s" help:"How long a client may take to send the body of a request; a second more for each MiB that may come."`
	IdleTimeout              time.Duration `name:"idle-timeout" default:"60s" help:"How long a connection may stay open between two requests."`
}

// maxHeader is how large the header of a request may be; net/http adds 4 KiB.
const maxHeader = 12 << 10

// ownFiles is how many open files are kept back for what is not a connection: stores,
// the node's file, exports, the log.
const ownFiles = 128

func (l *lines) check() error {
	switch {
	case l.MaxConnections < 1:
		return usagef("--max-connections is at least 1")
	case l.MaxConnectionsPerNetwork < 1:
		return usagef("--max-connections-per-network is at least 1")
	case l.HeaderTimeout <= 0 || l.BodyTimeout <= 0 || l.IdleTimeout <= 0:
		return usagef("--header-timeout, --body-timeout and --idle-timeout are longer than nothing")
	}
	return nil
}

// server returns a server within the limits, and the port that it is to serve.
func (l *lines) server(handler http.Handler, open net.Listener, proxies []netip.Prefix, log *slog.Logger) (*http.Server, *port.Listener) {
	limits := port.Limits{
		All: l.MaxConnections, PerNetwork: l.MaxConnectionsPerNetwork,
		Exempt: append([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, proxies...),
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil {
		if most := max(int(min(files.Cur, 1<<30))-ownFiles, 1); most < limits.All {
			log.Warn("fewer connections at once, for the system allows no more open files", "connections", most, "files", files.Cur)
			limits.All = most
		}
	}
	limited := port.Limit(open, limits)
	return &http.Server{
		Handler:           handler,
		ConnState:         limited.Note,
		ReadHeaderTimeout: l.HeaderTimeout,
		IdleTimeout:       l.IdleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}, limited
}
