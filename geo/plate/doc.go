// Package plate knows the numbers on the plates of booths (小蓝棚统一电子编号):
// six digits of the county (GB/T 2260), four of a serial in it, and two check
// digits by ISO 7064 MOD 97-10, so that the number as a whole leaves 1 when it is
// divided by 97. Every single wrong digit and every swap of two neighbours is
// noticed: 97 is a prime above 10, so neither d·10^k with 0 < d < 10 nor 9·d·10^k
// can be a multiple of it. The form is this program's own, since no standard gives
// one. The package reads what people type, prints numbers in groups of four, and
// finds the numbers that somebody who mistyped may have meant; it does not know
// which numbers were given.
package plate
