package upkeep_test

import (
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/upkeep"
)

// A report taken apart, by communities and by features, holds each thing once, and its
// counts are those of what it holds; the whole is not touched by that.
func TestWithin(t *testing.T) {
	rng := seedtest.New(t)
	for range 20 {
		whole := survey(t, build(randomTown(rng)...))
		before := lines(whole)
		var findings, rows, nobody int
		stewards := map[string]int{}
		for half := range int64(2) {
			part := whole.Within(func(community *geo.Place) bool { return community.ID%2 == half }, func(f geo.Feature) bool { return f.Common().ID%2 == half })
			for _, f := range part.Findings {
				if f.Feature.Common().ID%2 != half {
					t.Fatal("a finding about what is not seen")
				}
			}
			if !slices.IsSortedFunc(part.Stewards, func(a, b *upkeep.Steward) int { return map[bool]int{true: -1, false: 1}[a.Who < b.Who] }) {
				t.Error("stewards are not in order")
			}
			counted := 0
			for _, steward := range part.Stewards {
				for _, n := range steward.Found {
					stewards[steward.Who] += n
					counted += n
				}
			}
			for _, n := range part.Nobody {
				nobody += n
				counted += n
			}
			if counted != len(part.Findings) {
				t.Errorf("%d findings are counted as %d", len(part.Findings), counted)
			}
			findings += len(part.Findings)
			rows += len(part.Rows)
		}
		communities := 0
		for _, row := range whole.Rows {
			if row.Community != nil {
				communities++
			}
		}
		if findings != len(whole.Findings) || rows != communities {
			t.Errorf("%d of %d findings, %d of %d rows", findings, len(whole.Findings), rows, communities)
		}
		for _, steward := range whole.Stewards {
			n := 0
			for _, found := range steward.Found {
				n += found
			}
			if stewards[steward.Who] != n {
				t.Errorf("%s has %d, in parts %d", steward.Who, n, stewards[steward.Who])
			}
		}
		if !slices.Equal(lines(whole), before) {
			t.Error("taking a report apart changes it")
		}
	}
}
