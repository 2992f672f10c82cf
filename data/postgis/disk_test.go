package postgis_test

import (
	"errors"
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
