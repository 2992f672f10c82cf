package access

import (
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// Codes of the second factor are those of RFC 6238 with the values that every
// authenticator app knows: SHA-1, six digits, 30 seconds.
const (
	codePeriod = 30 * time.Second
	codeDigits = otp.DigitsSix
	// A code of one step before or after counts too, for clocks that differ.
	codeSkew = 1
)

// newFactor makes the secret of a second factor, and its address for the app
// (otpauth://totp/...).
func newFactor(issuer, account string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: account, Period: uint(codePeriod / time.Second), Digits: codeDigits, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return "", "", fmt.Errorf("make a second factor: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// codeOf returns the code of a step of time.
func codeOf(secret string, step int64) (string, error) {
	code, err := totp.GenerateCodeCustom(secret, time.Unix(step*int64(codePeriod/time.Second), 0), totp.ValidateOpts{
		Period: uint(codePeriod / time.Second), Digits: codeDigits, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return "", fmt.Errorf("work out a code: %w", err)
	}
	return code, nil
}

// stepOf returns the step of time whose code was given, if it is near now and later
// than the last one used: a code that was seen over somebody's shoulder opens
// nothing. 0: none.
func stepOf(secret, code string, now time.Time, last int64) (int64, error) {
	code = strings.Join(strings.Fields(code), "")
	current := now.Unix() / int64(codePeriod/time.Second)
	for step := current - codeSkew; step <= current+codeSkew; step++ {
		want, err := codeOf(secret, step)
		if err != nil {
			return 0, err
		}
		if step > last && same(want, code) {
			return step, nil
		}
	}
	return 0, nil
}
