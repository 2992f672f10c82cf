package register_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
)

func pick[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// randomBooths is a row of communities with booths of all kinds in and beside them.
func randomBooths(rng *rand.Rand) *draw.Town {
	town := &draw.Town{}
	for i := range 3 {
		draw.Add(town, &geo.Place{Base: geo.Base{Code: fmt.Sprint("C", i)}, Kind: "community"}, draw.Square(float64(1000*i), 0, 400))
	}
	for i := range 40 {
		b := &geo.Booth{Base: geo.Base{SurveyedOn: 0}, Number: fmt.Sprintf("%03d", i), Status: pick(rng, "open", "open", "away", "day_off", "moved", "retired", "")}
		today := geo.DateOf(now)
		b.LastChecked = pick(rng, 0, today-10, today-90, today-91, today-400)
		b.DueOn = pick(rng, 0, 0, today-1, today, today+30)
		for _, check := range register.Checks {
			if b.LastChecked != 0 && rng.IntN(4) > 0 {
				b.Checks = append(b.Checks, check.Value)
			}
		}
		b.Until = pick(rng, 0, 0, 0, geo.InstantOf(now.AddDate(0, 0, -1)), geo.InstantOf(now.AddDate(0, 0, 1)))
		b.From = pick(rng, 0, 0, geo.InstantOf(now.AddDate(0, 1, 0)))
		// Half a metre off every border: on one, a rounded position decides.
		draw.Add(town, b, draw.Dot(float64(rng.IntN(3500)-500)+0.5, 0))
	}
	return town
}

// plain counts the booths of a community one word at a time.
func plain(town *draw.Town, in int) map[string]int {
	count := map[string]int{}
	today := geo.DateOf(now)
	for f := range town.Snapshot().Layer(geo.Booths).After(0) {
		b := f.(*geo.Booth)
		x, _ := draw.XY(b.Shape.Points()[0])
		at := 3 // in none
		for i := range 3 {
			if x > float64(1000*i-400) && x < float64(1000*i+400) {
				at = i
			}
		}
		if at != in && in >= 0 || b.Until != 0 && b.Until.Time().Before(now) {
			continue
		}
		count["status "+b.Status]++
		if b.Status == "moved" || b.Status == "retired" {
			continue
		}
		count["booths"]++
		due := b.DueOn
		if due <= b.LastChecked && b.LastChecked != 0 {
			due = b.LastChecked + 90
		}
		if due != 0 && due < today {
			count["overdue"]++
		}
		if due == 0 && b.LastChecked == 0 {
			count["unchecked"]++
		}
		if b.LastChecked == 0 && len(b.Checks) == 0 {
			continue
		}
		for _, check := range []string{"number", "marked_place", "canopy", "clothing", "bins", "mat", "seats"} {
			if !strings.Contains(strings.Join(b.Checks, " "), check) {
				count["failed "+check]++
			}
		}
		if len(b.Checks) < 7 {
			count["failing"]++
		}
	}
	return count
}

func counted(c register.Count) map[string]int {
	count := map[string]int{"booths": c.Booths, "overdue": c.Overdue, "unchecked": c.Unchecked, "failing": c.Failing}
	for i, term := range register.Checks {
		count["failed "+term.Value] = c.Failed[i]
	}
	for i, term := range register.Statuses {
		count["status "+term.Value] = c.Status[i]
	}
	return count
}

func alike(t *testing.T, what string, got, want map[string]int) {
	t.Helper()
	delete(want, "status ")
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s is %d, want %d", what, name, got[name], want[name])
		}
	}
	for name := range got {
		if got[name] != want[name] {
			t.Errorf("%s: %s is %d, want %d", what, name, got[name], want[name])
		}
	}
}

