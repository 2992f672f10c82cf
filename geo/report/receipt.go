package report

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Receipt is a receipt number (受理编号): 13 digits that nobody can guess and two check
// digits (ISO 7064 MOD 97-10), which catch every wrong digit and every pair that was
// swapped. It is said in three groups of five; a number of a plate has four and twelve.
//
// Of 10,000,000,000,000 numbers not one in 100 million names a report while a city has
// under 100,000 of them: who tries one a second finds one in three years.
type Receipt string

const receiptRandom = 10_000_000_000_000 // how many there are

// ErrReceipt says that a text is no receipt number: a digit is wrong or missing.
var ErrReceipt = errors.New("no receipt number")

// ReceiptOf makes the receipt number of what was sent, so that the same sent twice has
// the same number. One part must be a secret of 64 random bits or more.
func ReceiptOf(parts ...[]byte) Receipt {
	h := sha256.New()
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return checked(binary.BigEndian.Uint64(h.Sum(nil)) % receiptRandom)
}

// checked writes 13 digits and those that check them.
func checked(n uint64) Receipt { return Receipt(fmt.Sprintf("%013d%02d", n, 98-n*100%97)) }

// ParseReceipt reads a receipt number as people type it: with spaces, hyphens, and the
// wide digits of a Chinese keyboard. The error is ErrReceipt.
func ParseReceipt(text string) (Receipt, error) {
	if len(text) > 100 {
		return "", ErrReceipt
	}
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '\u3000' || r == '\u00a0' || r == '\t':
			return -1
		}
		return r
	}, text)
	n, err := strconv.ParseUint(digits, 10, 64)
	if number := checked(n / 100); err == nil && string(number) == digits {
		return number, nil
	}
	return "", ErrReceipt
}

// Groups returns the number as it is written and said.
func (r Receipt) Groups() string {
	if len(r) != 15 {
		return string(r)
	}
	return string(r[:5] + " " + r[5:10] + " " + r[10:])
}
