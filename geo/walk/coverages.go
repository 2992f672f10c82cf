package walk

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// keptCoverages is how many coverages a map keeps, at 12 bytes a building.
const keptCoverages = 16

// coverages keeps what was worked out for a map, the last used in the end. Maps
// with the same places on the same network share one; with others it is dropped
// together with the map it was of, so nothing stale can be found in it.
type coverages struct {
	turn single // of who works one out

	mu    sync.Mutex
	kept  []keptCoverage
	areas map[Level]*areas
}

type keptCoverage struct {
	question string
	covered  *covered
}

func newCoverages() *coverages {
	return &coverages{turn: newSingle(), areas: map[Level]*areas{}}
}

// question names what a coverage answers, whatever the instant. Hours are read on
// the clock of the zone.
func question(q *Query) string {
	words := []string{q.At.Location().String()}
	for _, category := range q.Of {
		words = append(words, category.Word)
	}
	slices.Sort(words[1:])
	return strings.Join(append(words, time.Duration(q.speed()*1e9).String()), " ")
}

// get returns the coverage that answers a query. Who asks for one that somebody is
// working out waits for it.
func (c *coverages) get(ctx context.Context, m *Map, q *Query) (*covered, error) {
	if q.Change != nil {
		if err := c.turn.wait(ctx); err != nil {
			return nil, err
		}
		defer c.turn.done()
		return m.cover(ctx, q)
	}
	asked := question(q)
	if found := c.find(asked, q.At); found != nil {
		return found, nil
	}
	if err := c.turn.wait(ctx); err != nil {
		return nil, err
	}
	defer c.turn.done()
	if found := c.find(asked, q.At); found != nil {
		return found, nil
	}
	made, err := m.cover(ctx, q)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) == keptCoverages {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	c.kept = append(c.kept, keptCoverage{asked, made})
	return made, nil
}

func (c *coverages) find(asked string, at time.Time) *covered {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, kept := range c.kept {
		if kept.question == asked && kept.covered.trueAt(at) {
			c.kept = append(slices.Delete(c.kept, i, i+1), kept)
			return kept.covered
		}
	}
	return nil
}

func (c *covered) trueAt(at time.Time) bool {
	return at.Equal(c.from) || at.After(c.from) && at.Before(c.until)
}

// areasOf returns the areas of a level at an instant.
func (c *coverages) areasOf(ctx context.Context, m *Map, level Level, at time.Time) (*areas, error) {
	layer := m.snap.Layer(level.layer())
	find := func() *areas {
		c.mu.Lock()
		defer c.mu.Unlock()
		if found := c.areas[level]; found != nil && found.layer == layer && found.trueAt(at) {
			return found
		}
		return nil
	}
	if found := find(); found != nil {
		return found, nil
	}
	if err := c.turn.wait(ctx); err != nil {
		return nil, err
	}
	defer c.turn.done()
	if found := find(); found != nil {
		return found, nil
	}
	made, err := m.newAreas(ctx, layer, level, at)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.areas[level] = made
	return made, nil
}
