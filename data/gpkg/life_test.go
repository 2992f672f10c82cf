package gpkg_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/storetest"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

func TestPragmas(t *testing.T) {
	s := filled(t, filepath.Join(t.TempDir(), "city.gpkg"), 10)
	defer s.Close()
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "100"} {
		if got, err := s.Pragma(t.Context(), name); err != nil || got != [2]string{want, want} {
			t.Errorf("PRAGMA %s: writer and readers have %v, %v; want %s", name, got, err, want)
		}
	}
}

// TestOneFile closes in several states; each leaves the file alone.
func TestOneFile(t *testing.T) {
	for name, use := range map[string]func(path string){
		"new":  func(path string) { openClose(t, path, nil) },
		"full": func(path string) { openClose(t, path, geo.Changes(geo.Insert(house(1)))) },
		"refused": func(path string) {
			openClose(t, path, func(yield func(geo.Change, error) bool) { yield(geo.Change{}, errors.New("broken")) })
		},
		"two handles": func(path string) {
			s := filled(t, path, 300)
			openClose(t, path, geo.Changes(geo.Insert(&geo.Assignment{Role: "grid_head"})))
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		},
		"watched": func(path string) {
			s := filled(t, path, 300)
			if _, err := s.Watch(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		},
		"name with signs": func(path string) {
			odd := filepath.Join(filepath.Dir(path), "潍坊 50%#?&x=1;'\".gpkg")
			openClose(t, odd, nil)
			if err := os.Rename(odd, path); err != nil { // it must have that name, not one cut at a sign
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "city.gpkg")
			use(path)
			oneFile(t, path)
		})
	}
}

func openClose(t *testing.T, path string, changes func(func(geo.Change, error) bool)) {
	t.Helper()
	s, err := gpkg.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s.Apply(t.Context(), geo.ChangeSet{Changes: changes})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRefusedFiles holds that no file of another program is touched.
func TestRefusedFiles(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	text := path("notes.gpkg")
	if err := os.WriteFile(text, []byte(strings.Repeat("these are notes, no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := plain(t, path("theirs.gpkg")).ExecContext(t.Context(), "CREATE TABLE theirs (a)"); err != nil {
		t.Fatal(err)
	}
	newer := path("newer.gpkg")
	if err := filled(t, newer, 1).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := plain(t, newer).ExecContext(t.Context(), "INSERT INTO gridatlas_migrations (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		text:                        "not a database",
		path("theirs.gpkg"):         "another program",
		newer:                       "newer gridatlas",
		path("nowhere/city.gpkg"):   "folder is not there",
		text + "/under/a/file.gpkg": "folder is not there",
	} {
		before, _ := os.ReadFile(file)
		s, err := gpkg.Open(t.Context(), file)
		if err == nil {
			t.Errorf("%s was opened: %v", file, s.Close())
			continue
		}
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v does not say %q", file, err, want)
		}
		if after, _ := os.ReadFile(file); file == text && string(after) != string(before) {
			t.Errorf("%s was changed", file)
		}
	}
}

// TestBusy has one program hold the file longer than the other one waits.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s := filled(t, path, 10)
	other, err := gpkg.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer other.Close()
	other.SetPatience(300 * time.Millisecond)
	entered, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) {
			close(entered)
			<-leave
			yield(geo.Insert(house(99)), nil)
		}})
		if err != nil {
			t.Errorf("the long import: %v", err)
		}
	})
	<-entered
	_, err = other.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(house(100)))})
	if !errors.Is(err, data.ErrUnavailable) || !strings.Contains(err.Error(), "another program is writing to "+path) {
		t.Errorf("after the wait: %v", err)
	}
	if _, err := other.Load(t.Context(), func(geo.Feature) error { return nil }); err != nil {
		t.Errorf("reading meanwhile: %v", err)
	}
	third, err := gpkg.Open(t.Context(), path) // a program may start meanwhile
	if err != nil {
		t.Errorf("opening meanwhile: %v", err)
	} else {
		defer third.Close()
	}
	other.SetPatience(time.Minute)
	wg.Go(func() {
		if _, err := other.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(house(101)))}); err != nil {
			t.Errorf("the one that waits long enough: %v", err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	close(leave)
	wg.Wait()
}

// TestReplaced takes the file away under a store: a watcher hears of it, every
// call says so, and nothing is written to the file that no path names any more.
func TestReplaced(t *testing.T) {
	for name, take := range map[string]func(t *testing.T, path string){
		"deleted": func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"replaced": func(t *testing.T, path string) {
			other := filepath.Join(t.TempDir(), "other.gpkg")
			must(t, filled(t, other, 3).Close())
			must(t, os.Rename(other, path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "city.gpkg")
			s := filled(t, path, 10)
			defer s.Close()
			hints, err := s.Watch(t.Context())
			must(t, err)
			kept := path + ".kept"
			must(t, os.Link(path, kept)) // names what would be the orphan
			take(t, path)
			select {
			case <-hints:
			case <-time.After(time.Minute):
				t.Error("no hint")
			}
			_, loading := s.Load(t.Context(), func(geo.Feature) error { return nil })
			_, changing := s.Changes(t.Context(), 0)
			_, applying := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(house(99)))})
			for call, err := range map[string]error{"Load": loading, "Changes": changing, "Apply": applying} {
				if !errors.Is(err, data.ErrUnavailable) || !strings.Contains(err.Error(), "the file "+path+" was replaced or deleted; it must be opened anew") {
					t.Errorf("%s: %v", call, err)
				}
			}
			must(t, os.Rename(kept, path)) // the same file again: all is well
			if head, err := s.Load(t.Context(), func(geo.Feature) error { return nil }); err != nil || head.Revision != 1 {
				t.Errorf("back in its place: revision %d, %v", head.Revision, err)
			}
		})
	}
}

