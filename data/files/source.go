package files

import (
	"bytes"
	"context"
	"fmt"
	"io"
)

// source is what the JSON decoder reads from. It knows the line of each byte,
// stops with the context, holds back members that are too large, and makes plain
// JSON of two habits: a byte order mark at the start, and the record separator
// (0x1E) of GeoJSON text sequences (RFC 8142).
type source struct {
	ctx      context.Context
	reader   io.Reader
	progress func(done int64)

	read    int64
	limit   int64   // reading past it is an error: one member is too large
	lines   int     // line ends before the first of breaks
	breaks  []int64 // offsets of line ends not yet asked for
	stopped error   // why Read ended, when it was not the reader's own error
}

// within allows the next member, which begins at offset, n bytes.
func (s *source) within(offset, n int64) { s.limit = max(s.read, offset+n) }

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.stopped = err
		return 0, err
	}
	if s.read >= s.limit {
		s.stopped = fmt.Errorf("one member of the file is larger than %d MiB", maxMember>>20)
		return 0, s.stopped
	}
	n, err := s.reader.Read(p)
	if s.read == 0 && bytes.HasPrefix(p[:n], []byte("\xef\xbb\xbf")) {
		copy(p, "   ")
	}
	for i, c := range p[:n] {
		switch c {
		case '\n':
			s.breaks = append(s.breaks, s.read+int64(i))
		case 0x1e:
			p[i] = ' '
		}
	}
	s.read += int64(n)
	if s.progress != nil {
		s.progress(s.read)
	}
	return n, err
}

// line returns the line of an offset, from 1. Offsets must not go back.
func (s *source) line(offset int64) int {
	passed := 0
	for passed < len(s.breaks) && s.breaks[passed] < offset {
		passed++
	}
	s.lines += passed
	s.breaks = s.breaks[:copy(s.breaks, s.breaks[passed:])]
	return s.lines + 1
}
