package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// otherFormats are those that ogr2ogr reads for us, by ending: its driver, which
// is the only one that it may use, and options that have it leave the network
// alone.
var otherFormats = map[string][]string{
	".gpx":      {"GPX"},
	".dxf":      {"DXF"},
	".tab":      {"MapInfo File"},
	".mif":      {"MapInfo File"},
	".gdb":      {"OpenFileGDB"}, // a folder
	".fgb":      {"FlatGeobuf"},
	".gml":      {"GML", "-oo", "DOWNLOAD_SCHEMA=NO"},
	".topojson": {"TopoJSON"},
	".ods":      {"ODS"},
	".xls":      {"XLS"},
}

// Limits of what is left to ogr2ogr.
const (
	maxConversion = 10 * time.Minute
	maxConverted  = 8 << 30 // bytes
)

// openOther has ogr2ogr make a GeoPackage in a folder of its own, and reads that.
// Coordinates stay in the system of the file, which then says what can be used: a
// shift between old datums is not to be guessed.
func openOther(ctx context.Context, path string) (*File, error) {
	driver := otherFormats[strings.ToLower(filepath.Ext(path))]
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		return nil, fmt.Errorf("%s is read by ogr2ogr, which is not on this machine: install GDAL (gdal-bin), or bring the file in another format: %w", driver[0], ErrFormat)
	}
	source, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "gridatlas-*")
	if err != nil {
		return nil, err
	}
	target := filepath.Join(folder, "converted.gpkg")
	args := append([]string{"-f", "GPKG", "-nlt", "CONVERT_TO_LINEAR", target, source}, driver[1:]...)
	f := &File{}
	skipped, err := otherDrivers(ctx, program, driver[0])
	if err == nil {
		err = convert(ctx, folder, program, args, "OGR_SKIP="+skipped)
	}
	if err == nil {
		f, err = openGeoPackage(target)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("have ogr2ogr read it as %s: %w", driver[0], err), os.RemoveAll(folder))
	}
	f.Format = driver[0]
	inner := f.close
	f.close = func() error { return errors.Join(inner(), os.RemoveAll(folder)) }
	return f, nil
}

// otherDrivers lists the drivers of GDAL but two: the one that reads the file and
// the one that writes ours. The others are switched off, since some of them follow
// what a file says to other files and hosts, whatever its name ends in.
func otherDrivers(ctx context.Context, program, driver string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	list, err := exec.CommandContext(ctx, program, "--formats").Output()
	if err != nil {
		return "", err
	}
	var others []string
	found := false
	for line := range strings.Lines(string(list)) {
		name, _, ok := strings.Cut(strings.TrimSpace(line), " -")
		switch {
		case !ok || name == "GPKG":
		case name == driver:
			found = true
		default:
			others = append(others, name)
		}
	}
	if !found {
		return "", fmt.Errorf("this ogr2ogr has no driver %s", driver)
	}
	return strings.Join(others, ","), nil
}

// convert runs ogr2ogr, and ends it when it takes too long or writes too much.
func convert(ctx context.Context, folder, program string, args []string, setting string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, maxConversion, fmt.Errorf("it took longer than %v", maxConversion))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(os.Environ(), setting)
	command.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	command.Stderr = &limitedBuffer{into: &said, left: 4 << 10}
	if err := command.Start(); err != nil {
		return err
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for tick := time.NewTicker(200 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				if folderSize(folder) > maxConverted {
					stop(fmt.Errorf("it wrote more than %d GiB", maxConverted>>30))
				}
			}
		}
	}()
	err := command.Wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	stop(nil)
	<-watched
	if err != nil {
		return errors.Join(err, errors.New(strings.TrimSpace(said.String())))
	}
	return nil
}

func folderSize(folder string) (size int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error { // what went meanwhile counts nothing
		if err == nil {
			if info, err := entry.Info(); err == nil && !entry.IsDir() {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}

// limitedBuffer keeps the beginning of what is written to it.
type limitedBuffer struct {
	into *bytes.Buffer
	left int
}

func (l *limitedBuffer) Write(p []byte) (int, error) {
	kept := p[:min(len(p), l.left)]
	l.left -= len(kept)
	l.into.Write(kept)
	return len(p), nil
}
