// Package metrics tells Prometheus how a node is doing: requests by the template of
// their route, turns and tiles, how old the map is, connections, the Go runtime. No
// label holds a path, a name, an address or a query, so what is told is of nobody.
package metrics

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gridatlas/api"
	"gridatlas/api/port"
	"gridatlas/geo/snapshot"
)

// Metrics counts requests as they end. It is safe for several goroutines.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	kinds    sync.Map // of kind to *series, for finding labels costs more than counting
}

type kind struct {
	route, method string
	class         int // of the status
}

type series struct {
	requests, bytes prometheus.Counter
	took            prometheus.Observer
}

// New returns metrics that have counted nothing yet.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gridatlas_requests_total", Help: "Requests that have ended, by template of the route, method and class of the status (gone: the client left before).",
		}, []string{"route", "method", "status"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gridatlas_response_bytes_total", Help: "Bytes of bodies as they were sent.",
		}, []string{"route"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gridatlas_request_seconds", Help: "How long requests took, the sending included.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
	}
	m.registry.MustRegister(m.requests, m.bytes, m.took, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Done counts a request.
func (m *Metrics) Done(d api.Done) {
	k := kind{d.Route, d.Method, d.Status / 100}
	if d.Status == 499 {
		k.class = 499
	}
	found, ok := m.kinds.Load(k)
	if !ok {
		status := "gone"
		if k.class != 499 {
			status = strconv.Itoa(k.class) + "xx"
		}
		found, _ = m.kinds.LoadOrStore(k, &series{
			m.requests.WithLabelValues(k.route, k.method, status), m.bytes.WithLabelValues(k.route), m.took.WithLabelValues(k.route),
		})
	}
	s := found.(*series)
	s.requests.Inc()
	s.bytes.Add(float64(d.Bytes))
	s.took.Observe(d.Took.Seconds())
}

// Handler answers with all metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Sources are asked each time somebody asks for metrics.
type Sources struct {
	Live  *snapshot.Live
	Stats func() api.Stats
	Port  func() port.Counts
}

// Watch adds what the sources tell. It is to be called once.
func (m *Metrics) Watch(s Sources) { m.registry.MustRegister(&node{s}) }

// node collects what is so now.
type node struct{ Sources }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("gridatlas_"+name, help, labels, nil)
}

var (
	inFlight    = describe("requests_in_flight", "Requests that are being answered, listeners to /events among them.")
	working     = describe("turns_working", "Requests whose turn it is, by class of work.", "class")
	waiting     = describe("turns_waiting", "Requests that wait for their turn, by class of work.", "class")
	shed        = describe("turns_refused_total", "Requests sent away with 503 since too many waited, by class of work.", "class")
	tileHits    = describe("tile_cache_hits_total", "Tiles answered from memory.")
	tileMisses  = describe("tile_cache_misses_total", "Tiles that had to be made or waited for.")
	tileCount   = describe("tile_cache_tiles", "Tiles in memory.")
	tileBytes   = describe("tile_cache_bytes", "Memory that tiles take.")
	revision    = describe("snapshot_revision", "Revision of the map.")
	age         = describe("snapshot_age_seconds", "How long ago the store last stood by the map.")
	away        = describe("store_away", "1 while the store does not answer.")
	losses      = describe("follow_errors_total", "How often the store was asked in vain.")
	signIns     = describe("sign_ins_total", "Sign-ins, by whether they went well.", "result")
	connections = describe("connections", "Open connections.")
	accepted    = describe("connections_accepted_total", "Connections let in.")
	hungUp      = describe("connections_hung_up_total", "Connections hung up on: too many of one network, all places taken, made room for another.", "reason")
)

func (n *node) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(n, ch) }

func (n *node) Collect(ch chan<- prometheus.Metric) {
	send := func(kind prometheus.ValueType) func(*prometheus.Desc, float64, ...string) {
		return func(d *prometheus.Desc, v float64, labels ...string) {
			ch <- prometheus.MustNewConstMetric(d, kind, v, labels...)
		}
	}
	gauge, count := send(prometheus.GaugeValue), send(prometheus.CounterValue)
	stats := n.Stats()
	gauge(inFlight, float64(stats.InFlight))
	for class, turns := range stats.Turns {
		gauge(working, float64(turns.Working), class)
		gauge(waiting, float64(turns.Waiting), class)
		count(shed, float64(turns.Refused), class)
	}
	count(tileHits, float64(stats.Tiles.Hits))
	count(tileMisses, float64(stats.Tiles.Misses))
	gauge(tileCount, float64(stats.Tiles.Tiles))
	gauge(tileBytes, float64(stats.Tiles.Bytes))
	count(signIns, float64(stats.SignIns), "ok")
	count(signIns, float64(stats.FailedSignIns), "failed")
	standing := n.Live.Standing()
	if s := n.Live.Current(); s != nil {
		gauge(revision, float64(s.Head().Revision))
		gauge(age, standing.Age().Round(time.Millisecond).Seconds())
	}
	isAway := 0.0
	if standing.Away {
		isAway = 1
	}
	gauge(away, isAway)
	count(losses, float64(n.Live.Losses()))
	counts := n.Port()
	gauge(connections, float64(counts.Open))
	count(accepted, float64(counts.Accepted))
	count(hungUp, float64(counts.PerNetwork), "network")
	count(hungUp, float64(counts.Full), "full")
	count(hungUp, float64(counts.Evicted), "room")
}
