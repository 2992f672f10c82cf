package api

import (
	"net/http"
	"strconv"
	"sync"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/tint"
)

// tints remembers the tints of the grids of the newest map: they are chosen once
// for each state of the layer, and grids keep theirs from one to the next. The zero
// value is ready.
type tints struct {
	mu    sync.Mutex
	layer weak.Pointer[snapshot.Layer]
	known map[int64]int8 // by id
}

// gridTints answers /grids/tints: for each tint the grids that have it.
func (s *server) gridTints(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	lists := s.tints.of(snap.Layer(geo.Grids), geo.InstantOf(s.Clock()))
	var o object
	o.open()
	o.int("revision", snap.Head().Revision)
	array(&o, "tints", lists[:], func(ids []int64) {
		o.text = append(o.text, '[')
		for i, id := range ids {
			if i > 0 {
				o.text = append(o.text, ',')
			}
			o.text = strconv.AppendInt(o.text, id, 10)
		}
		o.text = append(o.text, ']')
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// of returns the ids of the grids that are not over by tint, in order.
func (t *tints) of(layer *snapshot.Layer, now geo.Instant) (lists [tint.Count][]int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.layer != weak.Make(layer) {
		t.choose(layer, now)
	}
	for f := range layer.After(0) {
		if of, ok := t.known[f.Common().ID]; ok {
			lists[of] = append(lists[of], f.Common().ID)
		}
	}
	return lists
}

func (t *tints) choose(layer *snapshot.Layer, now geo.Instant) {
	var ids []int64
	var shapes []geo.Shape
	var before []int8
	for f := range layer.After(0) {
		base := f.Common()
		if base.Shape.Kind() != geo.Polygons || base.Until != 0 && base.Until <= now {
			continue
		}
		known, ok := t.known[base.ID]
		if !ok {
			known = tint.None
		}
		ids, shapes, before = append(ids, base.ID), append(shapes, base.Shape), append(before, known)
	}
	chosen := tint.Choose(tint.Neighbours(shapes), before)
	t.layer, t.known = weak.Make(layer), make(map[int64]int8, len(ids))
	for i, id := range ids {
		t.known[id] = chosen[i]
	}
}
