package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gridatlas/geo"
	"gridatlas/tiles"
)

// feed holds what the last change sets touched, for those who listen to /events.
// The zero value has heard of no map.
type feed struct {
	mu        sync.Mutex
	steps     []step // the newest last
	more      chan struct{}
	listeners int
	ended     bool
}

// step is what led to a head.
type step struct {
	head    geo.Head
	all     bool
	touched []touched
}

// touched is where a layer is other than before.
type touched struct {
	layer geo.Layer
	spots []spot
}

const (
	// keptSteps is after how many change sets a listener who comes back is told what
	// they touched; after more, that it may be anything.
	keptSteps = 64
	// mostSpots is how many boxes of a layer an event has.
	mostSpots = 64
	// mostListeners is how many may listen at the same time: each holds a connection.
	mostListeners = 1000
)

// add puts a new map into the feed and wakes who listens.
func (f *feed) add(head geo.Head, changes tiles.Changes) {
	s := step{head: head, all: changes.All}
	for _, layer := range changes.Layers {
		spots := make([]spot, len(layer.Touches))
		for i, touch := range layer.Touches {
			from, to := touch.Zooms(layer.Layer)
			spots[i] = spot{touch.Box, from, to}
		}
		s.touched = append(s.touched, touched{layer.Layer, fewer(spots, mostSpots)})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.steps) == keptSteps {
		f.steps = slices.Delete(f.steps, 0, 1)
	}
	f.steps = append(f.steps, s)
	f.wake()
}

// wake tells who waits that something is other than before. The caller holds mu.
func (f *feed) wake() {
	if f.more != nil {
		close(f.more)
		f.more = nil
	}
}

// enter lets a listener in, if there is room, and reports whether it did. Who was
// let in leaves.
func (f *feed) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listeners == mostListeners {
		return false
	}
	f.listeners++
	return true
}

func (f *feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners--
}

// end tells who listens to go.
func (f *feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	f.wake()
}

// since returns what led from a head, by its name, to the newest map, in one; an
// empty name is the newest. More is closed when there is more to hear; it is nil
// when there will be nothing more. Before the first map ok is false.
func (f *feed) since(name string) (s step, more <-chan struct{}, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ended {
		if f.more == nil {
			f.more = make(chan struct{})
		}
		more = f.more
	}
	if len(f.steps) == 0 {
		return step{}, more, false
	}
	last := len(f.steps) - 1
	s.head = f.steps[last].head
	if name == "" || name == s.head.Name() {
		return s, more, true
	}
	known := -1
	for i, old := range slices.Backward(f.steps[:last]) {
		if old.head.Name() == name {
			known = i
			break
		}
	}
	if known < 0 {
		s.all = true
		return s, more, true
	}
	spots := map[geo.Layer][]spot{}
	for _, later := range f.steps[known+1:] {
		s.all = s.all || later.all
		for _, t := range later.touched {
			spots[t.layer] = append(spots[t.layer], t.spots...)
		}
	}
	if s.all {
		return s, more, true
	}
	for _, schema := range geo.Catalog() {
		if list, ok := spots[schema.Layer]; ok {
			s.touched = append(s.touched, touched{schema.Layer, fewer(list, mostSpots)})
		}
	}
	return s, more, true
}

// isHeadName reports whether a text may be the name of a head.
func isHeadName(text string) bool {
	epoch, revision, ok := strings.Cut(text, "-")
	if !ok || len(epoch) != len(epochText(0)) {
		return false
	}
	_, err := strconv.ParseUint(epoch, 16, 64)
	_, bad := strconv.ParseUint(revision, 10, 63)
	return err == nil && bad == nil
}

// event writes a step as a server-sent event.
func (s *step) event() []byte {
	o := object{text: []byte("event: revision\nid: " + s.head.Name() + "\ndata: ")}
	o.open()
	o.int("revision", s.head.Revision)
	o.str("epoch", epochText(s.head.Epoch))
	if s.all {
		o.raw("all", "true")
	} else {
		o.name("layers")
		o.open()
		for _, t := range s.touched {
			array(&o, string(t.layer), t.spots, func(at spot) { o.text = appendBox(o.text, at.box) })
		}
		o.close()
		o.name("zooms")
		o.open()
		for _, t := range s.touched {
			array(&o, string(t.layer), t.spots, func(at spot) { o.text = fmt.Appendf(o.text, "[%d,%d]", at.from, at.to) })
		}
		o.close()
	}
	o.close()
	return append(o.text, "\n\n"...)
}
