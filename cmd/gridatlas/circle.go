package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

type circleCommand struct {
	Store   string  `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	At      string  `required:"" help:"Where to start: LON,LAT in degrees."`
	Minutes []int   `default:"15" help:"Minutes on foot, 1 to 60; several with commas."`
	Of      string  `help:"What to list, as booths,facilities.clinic; every public service by default."`
	Speed   float64 `default:"1.0" help:"Walking speed in metres a second: 1.0 planning practice, 1.2 adults, 0.8 elders."`
	Zone    string  `default:"Asia/Shanghai" help:"Time zone of the city."`
	JSON    bool    `help:"Write the public answer of /walk/circle, with sums of people as places publish them, instead of those of the buildings' own figures."`
}

// Run answers one circle question from the store.
func (c *circleCommand) Run(ctx context.Context, con *console) error {
	query, err := c.query()
	if err != nil {
		return err
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	circle, err := walk.Prepare(s, nil).Circle(ctx, query)
	if err != nil {
		return err
	}
	if c.JSON {
		if _, err := con.out.Write(append(api.CircleJSON(circle, query), '\n')); err != nil {
			return err
		}
		return store.Close()
	}
	c.print(con, circle)
	return store.Close()
}

func (c *circleCommand) query() (walk.Query, error) {
	origin, err := parsePosition(c.At)
	if err != nil {
		return walk.Query{}, usagef("--at: %w", err)
	}
	for _, minutes := range c.Minutes {
		if minutes < 1 || minutes > walk.MaxMinutes {
			return walk.Query{}, usagef("--minutes %d is not between 1 and %d", minutes, walk.MaxMinutes)
		}
	}
	slices.Sort(c.Minutes)
	if c.Minutes = slices.Compact(c.Minutes); len(c.Minutes) > walk.MaxBands {
		return walk.Query{}, usagef("--minutes has %d values, more than %d", len(c.Minutes), walk.MaxBands)
	}
	if err := checkSpeed(c.Speed); err != nil {
		return walk.Query{}, err
	}
	of, err := walk.ParseCategories(c.Of)
	if err != nil {
		return walk.Query{}, usagef("--of: %w", err)
	}
	now, err := moment("", c.Zone)
	if err != nil {
		return walk.Query{}, err
	}
	return walk.Query{
		Origin: origin, Minutes: slices.Compact(c.Minutes), SpeedMPS: c.Speed,
		At: now, Of: of, Outlines: c.JSON, OwnFigures: !c.JSON,
	}, nil
}

func checkSpeed(speed float64) error {
	if !(speed >= 0.3 && speed <= 3) {
		return usagef("--speed %v is not between 0.3 and 3 m/s", speed)
	}
	return nil
}

// parsePosition reads LON,LAT in degrees.
func parsePosition(text string) (geo.Point, error) {
	lonText, latText, _ := strings.Cut(text, ",")
	lon, errLon := strconv.ParseFloat(strings.TrimSpace(lonText), 64)
	lat, errLat := strconv.ParseFloat(strings.TrimSpace(latText), 64)
	if errLon != nil || errLat != nil {
		return geo.Point{}, fmt.Errorf("%q is not LON,LAT", text)
	}
	return crs.ToLattice(lon, lat)
}

func (c *circleCommand) print(con *console, circle *walk.Circle) {
	w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "at %.1f m/s, %.0f m from the street, network of revision %d\n",
		circle.SpeedMPS, circle.Origin.AccessMetres, circle.NetworkRevision)
	for _, band := range circle.Bands {
		fmt.Fprintf(w, "%d minutes:\t%d buildings\t%s households\t%s people", band.Minutes, band.Buildings, known(band.Households), known(band.People))
		if band.PeopleEstimated > 0 {
			fmt.Fprintf(w, ", %d of them estimated", band.PeopleEstimated)
		}
		fmt.Fprintln(w)
	}
	for _, listing := range circle.Reachable {
		if len(listing.Places) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", listing.Category.Word)
		for _, place := range listing.Places {
			base := place.Feature.Common()
			fmt.Fprintf(w, "  %4.1f min\t%4.0f m\t%s\t%s\n", place.Minutes, place.Metres, base.Name, base.Code)
		}
	}
}

func known(n geo.Opt[int64]) string {
	if !n.Known {
		return "?"
	}
	return strconv.FormatInt(n.Value, 10)
}
