package files

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// aside is one file or several that are written beside their places and appear
// there when they are whole: each is flushed to the disk and then renamed, so
// that nobody finds half a file, whenever the machine stops. A program that is
// killed leaves files whose names begin with a dot and end in .part.
type aside struct {
	replace bool // files that are there already
	files   []asideFile
}

type asideFile struct {
	file *os.File
	path string
}

// ErrExists says that a file is there which was not to be replaced.
var ErrExists = errors.New("the file is there already")

// create begins the file that will stand at path.
func (a *aside) create(path string) (*os.File, error) {
	if err := a.free(path); err != nil {
		return nil, err
	}
	dir, name := filepath.Split(path)
	file, err := os.OpenFile(filepath.Join(dir, "."+name+"."+rand.Text()[:8]+".part"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", path, err)
	}
	a.files = append(a.files, asideFile{file, path})
	return file, nil
}

// scratch returns a file without a name in the folder of path: it is gone when it
// is closed, at the latest with the program.
func scratch(path string) (*os.File, error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".gridatlas.*.part")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

func (a *aside) free(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", path)
	case !a.replace:
		return fmt.Errorf("%s: %w", path, ErrExists)
	}
	return nil
}

// commit puts the files into their places, in the order in which they were begun.
// When it fails none, or of several only the first ones, are there; the last one,
// which people open, is there with all others or not at all.
func (a *aside) commit() error {
	for _, f := range a.files {
		if err := f.file.Sync(); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
	}
	for _, f := range a.files {
		if err := a.free(f.path); err != nil {
			return err
		}
	}
	if n := len(a.files); n > 1 { // a set of which half is new would pass for whole
		if err := os.Remove(a.files[n-1].path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replace %s: %w", a.files[n-1].path, err)
		}
	}
	dirs := map[string]bool{}
	for len(a.files) > 0 {
		f := a.files[0]
		if err := f.file.Close(); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
		if err := os.Rename(f.file.Name(), f.path); err != nil {
			return err
		}
		dirs[filepath.Dir(f.path)] = true
		a.files = a.files[1:]
	}
	for dir := range dirs {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// syncDir makes the names in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// abort removes what was begun and not committed.
func (a *aside) abort() {
	for _, f := range a.files {
		_ = f.file.Close()
		_ = os.Remove(f.file.Name())
	}
	a.files = nil
}
