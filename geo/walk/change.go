package walk

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// Change is what a question supposes beside the map: for its answer only, nothing
// is stored. The answer is that of a map on which the change were real.
type Change struct {
	// Closures are areas and lines that cannot be walked through, beside those of
	// the map.
	Closures []geo.Shape
	// OpenGates are gates, by id, that let everybody pass at all times. Whoever lets
	// everybody through a gate of a compound that is for residents only lets them
	// onto its ground, where nobody tells them from a resident: all walk through it,
	// by this gate and by the others as far as these let anybody pass.
	OpenGates []int64
	// Add are places to walk to beside those of the map, of service layers, whole
	// and in effect. In answers their ids are those they have here.
	Add []geo.Feature
	// Remove are places that are not there.
	Remove []geo.Key
}

// ChangeError says which item of a change cannot be supposed.
type ChangeError struct {
	Field  string // closures, open_gates, add or remove
	Index  int
	Detail string
}

func (e *ChangeError) Error() string { return fmt.Sprintf("%s[%d]: %s", e.Field, e.Index, e.Detail) }

// situation returns what a query is answered in. The error is *ChangeError, or ctx's.
func (m *Map) situation(ctx context.Context, q *Query) (*situation, error) {
	now := m.now(q.At)
	if q.Change == nil {
		return now, nil
	}
	return m.suppose(ctx, now, q.Change)
}

// suppose makes a change to a situation. It costs what the change touches.
func (m *Map) suppose(ctx context.Context, now *situation, change *Change) (*situation, error) {
	open := street.Opened{Gates: map[int64]bool{}}
	var passed []*geo.Gate // that let nobody pass before
	for k, id := range change.OpenGates {
		f, ok := m.snap.Layer(geo.Gates).Get(id)
		if !ok {
			return nil, &ChangeError{"open_gates", k, fmt.Sprintf("no gate %d", id)}
		}
		gate := f.(*geo.Gate)
		open.Gates[id] = true
		open.Compounds = append(open.Compounds, m.compoundsOf(gate)...)
		if gate.Foot == "none" {
			passed = append(passed, gate)
		}
	}
	var closures []*geo.Closure
	for k, shape := range change.Closures {
		closures = append(closures, &geo.Closure{Base: geo.Base{ID: int64(-k - 1), Shape: shape}})
	}
	out := &situation{closed: now.closed, places: now.places, field: now.field}
	if len(closures) > 0 || len(open.Gates) > 0 {
		both, further, err := m.net.Besides(ctx, now.closed, closures, open)
		if err != nil {
			return nil, err
		}
		out.closed, out.places = both, m.cutOff(now.places, both, further)
	}
	joiner := m.joiner(out.closed)
	if len(closures) > 0 {
		out.field = m.field.under(out.closed)
	}
	if len(passed) > 0 {
		out.places = out.places.rejoined(joiner, m.behind(passed))
	}
	return out, out.edit(joiner, change)
}

// compoundsOf returns the compounds that a gate leads into, by id: the one it
// names, or those on whose outline it stands when it names nothing.
func (m *Map) compoundsOf(gate *geo.Gate) []int64 {
	if gate.Of != "" {
		if f, ok := m.snap.Layer(geo.Compounds).ByCode(gate.Of); ok {
			return []int64{f.Common().ID}
		}
		return nil
	}
	var ids []int64
	at := gate.Shape.Points()[0]
	for compound := range snapshot.Search[*geo.Compound](m.snap, nearDoor(at)) {
		if crs.ToOutline(compound.Shape, at) <= doorReach {
			ids = append(ids, compound.ID)
		}
	}
	return ids
}

// behind returns the places that gates may lead into.
func (m *Map) behind(gates []*geo.Gate) []int32 {
	var numbers []int32
	for _, gate := range gates {
		for _, layer := range m.places.layers {
			if f, ok := layer.ByCode(gate.Of); ok && gate.Of != "" {
				if i, ok := m.places.find(geo.KeyOf(f)); ok {
					numbers = append(numbers, int32(i))
				}
			}
			if gate.Of == "" {
				for f := range layer.Search(nearDoor(gate.Shape.Points()[0])) {
					if i, ok := m.places.find(geo.KeyOf(f)); ok {
						numbers = append(numbers, int32(i))
					}
				}
			}
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// edit removes and adds places.
func (s *situation) edit(j *joiner, change *Change) error {
	if len(change.Remove) == 0 && len(change.Add) == 0 {
		return nil
	}
	v := *s.places
	v.moved, v.gone = maps.Clone(v.moved), map[int32]bool{}
	if v.moved == nil {
		v.moved = map[int32]*place{}
	}
	for k, key := range change.Remove {
		i, ok := v.find(key)
		if !ok {
			return &ChangeError{"remove", k, fmt.Sprintf("no place to walk to: %v", key)}
		}
		gone := v.list[i]
		gone.ways = nil
		v.moved[int32(i)], v.gone[int32(i)] = &gone, true
	}
	for k, f := range change.Add {
		schema, ok := geo.SchemaOf(f.Layer())
		if !ok || !schema.Service {
			return &ChangeError{"add", k, fmt.Sprintf("%q is no layer of places to walk to", f.Layer())}
		}
		member, ok := placeOf(f, schema)
		if !ok {
			return &ChangeError{"add", k, "nobody walks to it"}
		}
		member.ways = j.join(&member)
		v.added = append(v.added, member)
	}
	v.index()
	s.places = &v
	return nil
}
