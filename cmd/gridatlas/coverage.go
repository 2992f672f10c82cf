package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

type coverageCommand struct {
	Store   string  `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	Of      string  `required:"" help:"Kinds of places of which any will do, as booths or facilities.clinic,facilities.hospital."`
	Minutes int     `default:"15" help:"Minutes on foot, 1 to 60."`
	By      string  `default:"community" help:"Areas to count by: grid, community, street, zone or district."`
	Speed   float64 `default:"1.0" help:"Walking speed in metres a second: 1.0 planning practice, 1.2 adults, 0.8 elders."`
	At      string  `help:"Instant: RFC 3339, or local time as 2026-11-21T09:12; now by default."`
	Zone    string  `default:"Asia/Shanghai" help:"Time zone of the city."`
	Outside bool    `help:"List the buildings that reach no place in time, instead of areas."`
	JSON    bool    `help:"Write the public answer of /coverage, or of /coverage/outside without pages; its sums of people are as places publish them, not those of the buildings' own figures."`
}

// Run counts by areas who is served.
func (c *coverageCommand) Run(ctx context.Context, con *console) error {
	query, by, err := c.query()
	if err != nil {
		return err
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	coverage, err := walk.Prepare(s, nil).Coverage(ctx, query)
	if err != nil {
		return err
	}
	if c.Outside {
		err = c.outside(ctx, con, coverage, by)
	} else {
		err = c.areas(ctx, con, coverage, by)
	}
	return errors.Join(err, store.Close())
}

func (c *coverageCommand) query() (walk.Query, walk.Level, error) {
	q := walk.Query{SpeedMPS: c.Speed, OwnFigures: !c.JSON}
	by, ok := walk.ParseLevel(c.By)
	if !ok {
		return q, by, usagef("--by %s is none of %v", c.By, walk.Levels)
	}
	if c.Minutes < 1 || c.Minutes > walk.MaxMinutes {
		return q, by, usagef("--minutes %d is not between 1 and %d", c.Minutes, walk.MaxMinutes)
	}
	if err := checkSpeed(c.Speed); err != nil {
		return q, by, err
	}
	if strings.TrimSpace(c.Of) == "" {
		return q, by, usagef("--of names no kind of place")
	}
	var err error
	if q.Of, err = walk.ParseCategories(c.Of); err != nil {
		return q, by, usagef("--of: %w", err)
	}
	q.At, err = moment(c.At, c.Zone)
	return q, by, err
}

// areas writes a table, those with the smallest share of people served first; of
// buildings where nothing is known of people.
func (c *coverageCommand) areas(ctx context.Context, con *console, coverage *walk.Coverage, by walk.Level) error {
	rows, total, err := coverage.Rows(ctx, by, c.Minutes)
	if err != nil {
		return err
	}
	if c.JSON {
		_, err := con.out.Write(append(api.CoverageJSON(coverage, by, c.Minutes, rows, total), '\n'))
		return err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r walk.Row) bool { return r.All.Buildings == 0 })
	slices.SortStableFunc(rows, func(a, b walk.Row) int {
		return cmp.Or(cmp.Compare(served(a), served(b)), -cmp.Compare(a.All.Buildings-a.In.Buildings, b.All.Buildings-b.In.Buildings))
	})
	w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "%d places, within %d minutes at %.1f m/s, revision %d\n\n", coverage.Places, c.Minutes, coverage.SpeedMPS, coverage.Revision)
	fmt.Fprintln(w, "people in\tof\tbuildings in\tof\thouseholds in\tof\tcode\tname")
	count := func(part, whole geo.Opt[int64]) string {
		part.Known = whole.Known // none of those who are known is none
		return percent(part.Value, whole) + " " + known(part)
	}
	line := func(r walk.Row, code, name string) {
		all, in := geo.Some(int64(r.All.Buildings)), geo.Some(int64(r.In.Buildings))
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			count(r.In.People, r.All.People), known(r.All.People), count(in, all), known(all),
			count(r.In.Households, r.All.Households), known(r.All.Households), code, name)
	}
	for _, row := range rows {
		if row.Area == nil {
			line(row, "-", "in no area")
		} else {
			line(row, row.Area.Common().Code, row.Area.Common().Name)
		}
	}
	line(total, "", "total")
	if share := total.All.PeopleEstimated; share > 0 {
		fmt.Fprintf(w, "\n%d of the people are estimated\n", share)
	}
	return w.Flush()
}

// served is the share of people who reach a place in time, of buildings where
// nobody is known.
func served(r walk.Row) float64 {
	if r.All.People.Known && r.All.People.Value > 0 {
		return float64(r.In.People.Value) / float64(r.All.People.Value)
	}
	return float64(r.In.Buildings) / float64(max(1, r.All.Buildings))
}

// percent writes a share, cut downwards, so that only all is 100 %.
func percent(part int64, whole geo.Opt[int64]) string {
	if !whole.Known || whole.Value == 0 {
		return "?"
	}
	return fmt.Sprintf("%.1f %%", math.Floor(1000*float64(part)/float64(whole.Value))/10)
}

// outside lists the buildings that reach no place in time, those farthest off
// first.
func (c *coverageCommand) outside(ctx context.Context, con *console, coverage *walk.Coverage, by walk.Level) error {
	list, _, err := coverage.Outside(ctx, walk.Outside{Minutes: c.Minutes, By: by, Limit: math.MaxInt})
	if err != nil {
		return err
	}
	if c.JSON {
		_, err := con.out.Write(append(api.OutsideJSON(coverage, c.Minutes, list, len(list), ""), '\n'))
		return err
	}
	far := func(s walk.Served) float64 {
		if s.Place == nil {
			return math.Inf(1)
		}
		return s.Minutes
	}
	slices.SortStableFunc(list, func(a, b walk.Served) int { return -cmp.Compare(far(a), far(b)) })
	w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "%d buildings reach none of %d places within %d minutes at %.1f m/s, revision %d\n\n",
		len(list), coverage.Places, c.Minutes, coverage.SpeedMPS, coverage.Revision)
	fmt.Fprintln(w, "minutes\tbuilding\tlon,lat\tnearest")
	for _, s := range list {
		minutes, nearest := s.Reason, ""
		if s.Place != nil {
			minutes, nearest = fmt.Sprintf("%.1f", s.Minutes), cmp.Or(s.Place.Common().Name, s.Place.Common().Code)
		}
		lon, lat := crs.ToDegrees(s.At)
		fmt.Fprintf(w, "%s\t%s\t%.6f,%.6f\t%s\n", minutes, cmp.Or(s.Building.Code, fmt.Sprint(s.Building.ID)), lon, lat, nearest)
	}
	return w.Flush()
}
