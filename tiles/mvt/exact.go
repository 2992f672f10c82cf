package mvt

import "math/bits"

// between returns where the line from (u1, v1) to (u2, v2) is at u, rounded to the
// nearest unit, halves up: exact, and the same from either end.
func between(u1, v1, u2, v2, u int64) int64 {
	whole, rest, den := divide(v2-v1, u-u1, u2-u1)
	if 2*rest >= den {
		whole++
	}
	return v1 + whole
}

// divide returns a*b/c as whole units and a fraction rest/den of one, 0 <= rest <
// den. The result is no larger than a, as b/c is no larger than one.
func divide(a, b, c int64) (whole int64, rest, den uint64) {
	negative := false
	for _, v := range [...]*int64{&a, &b, &c} {
		if *v < 0 {
			*v, negative = -*v, !negative
		}
	}
	high, low := bits.Mul64(uint64(a), uint64(b))
	quotient, rest := bits.Div64(high, low, uint64(c))
	whole, den = int64(quotient), uint64(c)
	if negative {
		whole = -whole
		if rest > 0 {
			whole--
			rest = den - rest
		}
	}
	return whole, rest, den
}
