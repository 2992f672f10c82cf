package photo

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	"time"

	"gridatlas/geo"
)

// The photo of a place, as its page shows it: Width by Height pixels, or smaller with
// the sides as 3 to 2. A phone that is 360 pixels wide and has three dots a pixel shows
// each of its pixels; PlaceBytes are two seconds of a line of 600 kbit/s.
const (
	Width      = 960
	Height     = 640
	PlaceBytes = 150 << 10
)

// OfPlace returns the middle of a picture, with its sides as 3 to 2, as the JPEG that
// is kept of a place. It takes what Clean takes; the errors are those of Clean.
func OfPlace(upload []byte) ([]byte, error) {
	picture, turn, err := decode(upload)
	if err != nil {
		return nil, err
	}
	ratio, size := image.Pt(3, 2), image.Pt(Width, Height)
	if turn.onItsSide() {
		ratio, size = image.Pt(2, 3), image.Pt(Height, Width)
	}
	part := middle(picture.Bounds(), ratio)
	if part.Dx() < size.X || part.Dy() < size.Y {
		size = part.Size()
	}
	return encode(turn.apply(shrink(cut(picture, part), size)), PlaceBytes)
}

// middle is the largest part with such sides in the middle of a rectangle; of one that
// is too narrow to be cut, all of it.
func middle(all image.Rectangle, ratio image.Point) image.Rectangle {
	size := all.Size()
	if wide := size.Y * ratio.X / ratio.Y; wide <= size.X {
		size.X = max(1, wide)
	} else {
		size.Y = max(1, size.X*ratio.Y/ratio.X)
	}
	at := all.Min.Add(all.Size().Sub(size).Div(2))
	return image.Rectangle{Min: at, Max: at.Add(size)}
}

// cut is a part of a picture, as all of those that decode returns have them.
func cut(picture image.Image, part image.Rectangle) image.Image {
	return picture.(interface {
		SubImage(r image.Rectangle) image.Image
	}).SubImage(part)
}

// Mark names a photo by what is in it: 24 hexadecimal digits. Another photo has another
// mark, so an address with a mark never shows anything else.
func Mark(jpeg []byte) string {
	sum := sha256.Sum256(jpeg)
	return hex.EncodeToString(sum[:12])
}

// Path is where the photo of a feature stands; empty: it has none.
func Path(f geo.Feature) string {
	mark := geo.PhotoOf(f)
	if mark == nil || *mark == "" {
		return ""
	}
	return "/photos/" + geo.KeyOf(f).String() + "/" + *mark + ".jpg"
}

// Kept is the record of a photo.
type Kept struct {
	JPEG []byte `json:"jpeg"`
	// Unshown is when it was found that no place shows the photo any more; zero: one does.
	Unshown time.Time `json:"unshown,omitzero"`
}

// Places are the photos of places. They are no part of the map: features name them by
// mark (geo.PhotoOf), so a change that shows another photo is a change of the feature,
// with its history, and the one before is there to be put back until Forget drops it.
var Places = geo.RecordTable[Kept]{Kind: "place photo"}
