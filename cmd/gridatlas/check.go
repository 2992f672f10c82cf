package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"gridatlas/data"
)

type checkCommand struct {
	Store string `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	JSON  bool   `help:"Write the faults as JSON."`
}

// Run reads the whole store and compares it with its audit chain.
func (c *checkCommand) Run(ctx context.Context, con *console) error {
	store, err := openExisting(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	faults, err := store.Check(ctx)
	if err != nil {
		return err
	}
	if err := printFaults(con.out, c.JSON, faults); err != nil {
		return err
	}
	if len(faults) > 0 {
		return problems{fmt.Errorf("%d faults in %s", len(faults), shown(c.Store))}
	}
	if !c.JSON {
		fmt.Fprintln(con.out, "no fault found")
	}
	return store.Close()
}

func printFaults(w io.Writer, asJSON bool, faults []data.Fault) error {
	if !asJSON {
		for _, fault := range faults {
			fmt.Fprintln(w, fault)
		}
		return nil
	}
	type row struct {
		Revision int64  `json:"revision,omitempty"`
		Detail   string `json:"detail"`
	}
	rows := make([]row, 0, len(faults))
	for _, fault := range faults {
		rows = append(rows, row{fault.Revision, fault.Detail})
	}
	return json.NewEncoder(w).Encode(map[string]any{"faults": rows})
}

type versionCommand struct{}

// Run prints the version and the commit that it was built from.
func (*versionCommand) Run(con *console) error {
	version, commit := buildVersion()
	_, err := fmt.Fprintln(con.out, strings.TrimSpace("gridatlas "+version+" "+commit))
	return err
}

func buildVersion() (version, commit string) {
	version, commit = "devel", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, commit
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			commit = setting.Value
		}
	}
	return version, commit
}
