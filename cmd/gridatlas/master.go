package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/label"
	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/booth"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/table"
)

// byMaster stands in the log for what was done on the command line.
const byMaster = "gridatlas master"

type masterCommand struct {
	New    masterNewCommand    `cmd:"" help:"Make cards of booth masters, in place of those there were; what they open is told or printed this once."`
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
	PublicURL    string   `name:"public-url" required:"" placeholder:"https://..." help:"What stands before the path of the links."`
	Out          string   `type:"path" placeholder:"FILE.pdf" help:"Print the cards into this file, for its owner alone: .html, which any browser prints, or .pdf, which takes Chromium. Links are not told then."`
	Size         string   `default:"cards" enum:"cards,a6" help:"Sheets of A4 with ten cards, or pages of A6 with one each."`
	ServicePhone string   `help:"Number to call when a card is lost; it stands on each card."`
	Zone         string   `default:"Asia/Shanghai" help:"Time zone of the city."`
	Browser      string   `placeholder:"PATH" help:"Chromium that makes the PDF; without it, one in PATH is used."`
	SVG          string   `type:"path" placeholder:"FILE" help:"Write the QR code of the link of one card here."`
	CSV          string   `name:"csv" type:"path" placeholder:"FILE" help:"Make cards of the booths in this table, by its column number (编号)."`
	Number       []string `arg:"" optional:"" help:"The numbers on the plates."`
}

// Run makes cards, all or none, and tells their links: line by line, or printed.
func (c *masterNewCommand) Run(ctx context.Context, con *console) error {
	base, err := parsePublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	now, err := moment("", c.Zone)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := checkSheetFile(c.Out); err != nil {
			return err
		}
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	booths, err := c.booths(s)
	if err != nil {
		return err
	}
	log, err := store.Log(ctx, 0, 0)
	if err != nil {
		return err
	}
	size, _ := label.CardSizeOf(c.Size) // kong has checked it against the list
	sheets := &label.Sheets{Size: size, Masters: true, Service: c.ServicePhone, Demo: isDemo(log), Printed: now, DataTime: now}
	files := aside.Files{Private: true}
	defer files.Abort()
	var ids []int64
	for _, b := range booths {
		ids = append(ids, b.ID)
	}
	err = access.NewBook(store, time.Now).AddCards(ctx, byMaster, "", ids, func(secrets []string) error {
		for i, b := range booths {
			card, err := label.OfMaster(b, strings.TrimSuffix(base.String(), "/")+api.CardPath(secrets[i]))
			if err != nil {
				return err
			}
			sheets.Labels = append(sheets.Labels, card)
		}
		return c.print(ctx, &files, sheets)
	})
	if err != nil {
		return err
	}
	if err := files.Commit(); err != nil {
		return fmt.Errorf("the cards are made, but not printed; make them anew: %w", err)
	}
	if c.Out == "" {
		for i := range sheets.Labels {
			fmt.Fprintln(con.out, sheets.Labels[i].Address)
		}
	} else {
		fmt.Fprintf(con.err, "%d cards written to %s; delete it when they are printed\n", len(sheets.Labels), c.Out)
	}
	return store.Close()
}

// print begins the files that hold the cards.
func (c *masterNewCommand) print(ctx context.Context, files *aside.Files, sheets *label.Sheets) error {
	if c.SVG != "" {
		file, err := files.Create(c.SVG)
		if err != nil {
			return err
		}
		if _, err := file.Write(sheets.Labels[0].Code.SVG()); err != nil {
			return err
		}
	}
	if c.Out == "" {
		return nil
	}
	if err := files.Free(c.Out); err != nil { // before Chromium is asked
		return err
	}
	return writeSheets(ctx, files, c.Out, c.Browser, sheets)
}

// booths finds the booths that cards are made of: in use, each once.
func (c *masterNewCommand) booths(s *snapshot.Snapshot) ([]*geo.Booth, error) {
	numbers := c.Number
	if c.CSV != "" {
		listed, err := numbersIn(c.CSV)
		if err != nil {
			return nil, usageError{fmt.Errorf("--csv %s: %w", c.CSV, err)}
		}
		numbers = append(numbers, listed...)
	}
	var booths []*geo.Booth
	for _, number := range numbers {
		b, err := ofNumber(s, number)
		if err != nil {
			return nil, err
		}
		if kind := booth.Read(b).Kind(time.Now(), nil); kind == booth.Moved || kind == booth.Retired {
			return nil, fmt.Errorf("booth %s is out of use", number)
		}
		if !slices.Contains(booths, b) {
			booths = append(booths, b)
		}
	}
	switch {
	case len(booths) == 0:
		return nil, usagef("name the booths by their numbers, or by --csv")
	case c.SVG != "" && len(booths) > 1:
		return nil, usagef("--svg is of one card; %d are asked for", len(booths))
	}
	return booths, nil
}

// numbersIn reads the column of a table in which numbers of booths are, as the register
// of booths has it: number, or 编号.
func numbersIn(path string) (numbers []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	column := slices.IndexFunc(header, func(name string) bool { return name == "number" || name == "编号" })
	if column < 0 {
		return nil, errors.New("no column is called number or 编号")
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return numbers, nil
		}
		if err != nil {
			return nil, err
		}
		if number := table.UnquoteFormula(row[column]); number != "" {
			numbers = append(numbers, number)
		}
	}
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
	err = access.NewBook(store, time.Now).EachCard(ctx, func(card access.Card) error {
		number, name := "", ""
		if f, there := s.Layer(geo.Booths).Get(card.Booth); there {
			number, name = plate.Number(f.(*geo.Booth).Number).Grouped(), f.Common().Name
		}
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", number, name, card.Made.Format(time.RFC3339), card.By)
		return err
	})
	return errors.Join(err, w.Flush(), store.Close())
}
