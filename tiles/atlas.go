package tiles

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Atlas encodes tiles. It keeps between them what they have in common: the layers
// of the newest snapshots, drawn when a tile first needs them. A later state of a
// layer is drawn from the one before, at the cost of what changed; so is an older
// one that is asked for once more. One atlas serves a whole program; it is safe for
// use by several goroutines. The zero value is ready for use.
type Atlas struct {
	mu      sync.Mutex
	layers  map[sheet]*lineage
	borders map[string]*borders // by view
	cutters sync.Pool
}

// keptDrawings is how many states of one layer are kept beside the newest: as many
// as a node keeps snapshots.
const keptDrawings = 8

// sheet names what is drawn: a layer as a view shows it.
type sheet struct {
	view  string
	layer geo.Layer
}

// lineage is the drawings of one sheet. Its fields are guarded by Atlas.mu.
type lineage struct {
	// newest is the latest state drawn so far: the next one is most likely near it.
	newest state
	head   geo.Head // of newest
	// kept are other states and those on their way, the last used in front.
	kept []*pending
	// making is held while a drawing is made.
	making sync.Mutex
}

// state is a layer of a snapshot and its drawing.
type state struct {
	layer   *snapshot.Layer
	drawing *drawing
}

// pending is a drawing on its way. The layer is not held: when nobody else does,
// nobody will ask for it.
type pending struct {
	of      weak.Pointer[snapshot.Layer]
	done    chan struct{} // closed when drawing and err are set
	drawing *drawing
	err     error
}

// drawing returns the drawing of a layer of a snapshot. It is made for all who will
// ask for it, even if the first one leaves meanwhile: then the error is ctx's.
func (a *Atlas) drawing(ctx context.Context, s *snapshot.Snapshot, view View, r *rule) (*drawing, error) {
	layer, of := s.Layer(r.layer), sheet{view.name, r.layer}
	a.mu.Lock()
	l := a.layers[of]
	if l == nil {
		if a.layers == nil {
			a.layers = map[sheet]*lineage{}
		}
		l = &lineage{}
		a.layers[of] = l
	}
	if l.newest.layer == layer {
		d := l.newest.drawing
		a.mu.Unlock()
		return d, nil
	}
	p := l.find(layer)
	if p == nil {
		p = &pending{of: weak.Make(layer), done: make(chan struct{})}
		l.kept = append([]*pending{p}, l.kept[:min(len(l.kept), keptDrawings-1)]...)
		go a.draw(l, p, s.Head(), state{layer: layer}, view, r)
	}
	a.mu.Unlock()
	select {
	case <-p.done:
		return p.drawing, p.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// find returns what is kept or made of a layer, nil when nothing is.
func (l *lineage) find(layer *snapshot.Layer) (found *pending) {
	of := weak.Make(layer)
	l.kept = slices.DeleteFunc(l.kept, func(p *pending) bool {
		if p.of == of {
			found = p
		}
		return p.of == of || p.of.Value() == nil
	})
	if found != nil {
		l.kept = slices.Insert(l.kept, 0, found)
	}
	return found
}

// draw makes a drawing, from the newest one where there is one.
func (a *Atlas) draw(l *lineage, p *pending, head geo.Head, s state, view View, r *rule) {
	l.making.Lock()
	defer l.making.Unlock()
	defer close(p.done)
	a.mu.Lock()
	newest := l.newest
	a.mu.Unlock()
	s.drawing, p.err = drawFrom(newest, s.layer, view, r)
	p.drawing = s.drawing
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case p.err != nil: // who comes now tries again
		l.kept = slices.DeleteFunc(l.kept, func(other *pending) bool { return other == p })
	case newest.layer == nil || head.Epoch != l.head.Epoch || head.Revision >= l.head.Revision:
		l.newest, l.head = s, head
	}
}

func drawFrom(newest state, layer *snapshot.Layer, view View, r *rule) (d *drawing, err error) {
	defer func() { // the goroutine is its own: a panic would end the program
		if fault := recover(); fault != nil {
			d, err = nil, fmt.Errorf("draw layer %s: panic: %v\n%s", r.layer, fault, debug.Stack())
		}
	}()
	if newest.layer == nil {
		return newDrawing(view, r, layer), nil
	}
	return newest.drawing.advance(newest.layer, layer), nil
}
