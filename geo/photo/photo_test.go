package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"gridatlas/geo/photo"
)

// most is what the tests let a kept picture have.
const most = 400 << 10

// quarters is a picture with another colour in each quarter: red, green, blue, white
// from the left to the right and from the top down.
func quarters(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := []color.NRGBA{{R: 255, A: 255}, {G: 255, A: 255}, {B: 255, A: 255}, {R: 255, G: 255, B: 255, A: 255}}
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, colours[y*2/h*2+x*2/w])
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withSegment puts a segment after the beginning of a JPEG.
func withSegment(file []byte, marker byte, segment string) []byte {
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), file[2:]...)
}

const secret = "GPS 36.7093 N 119.107 E, Huang's phone"

// exif is an EXIF segment with an orientation and a place, in a byte order.
func exif(order binary.AppendByteOrder, turn uint16) string {
	name := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		name = "MM\x00*"
	}
	tiff := order.AppendUint32([]byte(name), 8)
	tiff = order.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, n, value uint32) {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, kind)
		tiff = order.AppendUint32(tiff, n)
		if kind == 3 {
			tiff = order.AppendUint16(tiff, uint16(value))
			tiff = append(tiff, 0, 0)
			return
		}
		tiff = order.AppendUint32(tiff, value)
	}
	entry(0x010f, 2, uint32(len(secret)), 38) // Make, far behind
	entry(0x0112, 3, 1, uint32(turn))
	return "Exif\x00\x00" + string(order.AppendUint32(tiff, 0)) + secret
}

func clean(t testing.TB, upload []byte) image.Image {
	t.Helper()
	kept, err := photo.Clean(upload, most)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) > most || bytes.Contains(kept, []byte(secret)) || bytes.Contains(kept, []byte("Exif")) {
		t.Errorf("%d bytes are kept, with %.60q", len(kept), kept)
	}
	m, err := jpeg.Decode(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// cornersOf names the colours of the quarters of a picture.
func cornersOf(m image.Image) string {
	var names strings.Builder
	size := m.Bounds().Size()
	for _, at := range []image.Point{{size.X / 4, size.Y / 4}, {size.X * 3 / 4, size.Y / 4}, {size.X / 4, size.Y * 3 / 4}, {size.X * 3 / 4, size.Y * 3 / 4}} {
		r, g, b, _ := m.At(at.X, at.Y).RGBA()
		switch is := func(v uint32) bool { return v > 0xd000 }; {
		case is(r) && is(g) && is(b):
			names.WriteByte('w')
		case is(r):
			names.WriteByte('r')
		case is(g):
			names.WriteByte('g')
		case is(b):
			names.WriteByte('b')
		default:
			names.WriteByte('?')
		}
	}
	return names.String()
}

// A picture comes out upright, however the camera was held, and with nothing of what
// was hidden in it.
func TestUprightWithoutMetadata(t *testing.T) {
	file := asJPEG(t, quarters(80, 48))
	for turn, want := range map[uint16]string{
		0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw",
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			upload := withSegment(file, 0xe1, exif(order, turn))
			if !bytes.Contains(upload, []byte(secret)) {
				t.Fatal("nothing to hide")
			}
			m := clean(t, upload)
			size := image.Pt(80, 48)
			if turn >= 5 && turn <= 8 {
				size = image.Pt(48, 80)
			}
			if got := cornersOf(m); got != want || m.Bounds().Size() != size {
				t.Errorf("held as %d, %v: %s of %v, want %s of %v", turn, order, got, m.Bounds(), want, size)
			}
		}
	}
	for _, marker := range []byte{0xe1, 0xe2, 0xed, 0xfe} { // XMP, a profile, IPTC, a comment
		clean(t, withSegment(file, marker, secret))
	}
	clean(t, append(file, secret...))
	clean(t, append(asPNG(t, quarters(80, 48)), secret...))
}

