package web

import (
	"context"
	"errors"
	"fmt"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

// walkFrom adds the walk from where somebody was: a place, or a position.
func (p *placePage) walkFrom(ctx context.Context, m *walk.Map, told *resident.Place, from string) error {
	start, ok := p.origin(m.Snapshot(), from)
	if !ok {
		return nil // what stood in the address is nothing; the page says all the rest
	}
	goal := walk.End{Point: told.Point}
	if schema := geo.MustSchema(told.Feature.Layer()); schema.Service {
		goal.Place = geo.KeyOf(told.Feature) // through its entrances
	}
	route, err := m.RouteBetween(ctx, walk.End{Point: start.at}, goal, walk.Query{At: told.At, SpeedMPS: told.SpeedMPS})
	var tooFar *walk.TooFar
	var none *walk.NoRoute
	switch {
	case errors.As(err, &tooFar), errors.As(err, &none), errors.Is(err, geo.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("walk to a place: %w", err) // where somebody is is not told
	}
	minutes, metres := p.walked(route.Minutes, route.Metres)
	p.Walk = &walkText{From: p.fill("place.from", "name", start.name), Minutes: minutes, Metres: metres}
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
