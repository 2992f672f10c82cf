package files

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Limits of a zip archive, against bombs. Archives inside of it are not opened.
const (
	maxArchive   = 200 << 20 // bytes as it is
	maxUnpacked  = 1 << 30   // bytes of all its members
	maxRatio     = 100       // of the two, where it matters:
	freeUnpacked = 16 << 20  // empty columns of a table pack better than that
	maxEntries   = 1000
	maxDirectory = 4 << 20 // bytes of the list of members
)

// archive is an open zip file. Its members are streams.
type archive struct {
	file    *os.File
	members []stream
}

func (a *archive) Close() error { return a.file.Close() }

// openArchive opens a zip file and checks its directory.
func openArchive(path string) (*archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	a := &archive{file: file}
	if err := a.list(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

func (a *archive) list() error {
	info, err := a.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() > maxArchive {
		return fmt.Errorf("the archive is larger than %d MiB", maxArchive>>20)
	}
	held := &heldDirectory{file: a.file, left: maxDirectory}
	directory, err := zip.NewReader(held, info.Size())
	if err != nil {
		return fmt.Errorf("read the list of the archive: %w", err)
	}
	held.left = 1 << 62 // members have limits of their own
	if len(directory.File) > maxEntries {
		return fmt.Errorf("the archive has %d members, more than %d", len(directory.File), maxEntries)
	}
	var total uint64
	for _, member := range directory.File {
		if member.UncompressedSize64 > maxUnpacked {
			return fmt.Errorf("%s of the archive unpacks to more than %d MiB", member.Name, maxUnpacked>>20)
		}
		total += member.UncompressedSize64
		name := member.Name
		if !utf8.ValidString(name) { // zipped on Chinese Windows
			name, _ = charsetGB.decode.NewDecoder().String(name)
		}
		name = filepath.FromSlash(strings.ReplaceAll(name, `\`, "/"))
		if !filepath.IsLocal(name) {
			return fmt.Errorf("the archive has a member that points out of it: %q", member.Name)
		}
		if !member.FileInfo().IsDir() {
			a.members = append(a.members, memberStream(name, member))
		}
	}
	if total > maxUnpacked || total > freeUnpacked && total > maxRatio*uint64(info.Size()) {
		return fmt.Errorf("the archive of %d KiB unpacks to %d KiB: more than %d MiB or %d times its size", info.Size()>>10, total>>10, maxUnpacked>>20, maxRatio)
	}
	return nil
}

// memberStream reads a member as far as the directory says it goes: what the
// limits were held against.
func memberStream(name string, member *zip.File) stream {
	return stream{
		name: name, size: int64(member.UncompressedSize64),
		open: func() (io.ReadCloser, error) {
			packed, err := member.Open()
			if err != nil {
				return nil, fmt.Errorf("unpack %s: %w", name, err)
			}
			return &memberReader{ReadCloser: packed, name: name, left: int64(member.UncompressedSize64)}, nil
		},
	}
}

type memberReader struct {
	io.ReadCloser
	name string
	left int64
}

func (m *memberReader) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	if m.left -= int64(n); m.left < 0 {
		return 0, fmt.Errorf("unpack %s: it is larger than the archive says", m.name)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("unpack %s: %w", m.name, err)
	}
	return n, err
}

// heldDirectory bounds what is read before the number of members is known.
type heldDirectory struct {
	file io.ReaderAt
	left int64
}

func (h *heldDirectory) ReadAt(p []byte, at int64) (int, error) {
	if h.left -= int64(len(p)); h.left < 0 {
		return 0, fmt.Errorf("it takes more than %d MiB", maxDirectory>>20)
	}
	return h.file.ReadAt(p, at)
}

// member finds the member of a name, whatever the case; false when there is none.
func (a *archive) member(name string) (stream, bool) {
	for _, m := range a.members {
		if strings.EqualFold(filepath.ToSlash(m.name), name) {
			return m, true
		}
	}
	return stream{}, false
}

// withEnding returns the members whose name ends so, whatever the case.
func (a *archive) withEnding(ending string) []stream {
	var found []stream
	for _, m := range a.members {
		if strings.EqualFold(filepath.Ext(m.name), ending) && !strings.HasPrefix(filepath.Base(m.name), "._") { // macOS puts shadows beside files
			found = append(found, m)
		}
	}
	return found
}