// A large picture is made small, each pixel the mean of those that it stands for.
func TestShrinks(t *testing.T) {
	for _, c := range []struct {
		w, h int
		size image.Point
	}{
		{2000, 1500, image.Pt(1600, 1200)}, {1500, 2000, image.Pt(1200, 1600)}, {1600, 1200, image.Pt(1600, 1200)},
		{1601, 7, image.Pt(1600, 6)}, {20000, 1, image.Pt(1600, 1)}, {1, 20000, image.Pt(1, 1600)}, {1, 1, image.Pt(1, 1)},
	} {
		for name, upload := range map[string][]byte{"jpeg": asJPEG(t, quarters(c.w, c.h)), "png": asPNG(t, quarters(c.w, c.h))} {
			m := clean(t, upload)
			if m.Bounds().Size() != c.size {
				t.Errorf("%s of %d x %d comes out as %v", name, c.w, c.h, m.Bounds())
			}
			if c.w > 1000 && c.h > 1000 && cornersOf(m) != "rgbw" {
				t.Errorf("%s of %d x %d: %s", name, c.w, c.h, cornersOf(m))
			}
		}
	}
	fine := image.NewGray(image.Rect(0, 0, 3200, 3200)) // of single black and white pixels
	for i := range fine.Pix {
		fine.Pix[i] = uint8((i + i/3200) % 2 * 255)
	}
	r, _, _, _ := clean(t, asPNG(t, fine)).At(800, 800).RGBA()
	if r>>8 < 125 || r>>8 > 130 {
		t.Errorf("black and white make %d", r>>8)
	}
}

// What is not opaque lies on white, and every form of PNG is read.
func TestFormsOfPNG(t *testing.T) {
	rect := image.Rect(0, 0, 40, 40)
	half := image.NewNRGBA(rect)
	for i := range half.Pix {
		half.Pix[i] = 0
	}
	if got := cornersOf(clean(t, asPNG(t, half))); got != "wwww" {
		t.Errorf("a glass pane is %s", got)
	}
	palette := image.NewPaletted(rect, color.Palette{color.NRGBA{G: 255, A: 255}, color.White})
	for name, m := range map[string]image.Image{
		"gray": image.NewGray(rect), "gray16": image.NewGray16(rect), "rgba64": image.NewNRGBA64(rect), "palette": palette, "cropped": quarters(80, 80).SubImage(image.Rect(0, 0, 40, 40)),
	} {
		if got := clean(t, asPNG(t, m)); got.Bounds().Size() != image.Pt(40, 40) {
			t.Errorf("%s: %v", name, got.Bounds())
		}
	}
}

// Noise does not fit into few bytes: it is made coarser and smaller until it does.
func TestFits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := image.NewGray(image.Rect(0, 0, 2000, 2000))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(rng.Uint32())
	}
	upload := asPNG(t, noise)
	for _, most := range []int{64 << 10, 200 << 10, 700 << 10} {
		kept, err := photo.Clean(upload, most)
		if err != nil || len(kept) > most {
			t.Errorf("%d bytes, %v", len(kept), err)
		}
	}
}

// sized says of a JPEG or PNG that it is larger than it is.
func sized(file []byte, w, h uint32) []byte {
	out := append([]byte{}, file...)
	if out[0] == 0x89 {
		binary.BigEndian.PutUint32(out[16:], w)
		binary.BigEndian.PutUint32(out[20:], h)
		binary.BigEndian.PutUint32(out[29:], pngSum(out[12:29]))
		return out
	}
	for at := 2; ; at += 2 + int(binary.BigEndian.Uint16(out[at+2:])) {
		if out[at+1] == 0xc0 || out[at+1] == 0xc2 {
			binary.BigEndian.PutUint16(out[at+5:], uint16(h))
			binary.BigEndian.PutUint16(out[at+7:], uint16(w))
			return out
		}
	}
}

func pngSum(b []byte) uint32 {
	sum := ^uint32(0)
	for _, v := range b {
		sum ^= uint32(v)
		for range 8 {
			sum = sum>>1 ^ 0xedb88320*(sum&1)
		}
	}
	return ^sum
}

