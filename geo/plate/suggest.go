package plate

import (
	"iter"
	"slices"
)

// Suggest returns the numbers that exist, as known says, and that somebody who
// typed the text may have meant: they differ from it in one digit, in two
// neighbours that are swapped, or in the check digits alone; or in one digit too
// many or too few. The likeliest come first: wrong check digits, then swaps, then one
// digit. A text that is the number of a booth suggests nothing, nor does one that is
// not digits; one whose check digits are right may well suggest, since it can be
// right by chance. Some hundred texts are looked at, whatever was typed, and only
// the one in ninety-seven that are sound are asked of known.
func Suggest(typed string, known func(Number) bool) []Number {
	digits, err := plain(typed)
	if err != nil {
		return nil
	}
	if exists(digits, known) {
		return nil
	}
	var found []Number
	for candidate := range near(digits) {
		if exists(candidate, known) && !slices.Contains(found, Number(candidate)) {
			found = append(found, Number(candidate))
		}
	}
	return found
}

func exists(digits string, known func(Number) bool) bool {
	return Check(digits) == nil && known(Number(digits))
}

// near walks over all texts that one slip of the hand makes of the given digits.
func near(digits string) iter.Seq[string] {
	return func(yield func(string) bool) {
		switch len(digits) {
		case Digits:
			_ = yield(digits[:bodyDigits]+checkDigits(digits[:bodyDigits])) && swapped(digits, yield) && replaced(digits, yield)
		case Digits - 1:
			added(digits, yield)
		case Digits + 1:
			dropped(digits, yield)
		}
	}
}

func swapped(digits string, yield func(string) bool) bool {
	for i := range len(digits) - 1 {
		if !yield(digits[:i] + digits[i+1:i+2] + digits[i:i+1] + digits[i+2:]) {
			return false
		}
	}
	return true
}

func replaced(digits string, yield func(string) bool) bool {
	for i := range digits {
		for _, d := range "0123456789" {
			if !yield(digits[:i] + string(d) + digits[i+1:]) {
				return false
			}
		}
	}
	return true
}

func added(digits string, yield func(string) bool) {
	for i := range len(digits) + 1 {
		for _, d := range "0123456789" {
			if !yield(digits[:i] + string(d) + digits[i:]) {
				return
			}
		}
	}
}

func dropped(digits string, yield func(string) bool) {
	for i := range digits {
		if !yield(digits[:i] + digits[i+1:]) {
			return
		}
	}
}
