package photo

import "encoding/binary"

// head is what is wanted of a JPEG before it is decoded.
type head struct {
	turn        orientation
	samples     float64 // of a pixel: 3 with all colours, 1.5 with a quarter of them
	progressive bool
	converted   bool // to another form, after it was decoded
}

// costliest is the head of a file that is not understood here: the decoder refuses it,
// or needs no more than that.
var costliest = head{turn: upright, samples: 4, progressive: true, converted: true}

// pixelBytes is what a pixel takes while image/jpeg decodes it, at most: a byte each
// sample, four more for the coefficients that a progressive picture is kept as, and
// four for the pixel of a picture that is converted to RGB.
func (h head) pixelBytes() float64 {
	n := h.samples
	if h.progressive {
		n *= 5
	}
	if h.converted {
		n += 4
	}
	return n
}

// Markers of a JPEG (ITU T.81, table B.1).
const (
	markBaseline    = 0xc0
	markProgressive = 0xc2
	markScan        = 0xda
	markEXIF        = 0xe1
	markAdobe       = 0xee
)

// readHead reads the segments of a JPEG up to its first scan (ITU T.81, annex B). It
// takes the steps of the decoder and no others, so that no file looks cheaper here than
// it turns out there.
func readHead(file []byte) head {
	h := head{turn: upright}
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		marker := file[at+1]
		if marker == 0xff { // padding
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(file[at+2:]))
		if marker < markBaseline || marker >= 0xd0 && marker < markScan || size < 2 || at+2+size > len(file) {
			break
		}
		segment := file[at+4 : at+2+size]
		switch marker {
		case markScan:
			if h.samples == 0 {
				return costliest
			}
			return h
		case markEXIF:
			if h.turn == upright {
				h.turn = exifOrientation(segment)
			}
		case markAdobe:
			h.converted = true
		case markBaseline, markBaseline + 1, markProgressive:
			if h.samples = samplesOf(segment); h.samples == 0 {
				return costliest
			}
			h.progressive = marker == markProgressive
			isRGB := len(segment) == 15 && segment[6] == 'R' && segment[9] == 'G' && segment[12] == 'B'
			h.converted = h.converted || isRGB || segment[5] == 4
		}
		at += 2 + size
	}
	return costliest
}

// samplesOf counts the samples of a pixel from the sampling factors of a frame (B.2.2);
// zero: they make no sense.
func samplesOf(frame []byte) float64 {
	if len(frame) < 6 || len(frame) != 6+3*int(frame[5]) || frame[5] == 0 || frame[5] > 4 {
		return 0
	}
	most, sum := 0, 0
	for i := 6; i < len(frame); i += 3 {
		factors := int(frame[i+1]>>4) * int(frame[i+1]&15)
		most, sum = max(most, factors), sum+factors
	}
	if most == 0 {
		return 0
	}
	return float64(sum) / float64(most)
}
