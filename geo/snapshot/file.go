package snapshot

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/aside"
)

// File is where a node keeps its newest snapshot, to start from it quickly and
// also while its store is away. It is a copy: whoever deletes it loses nothing but
// time. It holds what the store holds, staff fields as well, so only its owner may
// read it.
//
// The map may stand still for days while the store goes on confirming it. So that
// not all of it is written again for that, a second small file beside it, named
// .confirmed, says when that happened last.
//
// It is for one goroutine at a time; several programs may have the same Path.
type File struct {
	Path string

	// What this program read from the file or wrote to it last.
	holds     geo.Head
	confirmed time.Time
}

// Read returns the snapshot in the file and when the store last confirmed it. It
// is fs.ErrNotExist where there is no file; a file that is damaged in any way, or
// that another version of the program wrote, is an error as well.
func (f *File) Read(ctx context.Context) (*Snapshot, time.Time, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	s, confirmed, err := decode(ctx, file, info.Size())
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read %s: %w", f.Path, err)
	}
	// Without a word on it, the time in the file itself stands.
	if later, err := f.readConfirmed(s.head); err == nil && later.After(confirmed) {
		confirmed = later
	}
	f.holds, f.confirmed = s.head, confirmed
	return s, confirmed, nil
}

// Write replaces the file with a snapshot that the store confirmed at an instant.
// Whoever is stopped on the way, by a full disk or a lost machine, leaves the old
// file.
func (f *File) Write(ctx context.Context, s *Snapshot, confirmed time.Time) error {
	aside.Sweep(f.Path)
	err := f.replace(f.Path, func(file *os.File) error {
		out := bufio.NewWriterSize(file, 1<<20)
		if err := s.encode(ctx, out, confirmed); err != nil {
			return err
		}
		return out.Flush()
	})
	if err == nil {
		f.holds, f.confirmed = s.head, confirmed
	}
	return err
}

// Confirm notes that the store stands by the head of the snapshot in the file at a
// later instant.
func (f *File) Confirm(head geo.Head, at time.Time) error {
	err := f.replace(f.confirmedPath(), func(file *os.File) error {
		_, err := file.Write(confirmation(head, at))
		return err
	})
	if err == nil {
		f.confirmed = at
	}
	return err
}

func (f *File) confirmedPath() string { return f.Path + ".confirmed" }

// confirmation is an instant, and a hash that ties it to a head.
func confirmation(head geo.Head, at time.Time) []byte {
	raw := binary.LittleEndian.AppendUint64(nil, uint64(at.UnixNano()))
	h := sha256.New()
	for _, number := range []int64{head.Epoch, head.Revision} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(number)))
	}
	h.Write(head.Hash[:])
	h.Write(raw)
	return h.Sum(raw)
}

func (f *File) readConfirmed(head geo.Head) (time.Time, error) {
	raw, err := os.ReadFile(f.confirmedPath())
	if err != nil {
		return time.Time{}, err
	}
	if len(raw) < 8 {
		return time.Time{}, errDamaged
	}
	at := time.Unix(0, int64(binary.LittleEndian.Uint64(raw)))
	if string(confirmation(head, at)) != string(raw) {
		return time.Time{}, errors.New("it is of another snapshot")
	}
	return at, nil
}

// replace writes a file aside and puts it into its place.
func (f *File) replace(path string, write func(*os.File) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	out := aside.Files{Replace: true, Private: true}
	defer out.Abort()
	file, err := out.Create(path)
	if err == nil {
		err = write(file)
	}
	if err == nil {
		err = out.Commit()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
