// Package qr draws QR codes (ISO/IEC 18004) of addresses: black on white, error
// correction level M, with the quiet zone of four modules around it that scanners
// need. Equal texts give equal bytes.
package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"rsc.io/qr/coding"
)

// Quiet is the white margin on each side, in modules (ISO/IEC 18004, section 6.3.8).
const Quiet = 4

// pngModule is how many pixels a module of a PNG is wide: a code of 29 modules and its
// margin are 592 pixels, sharp on a poster.
const pngModule = 16

// Code is a QR code. It does not change; several goroutines may draw it.
type Code struct{ code *coding.Code }

// Of makes the code of a text, of some 2,300 bytes at most; an address of 42 bytes
// takes 29 modules a side.
func Of(text string) (Code, error) {
	code, err := encode(text)
	if err != nil {
		return Code{}, err
	}
	return Code{code}, nil
}

// Side returns how many modules wide and high the code is, margin included.
func (c Code) Side() int { return c.code.Size + 2*Quiet }

// SVG draws the code as a picture that fits any size: a white square, and the dark runs
// of each row as strokes of one module. Strokes, since what turns a print into dots puts
// the edges of strokes on whole dots, while those of filled shapes smear into the next.
func (c Code) SVG() []byte {
	return c.draw(0, float64(c.Side()), "")
}

// DotsPerInch is the resolution that sheets are printed and scanned at.
const DotsPerInch = 300

// Print draws the code for paper, side CSS pixels (1/96 inch) wide and high. Each module
// takes the same whole number of dots, so that no row or column is wider than others;
// dots that are left over widen the margin. A picture whose corner lies on a whole dot,
// as every eighth CSS pixel does, has all its edges on dots.
func (c Code) Print(side int) []byte {
	const dots = DotsPerInch / 96.0
	across := int(float64(side) * dots)
	module := max(1, across/c.Side())
	left := (across - c.Side()*module) / 2
	size := strconv.Itoa(side)
	return c.draw(-float64(left)/float64(module), float64(side)*dots/float64(module), ` width="`+size+`" height="`+size+`"`)
}

// draw writes the picture whose window begins at from and is side modules wide and high.
func (c Code) draw(from, side float64, attributes string) []byte {
	window := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	b := make([]byte, 0, 4<<10)
	b = append(b, `<svg xmlns="http://www.w3.org/2000/svg"`+attributes+` viewBox="`...)
	b = append(b, window(from)+" "+window(from)+" "+window(side)+" "+window(side)+`" shape-rendering="crispEdges">`...)
	whole := strconv.Itoa(c.Side())
	b = append(b, `<path fill="#fff" d="M0 0h`+whole+"v"+whole+`H0z"/><path stroke="#000" d="`...)
	b = c.appendRuns(b)
	return append(b, `"/></svg>`...)
}

// appendRuns appends the dark runs as the data of a path along the middle of each row.
func (c Code) appendRuns(b []byte) []byte {
	for y := range c.code.Size {
		for x := 0; x < c.code.Size; x++ {
			from := x
			for c.code.Black(x, y) {
				x++
			}
			if x == from {
				continue
			}
			b = append(b, 'M')
			b = strconv.AppendInt(b, int64(from+Quiet), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(y+Quiet), 10)
			b = append(b, ".5h"...)
			b = strconv.AppendInt(b, int64(x-from), 10)
		}
	}
	return b
}

// PNG draws the code with one bit a pixel, for programs that print no SVG.
func (c Code) PNG() ([]byte, error) {
	side := c.Side() * pngModule
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c.code.Black(x/pngModule-Quiet, y/pngModule-Quiet) {
				picture.Pix[y*picture.Stride+x] = 1
			}
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("write a PNG: %w", err)
	}
	return b.Bytes(), nil
}
