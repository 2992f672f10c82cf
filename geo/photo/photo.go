// Package photo makes a picture that a stranger sends one that may be kept and shown:
// it is decoded, turned upright, made small and written anew as a JPEG, so that
// nothing is in it but what is to be seen; no place, no name of a camera, no file
// hidden behind it. How large a picture is when it is decoded is found out before it
// is, so that a small file does not fill the memory.
//
// JPEG and PNG are read, by the standard library. Where the colours are in another
// space than sRGB, they come out a little pale: profiles are metadata, too.
package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// MaxUpload is how large a file may be, in bytes.
const MaxUpload = 5 << 20

// Bounds of a decoded picture: what it takes, in bytes, and how long a side may be, in
// pixels. A camera's picture of 80 million pixels is within them, a progressive one of
// 17 million, a PNG of 16 million.
const (
	maxMemory = 128 << 20
	maxSide   = 30_000
)

// maxScans bounds the passes over a progressive picture: encoders make some ten, and
// the small picture within the metadata has its own.
const maxScans = 50

// side is how long the longer side of a kept picture is at most, in pixels.
const side = 1600

// Why a picture is not kept.
var (
	// ErrKind says that it is neither JPEG nor PNG, whatever it is called.
	ErrKind = errors.New("neither JPEG nor PNG")
	// ErrLarge says that it has too many bytes or too many pixels.
	ErrLarge = errors.New("the picture is too large")
	// ErrBroken says that it cannot be read to its end.
	ErrBroken = errors.New("the picture cannot be read")
)

// Clean returns what is to be seen in a picture as a JPEG of at most so many bytes, 64
// KiB or more. It takes a second and 160 MB at worst: callers bound how many run at once.
// Errors are ErrKind, ErrLarge and ErrBroken.
func Clean(upload []byte, most int) ([]byte, error) {
	picture, turn, err := decode(upload)
	if err != nil {
		return nil, err
	}
	return encode(turn.apply(shrink(picture, within(picture.Bounds().Size(), side))), most)
}

// encode writes a picture as a JPEG of at most so many bytes.
func encode(small *image.RGBA, most int) ([]byte, error) {
	for quality := 82; ; {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
			return nil, fmt.Errorf("write a picture of %v: %w", small.Rect.Size(), err)
		}
		if out.Len() <= most {
			return out.Bytes(), nil
		}
		// Noise, or a page of small print: coarser first, then smaller.
		if quality > 60 {
			quality = 60
			continue
		}
		size := small.Rect.Size()
		small = shrink(small, within(size, max(size.X, size.Y)*3/4))
	}
}

// decode reads a picture whose size was looked at first.
func decode(upload []byte) (image.Image, orientation, error) {
	switch {
	case len(upload) > MaxUpload:
		return nil, upright, ErrLarge
	case bytes.HasPrefix(upload, []byte("\xff\xd8\xff")):
		// Each scan goes over the whole picture, though a few bytes are enough for one
		// that changes nothing. Within a scan the marker cannot occur.
		if bytes.Count(upload, []byte{0xff, markScan}) > maxScans {
			return nil, upright, ErrLarge
		}
		head := readHead(upload)
		config, err := jpeg.DecodeConfig(bytes.NewReader(upload))
		if err != nil {
			return nil, upright, broken(err)
		}
		if !fits(config, head.pixelBytes()) {
			return nil, upright, ErrLarge
		}
		picture, err := jpeg.Decode(bytes.NewReader(upload))
		if err != nil {
			return nil, upright, broken(err)
		}
		return picture, head.turn, nil
	case bytes.HasPrefix(upload, []byte("\x89PNG\r\n\x1a\n")):
		config, err := png.DecodeConfig(bytes.NewReader(upload))
		if err != nil {
			return nil, upright, broken(err)
		}
		if !fits(config, pixelBytesPNG(config.ColorModel)) {
			return nil, upright, ErrLarge
		}
		picture, err := png.Decode(bytes.NewReader(upload))
		if err != nil {
			return nil, upright, broken(err)
		}
		return picture, upright, nil
	}
	return nil, upright, ErrKind
}

func broken(err error) error { return fmt.Errorf("%w: %w", ErrBroken, err) }

// fits reports whether a picture is within bounds when a pixel takes so many bytes.
func fits(config image.Config, pixelBytes float64) bool {
	return config.Width <= maxSide && config.Height <= maxSide && float64(config.Width)*float64(config.Height)*pixelBytes <= maxMemory
}

// pixelBytesPNG is what a pixel of a PNG takes at most while it is decoded: four
// channels, held twice where it is interlaced.
func pixelBytesPNG(model color.Model) float64 {
	switch model {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return 16
	}
	return 8
}

// within is the size of a picture when its longer side has at most so many pixels.
func within(size image.Point, longest int) image.Point {
	longer := max(size.X, size.Y)
	if longer <= longest {
		return size
	}
	return image.Pt(max(1, size.X*longest/longer), max(1, size.Y*longest/longer))
}

// shrink returns a picture of a size that is no larger than its own, on white where it
// is not opaque. Each pixel is the mean of those that it stands for.
func shrink(from image.Image, size image.Point) *image.RGBA {
	bounds := from.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	w, h := size.X, size.Y
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	// The rows that one row stands for are converted at a time, never the whole.
	strip := image.NewRGBA(image.Rect(0, 0, width, (height+h-1)/h+1))
	sums := make([][3]uint32, w)
	for y := range h {
		first, end := y*height/h, (y+1)*height/h
		rows := image.Rect(0, 0, width, end-first)
		draw.Draw(strip, rows, image.White, image.Point{}, draw.Src)
		draw.Draw(strip, rows, from, image.Pt(bounds.Min.X, bounds.Min.Y+first), draw.Over)
		clear(sums)
		for row := range end - first {
			line := strip.Pix[row*strip.Stride : row*strip.Stride+4*width]
			for x := range w {
				sum := &sums[x]
				for i := x * width / w * 4; i < (x+1)*width/w*4; i += 4 {
					sum[0] += uint32(line[i])
					sum[1] += uint32(line[i+1])
					sum[2] += uint32(line[i+2])
				}
			}
		}
		out := to.Pix[y*to.Stride:]
		for x, sum := range sums {
			n := uint32((end - first) * ((x+1)*width/w - x*width/w))
			for c, of := range sum {
				out[4*x+c] = uint8((of + n/2) / n)
			}
			out[4*x+3] = 0xff
		}
	}
	return to
}
