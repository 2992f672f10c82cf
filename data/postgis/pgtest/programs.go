package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// aptPackage is what brings server and PostGIS on Debian 12.
const aptPackage = "postgresql-15-postgis-3"

// missing skips the test where the server cannot be had, and fails it on CI,
// where it must be there.
func missing(t testing.TB, reason string) {
	t.Helper()
	leave(t, fmt.Sprintf("no PostgreSQL with PostGIS here (%s): apt-get install %s", reason, aptPackage))
}

func leave(t testing.TB, text string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(text)
	}
	t.Skip(text)
}

// programs finds the folder of initdb and postgres: of the versions in Debian's
// place the newest that has PostGIS, else the one on PATH.
func programs() (folder, reason string) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // not a number: last
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	for _, path := range found {
		control := fmt.Sprintf("/usr/share/postgresql/%d/extension/postgis.control", version(path))
		if _, err := os.Stat(control); err == nil {
			return filepath.Dir(path), ""
		}
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		if len(found) > 0 {
			return "", "PostGIS is missing"
		}
		return "", "initdb is missing"
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err.Error()
	}
	share, err := exec.CommandContext(context.Background(), filepath.Join(filepath.Dir(path), "pg_config"), "--sharedir").Output()
	if err != nil {
		return "", "pg_config is missing"
	}
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(string(share)), "extension", "postgis.control")); err != nil {
		return "", "PostGIS is missing"
	}
	return filepath.Dir(path), ""
}

// account is who the server runs as. PostgreSQL refuses root, so root hands it to
// the user postgres; everybody else runs it as himself.
type account struct {
	credential *syscall.Credential // nil: the user of this process
	uid, gid   int
}

func serverAccount() (account, error) {
	if os.Getuid() != 0 {
		return account{uid: os.Getuid(), gid: os.Getgid()}, nil
	}
	postgres, err := user.Lookup("postgres")
	if err != nil {
		return account{}, err
	}
	uid, err := strconv.Atoi(postgres.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(postgres.Gid)
	if err != nil {
		return account{}, err
	}
	return account{
		credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
		uid:        uid,
		gid:        gid,
	}, nil
}

// command prepares a server program: as the account, away from the signals of
// our terminal, without the PG* variables of whoever runs the test. No context
// ends it: servers are stopped, not killed, and the guard outlives every test.
func (a account) command(path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: a.credential}
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	return cmd
}