// Rows count what a plain count does, and a register taken apart holds each booth and
// row once.
func TestBoothsTwin(t *testing.T) {
	rng := seedtest.New(t)
	for range 50 {
		town := randomBooths(rng)
		whole := register.ListBooths(town.Snapshot(), nil, nil, now)
		for i, row := range whole.Rows {
			alike(t, fmt.Sprint("row ", i), counted(row.Count), plain(town, i))
		}
		alike(t, "total", counted(whole.Total.Count), plain(town, -1))
		if whole.InUse != whole.Total.Booths {
			t.Errorf("%d are in use, %d counted", whole.InUse, whole.Total.Booths)
		}
		if !slices.IsSortedFunc(whole.List, func(a, b register.Booth) int { return strings.Compare(a.Number, b.Number) }) {
			t.Error("booths are not in order")
		}
		listed := 0
		for half := range int64(2) {
			part := whole.Within(func(c *geo.Place) bool { return c.ID%2 == half }, func(f geo.Feature) bool { return f.Common().ID%2 == half })
			listed += len(part.List)
			for _, row := range part.Rows {
				if row.Community != nil && row.Community.ID%2 != half && row.Booths+row.Moved+row.Retired == 0 {
					t.Errorf("a row of %s, which is not theirs and has no booth of theirs", row.Community.Code)
				}
			}
			if part.InUse != whole.InUse || part.Total.Booths == 0 && len(part.List) > 15 {
				t.Errorf("a part has %d in use, %d counted", part.InUse, part.Total.Booths)
			}
		}
		if listed != len(whole.List) {
			t.Errorf("%d of %d booths in parts", listed, len(whole.List))
		}
	}
}

// Growth counts booths after changes as a register made afterwards does.
func TestGrowthTwin(t *testing.T) {
	rng := seedtest.New(t)
	for range 50 {
		town := randomBooths(rng)
		s := town.Snapshot()
		before := register.ListBooths(s, nil, nil, now).InUse
		after := &draw.Town{}
		var changes []geo.Change
		var came []int64
		for f := range s.Layer(geo.Booths).After(0) {
			old := f.(*geo.Booth)
			next := geo.Clone(old).(*geo.Booth)
			switch rng.IntN(4) {
			case 0:
				changes = append(changes, geo.Delete(old))
				continue
			case 1:
				next.Status = pick(rng, "open", "retired", "moved")
				next.Until = pick(rng, 0, old.Until)
				changes = append(changes, geo.Replace(next))
			}
			draw.Add(after, next, next.Shape)
		}
		for range rng.IntN(10) {
			b := &geo.Booth{Status: pick(rng, "open", "retired", "")}
			changes = append(changes, geo.Insert(draw.Add(after, b, draw.Dot(0, 0))))
			if b.InUse() {
				came = append(came, b.ID)
			}
		}
		changes = append(changes, geo.Insert(&geo.Gate{}))
		growth := register.GrowthOf(s, changes, geo.InstantOf(now))
		want := register.ListBooths(after.Snapshot(), nil, nil, now).InUse
		if growth.Before != before || growth.After != want {
			t.Errorf("from %d to %d, want from %d to %d", growth.Before, growth.After, before, want)
		}
		record, err := growth.Decided("chief", "会议纪要第3号", 1, now)
		if err != nil {
			t.Fatal(err)
		}
		var d register.Decision
		if err := json.Unmarshal(record.Value, &d); err != nil || d.By != "chief" || d.Text != "会议纪要第3号" || d.InUse != want || !d.At.Equal(now) {
			t.Errorf("kept is %s (%v)", record.Value, err)
		}
		for _, id := range came {
			if !slices.Contains(d.Booths, id) {
				t.Errorf("%d came and is not among %v", id, d.Booths)
			}
		}
		for _, most := range []int{0, want - 1, want, before, before + 1} {
			if got := growth.Exceeds(most); got != (most > 0 && want > most && want > before) {
				t.Errorf("from %d to %d under a cap of %d: %v", before, want, most, got)
			}
		}
	}
	if growth := register.GrowthOf(randomBooths(rng).Snapshot(), []geo.Change{geo.Insert(&geo.Gate{})}, geo.InstantOf(now)); growth.Grows() || growth.Exceeds(1) {
		t.Errorf("a gate makes booths grow: %+v", growth)
	}
}
