package aside_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridatlas/geo/aside"
)

func write(t testing.TB, f *aside.Files, path, text string) {
	t.Helper()
	file, err := f.Create(path)
	if err == nil {
		_, err = file.WriteString(text)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// holds compares a folder with names and contents of files, hidden ones too.
func holds(t testing.TB, folder string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("there are %v, want %v", entries, want)
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != text {
			t.Errorf("%s holds %q, want %q (%v)", name, got, text, err)
		}
	}
}

func TestFilesAppearWhole(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	var f aside.Files
	defer f.Abort()
	write(t, &f, at("b"), "second")
	write(t, &f, at("a"), "first")
	if _, err := os.Stat(at("a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there before its time: %v", err)
	}
	f.Order(func(path string) int { return int(filepath.Base(path)[0]) })
	if want := []string{at("a"), at("b")}; !slices.Equal(f.Paths(), want) {
		t.Errorf("the order is %v", f.Paths())
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort() // changes nothing any more
	holds(t, folder, map[string]string{"a": "first", "b": "second"})
}

func TestAbortLeavesWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := aside.Files{Replace: true}
	write(t, &f, path, "new")
	f.Abort()
	holds(t, folder, map[string]string{"a": "old"})
	write(t, &f, path, "new")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, folder, map[string]string{"a": "new"})
}

// What is there and not to be replaced is refused, also when it comes meanwhile.
func TestNothingIsReplacedUnasked(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a")
	var f aside.Files
	write(t, &f, path, "ours")
	if err := os.WriteFile(path, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	f.Abort()
	if _, err := f.Create(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	f.Replace = true
	if _, err := f.Create(folder); err == nil {
		t.Error("a folder was taken for a file")
	}
	holds(t, folder, map[string]string{"a": "theirs"})
}

func TestPrivateFilesAreTheOwners(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	f := aside.Files{Private: true}
	write(t, &f, path, "secret")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v (%v)", info.Mode(), err)
	}
}

// Sweep takes what was left of the file by earlier programs, and nothing else.
func TestSweep(t *testing.T) {
	folder := t.TempDir()
	want := map[string]string{}
	for name, age := range map[string]time.Duration{
		".a.X.part": 2 * time.Hour, ".a.Y.part": time.Minute, ".b.X.part": 2 * time.Hour, "a.part": 2 * time.Hour, ".a.X": 2 * time.Hour,
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
		want[name] = ""
	}
	aside.Sweep(filepath.Join(folder, "a"))
	delete(want, ".a.X.part")
	holds(t, folder, want)
}

func TestScratchHasNoName(t *testing.T) {
	folder := t.TempDir()
	file, err := aside.Scratch(filepath.Join(folder, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString("text"); err != nil {
		t.Error(err)
	}
	holds(t, folder, nil)
}
