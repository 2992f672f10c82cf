package photo

import (
	"encoding/binary"
	"image"
)

// orientation says how the camera was held, in the numbers of EXIF (tag 0x0112): where
// the first row and the first column of the file are in the world.
type orientation int

const upright orientation = 1

// onItsSide reports whether rows of the file are columns of what is to be seen.
func (o orientation) onItsSide() bool { return o >= 5 && o <= 8 }

// apply returns a picture as it is to be seen.
func (o orientation) apply(from *image.RGBA) *image.RGBA {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	if o < 2 || o > 8 {
		return from
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if o.onItsSide() {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			i, j := x, y
			switch o {
			case 2: // mirrored
				i = w - 1 - x
			case 3: // upside down
				i, j = w-1-x, h-1-y
			case 4:
				j = h - 1 - y
			case 5:
				i, j = y, x
			case 6: // turned right
				i, j = h-1-y, x
			case 7:
				i, j = h-1-y, w-1-x
			case 8: // turned left
				i, j = y, w-1-x
			}
			copy(to.Pix[j*to.Stride+4*i:], from.Pix[y*from.Stride+4*x:y*from.Stride+4*x+4])
		}
	}
	return to
}

// exifOrientation finds the orientation in an EXIF segment: in a TIFF header, the
// first directory, the entry 0x0112 (EXIF 2.32, 4.6). Upright if there is none.
func exifOrientation(segment []byte) orientation {
	const name = "Exif\x00\x00"
	if len(segment) < len(name)+8 || string(segment[:len(name)]) != name {
		return upright
	}
	tiff := segment[len(name):]
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 && order.Uint16(entries[2:]) == 3 { // one number of 16 bits
			if o := orientation(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}
