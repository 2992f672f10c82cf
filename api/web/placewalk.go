package web

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// walkFrom adds the walk from where somebody was: a place, or a position.
func (p *placePage) walkFrom(ctx context.Context, m *walk.Map, told *resident.Place, from string) error {
	start, name, ok := p.origin(m.Snapshot(), from)
	if !ok {
		return nil // what stood in the address is nothing; the page says all the rest
	}
	goal := walk.End{Point: told.Point}
	if schema := geo.MustSchema(told.Feature.Layer()); schema.Service {
		goal.Place = geo.KeyOf(told.Feature) // through its entrances
	}
	route, err := m.RouteBetween(ctx, start, goal, walk.Query{At: told.At, SpeedMPS: told.SpeedMPS})
	var tooFar *walk.TooFar
	var none *walk.NoRoute
	switch {
	case errors.As(err, &tooFar), errors.As(err, &none), errors.Is(err, geo.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("walk from %s: %w", from, err)
	}
	minutes, metres := p.walked(route.Minutes, route.Metres)
	p.Walk = &walkText{From: p.fill("place.from", "name", name), Minutes: minutes, Metres: metres}
	for _, step := range route.Steps {
		p.Walk.Steps = append(p.Walk.Steps, titles{step.TextZh, step.TextEn}[p.language])
	}
	for part := range route.Line.Parts() {
		for _, point := range part.Points {
			lon, lat := crs.ToDegrees(point)
			p.Config.Line = append(p.Config.Line, [2]float64{lon, lat})
		}
	}
	return nil
}

// origin reads where a walk begins: booths.12, or lon,lat.
func (p *placePage) origin(s *snapshot.Snapshot, from string) (walk.End, string, bool) {
	if layer, id, cut := strings.Cut(from, "."); cut {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			if _, known := geo.SchemaOf(geo.Layer(layer)); known {
				if f, there := s.Get(geo.Key{Layer: geo.Layer(layer), ID: n}); there && geo.ForPublic(f) {
					return walk.End{Point: resident.PointOf(f)}, p.name(f), true
				}
			}
		}
	}
	if first, second, cut := strings.Cut(from, ","); cut {
		lon, err1 := strconv.ParseFloat(first, 64)
		lat, err2 := strconv.ParseFloat(second, 64)
		if point, err := crs.ToLattice(lon, lat); err == nil && err1 == nil && err2 == nil {
			return walk.End{Point: point}, p.T("place.position"), true
		}
	}
	return walk.End{}, "", false
}
