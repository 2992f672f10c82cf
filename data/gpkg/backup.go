package gpkg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gridatlas/data"
	"gridatlas/geo/aside"
)

// Backup writes everything a store holds, of either kind, into a new GeoPackage
// that is complete in itself: one file without a journal, which opens on a
// read-only disk and in every GeoPackage program. A file that is there is refused.
//
// Its name stands for a whole backup or for nothing: the file is made aside, checked
// and then renamed. What was begun is removed when it fails.
func Backup(ctx context.Context, from data.Archiver, path string) (err error) {
	defer func() { err = describe("back up to "+path, err) }()
	if err := inFolder(path); err != nil {
		return err
	}
	var out aside.Files
	file, err := out.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		out.Abort()
		if err != nil {
			err = errors.Join(err, removed(file.Name()+"-journal"))
		}
	}()
	if err := fillAside(ctx, from, file.Name()); err != nil {
		return err
	}
	return out.Commit()
}

// fillAside makes the file and reads it all again.
func fillAside(ctx context.Context, from data.Archiver, path string) (err error) {
	s, err := open(ctx, path, writeAside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := data.Copy(ctx, from, s, data.FillOptions{}); err != nil {
		return err
	}
	faults, err := s.Check(ctx)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("what was written does not read back: %s", faults[0])
	}
	return nil
}

func removed(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// View opens a file for reading and leaves it as it is: a backup stays without a
// journal. One with tables of an older program is read from a copy in the folder
// for temporary files, which Close removes.
func View(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s, err := open(ctx, path, readingOf(path))
	if !errors.Is(err, errOtherTables) {
		return s, err
	}
	folder, err := os.MkdirTemp("", "gridatlas")
	if err != nil {
		return nil, err
	}
	copied := filepath.Join(folder, "copy.gpkg")
	if err = copyTo(ctx, path, copied); err == nil {
		s, err = open(ctx, copied, readWrite)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read a copy of %s: %w", path, err), os.RemoveAll(folder))
	}
	s.scratch = folder
	return s, nil
}

func copyTo(ctx context.Context, path, target string) (err error) {
	pool, err := openPool(path, readingOf(path), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return with(ctx, pool, func(c session) error { return c.Exec("VACUUM INTO ?", target) })
}
