package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gridatlas/geo"
)

// namelessPrefix begins the names of the folders that Nameless works in.
const namelessPrefix = "gridatlas-answer-"

// Nameless writes features into a file that has no name any more when it is
// returned: its room on the disk is free again when it is closed, even if the
// program is killed. It stands at its beginning. A program that is killed earlier
// leaves a folder for SweepNameless. Any number of goroutines may call it.
func Nameless(ctx context.Context, format Format, writing Writing, features iter.Seq[geo.Feature]) (*os.File, error) {
	dir, err := os.MkdirTemp("", namelessPrefix)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "file."+string(format))
	w, err := Create(path, format, writing)
	if err != nil {
		return nil, err
	}
	defer w.Abort()
	count := 0
	for f := range features {
		if count++; count%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := w.Write(f); err != nil {
			return nil, err
		}
	}
	if _, err := w.Close(); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// SweepNameless removes what Nameless left behind in programs that were killed
// longer ago than any file takes to write.
func SweepNameless(olderThan time.Duration) error {
	entries, err := os.ReadDir(os.TempDir())
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), namelessPrefix) {
			continue
		}
		info, fault := entry.Info()
		if errors.Is(fault, fs.ErrNotExist) || fault == nil && time.Since(info.ModTime()) < olderThan {
			continue
		}
		if fault == nil {
			fault = os.RemoveAll(filepath.Join(os.TempDir(), entry.Name()))
		}
		err = errors.Join(err, fault)
	}
	if err != nil {
		return fmt.Errorf("remove files of programs that were killed: %w", err)
	}
	return nil
}
