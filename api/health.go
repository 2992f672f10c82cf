package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"runtime/debug"
	"time"

	"gridatlas/api/problem"
	"gridatlas/geo/snapshot"
)

// healthz answers /healthz: the process is there.
func (s *server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return writeDocument(w, typeJSON, map[string]any{"status": "ok"})
}

// settling is how long a node that has just started waits for its store before it
// gives out the map of its own file.
const settling = 10 * time.Second

// notYet is why requests had better go to another node: this one stops, or has just
// started. It is served all the same.
func (s *server) notYet(standing snapshot.Standing) error {
	p := &problem.Problem{Name: "starting", Status: http.StatusServiceUnavailable, Title: "The server is starting", RetryAfter: time.Second}
	switch {
	case s.stopping.Load():
		p.Name, p.Title = "stopping", "The server is stopping"
	case standing.FromFile && !standing.Away && time.Since(s.begun) < settling:
		p.Detail = "the store may have a newer map than the node's file" // nobody is to see time go back
	case s.walks && s.Walk() == nil:
		p.Detail = "the walking network is being made"
	default:
		return nil
	}
	return p
}

// readyz answers /readyz: 200 once there is a map to answer from, however old it
// is, and until the server is to stop; degraded says that the store does not stand by
// the map now, and why.
func (s *server) readyz(w http.ResponseWriter, _ *http.Request) error {
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	standing := s.Live.Standing()
	if err := s.notYet(standing); err != nil {
		return err
	}
	ready := struct {
		Status          string  `json:"status"`
		Epoch           string  `json:"epoch"`
		Revision        int64   `json:"revision"`
		AgeSeconds      float64 `json:"age_seconds"`
		Degraded        bool    `json:"degraded"`
		Reason          string  `json:"reason,omitempty"`
		ReadOnly        bool    `json:"read_only"`
		WalkRevision    *int64  `json:"walk_revision"` // null: not prepared yet
		NetworkRevision *int64  `json:"network_revision"`
	}{
		Status: "ready", Epoch: epochText(snap.Head().Epoch), Revision: snap.Head().Revision,
		AgeSeconds: float64(standing.Age().Milliseconds()) / 1000, Reason: s.doubt(standing),
		ReadOnly: s.ReadOnly != nil && s.ReadOnly(),
	}
	ready.Degraded = ready.Reason != ""
	if m := s.Walk(); m != nil {
		walked, network := m.Snapshot().Head().Revision, m.NetworkRevision()
		ready.WalkRevision, ready.NetworkRevision = &walked, &network
	}
	return writeDocument(w, typeJSON, ready)
}

// doubt says why the map may be older than the store, empty when it is not. The
// words are for everybody; what is wrong with the store stands in the log.
func (s *server) doubt(standing snapshot.Standing) string {
	switch {
	case standing.FromFile:
		return "the store has not answered since this node started; the map is from the node's file"
	case standing.Away:
		return "the store does not answer; the map is the last one it gave"
	case standing.Age() > s.Stale:
		return "the store has been silent"
	}
	return ""
}

// build is what the program was made from.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"vcs_revision,omitempty"`
	Modified bool   `json:"vcs_modified,omitempty"`
	Go       string `json:"go"`
	short    string // stands in entity tags: another program may write other bytes
}

func readBuild() build {
	b := build{Version: "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version, b.Go = info.Main.Version, info.GoVersion
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				b.Revision = setting.Value
			case "vcs.modified":
				b.Modified = setting.Value == "true"
			}
		}
	}
	sum := sha256.Sum256([]byte(b.Version + b.Revision + b.Go))
	b.short = hex.EncodeToString(sum[:2])
	return b
}

// version answers /version.
func (s *server) version(w http.ResponseWriter, _ *http.Request) error {
	return writeDocument(w, typeJSON, struct {
		Name string `json:"name"`
		build
	}{"gridatlas", s.build})
}
