package style_test

import (
	"fmt"
	"math"
	"testing"
)

// colour is linear light, 0 to 1 each: red, green, blue.
type colour [3]float64

// hex reads #RRGGBB.
func hex(t testing.TB, text string) colour {
	t.Helper()
	var r, g, b int
	if _, err := fmt.Sscanf(text, "#%02X%02X%02X", &r, &g, &b); err != nil {
		t.Fatalf("colour %q: %v", text, err)
	}
	return light(float64(r), float64(g), float64(b))
}

// light undoes the transfer function of sRGB (IEC 61966-2-1), for channels of 0 to 255.
func light(channels ...float64) (c colour) {
	for i, v := range channels {
		if v /= 255; v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

// channels are those of 0 to 255 again.
func (c colour) channels() (out [3]float64) {
	for i, v := range c {
		if v <= 0.0031308 {
			out[i] = 255 * 12.92 * v
		} else {
			out[i] = 255 * (1.055*math.Pow(v, 1/2.4) - 0.055)
		}
	}
	return out
}

// over lays a colour on a ground as a browser does: in channels, not in light.
func (c colour) over(ground colour, opacity float64) colour {
	a, b := c.channels(), ground.channels()
	for i := range a {
		a[i] = opacity*a[i] + (1-opacity)*b[i]
	}
	return light(a[:]...)
}

func (c colour) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// contrast is the ratio of WCAG 2.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// sights are the four types of colour vision, the last three at full strength
// (G. Machado, M. Oliveira, L. Fernandes 2009, severity 1).
var sights = map[string][3][3]float64{
	"common": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protan": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deutan": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritan": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func (c colour) seen(sight [3][3]float64) (out colour) {
	for i, row := range sight {
		out[i] = min(max(row[0]*c[0]+row[1]*c[1]+row[2]*c[2], 0), 1)
	}
	return out
}

// lab is CIE L*a*b* under D65.
func (c colour) lab() (l, a, b float64) {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return 116*y - 16, 500 * (x - y), 200 * (y - z)
}

// difference is CIEDE2000 (ISO/CIE 11664-6) of two colours.
func difference(x, y colour) float64 {
	l1, a1, b1 := x.lab()
	l2, a2, b2 := y.lab()
	return deltaE(l1, a1, b1, l2, a2, b2)
}

func deltaE(l1, a1, b1, l2, a2, b2 float64) float64 {
	const degree = math.Pi / 180
	pow7 := func(v float64) float64 { return math.Sqrt(math.Pow(v, 7) / (math.Pow(v, 7) + math.Pow(25, 7))) }
	stretch := 1 + 0.5*(1-pow7((math.Hypot(a1, b1)+math.Hypot(a2, b2))/2))
	a1, a2 = a1*stretch, a2*stretch
	c1, c2 := math.Hypot(a1, b1), math.Hypot(a2, b2)
	hue := func(a, b float64) float64 { return math.Mod(math.Atan2(b, a)/degree+360, 360) }
	h1, h2 := hue(a1, b1), hue(a2, b2)
	turn, middle := 0.0, h1+h2
	if c1*c2 != 0 {
		turn = h2 - h1
		switch {
		case turn > 180:
			turn -= 360
		case turn < -180:
			turn += 360
		}
		switch {
		case math.Abs(h1-h2) <= 180:
			middle = (h1 + h2) / 2
		case h1+h2 < 360:
			middle = (h1 + h2 + 360) / 2
		default:
			middle = (h1 + h2 - 360) / 2
		}
	}
	dl, dc, dh := l2-l1, c2-c1, 2*math.Sqrt(c1*c2)*math.Sin(turn/2*degree)
	l, c := (l1+l2)/2, (c1+c2)/2
	cos := func(v float64) float64 { return math.Cos(v * degree) }
	t := 1 - 0.17*cos(middle-30) + 0.24*cos(2*middle) + 0.32*cos(3*middle+6) - 0.20*cos(4*middle-63)
	sl := 1 + 0.015*(l-50)*(l-50)/math.Sqrt(20+(l-50)*(l-50))
	sc, sh := 1+0.045*c, 1+0.015*c*t
	off := (middle - 275) / 25
	turned := -math.Sin(60*degree*math.Exp(-off*off)) * 2 * pow7(c)
	return math.Sqrt(dl/sl*dl/sl + dc/sc*dc/sc + dh/sh*dh/sh + turned*dc/sc*dh/sh)
}

// Pairs 1, 7, 13, 17 and 25 of the test data of Sharma, Wu, Dalal (2005).
func TestDeltaE(t *testing.T) {
	for _, pair := range []struct{ l1, a1, b1, l2, a2, b2, want float64 }{
		{50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425},
		{50, 0, 0, 50, -1, 2, 2.3669},
		{50, -0.001, 2.49, 50, 0.0011, -2.49, 4.7461},
		{50, 2.5, 0, 73, 25, -18, 27.1492},
		{60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644},
	} {
		if got := deltaE(pair.l1, pair.a1, pair.b1, pair.l2, pair.a2, pair.b2); math.Abs(got-pair.want) > 1e-4 {
			t.Errorf("%+v: %.4f", pair, got)
		}
	}
}
