package qr

import (
	"fmt"

	"rsc.io/qr/coding"
)

// encode makes the code of a text in bytes, with the mask that ISO/IEC 18004 section
// 7.8.3 prefers: the one whose pattern is the easiest to find and to read. The library
// itself takes the first mask always, and scanners then miss some codes on a full sheet.
func encode(text string) (*coding.Code, error) {
	data := coding.String(text)
	version := coding.Version(coding.MinVersion)
	for data.Bits(version) > version.DataBytes(coding.M)*8 {
		if version++; version > coding.MaxVersion {
			return nil, fmt.Errorf("%d bytes are too long for a QR code", len(text))
		}
	}
	var best *coding.Code
	least := 0
	for mask := range coding.Mask(8) {
		plan, err := coding.NewPlan(version, coding.M, mask)
		if err != nil {
			return nil, fmt.Errorf("QR code: %w", err)
		}
		code, err := plan.Encode(data)
		if err != nil {
			return nil, fmt.Errorf("QR code: %w", err)
		}
		if points := penalty(code.Size, code.Black); best == nil || points < least {
			best, least = code, points
		}
	}
	return best, nil
}

// penalty adds up what makes a pattern hard to read: long runs of one colour, blocks of
// it, what looks like a finder, and more of one colour than of the other.
func penalty(side int, dark func(x, y int) bool) int {
	points, darks := 0, 0
	for a := range side {
		points += linePenalty(side, func(b int) bool { return dark(b, a) })
		points += linePenalty(side, func(b int) bool { return dark(a, b) })
		for b := range side {
			c := dark(b, a)
			if c {
				darks++
			}
			if a+1 < side && b+1 < side && dark(b+1, a) == c && dark(b, a+1) == c && dark(b+1, a+1) == c {
				points += 3
			}
		}
	}
	// Ten points for each 5 % that the share of dark modules is off one half.
	off := darks*20 - side*side*10
	return points + max(off, -off)/(side*side)*10
}

// finders are the rows of a finder pattern with four light modules on one side, as bits.
const (
	finderBits  = 11
	finderLeft  = 0b00001011101
	finderRight = 0b10111010000
)

func linePenalty(side int, dark func(i int) bool) (points int) {
	run, last, bits := 0, false, 0
	for i := range side {
		d := dark(i)
		if i > 0 && d == last {
			run++
		} else {
			run = 1
		}
		last = d
		switch {
		case run == 5:
			points += 3
		case run > 5:
			points++
		}
		bits = bits << 1 & (1<<finderBits - 1)
		if d {
			bits |= 1
		}
		if i+1 >= finderBits && (bits == finderLeft || bits == finderRight) {
			points += 40
		}
	}
	return points
}
