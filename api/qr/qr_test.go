package qr_test

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gridatlas/api/qr"
	"gridatlas/api/qr/qrtest"
)

const address = "https://map.example.org/b/370702500124"

func code(t testing.TB, text string) qr.Code {
	t.Helper()
	c, err := qr.Of(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFormsAgree reads the runs of the SVG and the pixels of the PNG back, module by
// module: both hold the same, with a quiet zone, and repeat byte for byte.
func TestFormsAgree(t *testing.T) {
	c := code(t, address)
	if c.Side() != 29+2*qr.Quiet {
		t.Errorf("%d modules for an address of %d bytes", c.Side(), len(address))
	}
	picture, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := code(t, address).PNG()
	if !bytes.Equal(picture, again) || !bytes.Equal(c.SVG(), code(t, address).SVG()) {
		t.Error("the same text, other bytes")
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	module := img.Bounds().Dx() / c.Side()
	dark := map[[2]int]bool{}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)\.5h(\d+)`).FindAllStringSubmatch(string(c.SVG()), -1) {
		x, _ := strconv.Atoi(run[1])
		y, _ := strconv.Atoi(run[2])
		n, _ := strconv.Atoi(run[3])
		for i := range n {
			dark[[2]int{x + i, y}] = true
		}
	}
	if n := len(dark); n < 300 {
		t.Fatalf("%d dark modules", n)
	}
	for y := range c.Side() {
		for x := range c.Side() {
			r, _, _, _ := img.At(x*module+module/2, y*module+module/2).RGBA()
			quiet := min(x, y, c.Side()-1-x, c.Side()-1-y) < qr.Quiet
			if isDark := r == 0; isDark != dark[[2]int{x, y}] || isDark && quiet {
				t.Fatalf("module %d, %d: dark %v in PNG, %v in SVG, quiet %v", x, y, isDark, dark[[2]int{x, y}], quiet)
			}
		}
	}
}

// TestPrint finds every module of a printed code a whole number of dots wide, the code in
// the middle of its picture, and the margin no narrower than it must be.
func TestPrint(t *testing.T) {
	const side, dots = 120, 375
	for length := 1; length < 1000; length += 7 {
		c := code(t, strings.Repeat("x", length))
		var left, top, width, height float64
		drawn := string(c.Print(side))
		start := strings.Index(drawn, "viewBox=")
		if _, err := fmt.Sscanf(drawn[start:], `viewBox="%g %g %g %g"`, &left, &top, &width, &height); err != nil || !strings.Contains(drawn[:start], ` width="120" height="120" `) {
			t.Fatalf("%.120s: %v", drawn, err)
		}
		module := dots / width
		if left != top || width != height || math.Abs(module-math.Round(module)) > 1e-9 || math.Abs(left*module-math.Round(left*module)) > 1e-9 {
			t.Errorf("%d bytes: modules of %g dots, %g dots in", length, module, -left*module)
		}
		if right := width + left - float64(c.Side()); left > 0 || right < 0 || math.Abs(right+left)*module > 1.1 {
			t.Errorf("%d bytes: %g modules left of the code, %g right", length, -left, right)
		}
		if float64(c.Side())*(module+1) <= dots {
			t.Errorf("%d bytes: modules of %g dots, though larger ones fit", length, module)
		}
		if !strings.HasSuffix(drawn, string(c.SVG()[strings.Index(string(c.SVG()), "><"):])) {
			t.Errorf("%d bytes: another code than on a screen", length)
		}
	}
}

func TestTooLong(t *testing.T) {
	if _, err := qr.Of(strings.Repeat("x", 3000)); err == nil {
		t.Error("3,000 bytes fit no code")
	}
}

// TestScanned has zbar (zbar-tools) read what stands in the codes, Chinese too.
func TestScanned(t *testing.T) {
	for _, text := range []string{address, "http://127.0.0.1:8080/p/370702001001-F1", "https://map.example.org/p/%E5%8C%97%E9%97%A8", "https://" + strings.Repeat("long.", 40) + "example.org/b/370702500124"} {
		picture, err := code(t, text).PNG()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(path, picture, 0o600); err != nil {
			t.Fatal(err)
		}
		if read := qrtest.Read(t, path); !slices.Equal(read, []string{text}) {
			t.Errorf("%s: read as %q", text, read)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		code(b, address).SVG()
	}
}
