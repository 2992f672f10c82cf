package plate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Lengths of a number and its parts, in digits.
const (
	Digits       = 12
	countyDigits = 6
	bodyDigits   = 10 // county and serial; the rest are check digits
	group        = 4
)

// MaxSerial is the last serial of a county; the first is 1.
const MaxSerial = 9999

// What a number may be wrong in. Faults of Parse, Check and Make wrap one of them.
var (
	ErrLength = errors.New("not 12 digits")
	ErrDigit  = errors.New("not a digit")
	ErrCounty = errors.New("not a county")
	ErrSerial = errors.New("not a serial")
	ErrCheck  = errors.New("wrong check digits")
)

// Number is a plate number as it is stored and stands in addresses: 12 digits of
// ASCII without spaces. One that Parse or Make returned is sound.
type Number string

// Parse reads a number as people write it: in any grouping by spaces and hyphens
// of any width, in digits of ASCII or full width (０ to ９). The text is bounded by
// the caller.
func Parse(text string) (Number, error) {
	digits, err := plain(text)
	if err != nil {
		return "", err
	}
	if err := Check(digits); err != nil {
		return "", err
	}
	return Number(digits), nil
}

// Check says what is wrong with a number in its stored form.
func Check(number string) error {
	for _, r := range number {
		if !isDigit(r) {
			return fmt.Errorf("%w: %q", ErrDigit, r)
		}
	}
	if len(number) != Digits {
		return fmt.Errorf("%w: %d", ErrLength, len(number))
	}
	if number[0] == '0' {
		return fmt.Errorf("%w: %s", ErrCounty, number[:countyDigits])
	}
	if number[countyDigits:bodyDigits] == "0000" {
		return fmt.Errorf("%w: 0000", ErrSerial)
	}
	// Looked at by value, not by remainder: 00, 01 and 99 leave the same as 97, 98
	// and 02, and a number has one spelling.
	if number[bodyDigits:] != checkDigits(number[:bodyDigits]) {
		return fmt.Errorf("%w: %s", ErrCheck, number[bodyDigits:])
	}
	return nil
}

// Make puts a number together: county is six digits, the first of them not zero, as
// all counties have it; serial lies between 1 and MaxSerial.
func Make(county string, serial int) (Number, error) {
	if len(county) != countyDigits || county[0] == '0' || strings.IndexFunc(county, notDigit) >= 0 {
		return "", fmt.Errorf("%w: %q", ErrCounty, county)
	}
	if serial < 1 || serial > MaxSerial {
		return "", fmt.Errorf("%w: %d", ErrSerial, serial)
	}
	body := fmt.Sprintf("%s%04d", county, serial)
	return Number(body + checkDigits(body)), nil
}

// County returns the six digits of the county of a sound number.
func (n Number) County() string { return string(n[:countyDigits]) }

// Serial returns the serial of a sound number in its county.
func (n Number) Serial() int {
	serial, _ := strconv.Atoi(string(n[countyDigits:bodyDigits])) // four digits
	return serial
}

// Grouped returns the number as it is printed, in groups of four: 3707 0250 0124.
// What is no number is cut the same way, so that it is shown as it was typed.
func (n Number) Grouped() string {
	var b strings.Builder
	for i, r := range []rune(string(n)) {
		if i > 0 && i%group == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// checkDigits returns the two digits of ISO 7064 MOD 97-10 for a string of digits
// (ISO/IEC 7064, the simplified procedure of section 7.4): two zeroes are appended,
// and what is left when dividing by 97 is taken from 98. They lie between 02 and 98.
func checkDigits(body string) string {
	rest := 0
	for i := range len(body) {
		rest = (rest*10 + int(body[i]-'0')) % 97
	}
	return fmt.Sprintf("%02d", 98-rest*100%97)
}

// plain leaves only the digits of what was typed, in ASCII.
func plain(text string) (string, error) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case isDigit(r):
			b.WriteRune(r)
		case '０' <= r && r <= '９':
			b.WriteRune(r - '０' + '0')
		case !parts(r):
			return "", fmt.Errorf("%w: %q", ErrDigit, r)
		}
	}
	return b.String(), nil
}

// parts reports whether a sign stands between groups: spaces, also those of word
// processors and the wide one of Chinese typing, and hyphens of all kinds.
func parts(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\u00a0', '\u2002', '\u2003', '\u2009', '\u202f', '\u3000',
		'-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\uff0d':
		return true
	}
	return false
}

func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func notDigit(r rune) bool { return !isDigit(r) }
