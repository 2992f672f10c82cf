// Package personal finds what must not be kept in what people type: numbers by which
// a person is known. Names it cannot tell from other words; forms ask not to write any.
package personal

import (
	"regexp"
	"strings"
)

// The numbers by which people are known: of a mobile phone, 11 digits that begin
// with 13 to 19, and of a resident identity card, 17 digits and a check character
// (GB 11643). They may be written in groups.
var number = regexp.MustCompile(`(^|[^0-9])((\+?86)?1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx])([^0-9]|$)`)

// Number reports whether a text holds what looks like a number by which a person is
// known. Numbers of buildings, plates and land lines are none.
func Number(text string) bool {
	return number.MatchString(strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\u00a0':
			return -1
		case '０' <= r && r <= '９': // full width
			return r - '０' + '0'
		}
		return r
	}, text))
}
