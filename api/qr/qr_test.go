package qr_test

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gridatlas/api/qr"
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
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`).FindAllStringSubmatch(string(c.SVG()), -1) {
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

func TestTooLong(t *testing.T) {
	if _, err := qr.Of(strings.Repeat("x", 3000)); err == nil {
		t.Error("3,000 bytes fit no code")
	}
}

// TestScanned has zbar (zbar-tools) read what stands in the codes, Chinese too.
func TestScanned(t *testing.T) {
	scanner, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("zbarimg is not installed")
		}
		t.Skip("zbarimg is not installed")
	}
	for _, text := range []string{address, "http://127.0.0.1:8080/p/370702001001-F1", "https://map.example.org/p/%E5%8C%97%E9%97%A8", "https://" + strings.Repeat("long.", 40) + "example.org/b/370702500124"} {
		picture, err := code(t, text).PNG()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(path, picture, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(scanner, "--nodbus", "--raw", "-q", path).Output()
		if err != nil || strings.TrimSpace(string(out)) != text {
			t.Errorf("%s: read as %q, %v", text, out, err)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		code(b, address).SVG()
	}
}
