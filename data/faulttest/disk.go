package faulttest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Disk is a small file system in memory that is mounted while the test runs.
type Disk struct {
	Folder string
	bytes  int64
}

// Mount makes a disk of so many bytes, which every user may write. It needs root;
// elsewhere the test is skipped, in CI too.
func Mount(tb testing.TB, bytes int64) *Disk {
	tb.Helper()
	folder, err := os.MkdirTemp("", "gridatlas-disk-") // tb.TempDir is its owner's alone
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.Remove(folder) })
	d := &Disk{Folder: folder, bytes: bytes}
	if err := unix.Mount("tmpfs", d.Folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, d.options()); err != nil {
		tb.Skipf("no disk can be mounted here: %v", err)
	}
	tb.Cleanup(func() {
		if err := unix.Unmount(d.Folder, 0); err != nil {
			tb.Errorf("unmount the small disk: %v", errors.Join(err, unix.Unmount(d.Folder, unix.MNT_DETACH)))
		}
	})
	return d
}

func (d *Disk) options() string { return fmt.Sprintf("size=%d,mode=0777", d.bytes) }

func (d *Disk) ballast() string { return filepath.Join(d.Folder, "ballast") }

// Fill takes all but so many bytes of what is free.
func (d *Disk) Fill(tb testing.TB, but int64) {
	tb.Helper()
	var stat unix.Statfs_t
	if err := unix.Statfs(d.Folder, &stat); err != nil {
		tb.Fatal(err)
	}
	free := int64(stat.Bavail)*stat.Bsize - but
	if err := os.WriteFile(d.ballast(), make([]byte, free), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// Free gives back what Fill took.
func (d *Disk) Free(tb testing.TB) {
	tb.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		tb.Fatal(err)
	}
}

// ReadOnly mounts the disk again, for reading alone or for writing too. No file
// on it may be open for writing.
func (d *Disk) ReadOnly(tb testing.TB, only bool) {
	tb.Helper()
	flags := uintptr(unix.MS_REMOUNT | unix.MS_NOSUID | unix.MS_NODEV)
	if only {
		flags |= unix.MS_RDONLY
	}
	if err := unix.Mount("tmpfs", d.Folder, "tmpfs", flags, d.options()); err != nil {
		tb.Fatalf("mount the small disk again: %v", err)
	}
}
