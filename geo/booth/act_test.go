package booth_test

import (
	"errors"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/hours"
)

// What a master says is what the booth then is, at once and later that day.
func TestAct(t *testing.T) {
	const now = "2026-09-21 10:30" // a Monday
	clock := func(hour, minute int) hours.Clock { return hours.Clock(hour*60 + minute) }
	for _, c := range []struct {
		name   string
		before geo.Booth
		act    booth.Act
		err    error
		kind   booth.Kind
		until  string
	}{
		{"comes", geo.Booth{}, booth.Act{Deed: booth.ComesIn}, nil, booth.Open, "2026-09-21 18:00"},
		{"comes back early", geo.Booth{Status: "away", StatusAt: geo.InstantOf(at(t, "2026-09-21 10:00")), BackAt: geo.InstantOf(at(t, "2026-09-21 14:00"))}, booth.Act{Deed: booth.ComesIn}, nil, booth.Open, "2026-09-21 18:00"},
		{"comes to today's hours", geo.Booth{Status: "closed", StatusAt: geo.InstantOf(at(t, "2026-09-21 07:00")), HoursToday: "11:00-15:00"}, booth.Act{Deed: booth.ComesIn}, nil, booth.Open, "2026-09-21 15:00"},
		{"hours of yesterday are over", geo.Booth{Status: "open", StatusAt: geo.InstantOf(at(t, "2026-09-20 07:00")), HoursToday: "11:00-15:00"}, booth.Act{Deed: booth.ComesIn}, nil, booth.Open, "2026-09-21 18:00"},
		{"packs up", geo.Booth{}, booth.Act{Deed: booth.PacksUp}, nil, booth.Closed, "2026-09-22 08:00"},
		{"is off", geo.Booth{}, booth.Act{Deed: booth.TakesOff}, nil, booth.DayOff, "2026-09-22 08:00"},
		{"goes away", geo.Booth{}, booth.Act{Deed: booth.GoesAway, Back: at(t, "2026-09-21 11:00")}, nil, booth.Away, "2026-09-21 11:00"},
		{"was back already", geo.Booth{}, booth.Act{Deed: booth.GoesAway, Back: at(t, now)}, booth.ErrBack, booth.Open, "2026-09-21 18:00"},
		{"goes for long", geo.Booth{}, booth.Act{Deed: booth.GoesAway, Back: at(t, "2026-09-22 10:31")}, booth.ErrBack, booth.Open, "2026-09-21 18:00"},
		{"says hours that run", geo.Booth{}, booth.Act{Deed: booth.SaysToday, From: clock(9, 0), To: clock(12, 0)}, nil, booth.Open, "2026-09-21 12:00"},
		{"says hours to come", geo.Booth{}, booth.Act{Deed: booth.SaysToday, From: clock(14, 0), To: clock(24, 0)}, nil, booth.Closed, "2026-09-21 14:00"},
		{"says hours that are over", geo.Booth{}, booth.Act{Deed: booth.SaysToday, From: clock(8, 0), To: clock(10, 30)}, booth.ErrSpan, booth.Open, "2026-09-21 18:00"},
		{"says hours backwards", geo.Booth{}, booth.Act{Deed: booth.SaysToday, From: clock(15, 0), To: clock(12, 0)}, booth.ErrSpan, booth.Open, "2026-09-21 18:00"},
		{"says something else", geo.Booth{}, booth.Act{Deed: "retired"}, booth.ErrDeed, booth.Open, "2026-09-21 18:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := c.before
			b.Hours = shop
			before := booth.StatusOf(&b)
			if err := c.act.Apply(&b, at(t, now)); !errors.Is(err, c.err) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if c.err != nil && booth.StatusOf(&b) != before {
				t.Error("a fault left something behind")
			}
			if state := booth.Read(&b).At(at(t, now), hours.China()); state.Kind != c.kind || !state.Until.Equal(at(t, c.until)) {
				t.Errorf("%v until %v, want %v until %v", state.Kind, state.Until, c.kind, c.until)
			}
			if v := geo.CheckFields(&b); v != nil && v.Field != "" {
				t.Error(v)
			}
			before.Restore(&b)
			if booth.StatusOf(&b) != before {
				t.Error("what stood before is not restored")
			}
		})
	}
}

// Every deed but that of hours is a status that the catalog knows.
func TestDeedsAreStatuses(t *testing.T) {
	status, _ := geo.MustSchema(geo.Booths).Field("status")
	for _, deed := range booth.AllDeeds {
		if _, known := status.Term(string(deed)); known == (deed == booth.SaysToday) {
			t.Errorf("%s", deed)
		}
	}
}
