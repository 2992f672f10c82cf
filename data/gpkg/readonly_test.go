package gpkg_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// readOnlyEnv names the file that TestReadOnlyFile's second program reads.
const readOnlyEnv = "GRIDATLAS_TEST_READ_ONLY"

// TestReadOnlyFile reads files that may not be written. Root may write all, so
// then a second program, of a user without rights, does it.
func TestReadOnlyFile(t *testing.T) {
	if path := os.Getenv(readOnlyEnv); path != "" {
		readOnly(t, path)
		return
	}
	for _, test := range []struct {
		name   string
		folder os.FileMode
		held   bool // another program has it open, and wrote to it
	}{
		{"file", 0o777, false}, {"file and folder", 0o555, false}, {"file in use", 0o555, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := openFolder(t)
			path := filepath.Join(folder, "city.gpkg")
			s := filled(t, path, 10)
			if test.held {
				defer s.Close()
				for _, journal := range []string{"-wal", "-shm"} {
					must(t, os.Chmod(path+journal, 0o444))
				}
			} else {
				must(t, s.Close())
			}
			must(t, os.Chmod(path, 0o444))
			must(t, os.Chmod(folder, test.folder))
			t.Cleanup(func() { os.Chmod(folder, 0o777) })
			before := listing(t, folder)
			asOther(t, path)
			if after := listing(t, folder); after != before {
				t.Errorf("in the folder lie %s, before %s", after, before)
			}
		})
	}
}

func readOnly(t *testing.T, path string) {
	s, err := gpkg.Open(t.Context(), path)
	must(t, err)
	n := 0
	head, err := s.Load(t.Context(), func(geo.Feature) error { n++; return nil })
	if err != nil || n != 10 || head.Revision != 1 {
		t.Errorf("loaded %d features at revision %d: %v", n, head.Revision, err)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}
	_, err = s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(house(99)))})
	if err == nil || !strings.Contains(err.Error(), "the file "+path+" is read-only") {
		t.Errorf("apply: %v", err)
	}
	must(t, s.Close())
}

// asOther runs the calling test in a program that may not write the file.
func asOther(t *testing.T, path string) {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	if os.Geteuid() == 0 { // where the program lies, others may not look
		program = copied(t, program)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestReadOnlyFile$")
	cmd.Env = append(os.Environ(), readOnlyEnv+"="+path)
	cmd.Dir = filepath.Dir(path)
	if os.Geteuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func copied(t *testing.T, program string) string {
	t.Helper()
	in, err := os.Open(program)
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(filepath.Join(openFolder(t), "reader"), os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, errors.Join(err, out.Close()))
	return out.Name()
}

// openFolder is a folder that every user may reach.
func openFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	must(t, os.Chmod(filepath.Dir(folder), 0o755))
	must(t, os.Chmod(folder, 0o777))
	return folder
}

func listing(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return strings.Join(names, " ")
}

// TestReadOnlyFileChanges has another program change a file that is read without
// locks.
func TestReadOnlyFileChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	must(t, filled(t, path, 10).Close())
	s, err := gpkg.OpenAlone(t.Context(), path)
	must(t, err)
	defer s.Close()
	load := func() error {
		_, err := s.Load(t.Context(), func(geo.Feature) error { return nil })
		return err
	}
	must(t, load())
	must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Second)))
	if err := load(); !errors.Is(err, data.ErrUnavailable) || !strings.Contains(err.Error(), "changed by another program") {
		t.Errorf("got %v", err)
	}
}
