package files

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// mergedRange is a rectangle of cells that show one value: that of the first.
type mergedRange struct {
	top, left, bottom, right int // rows from 1, columns from 0, borders included
	value                    cell
}

const maxMerged = 200_000

// mergedCells finds the merged ranges of a sheet. They stand behind its rows, so
// the sheet is searched for them, without taking its XML apart, before the rows
// are read.
func mergedCells(ctx context.Context, in stream) ([]mergedRange, error) {
	file, err := in.open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	const longest = 200 // bytes of such an element
	var ranges []mergedRange
	buf := make([]byte, 0, 1<<16)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := io.ReadFull(file, buf[len(buf):cap(buf)])
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return nil, err
		}
		buf = buf[:len(buf)+n]
		rest := buf
		for {
			i := bytes.Index(rest, []byte("mergeCell "))
			if i < 0 || !end && len(rest)-i < longest {
				break
			}
			rest = rest[i:]
			if r, ok := mergedRangeOf(rest[:min(len(rest), longest)]); ok {
				ranges = append(ranges, r)
			}
			if len(ranges) > maxMerged {
				return nil, fmt.Errorf("the sheet has more than %d merged cells", maxMerged)
			}
			rest = rest[1:]
		}
		if end {
			break
		}
		keep := min(len(rest), longest)
		buf = append(buf[:0], rest[len(rest)-keep:]...)
	}
	slices.SortFunc(ranges, func(a, b mergedRange) int { return cmp.Compare(a.top, b.top) })
	return ranges, nil
}

// mergedRangeOf reads mergeCell ref="A2:A9".
func mergedRangeOf(element []byte) (mergedRange, bool) {
	_, ref, _ := bytes.Cut(element, []byte(`ref="`))
	ref, _, ok := bytes.Cut(ref, []byte(`"`))
	first, last, two := strings.Cut(string(ref), ":")
	if !ok || !two {
		return mergedRange{}, false
	}
	r := mergedRange{left: columnOf(first), right: columnOf(last)}
	var err1, err2 error
	r.top, err1 = strconv.Atoi(strings.TrimLeft(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	r.bottom, err2 = strconv.Atoi(strings.TrimLeft(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	return r, err1 == nil && err2 == nil && r.left >= 0 && r.left <= r.right && r.right < maxColumns && r.top <= r.bottom
}

// fillMerged gives the cells of the row that lie in a merged range its value. A
// row of which that is all stays blank: it is as empty as people see it.
func (s *sheetReader) fillMerged() error {
	for len(s.merged) > 0 && s.merged[0].top <= s.row {
		r := s.merged[0]
		s.merged = s.merged[1:]
		if r.top == s.row && r.left < len(s.cells) {
			r.value = s.cells[r.left]
			s.under = append(s.under, r)
		}
	}
	s.under = slices.DeleteFunc(s.under, func(r mergedRange) bool { return r.bottom < s.row })
	width := 0
	for _, r := range s.under {
		if width += r.right - r.left + 1; width > maxColumns {
			return fmt.Errorf("merged cells overlap in row %d", s.row)
		}
		if r.value.value == nil {
			continue
		}
		for column := r.left; column <= r.right; column++ {
			for len(s.cells) <= column {
				s.cells = append(s.cells, cell{})
			}
			if s.cells[column].value == nil {
				s.cells[column] = r.value
			}
		}
	}
	return nil
}
