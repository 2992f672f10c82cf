package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gridatlas/api"
	"gridatlas/api/web"
	"gridatlas/data"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
	"gridatlas/tiles/style"
)

type serveCommand struct {
	Store     string `help:"GeoPackage file or postgres:// URL. None named: gridatlas.gpkg, made with the demo city if it is not there."`
	Listen    string `default:":8080" help:"Address to listen on."`
	PublicURL string `name:"public-url" help:"How the outside world reaches this server, for links and TileJSON."`
	Zone      string `default:"Asia/Shanghai" help:"Time zone of the city."`
	Title     string `help:"Name of the service on its pages."`
}

// Run serves until the process is told to stop, then lets running requests end.
func (c *serveCommand) Run(ctx context.Context, con *console) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usagef("--zone: %w", err)
	}
	public, err := parsePublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	// The port first: a city made for a server that cannot start helps nobody.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close()

	store, err := c.openOrMake(ctx, con)
	if err != nil {
		return err
	}
	defer store.Close()

	node := &node{}
	handler := api.New(api.Config{
		Live:      &node.live,
		Walk:      node.walk.Load,
		PublicURL: public,
		Title:     c.Title,
		Clock:     time.Now,
		Zone:      zone,
		Log:       con.log,
		Pages:     web.New(web.Config{Live: &node.live, Title: c.Title}),
		Style:     style.JSON,
	})
	node.prepare = handler.Prepare
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
	return c.serve(ctx, con, server, listener, node, store)
}

func (c *serveCommand) serve(ctx context.Context, con *console, server *http.Server, listener net.Listener, node *node, store data.Store) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Requests outlive the signal to stop: their context ends after the drain.
	requests, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(http.ErrServerClosed)
	server.BaseContext = func(net.Listener) context.Context { return requests }

	var follower sync.WaitGroup
	var followed error // why following ended by itself; read after Wait
	follower.Go(func() {
		if err := node.follow(ctx, store, con.log); ctx.Err() == nil {
			followed = fmt.Errorf("follow the store: %w", err)
			cancel()
		}
	})
	con.log.Info("serving", "url", "http://"+reachable(listener.Addr()))
	failed := make(chan error, 1) // the server's one word, when it ends
	go func() { failed <- server.Serve(listener) }()

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		con.log.Info("stopping")
		drain, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err = server.Shutdown(drain)
		stop()
		cut(http.ErrServerClosed)
		if ended := <-failed; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, ended)
		}
	}
	cancel()
	follower.Wait()
	return errors.Join(err, followed, store.Close())
}

// openOrMake opens the named store; without a name the default file, which gets
// the demo city when it is new or was left empty by a start that was cut off.
func (c *serveCommand) openOrMake(ctx context.Context, con *console) (data.Store, error) {
	if c.Store != "" {
		return openExisting(ctx, c.Store)
	}
	store, err := openStore(ctx, defaultStore)
	if err != nil {
		return nil, err
	}
	log, err := store.Log(ctx, 0)
	if err == nil && len(log) == 0 {
		_, err = fillDemo(ctx, con, store, 0)
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

// node is what one process serves: the newest snapshot and the walking map that
// belongs to it.
type node struct {
	live    snapshot.Live
	walk    atomic.Pointer[walk.Map]
	prepare func(*snapshot.Snapshot) // what else is made ahead of the questions; nil: nothing
}

// follow keeps the node up with its store until ctx ends. The field that
// outlines are drawn from is made ahead of the questions, beside the following;
// a newer map ends the work on an older one.
func (n *node) follow(ctx context.Context, store snapshot.Source, log *slog.Logger) error {
	var warming sync.WaitGroup
	stop := func() {}
	n.live.OnChange(func(_, after *snapshot.Snapshot) {
		if n.prepare != nil {
			n.prepare(after)
		}
		stop()
		warming.Wait()
		m := walk.Prepare(after, n.walk.Load())
		n.walk.Store(m)
		var warm context.Context
		warm, stop = context.WithCancel(ctx)
		warming.Go(func() {
			if err := m.Warm(warm); err == nil {
				log.Debug("the outlines of the whole map are prepared", "revision", m.Snapshot().Head().Revision)
			}
		})
	})
	err := n.live.Follow(ctx, store, log)
	stop()
	warming.Wait()
	return err
}

func parsePublicURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, usagef("--public-url is not a http or https address")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, usagef("--public-url is scheme and host alone, as https://map.example.org: the pages stand at its root")
	}
	return u, nil
}

// reachable turns a listening address into one that a browser on this machine
// can open.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
