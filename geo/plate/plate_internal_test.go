package plate

import (
	"math/big"
	"testing"
)

// TestPublished holds the check digits against strings that others worked out.
func TestPublished(t *testing.T) {
	for _, c := range []struct{ body, want, source string }{
		{"794", "44", "ISO 7064, section 7.4: the example of the simplified procedure, 794 gives 79444"},
		{"32142829" + "12345698765432" + "1611", "82", "IBAN registry (ISO 13616): GB82 WEST 1234 5698 7654 32, its letters as two digits each"},
		{"510007547061" + "1114", "62", "IBAN registry (ISO 13616): BE62 5100 0754 7061"},
	} {
		if got := checkDigits(c.body); got != c.want {
			t.Errorf("%s: got %s, want %s (%s)", c.body, got, c.want, c.source)
		}
	}
}

// TestTwin compares the running remainder with one division of the whole number.
func TestTwin(t *testing.T) {
	county := big.NewInt(370702)
	for serial := range int64(10000) {
		n := new(big.Int).Add(new(big.Int).Mul(county, big.NewInt(10000)), big.NewInt(serial))
		body := n.String()
		whole, _ := new(big.Int).SetString(body+checkDigits(body), 10)
		if rest := new(big.Int).Mod(whole, big.NewInt(97)).Int64(); rest != 1 {
			t.Fatalf("%s leaves %d, want 1", whole, rest)
		}
	}
}
