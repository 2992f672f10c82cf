// Package aside writes files beside their places and puts them there when they are
// whole: each is brought to the disk and then renamed, so that nobody finds half a
// file, whenever the machine stops or the disk is full.
//
// A program that is killed while it writes leaves files whose names begin with a
// dot and end in .part; Sweep removes those of the past.
package aside

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Files is one file or several that appear together. The zero value replaces
// nothing and is ready. Abort must be called in the end; after Commit it does
// nothing. It is for one goroutine.
type Files struct {
	// Replace files that are there already; otherwise they are fs.ErrExist.
	Replace bool
	// Private: nobody but the owner may read them.
	Private bool

	begun []begun
}

type begun struct {
	file *os.File
	path string
}

// Create begins the file that will stand at path.
func (f *Files) Create(path string) (*os.File, error) {
	if err := f.Free(path); err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o666)
	if f.Private {
		mode = 0o600
	}
	file, err := os.OpenFile(begins(path)+rand.Text()[:8]+ends, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", path, err)
	}
	f.begun = append(f.begun, begun{file, path})
	return file, nil
}

// begins and ends are of the names of files that are being written.
func begins(path string) string {
	folder, name := filepath.Split(path)
	return filepath.Join(folder, "."+name) + "."
}

const ends = ".part"

// Free is nil when a file may stand at path: none is there, or one to replace.
func (f *Files) Free(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", path)
	case !f.Replace:
		return &fs.PathError{Op: "write", Path: path, Err: fs.ErrExist}
	}
	return nil
}

// Paths returns where the files will stand that were begun and not committed.
func (f *Files) Paths() []string {
	paths := make([]string, len(f.begun))
	for i, b := range f.begun {
		paths[i] = b.path
	}
	return paths
}

// Order sorts the files for Commit by a rank of their paths, those of equal rank
// as they were begun.
func (f *Files) Order(rank func(path string) int) {
	slices.SortStableFunc(f.begun, func(a, b begun) int { return cmp.Compare(rank(a.path), rank(b.path)) })
}

// Commit puts the files into their places, in the order in which they were begun.
// When it fails none, or of several only the first ones, are there; the last one,
// which people open, is there with all others or not at all.
func (f *Files) Commit() error {
	for _, b := range f.begun {
		if err := b.file.Sync(); err != nil {
			return fmt.Errorf("write %s: %w", b.path, err)
		}
	}
	for _, b := range f.begun { // writing takes its time
		if err := f.Free(b.path); err != nil {
			return err
		}
	}
	if n := len(f.begun); n > 1 { // a set of which half is new would pass for whole
		if err := os.Remove(f.begun[n-1].path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replace %s: %w", f.begun[n-1].path, err)
		}
	}
	folders := map[string]bool{}
	for len(f.begun) > 0 {
		b := f.begun[0]
		if err := b.file.Close(); err != nil {
			return fmt.Errorf("write %s: %w", b.path, err)
		}
		if err := os.Rename(b.file.Name(), b.path); err != nil {
			return err
		}
		folders[filepath.Dir(b.path)] = true
		f.begun = f.begun[1:]
	}
	for folder := range folders {
		if err := syncFolder(folder); err != nil {
			return err
		}
	}
	return nil
}

// syncFolder makes the names in a folder last.
func syncFolder(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Abort removes what was begun and not committed.
func (f *Files) Abort() {
	for _, b := range f.begun {
		_ = b.file.Close()
		_ = os.Remove(b.file.Name()) // or Sweep does
	}
	f.begun = nil
}

// Scratch returns a file without a name in the folder of path: it is gone when it
// is closed, at the latest with the program.
func Scratch(path string) (*os.File, error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".gridatlas.*"+ends)
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

// Sweep removes what programs that were killed while they wrote the file of a path
// have left more than an hour ago. What another program writes right now is
// younger.
func Sweep(path string) {
	const leftOver = time.Hour
	folder := filepath.Dir(path)
	entries, _ := os.ReadDir(folder) // whoever writes there hears what is wrong with it
	for _, entry := range entries {
		name := filepath.Join(folder, entry.Name())
		if !strings.HasPrefix(name, begins(path)) || !strings.HasSuffix(name, ends) {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > leftOver {
			_ = os.Remove(name) // or the next time
		}
	}
}
