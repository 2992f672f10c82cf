package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/qr"
	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// byMaster stands in the log for what was done on the command line.
const byMaster = "gridatlas master"

type masterCommand struct {
	New    masterNewCommand    `cmd:"" help:"Make the card of a booth's master, in place of the one there was; the link is told this once."`
	Revoke masterRevokeCommand `cmd:"" help:"End the card of a booth."`
	List   masterListCommand   `cmd:"" help:"List the cards."`
}

// ofNumber finds the booth of a plate.
func ofNumber(s *snapshot.Snapshot, typed string) (*geo.Booth, error) {
	number, err := plate.Parse(typed)
	if err != nil {
		return nil, usageError{err}
	}
	b, there := resident.ByNumber(s, number)
	if !there {
		return nil, fmt.Errorf("no booth has the number %s: %w", number.Grouped(), geo.ErrNotFound)
	}
	return b, nil
}

type masterNewCommand struct {
	bookFlags
	PublicURL string `name:"public-url" required:"" placeholder:"https://..." help:"What stands before the path of the link."`
	SVG       string `placeholder:"FILE" help:"Write the QR code of the link here."`
	Number    string `arg:"" help:"The number on the plate."`
}

// Run makes a card and prints its link.
func (c *masterNewCommand) Run(ctx context.Context, con *console) error {
	base, err := parsePublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	b, err := ofNumber(s, c.Number)
	if err != nil {
		return err
	}
	if kind := booth.Read(b).Kind(time.Now(), nil); kind == booth.Moved || kind == booth.Retired {
		return fmt.Errorf("booth %s is out of use", c.Number)
	}
	secret, err := access.NewBook(store, time.Now).AddCard(ctx, byMaster, b.ID)
	if err != nil {
		return err
	}
	link := strings.TrimSuffix(base.String(), "/") + api.CardPath(secret)
	fmt.Fprintln(con.out, link)
	if c.SVG != "" {
		code, err := qr.Of(link)
		if err != nil {
			return fmt.Errorf("draw the code: %w", err)
		}
		if err := os.WriteFile(c.SVG, code.SVG(), 0o600); err != nil {
			return err
		}
	}
	return store.Close()
}

type masterRevokeCommand struct {
	bookFlags
	Number string `arg:"" help:"The number on the plate."`
}

// Run ends a card.
func (c *masterRevokeCommand) Run(ctx context.Context, _ *console) error {
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	b, err := ofNumber(s, c.Number)
	if err != nil {
		return err
	}
	err = access.NewBook(store, time.Now).RevokeCard(ctx, byMaster, b.ID)
	if errors.Is(err, access.ErrUnknown) {
		return fmt.Errorf("booth %s has no card: %w", c.Number, geo.ErrNotFound)
	}
	return errors.Join(err, store.Close())
}

type masterListCommand struct{ bookFlags }

// Run lists the cards: the numbers of their booths, since when and by whom.
func (c *masterListCommand) Run(ctx context.Context, con *console) error {
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
	err = access.NewBook(store, time.Now).Cards(ctx, func(card access.Card) error {
		number, name := "", ""
		if f, there := s.Layer(geo.Booths).Get(card.Booth); there {
			number, name = plate.Number(f.(*geo.Booth).Number).Grouped(), f.Common().Name
		}
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", number, name, card.Made.Format(time.RFC3339), card.By)
		return err
	})
	return errors.Join(err, w.Flush(), store.Close())
}
