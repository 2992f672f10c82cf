// Package qrtest has an outside judge read QR codes in tests: zbarimg (Debian package
// zbar-tools), as it is without options that would help it.
package qrtest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Read returns the addresses that stand in the codes of pictures: file by file, those of
// one picture in any order. Codes that are not found are missing. Without zbarimg the test is
// skipped, and fails in CI.
func Read(t testing.TB, files ...string) []string {
	t.Helper()
	scanner, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("zbarimg is not installed")
		}
		t.Skip("zbarimg is not installed")
	}
	out, err := exec.CommandContext(t.Context(), scanner, append([]string{"--nodbus", "--raw", "--quiet"}, files...)...).Output()
	var exit *exec.ExitError
	if none := errors.As(err, &exit) && exit.ExitCode() == nothingFound; err != nil && !none {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.Fields(string(out))
}

// nothingFound is the status of zbarimg when a picture has no code.
const nothingFound = 4
