package register_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// squareTown has streets every 100 metres both ways, so that the walk between two
// crossings is as long as the way east and the way north together.
func squareTown(side int) *draw.Town {
	town := &draw.Town{}
	for i := range side {
		for k := range side - 1 {
			x, y := float64(100*i), float64(100*k)
			town.Street(nil, x, y, x, y+100)
			town.Street(nil, y, x, y+100, x)
		}
	}
	return town
}

// Spacing is that of the plain sum of ways between all booths at crossings.
func TestSpacingTwin(t *testing.T) {
	rng := seedtest.New(t)
	for range 20 {
		const side = 12
		town := squareTown(side)
		type spot struct {
			booth *geo.Booth
			x, y  int
		}
		var spots []spot
		for i := range 2 + rng.IntN(20) {
			s := spot{x: rng.IntN(side), y: rng.IntN(side)}
			s.booth = draw.Add(town, &geo.Booth{Number: fmt.Sprint(i), Status: []string{"open", "away", "", "retired", "moved"}[rng.IntN(5)]}, draw.Dot(float64(100*s.x), float64(100*s.y)))
			spots = append(spots, s)
		}
		metres := float64(100*rng.IntN(7)) + 50
		m := walk.Prepare(town.Snapshot(), nil)
		spacing, err := register.MeasureSpacing(t.Context(), m, metres, now)
		if err != nil {
			t.Fatal(err)
		}
		booths := register.ListBooths(town.Snapshot(), spacing, nil, now)
		pairs := map[string]float64{}
		for _, p := range booths.Pairs {
			pairs[p.A.Number+"-"+p.B.Number] = p.Metres
		}
		close := map[int64]bool{}
		nearest := map[int64]float64{}
		for i, a := range spots {
			for k, b := range spots {
				if i == k || !a.booth.InUse() || !b.booth.InUse() {
					continue
				}
				apart := 100 * (math.Abs(float64(a.x-b.x)) + math.Abs(float64(a.y-b.y)))
				if known, there := nearest[a.booth.ID]; !there || apart < known {
					nearest[a.booth.ID] = apart
				}
				if apart >= metres {
					continue
				}
				close[a.booth.ID] = true
				if a.booth.Number > b.booth.Number {
					continue
				}
				name := a.booth.Number + "-" + b.booth.Number
				if got, there := pairs[name]; !there || math.Abs(got-apart) > 1 {
					t.Errorf("%s are %v apart (%v), not %v", name, got, there, apart)
				}
				delete(pairs, name)
			}
		}
		if len(pairs) > 0 {
			t.Errorf("pairs that are none: %v", pairs)
		}
		for _, b := range booths.List {
			want, some := nearest[b.ID]
			if (len(b.Near) > 0) != some || some && math.Abs(b.Near[0].Metres-want) > 1 || b.Close(metres) != close[b.ID] {
				t.Errorf("booth %s: %v, want %v (%v)", b.Number, b.Near, want, some)
			}
		}
		if booths.Total.Close != len(close) {
			t.Errorf("%d booths stand close, want %d", booths.Total.Close, len(close))
		}
	}
}

// A booth that no street reaches is near nobody and holds nothing up; a spacing of an
// older map does not bring back a booth that is gone.
func TestSpacingAlone(t *testing.T) {
	town := squareTown(3)
	near := draw.Add(town, &geo.Booth{Number: "1"}, draw.Dot(0, 0))
	draw.Add(town, &geo.Booth{Number: "2"}, draw.Dot(100, 0))
	draw.Add(town, &geo.Booth{Number: "3"}, draw.Dot(5000, 5000))
	m := walk.Prepare(town.Snapshot(), nil)
	spacing, err := register.MeasureSpacing(t.Context(), m, 300, now)
	if err != nil {
		t.Fatal(err)
	}
	booths := register.ListBooths(town.Snapshot(), spacing, nil, now)
	if len(booths.List[2].Near) != 0 || len(booths.Pairs) != 1 || len(booths.List[0].Near) != 1 {
		t.Errorf("near: %v, pairs: %v", booths.List, booths.Pairs)
	}
	near.Status = "retired"
	if booths = register.ListBooths(town.Snapshot(), spacing, nil, now); len(booths.Pairs) != 0 || len(booths.List[1].Near) != 0 {
		t.Errorf("with a booth less there are still %v", booths.Pairs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := register.MeasureSpacing(ctx, m, 300, now); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
