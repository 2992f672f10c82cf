package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/metrics"
	"gridatlas/api/resident"
	"gridatlas/api/web"
	"gridatlas/data"
	"gridatlas/data/demo"
	"gridatlas/data/files"
	"gridatlas/tiles/style"
)

type serveCommand struct {
	Store               string   `help:"GeoPackage file or postgres:// URL. None named: gridatlas.gpkg, made with the demo city if it is not there."`
	Listen              string   `default:":8080" help:"Address to listen on."`
	PublicURL           string   `name:"public-url" help:"How the outside world reaches this server, for links and TileJSON."`
	Zone                string   `default:"Asia/Shanghai" help:"Time zone of the city."`
	Title               string   `help:"Name of the service on its pages."`
	Approval            string   `help:"Map approval number (审图号), shown on the pages, on prints and with the tiles."`
	ServicePhone        string   `name:"service-phone" help:"Number of the service line that stands on labels."`
	Register            string   `placeholder:"NUMBER" help:"Number under which the site is registered (ICP 备案号), shown at the foot of pages."`
	VerifyDir           string   `name:"verify-dir" placeholder:"FOLDER" help:"Folder of the files by which WeChat checks whose a host is (MP_verify_….txt); read at the start, served at the root and under /p/."`
	Underlay            string   `placeholder:"URL" help:"Images of somebody else that visitors may lay under the map, by a template with {z}, {x} and {y}: WMTS or XYZ in web mercator. They must be in WGS 84 or CGCS2000; those in GCJ-02 are half a kilometre off. None named: none, and no other host is asked."`
	UnderlayAttribution string   `name:"underlay-attribution" help:"Whose images those are."`
	Host                []string `placeholder:"NAME" help:"Names by which this server may be asked for, besides this machine, addresses and --public-url; any for all."`
	Paces               float64  `default:"1" help:"By what to multiply the paces at which one network may ask; 0: nobody is slowed down."`
	TrustedProxy        []string `name:"trusted-proxy" placeholder:"NETWORK" help:"Networks of proxies whose X-Forwarded-For says who asks, as 10.0.0.0/8; none: nobody is believed."`
	BoothCap            int      `name:"booth-cap" default:"-1" help:"How many booths the city allows itself; one more needs a decision. 0: any number. Not named: any number, and of the demo city that is made where no store is named its 128."`
	BoothSpacing        float64  `name:"booth-spacing" default:"300" help:"How many metres on foot booths are to stand apart."`
	CacheDir            string   `name:"cache-dir" default:"${cache_dir}" placeholder:"FOLDER" help:"Where this node keeps a copy of the map, to start quickly and also while its store is away; none: no copy. (${cache_dir})"`

	AdminListen string        `name:"admin-listen" placeholder:"ADDRESS" help:"Loopback address, as 127.0.0.1:9090, on which operators get /metrics for Prometheus and /debug/pprof; none: nobody gets them."`
	DrainWait   time.Duration `name:"drain-wait" default:"0s" help:"How long, once told to stop, to serve on while /readyz says 503: longer than a load balancer takes to notice. Then no connection is taken any more, and requests under way have 10 seconds to end."`

	lines       `embed:""`
	reportRules `embed:""`
}

