package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost of a hash: Argon2id with 19 MiB, two passes and one lane, the least that the
// OWASP Password Storage Cheat Sheet asks for. A stored hash names its own cost, so
// these can be raised without making old passwords useless.
const (
	hashMemory  = 19 << 10 // KiB
	hashPasses  = 2
	hashLanes   = 1
	hashLength  = 32
	saltLength  = 16
	hashVersion = argon2.Version
)

// Bounds of a password, in characters; NIST SP 800-63B asks for at least 8, 15 where
// it is the only factor, and for room for a sentence.
const (
	ShortestPassword = 12
	LongestPassword  = 128
)

// ErrBusy says that too many passwords are being checked at this moment.
var ErrBusy = errors.New("too many sign-ins at once")

// Hasher hashes passwords, a few at a time: each takes 19 MiB and some 20 ms of a
// core, and a flood of sign-ins must take neither from the others.
type Hasher struct {
	working chan struct{}
	waiting chan struct{}
}

// At most that many hashes are made at once, and that many wait for their turn.
const (
	hashesAtOnce  = 2
	hashesWaiting = 16
)

// NewHasher returns a hasher.
func NewHasher() *Hasher {
	return &Hasher{working: make(chan struct{}, hashesAtOnce), waiting: make(chan struct{}, hashesAtOnce+hashesWaiting)}
}

// turn waits until a hash may be made. ErrBusy when too many wait already.
func (h *Hasher) turn(ctx context.Context) (leave func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	select {
	case h.working <- struct{}{}:
		return func() { <-h.working; <-h.waiting }, nil
	case <-ctx.Done():
		<-h.waiting
		return nil, ctx.Err()
	}
}

// Hash returns the hash of a password in the PHC string format.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	sum := argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashLanes, hashLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", hashVersion, hashMemory, hashPasses, hashLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// Matches reports whether a password is the one of a hash. A hash that cannot be
// read is an error. An empty hash matches nothing and takes as long, so that a name
// without an account answers no sooner than one with.
func (h *Hasher) Matches(ctx context.Context, hash, password string) (bool, error) {
	known := hash != ""
	if !known {
		hash = noPassword
	}
	kept, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	leave, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	sum := argon2.IDKey([]byte(password), kept.salt, kept.passes, kept.memory, kept.lanes, uint32(len(kept.sum)))
	return subtle.ConstantTimeCompare(sum, kept.sum) == 1 && known, nil
}

// noPassword is a hash of the cost of today that is nobody's.
var noPassword = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", hashVersion, hashMemory, hashPasses, hashLanes,
	strings.Repeat("A", 22), strings.Repeat("A", 43))

type parsedHash struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

// parseHash reads a hash in the PHC string format and refuses a cost that would stop
// the program.
func parseHash(text string) (p parsedHash, err error) {
	bad := func(what string) (parsedHash, error) { return parsedHash{}, fmt.Errorf("a password hash %s", what) }
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return bad("is not of argon2id")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != hashVersion {
		return bad("is of another version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return bad("names no cost")
	}
	if p.memory < 8 || p.memory > 256<<10 || p.passes < 1 || p.passes > 16 || p.lanes < 1 || p.lanes > 16 {
		return bad("names a cost out of range")
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(p.salt) < 8 {
		return bad("has no salt")
	}
	if p.sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.sum) < 16 || len(p.sum) > 64 {
		return bad("has no sum")
	}
	return p, nil
}

// CheckPassword says what is wrong with a password for an account of that name; nil:
// nothing is. There are no rules of which characters it must have (NIST SP 800-63B
// advises against them).
func CheckPassword(name, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return errors.New("the password is not UTF-8")
	case n < ShortestPassword:
		return fmt.Errorf("the password has %d characters, fewer than %d", n, ShortestPassword)
	case n > LongestPassword:
		return fmt.Errorf("the password has %d characters, more than %d", n, LongestPassword)
	case strings.Contains(strings.ToLower(password), strings.ToLower(name)):
		return errors.New("the password contains the name of the account")
	case strings.Count(password, password[:1]) == len(password):
		return errors.New("the password is one character, over and over")
	}
	return nil
}
