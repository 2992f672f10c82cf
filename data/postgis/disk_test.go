package postgis_test

import (
	"errors"
	"fmt"
	"net/url"
	"testing"

	"gridatlas/data"
	"gridatlas/data/faulttest"
	"gridatlas/data/postgis/pgtest"
)

// TestFullDisk keeps the tables on a disk that runs full: Apply says so and
// nothing of it is stored, reading goes on, and so does writing when there is
// room again.
func TestFullDisk(t *testing.T) {
	disk := faulttest.Mount(t, 24<<20) // it goes after the server
	cluster := pgtest.Private(t)
	cluster.Own(t, disk.Folder)
	address := cluster.URL(t)
	sql(t, address, `CREATE TABLESPACE small LOCATION '`+disk.Folder+`'`)
	s := open(t, address+"&"+url.Values{"default_tablespace": {"small"}}.Encode())

	features, revision := 0, int64(0)
	apply := func() error {
		set := booths(1000, nil)
		set.IdempotencyKey = ""
		_, err := s.Apply(t.Context(), set)
		if err == nil {
			features, revision = features+1000, revision+1
		}
		n, head := count(t, s)
		if n != features || head.Revision != revision {
			t.Fatalf("%d features at revision %d, want %d at %d (%v)", n, head.Revision, features, revision, err)
		}
		return err
	}
	if err := apply(); err != nil {
		t.Fatal(err)
	}
	disk.Fill(t, 1<<20)
	var full error
	for full == nil {
		full = apply()
	}
	if !errors.Is(full, data.ErrFull) {
		t.Errorf("apply on a full disk: %v", full)
	}
	if err := apply(); !errors.Is(err, data.ErrFull) {
		t.Errorf("and again: %v", err)
	}
	disk.Free(t)
	if err := apply(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}
}

// TestFullServer keeps the whole server on a disk that runs full, its log as well:
// it may stop then, but what it acknowledged is there when it starts again.
func TestFullServer(t *testing.T) {
	disk := faulttest.Mount(t, 160<<20)
	t.Setenv("TMPDIR", disk.Folder)
	cluster := pgtest.Private(t)
	address := cluster.URL(t)
	s := open(t, address)
	features, revision := 0, int64(0)
	apply := func() error {
		set := booths(3000, nil)
		set.IdempotencyKey = fmt.Sprint(revision)
		_, err := s.Apply(t.Context(), set)
		if err == nil {
			features, revision = features+3000, revision+1
		}
		return err
	}
	disk.Fill(t, 6<<20)
	var full error
	for full == nil {
		full = apply()
	}
	if !errors.Is(full, data.ErrFull) && !errors.Is(full, data.ErrUnavailable) {
		t.Errorf("apply on a full disk: %v", full)
	}
	t.Logf("%d features, then: %v", features, full)
	disk.Free(t)
	cluster.KillPostmaster(t) // a server that just recovers from its own end may not hear a polite word
	cluster.Restart(t)
	if err := apply(); err != nil { // with the key of the last
		t.Fatal(err)
	}
	if n, head := count(t, s); n != features || head.Revision != revision {
		t.Errorf("%d features at revision %d, want %d at %d", n, head.Revision, features, revision)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}
}
