package api

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"gridatlas/api/problem"
	"gridatlas/geo/snapshot"
)

// keptSnapshots holds the last maps that were put in, so that who was told of one
// can ask for it. The zero value holds none.
type keptSnapshots struct {
	mu   sync.Mutex
	maps []*snapshot.Snapshot // the last put in at the end
}

// keptMaps is how many maps are held of those published the last. Those that a next
// page was promised of are held besides.
const keptMaps = 8

func (k *keptSnapshots) keep(s *snapshot.Snapshot) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kept := range k.maps {
		if kept == s {
			return
		}
	}
	if len(k.maps) == keptMaps {
		copy(k.maps, k.maps[1:])
		k.maps = k.maps[:keptMaps-1]
	}
	k.maps = append(k.maps, s)
}

// find returns the map of an epoch and a revision; nil when it is not held.
func (k *keptSnapshots) find(epoch, revision int64) *snapshot.Snapshot {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kept := range k.maps {
		if head := kept.Head(); head.Epoch == epoch && head.Revision == revision {
			return kept
		}
	}
	return nil
}

// heldSnapshot returns the map of an epoch and a revision that this node holds
// beside the newest; nil when it does not.
func (s *server) heldSnapshot(epoch, revision int64) *snapshot.Snapshot {
	if held := s.published.find(epoch, revision); held != nil {
		return held
	}
	return s.promises.find(epoch, revision)
}

// named takes the map that a request names by revision, and by epoch if it likes;
// the newest when it names none.
func (s *server) named(w http.ResponseWriter, q query) (*snapshot.Snapshot, error) {
	newest, err := s.snapshot(w)
	if err != nil {
		return nil, err
	}
	head := newest.Head()
	if !q.has("revision") {
		if q.has("epoch") {
			return nil, problem.Parameter("epoch", "belongs to a revision, which is not given")
		}
		return newest, nil
	}
	revision, err := strconv.ParseInt(q.text("revision"), 10, 64)
	if err != nil || strconv.FormatInt(revision, 10) != q.text("revision") || revision < 0 {
		return nil, problem.Parameter("revision", "%q is not a revision", q.text("revision"))
	}
	ofThis := !q.has("epoch") || q.text("epoch") == epochText(head.Epoch)
	switch held := s.heldSnapshot(head.Epoch, revision); {
	case ofThis && revision == head.Revision:
		return newest, nil
	case ofThis && held != nil:
		return held, nil
	case ofThis && revision > head.Revision:
		return nil, problem.NotFound("there is no revision %d here yet; the newest is %d", revision, head.Revision)
	}
	return nil, &problem.Problem{
		Name: "revision-gone", Status: http.StatusGone, Title: "This revision is no longer held",
		Detail:  fmt.Sprintf("revision %d is not among the last %d; the newest is %d", revision, keptMaps, head.Revision),
		Members: map[string]any{"revision": head.Revision, "epoch": epochText(head.Epoch)},
	}
}
