package files

import (
	"context"
	"errors"
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

// heldReader stops with the context and when one piece of a file is too large: an
// opening quote without its end would have all of the file read into memory.
type heldReader struct {
	ctx      context.Context
	reader   io.Reader
	progress func(done int64)
	what     string // is too large, in words
	read     int64
	limit    int64
}

// within allows n bytes more.
func (h *heldReader) within(n int64) { h.limit = h.read + n }

func (h *heldReader) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	if h.read >= h.limit {
		return 0, errors.New(h.what)
	}
	n, err := h.reader.Read(p)
	h.read += int64(n)
	if h.progress != nil {
		h.progress(h.read)
	}
	return n, err
}
