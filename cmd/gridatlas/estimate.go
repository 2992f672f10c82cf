package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
)

type estimateCommand struct {
	Store  string `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	By     string `enum:",community,street,district" default:"" help:"Spread the figures of one level only: community, street or district. By default those of communities, of street offices where communities state none, and of districts where neither does."`
	Clear  bool   `help:"Take all estimates away."`
	DryRun bool   `help:"Report, write nothing."`
	Zone   string `default:"Asia/Shanghai" help:"Time zone of the city, for the date of the marks."`
	JSON   bool   `help:"Write the report as JSON."`
}

// estimated is the report.
type estimated struct {
	Places   []placeEstimated `json:"places,omitempty"`
	Changed  int              `json:"buildings_changed"`
	Revision int64            `json:"revision,omitempty"` // zero: nothing was written
}

type placeEstimated struct {
	Code       string          `json:"code"`
	Name       string          `json:"name"`
	Level      string          `json:"level"`
	Buildings  int             `json:"residential_buildings"`
	Households figureEstimated `json:"households"`
	People     figureEstimated `json:"people"`
}

type figureEstimated struct {
	Stated    *int64 `json:"stated"` // null: not stated
	Known     int64  `json:"known"`
	Elsewhere int64  `json:"stated_inside,omitempty"`
	Estimated int64  `json:"estimated"`
	Buildings int    `json:"buildings"`
	Unplaced  int64  `json:"unplaced,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Run spreads the people and households that places state over residential floor
// area, as one change set.
func (c *estimateCommand) Run(ctx context.Context, con *console) error {
	now, err := moment("", c.Zone)
	if err != nil {
		return err
	}
	if c.Clear && c.By != "" {
		return usagef("--clear takes all estimates away; --by does not go with it")
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	r := &estimated{}
	var changed []*geo.Building
	note := "estimates of people and households taken away"
	if c.Clear {
		changed = estimate.Clear(s)
	} else {
		result, err := estimate.Spread(ctx, s, estimate.Options{By: estimate.Level(c.By), At: geo.InstantOf(now), On: geo.DateOf(now)})
		if err != nil {
			return err
		}
		changed = result.Changed
		r.Places = placesEstimated(result.Places)
		note = "people and households estimated from residential floor area"
	}
	r.Changed = len(changed)
	if len(changed) > 0 && !c.DryRun {
		changes := make([]geo.Change, len(changed))
		for i, b := range changed {
			changes[i] = geo.Replace(b)
		}
		bar := newProgress(con.err, "storing estimates", "buildings", int64(len(changes)))
		defer bar.finish()
		head, err := store.Apply(ctx, geo.ChangeSet{Author: "gridatlas estimate", Note: note, Changes: bar.counted(geo.Changes(changes...))})
		if err != nil {
			return fmt.Errorf("store the estimates: %w", err)
		}
		r.Revision = head.Revision
	}
	if c.JSON {
		err = json.NewEncoder(con.out).Encode(r)
	} else {
		err = c.print(con.out, r)
	}
	if err != nil {
		return err
	}
	return store.Close()
}

func placesEstimated(reports []estimate.Report) []placeEstimated {
	figure := func(f estimate.Figure) figureEstimated {
		out := figureEstimated{Known: f.Known, Elsewhere: f.Elsewhere, Estimated: f.Estimated, Buildings: f.Buildings,
			Unplaced: f.Unplaced, Reason: string(f.Reason)}
		if f.Stated.Known {
			out.Stated = &f.Stated.Value
		}
		return out
	}
	places := make([]placeEstimated, len(reports))
	for i, r := range reports {
		places[i] = placeEstimated{Code: r.Place.Code, Name: r.Place.Name, Level: r.Place.Kind, Buildings: r.Buildings,
			Households: figure(r.Households), People: figure(r.People)}
	}
	return places
}

func (c *estimateCommand) print(out io.Writer, r *estimated) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	if len(r.Places) > 0 {
		fmt.Fprintln(w, "place\tfigure\tstated\tcounted\testimated\tbuildings\tnot placed")
	}
	for _, p := range r.Places {
		for _, row := range []struct {
			title string
			f     figureEstimated
		}{{"households", p.Households}, {"people", p.People}} {
			if row.f.Stated == nil {
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t", p.Name, row.title, *row.f.Stated, row.f.Known+row.f.Elsewhere, row.f.Estimated, row.f.Buildings)
			if row.f.Reason != "" {
				fmt.Fprintf(w, "%d: %s", row.f.Unplaced, row.f.Reason)
			}
			fmt.Fprintln(w)
		}
	}
	switch {
	case r.Revision > 0:
		fmt.Fprintf(w, "%d buildings changed, stored as revision %d\n", r.Changed, r.Revision)
	case r.Changed == 0 && len(r.Places) == 0 && !c.Clear:
		fmt.Fprintln(w, "no place states people or households; nothing was written")
	case r.Changed == 0:
		fmt.Fprintln(w, "nothing to change")
	default:
		fmt.Fprintf(w, "%d buildings would change; a dry run: nothing was written\n", r.Changed)
	}
	return w.Flush()
}
