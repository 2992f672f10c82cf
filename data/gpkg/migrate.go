package gpkg

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"gridatlas/data/internal/geopackage"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the numbered files; tests leave out the newer ones.
var migrations fs.FS = embedded

// versionTable is where goose notes which migrations ran.
const versionTable = "gridatlas_migrations"

// errOtherTables says that a file wants to be migrated.
var errOtherTables = errors.New("its tables are not those of this program")

// migrate brings the file's tables to this program's. Everything is one
// transaction, so two programs may start on one new file, and one that is killed
// leaves the file as it was.
func (s *Store) migrate(ctx context.Context) error {
	// goose asks the pool for connections; with one connection in it, what goose
	// does lies in the transaction begun on that connection. Isolated DDL keeps
	// goose from beginning transactions of its own.
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.writer, files,
		goose.WithTableName(versionTable), goose.WithIsolateDDL(true), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	current, err := s.current(ctx, newest)
	if err != nil || current {
		return err
	}
	if err := s.writable(); err != nil {
		return fmt.Errorf("%w: %w", errOtherTables, err)
	}
	begin := func(c session) error { return c.beginWrite(ctx, s.path, s.patience) }
	if err := with(ctx, s.writer, begin); err != nil {
		return err
	}
	// From here on the one connection is in a transaction and must leave it.
	inside := context.WithoutCancel(ctx)
	err = with(inside, s.writer, standardTables)
	if err == nil {
		_, err = provider.Up(inside)
		err = ours(err)
	}
	if err == nil {
		err = with(inside, s.writer, followCatalog)
	}
	end := "COMMIT"
	if err != nil {
		end = "ROLLBACK"
	}
	return errors.Join(err, with(inside, s.writer, func(c session) error { return c.Exec(end) }))
}

// standardTables makes the tables of the standard in a new file. They were
// migration 1 once, which older files name.
func standardTables(c session) error {
	row, err := c.One("SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'")
	if err != nil || row[0] != int64(0) {
		return err
	}
	return c.Exec(geopackage.Tables)
}

// current reports whether the file has every migration and every field of the
// catalog, without taking the write lock: a program may start while another one
// imports. Files of other programs and of newer ones are errors.
func (s *Store) current(ctx context.Context, newest int64) (current bool, err error) {
	err = with(ctx, s.readers, func(c session) error {
		row, err := c.One("SELECT (SELECT count(*) FROM sqlite_master), (SELECT count(*) FROM sqlite_master WHERE name = ?)", versionTable)
		if err != nil {
			return err
		}
		if row[1] == int64(0) {
			if row[0] != int64(0) {
				return errors.New("it is a database of another program; import its layers into a new file")
			}
			return nil
		}
		if row, err = c.One("SELECT max(version_id) FROM " + versionTable); err != nil {
			return err
		}
		version, _ := row[0].(int64)
		if version > newest {
			return fmt.Errorf("it was written by a newer gridatlas (tables of version %d, this program knows %d)", version, newest)
		}
		if version < newest {
			return nil
		}
		current, err = catalogHeld(c)
		return err
	})
	return current, err
}