// TestRefused: what is too large, fake or broken is refused for what it is, and costs
// next to nothing.
func TestRefused(t *testing.T) {
	file, drawn := asJPEG(t, quarters(64, 64)), asPNG(t, quarters(64, 64))
	progressive := append([]byte{}, sized(file, 12000, 9000)...)
	progressive[bytes.Index(progressive, []byte{0xff, 0xc0})+1] = 0xc2
	scans := append(append([]byte{}, file[:len(file)-2]...), bytes.Repeat([]byte{0xff, 0xda, 0, 3, 0}, 100)...)
	for name, c := range map[string]struct {
		upload []byte
		want   error
	}{
		"empty":                     {nil, photo.ErrKind},
		"text":                      {[]byte("<svg onload=alert(1)>"), photo.ErrKind},
		"gif":                       {[]byte("GIF89a\x01\x00\x01\x00"), photo.ErrKind},
		"heic":                      {[]byte("\x00\x00\x00\x18ftypheic"), photo.ErrKind},
		"webp":                      {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), photo.ErrKind},
		"html that begins as jpeg":  {[]byte("\xff\xd8\xff<script>alert(1)</script>"), photo.ErrBroken},
		"text that begins as png":   {[]byte("\x89PNG\r\n\x1a\nhello"), photo.ErrBroken},
		"half a jpeg":               {file[:len(file)/2], photo.ErrBroken},
		"half a png":                {drawn[:len(drawn)/2], photo.ErrBroken},
		"too many bytes":            {append(append([]byte{}, file...), make([]byte, photo.MaxUpload)...), photo.ErrLarge},
		"a jpeg of 4 billion":       {sized(file, 65535, 65535), photo.ErrLarge},
		"a long jpeg":               {sized(file, 65535, 8), photo.ErrLarge},
		"a progressive of 108 mill": {progressive, photo.ErrLarge},
		"a png of 4 quintillion":    {sized(drawn, 1<<31-1, 1<<31-1), photo.ErrBroken}, // its reader says so
		"a png of 400 million":      {sized(drawn, 20000, 20000), photo.ErrLarge},
		"a png of one long line":    {sized(drawn, 1<<30, 1), photo.ErrLarge},
		"a hundred scans":           {scans, photo.ErrLarge},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if kept, err := photo.Clean(c.upload, most); !errors.Is(err, c.want) || kept != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
			t.Errorf("%s took %d bytes", name, took)
		}
	}
}

func FuzzClean(f *testing.F) {
	file := asJPEG(f, quarters(32, 24))
	f.Add(file)
	f.Add(asPNG(f, quarters(32, 24)))
	f.Add(withSegment(file, 0xe1, exif(binary.BigEndian, 6)))
	f.Add(withSegment(withSegment(file, 0xee, "Adobe\x00\x64\x00\x00\x00\x00\x00"), 0xe1, exif(binary.LittleEndian, 8)))
	f.Add(sized(file, 3000, 2000))
	f.Fuzz(func(t *testing.T, upload []byte) {
		kept, err := photo.Clean(upload, 64<<10)
		if err != nil {
			if !errors.Is(err, photo.ErrBroken) && !errors.Is(err, photo.ErrKind) && !errors.Is(err, photo.ErrLarge) {
				t.Fatal(err)
			}
			return
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(kept))
		if err != nil || len(kept) > 64<<10 || config.Width > 1600 || config.Height > 1600 || bytes.Contains(kept, []byte("Exif")) {
			t.Fatalf("%d bytes of %v, %v", len(kept), config, err)
		}
	})
}

// BenchmarkClean is of a photo as a phone makes it: 4000 x 3000.
func BenchmarkClean(b *testing.B) {
	m := quarters(4000, 3000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix { // a little grain, as from a sensor
		if m.Pix[i] = m.Pix[i]/2 + uint8(rng.Uint32()%32); i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	upload := asJPEG(b, m)
	for len(upload) > photo.MaxUpload {
		var out bytes.Buffer
		_ = jpeg.Encode(&out, m, &jpeg.Options{Quality: 70})
		upload = out.Bytes()
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(upload)))
	for b.Loop() {
		if _, err := photo.Clean(upload, most); err != nil {
			b.Fatal(err)
		}
	}
}
