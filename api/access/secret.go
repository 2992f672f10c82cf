package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A secret is a prefix and, in text, secretBytes random bytes with checkBytes of their
// hash, so that what was made up or cut short is told without asking the store.
const (
	secretBytes = 32
	checkBytes  = 4
)

// newSecret makes what opens something.
func newSecret(prefix string) string {
	var raw [secretBytes]byte
	_, _ = rand.Read(raw[:]) // never fails
	return prefix + base64.RawURLEncoding.EncodeToString(append(raw[:], checkOf(prefix, raw[:])...))
}

// checkOf hides nothing and proves nothing: whoever reads this can compute it. It saves
// the store the questions of those who only try.
func checkOf(prefix string, raw []byte) []byte {
	sum := sha256.Sum256(append([]byte(prefix), raw...))
	return sum[:checkBytes]
}

// wellMade reports whether newSecret may have made a secret with a prefix.
func wellMade(prefix, secret string) bool {
	text, found := strings.CutPrefix(secret, prefix)
	if !found || len(text) != base64.RawURLEncoding.EncodedLen(secretBytes+checkBytes) {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	// Line ends, which the decoder passes over, would make another length.
	return err == nil && len(raw) == secretBytes+checkBytes && same(string(raw[secretBytes:]), string(checkOf(prefix, raw[:secretBytes])))
}

// hashed names a secret in the store. A secret of 256 bits needs no slow hash.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// same compares in a time that tells nothing of where two texts differ.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