// Run serves until the process is told to stop, then lets running requests end.
func (c *serveCommand) Run(ctx context.Context, con *console) error {
	if err := errors.Join(c.lines.check(), c.reportRules.check()); err != nil {
		return err
	}
	if c.BoothCap < -1 || !(c.BoothSpacing > 0) {
		return usagef("--booth-cap is 0 or more, --booth-spacing more than 0")
	}
	if c.DrainWait < 0 {
		return usagef("--drain-wait is no time")
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usagef("--zone: %w", err)
	}
	public, err := parsePublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	var underlay *web.Underlay
	if c.Underlay != "" {
		if underlay, err = web.ParseUnderlay(c.Underlay, c.UnderlayAttribution); err != nil {
			return usagef("--underlay: %w", err)
		}
	}
	var proxies []netip.Prefix
	for _, text := range c.TrustedProxy {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return usagef("--trusted-proxy: %w", err)
		}
		proxies = append(proxies, network.Masked())
	}
	// The port first: a city made for a server that cannot start helps nobody.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close()

	counters := metrics.New()
	operators, err := openAdmin(ctx, c.AdminListen, counters.Handler(), con.log)
	if err != nil {
		return err
	}
	defer operators.close()

	store := c.Store
	if store == "" {
		store = defaultStore
		if err := makeDefault(ctx, con); err != nil {
			return err
		}
	}
	node := &node{open: func(ctx context.Context) (data.Store, error) { return openExisting(ctx, store) }}
	if node.file, err = snapshotFile(c.CacheDir, store); err != nil {
		return err
	}
	if err := files.SweepNameless(time.Hour); err != nil {
		con.log.Warn("some room on the disk is not free", "error", err)
	}
	verify, err := readVerifyDir(c.VerifyDir)
	if err != nil {
		return err
	}
	var handler *api.Handler // which shows the pages, and searches for them
	pages := web.New(web.Config{
		Find: func(ctx context.Context, text string, limit int) ([]resident.Found, error) {
			return handler.Find(ctx, text, limit)
		},
		Live: &node.live, Walk: node.walk.Load, Title: c.Title, Approval: c.Approval, Register: c.Register, Underlay: underlay, Zone: zone, Log: con.log,
		Description: api.Description(), PublicURL: public, SignIn: true,
	})
	book := access.NewBook(writable{node}, time.Now)
	reports := c.book(node, zone)
	node.beside = func(ctx context.Context) { forget(ctx, node, reports, c.KeepReports, con.log) }
	config := api.Config{
		Live:           &node.live,
		Walk:           node.walk.Load,
		PublicURL:      public,
		Title:          c.Title,
		Approval:       c.Approval,
		Clock:          time.Now,
		Zone:           zone,
		Log:            con.log,
		Pages:          pages,
		Verify:         verify,
		Style:          style.JSON,
		GeoPackage:     answerPackage,
		Accounts:       book,
		Cards:          book,
		CardPage:       pages.MasterCard,
		CardsPage:      pages.Cards,
		SignInPage:     pages.SignIn,
		ProblemPage:    pages.Problem,
		Reports:        reports,
		ReportPages:    pages,
		RegisterPage:   pages.Registers,
		RowPage:        pages.DrawRow,
		PhotoPage:      pages.Photo,
		LabelsPage:     pages.Labels,
		RoundPages:     pages,
		ServicePhone:   c.ServicePhone,
		TrustedProxies: proxies,
		Hosts:          hostNames(c.Host),
		Paces:          c.Paces,
		FourEyes:       true,
		BoothCap:       c.boothCap(),
		BoothSpacing:   c.BoothSpacing,
		Store:          writable{node},
		BodyTime:       c.BodyTimeout,
		ReadOnly:       node.readOnly,
		Done:           counters.Done,
	}
	handler = api.New(config)
	node.published, node.prepare = handler.Published, handler.Prepare
	server, limited := c.server(handler, listener, proxies, con.log)
	server.RegisterOnShutdown(handler.EndEvents)
	counters.Watch(metrics.Sources{Live: &node.live, Stats: handler.Stats, Port: limited.Counts})
	operators.serve(con.log)
	return c.serve(ctx, con, server, limited, node, handler.BeginStop)
}

// boothCap is how many booths there may be; 0: any number.
func (c *serveCommand) boothCap() int {
	if c.BoothCap < 0 && c.Store == "" {
		return demo.BoothCount
	}
	return max(c.BoothCap, 0)
}

// serve serves until ctx ends, which is the word to stop, or the node finds that it
// cannot go on. The node follows its store until the last request has its answer.
func (c *serveCommand) serve(ctx context.Context, con *console, server *http.Server, listener net.Listener, node *node, beginStop func()) error {
	// Requests and the node outlive the word to stop.
	serving, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(http.ErrServerClosed)
	server.BaseContext = func(net.Listener) context.Context { return serving }

	var follower sync.WaitGroup
	var followed error // why following ended before it was told to; read after Wait
	lost := make(chan struct{})
	following, rest := context.WithCancel(serving)
	defer rest()
	follower.Go(func() {
		defer close(lost)
		followed = node.run(following, con.log)
	})
	con.log.Info("serving", "url", "http://"+reachable(listener.Addr()))
	failed := make(chan error, 1) // the server's one word, when it ends
	go func() { failed <- server.Serve(listener) }()

	var err error
	select {
	case err = <-failed:
	case <-lost:
		err = stop(server, cut, failed)
	case <-ctx.Done():
		con.log.Info("stopping", "after", c.DrainWait)
		beginStop()
		time.Sleep(c.DrainWait)
		err = stop(server, cut, failed)
	}
	rest()
	follower.Wait()
	return errors.Join(err, followed)
}

// drain is how long requests that are under way have to end.
const drain = 10 * time.Second

// stop lets requests end, and cuts off those that take longer than the drain.
func stop(server *http.Server, cut context.CancelCauseFunc, failed <-chan error) error {
	patience, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	err := server.Shutdown(patience)
	cut(http.ErrServerClosed)
	if ended := <-failed; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// hostNames are the names that a server goes by beside its addresses; nil: any.
func hostNames(named []string) []string {
	if slices.Contains(named, "any") {
		return nil
	}
	names := []string{}
	for _, name := range named {
		names = append(names, strings.ToLower(strings.TrimSuffix(name, ".")))
	}
	if own, err := os.Hostname(); err == nil {
		names = append(names, strings.ToLower(own))
	}
	return names
}

// makeDefault makes the default file with the demo city when it is new or was left
// empty by a start that was cut off.
func makeDefault(ctx context.Context, con *console) error {
	store, err := openStore(ctx, defaultStore)
	if err != nil {
		return err
	}
	log, err := store.Log(ctx, 0, 0)
	if err == nil && len(log) == 0 {
		_, err = fillDemo(ctx, con, store, 0)
	}
	return errors.Join(err, store.Close())
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
