package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridatlas/api/web"
	"gridatlas/geo/aside"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles/pmtiles"
	"gridatlas/tiles/style"
)

const (
	// siteArchive is the name of the archive beside a page.
	siteArchive = "map.pmtiles"
	// siteList is the file that lists those of the page, so that a later page in its
	// place knows which are no longer of use: names hold hashes of what is in them.
	siteList = "gridatlas-site.txt"
	// siteListHead is its first line.
	siteListHead = "Files of the page that gridatlas tiles --site wrote here. Written again, it removes those it no longer needs."
)

// writePage begins the files of the page beside the archive.
func (c *tilesCommand) writePage(to *site, s *snapshot.Snapshot, o pmtiles.Options) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return err
	}
	page := web.Site{Snapshot: s, Archive: siteArchive, DataTime: o.DataTime, Title: c.Title, Zone: zone, Style: style.JSON}
	if err := page.Write(to.put); err != nil {
		return err
	}
	return to.put(siteList, []byte(siteListHead+"\n"+strings.Join(to.files, "\n")+"\n"))
}

// site is a folder that a page is written into.
type site struct {
	folder string
	out    *aside.Files
	made   folders
	files  []string // of the page, with slashes
	before []string // those that an earlier page lists
}

func openSite(folder string, out *aside.Files) site {
	s := site{folder: folder, out: out}
	// A list that cannot be read is none: then nothing is removed.
	if text, err := os.ReadFile(filepath.Join(folder, siteList)); err == nil {
		if lines := strings.Split(string(text), "\n"); lines[0] == siteListHead {
			s.before = lines[1:]
		}
	}
	return s
}

// put begins a file of the page.
func (s *site) put(path string, content []byte) error {
	s.files = append(s.files, path)
	path = filepath.Join(s.folder, filepath.FromSlash(path))
	if err := s.made.make(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := s.out.Create(path)
	if err == nil {
		_, err = file.Write(content)
	}
	return err
}

// sweep removes what an earlier page listed and this one has not, once this one is
// there. It removes nothing outside the folder, and no folder.
func (s *site) sweep() error {
	old := slices.DeleteFunc(s.before, func(path string) bool { return !filepath.IsLocal(path) || slices.Contains(s.files, path) })
	if len(old) == 0 {
		return nil
	}
	root, err := os.OpenRoot(s.folder)
	if err != nil {
		return fmt.Errorf("remove what an earlier page left: %w", err)
	}
	defer func() { _ = root.Close() }()
	for _, path := range old {
		info, err := root.Lstat(filepath.FromSlash(path))
		if err == nil && info.Mode().IsRegular() {
			err = root.Remove(filepath.FromSlash(path))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what an earlier page left: %w", err)
		}
	}
	return nil
}

// folders are those that a command made, the inner ones last.
type folders []string

func (f *folders) make(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := f.make(filepath.Dir(folder)); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	*f = append(*f, folder)
	return nil
}

// remove takes away those that are empty.
func (f *folders) remove() {
	for _, folder := range slices.Backward(*f) {
		_ = os.Remove(folder) // or somebody has put something there
	}
}
