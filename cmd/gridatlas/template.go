package main

import (
	"errors"
	"fmt"
	"io/fs"

	"gridatlas/data/files"
	"gridatlas/geo"
)

type templateCommand struct {
	Layer string `required:"" help:"Layer to be filled in."`
	Out   string `required:"" short:"o" help:"File to write: .xlsx or .csv."`
	Force bool   `help:"Replace a file that is there."`
}

// Run writes an empty list of a layer, with a description of its columns.
func (c *templateCommand) Run(con *console) error {
	if _, ok := geo.SchemaOf(geo.Layer(c.Layer)); !ok {
		return usagef("--layer %q is none of %v", c.Layer, layerNames())
	}
	written, err := files.WriteTemplate(c.Out, geo.Layer(c.Layer), c.Force)
	if errors.Is(err, fs.ErrExist) {
		return standingError{fmt.Errorf("%w; replace it with --force", err)}
	}
	if errors.Is(err, files.ErrUnsuited) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	for _, file := range written.Files {
		fmt.Fprintln(con.out, file)
	}
	fmt.Fprintf(con.out, "fill it in and import it: gridatlas import --store STORE --layer %s %s\n", c.Layer, c.Out)
	return nil
}
