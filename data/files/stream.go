package files

import (
	"io"
	"os"
)

// stream is a file, or a member of an archive, that can be read from its start
// any number of times.
type stream struct {
	name     string
	size     int64
	open     func() (io.ReadCloser, error)
	progress func(done int64) // may be nil
}

func fileStream(path string, progress func(done int64)) (stream, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stream{}, err
	}
	return stream{
		name: path, size: info.Size(), progress: progress,
		open: func() (io.ReadCloser, error) { return os.Open(path) },
	}, nil
}