// TestReplacedWhileWriting takes the file away in the middle of an import: it
// must not be told that it was stored.
func TestReplacedWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s := filled(t, path, 10)
	defer s.Close()
	_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: func(yield func(geo.Change, error) bool) {
		yield(geo.Insert(house(99)), nil)
		must(t, os.Remove(path))
	}})
	if !errors.Is(err, data.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// TestMadeAnew makes a store in the place of one that was deleted while a handle
// had it open: it waits until that handle lets go, since SQLite would take the
// journals for the new file's.
func TestMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	old := filled(t, path, 10)
	must(t, os.Remove(path))
	made := make(chan error)
	go func() {
		s, err := gpkg.Open(t.Context(), path)
		if err == nil {
			_, err = s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(house(1)))})
			err = errors.Join(err, s.Close())
		}
		made <- err
	}()
	select {
	case err := <-made:
		t.Fatalf("made beside the journals of another file: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	must(t, old.Close())
	must(t, <-made)
	s, err := gpkg.Open(t.Context(), path)
	must(t, err)
	defer s.Close()
	if head, err := s.Load(t.Context(), func(geo.Feature) error { return nil }); err != nil || head.Revision != 1 {
		t.Errorf("revision %d, %v", head.Revision, err)
	}
}

// TestJournalsOfAnother closes a store whose path names another file by then: the
// journals there are the other's.
func TestJournalsOfAnother(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "city.gpkg"), filepath.Join(folder, "other.gpkg")
	old := filled(t, path, 10)
	must(t, filled(t, other, 3).Close())
	must(t, os.Rename(other, path))
	must(t, os.WriteFile(path+"-wal", []byte("of another program"), 0o600))
	_ = old.Close() // may say that its file is gone
	if text, err := os.ReadFile(path + "-wal"); err != nil || string(text) != "of another program" {
		t.Errorf("the other's journal is gone: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestManyCreate has several handles make one new file at once.
func TestManyCreate(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "city.gpkg")
		epochs := make([]int64, 6)
		var wg sync.WaitGroup
		for i := range epochs {
			wg.Go(func() {
				s, err := gpkg.Open(t.Context(), path)
				if err != nil {
					t.Errorf("handle %d: %v", i, err)
					return
				}
				defer s.Close()
				head, err := s.Load(t.Context(), func(geo.Feature) error { return nil })
				if err != nil {
					t.Errorf("handle %d: %v", i, err)
				}
				epochs[i] = head.Epoch
			})
		}
		wg.Wait()
		for _, epoch := range epochs {
			if epoch != epochs[0] {
				t.Errorf("several epochs: %v", epochs)
				break
			}
		}
	}
}

// TestKilledAtCreation kills a program in its first moments, over and over: the
// next start finds nothing in its way.
func TestKilledAtCreation(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rng := seedtest.New(t)
	begun := 0
	for n := range 15 {
		path := filepath.Join(t.TempDir(), "city.gpkg")
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), storetest.WriterEnv(path)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for start := time.Now(); time.Since(start) < time.Minute; { // until the file appears
			if _, err := os.Stat(path); err == nil {
				begun++
				break
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rng.IntN(30)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		s, err := gpkg.Open(context.Background(), path)
		if err != nil {
			t.Fatalf("kill %d: the next start: %v", n, err)
		}
		if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
			t.Errorf("kill %d: %v, %v", n, faults, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("kill %d: %v", n, err)
		}
		oneFile(t, path)
	}
	if begun == 0 {
		t.Error("no file had appeared when the program was killed")
	}
}

// TestCatalogGrows adds a column that the catalog has and an older file has not.
func TestCatalogGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s := filled(t, path, 10)
	epoch, err := s.Load(t.Context(), func(geo.Feature) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	older(t, path)
	if s, err = gpkg.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hall := &geo.Shelter{Keeper: "城管局"}
	hall.Shape = geo.PointShape(geo.Point{X: 1, Y: 1})
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(hall))}); err != nil {
		t.Fatal(err)
	}
	keeper := ""
	head, err := s.Load(t.Context(), func(f geo.Feature) error {
		if shelter, ok := f.(*geo.Shelter); ok {
			keeper = shelter.Keeper
		}
		return nil
	})
	if err != nil || keeper != "城管局" || head.Epoch != epoch.Epoch {
		t.Errorf("keeper %q, epoch %d, %v; want epoch %d", keeper, head.Epoch, err, epoch.Epoch)
	}
	if title := ask[string](t, plain(t, path), "SELECT title FROM gpkg_data_columns WHERE table_name = 'shelters' AND column_name = 'keeper'"); title == "" {
		t.Error("the new column has no title")
	}
}
