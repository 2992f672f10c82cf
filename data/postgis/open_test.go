package postgis_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/postgis"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

// TestOpenAtOnce starts several nodes on a database without a store.
func TestOpenAtOnce(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	const nodes = 6
	var wg sync.WaitGroup
	epochs := make([]int64, nodes)
	for i := range nodes {
		wg.Go(func() {
			s, err := postgis.Open(t.Context(), address)
			if err != nil {
				t.Errorf("node %d: %v", i, err)
				return
			}
			defer s.Close()
			head, err := s.Load(t.Context(), func(geo.Feature) error { return nil })
			if err != nil {
				t.Errorf("node %d: %v", i, err)
			}
			epochs[i] = head.Epoch
		})
	}
	wg.Wait()
	for i, epoch := range epochs {
		if epoch == 0 || epoch != epochs[0] {
			t.Errorf("node %d sees epoch %d, node 0 %d", i, epoch, epochs[0])
		}
	}
	if n := ask[int](t, address, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`); n != 0 {
		t.Errorf("%d migration locks are left", n)
	}
}

// TestOpenWaits: a node that waits for another to migrate leaves with its context.
func TestOpenWaits(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	open(t, address)
	holder := connect(t, address)
	if _, err := holder.Exec(t.Context(), `SELECT pg_advisory_lock($1)`, postgis.MigrationLock(schemaOf(t, address))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if s, err := postgis.Open(ctx, address); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v", s, err)
	}
}

func schemaOf(t *testing.T, address string) string {
	return ask[string](t, address, `SELECT current_schema()`)
}

// TestOpenRefuses holds that each fault is told, and no password.
func TestOpenRefuses(t *testing.T) {
	const secret = "s3cret-pa55"
	address := pgtest.Start(t).URL(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	with := func(edit func(u *url.URL, q url.Values)) string {
		v, q := *u, u.Query()
		v.User = url.UserPassword("postgres", secret)
		edit(&v, q)
		v.RawQuery = q.Encode()
		return v.String()
	}
	cases := []struct {
		name, address, says string
		unavailable         bool
	}{
		{"no address at all", "postgres://u:" + secret + "@host:port/x", "cannot be read", false},
		{"bad percent sign", "postgres://u:" + secret + "%zz@host/x", "cannot be read", false},
		{"key and value", "host=/nowhere password=" + secret + " port=x", "cannot be read", false},
		{"no server", with(func(_ *url.URL, q url.Values) { q.Set("host", "/nowhere") }), "connect", true},
		{"no server by name", "postgres://u:" + secret + "@nowhere.invalid/x", "connect", true},
		{"no database", with(func(u *url.URL, _ url.Values) { u.Path = "/missing" }), "missing", false},
		{"no user", with(func(u *url.URL, _ url.Values) { u.User = url.UserPassword("nobody", secret) }), "nobody", false},
		{"no PostGIS and no right to add it", with(func(u *url.URL, _ url.Values) { u.User, u.Path = url.UserPassword("guest", secret), "/bare" }), "CREATE EXTENSION postgis", false},
		{"no right to a schema", with(func(u *url.URL, _ url.Values) { u.User = url.UserPassword("guest", secret) }), "create the schema", false},
	}
	sql(t, address, `CREATE ROLE guest LOGIN`)
	sql(t, address, `CREATE DATABASE bare TEMPLATE template0`)
	t.Cleanup(func() {
		sql(t, address, `DROP DATABASE bare`)
		sql(t, address, `DROP ROLE guest`)
	})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := postgis.Open(t.Context(), c.address)
			if err == nil {
				s.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not tell %q", err, c.says)
			}
			if text := err.Error(); strings.Contains(text, secret) || strings.Contains(text, "SQLSTATE") {
				t.Errorf("%q tells what is nobody's business", text)
			}
			if errors.Is(err, data.ErrUnavailable) != c.unavailable {
				t.Errorf("%q: may be tried later: %v, want %v", err, !c.unavailable, c.unavailable)
			}
		})
	}
}

// TestOrdinaryRole: nothing needs a superuser once PostGIS is there.
func TestOrdinaryRole(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	schema, _, _ := strings.Cut(searchPathOf(t, address), ",")
	sql(t, address, `CREATE ROLE owner LOGIN; CREATE SCHEMA `+schema+` AUTHORIZATION owner`)
	t.Cleanup(func() { sql(t, address, `DROP OWNED BY owner CASCADE; DROP ROLE owner`) })
	s := open(t, strings.Replace(address, "postgres://postgres@", "postgres://owner@", 1))
	if _, err := s.Apply(t.Context(), booths(3, nil)); err != nil {
		t.Fatal(err)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

func searchPathOf(t *testing.T, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("search_path")
}

// TestNewerSchema: a program that does not know the schema keeps its hands off.
func TestNewerSchema(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	open(t, address)
	sql(t, address, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	if _, err := postgis.Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), "newer gridatlas") {
		t.Errorf("got %v", err)
	}
}

// TestGrownCatalog: a column that the store of an older program lacks is added,
// and rows written before stay as they are.
func TestGrownCatalog(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	if _, err := s.Apply(t.Context(), booths(3, nil)); err != nil {
		t.Fatal(err)
	}
	sql(t, address, `ALTER TABLE booths DROP COLUMN prices; UPDATE head SET catalog = ''`)
	again := open(t, address)
	if found, _ := count(t, again); found != 3 {
		t.Errorf("%d booths, want 3", found)
	}
	if faults, err := again.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// TestFirstRelease opens a store of the first release, which had no records.
func TestFirstRelease(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	older, err := postgis.OpenOlder(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	first, err := older.Apply(t.Context(), booths(3, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := older.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Change{Key: geo.Key{Layer: geo.Booths, ID: 2}, Expect: 1, After: &geo.Booth{Base: geo.Base{Name: "moved", Shape: geo.PointShape(geo.Point{X: 7})}}})}); err != nil {
		t.Fatal(err)
	}
	if err := older.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, address)
	if found, head := count(t, s); found != 3 || head.Epoch != first.Epoch || head.Revision != 2 {
		t.Errorf("%d features at %+v", found, head)
	}
	n := 0
	if head, err := s.At(t.Context(), 1, func(f geo.Feature) error {
		if f.Common().Name == "" {
			n++
		}
		return nil
	}); err != nil || n != 3 || head != first {
		t.Errorf("at revision 1: %d booths, %+v, %v", n, head, err)
	}
	if repeat, err := s.Apply(t.Context(), booths(3, nil)); err != nil || repeat != first {
		t.Errorf("the first set again: %+v, %v", repeat, err)
	}
	record := geo.RecordChanges(geo.RecordChange{Kind: "test", Key: "a", Value: []byte(`1`)})
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Records: record}); err != nil {
		t.Error(err)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// TestOnlyOwnerWrites: another role gets nothing, and a reader that the owner lets
// in cannot write.
func TestOnlyOwnerWrites(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	if _, err := s.Apply(t.Context(), booths(3, nil)); err != nil {
		t.Fatal(err)
	}
	schema, _, _ := strings.Cut(searchPathOf(t, address), ",")
	sql(t, address, `CREATE ROLE reader LOGIN`)
	t.Cleanup(func() { sql(t, address, `DROP OWNED BY reader; DROP ROLE reader`) })
	as := strings.Replace(address, "postgres://postgres@", "postgres://reader@", 1)
	denied := func(statement string) {
		t.Helper()
		conn := connect(t, as)
		defer conn.Close(context.Background())
		if _, err := conn.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "42501") && !strings.Contains(err.Error(), "42P01") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	denied(`SELECT FROM booths`)
	sql(t, address, `GRANT USAGE ON SCHEMA `+schema+` TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA `+schema+` TO reader`)
	if n := ask[int](t, as, `SELECT count(*) FROM booths`); n != 3 {
		t.Errorf("a reader sees %d booths, want 3", n)
	}
	for _, table := range []string{"booths", "head", "log", "history", "counters", "records", "record_head"} {
		denied(`DELETE FROM ` + table)
		denied(`INSERT INTO ` + table + ` SELECT * FROM ` + table)
		denied(`TRUNCATE ` + table)
	}
	denied(`UPDATE booths SET name = 'x'`)
	denied(`UPDATE head SET revision = 0`)
	denied(`CREATE TABLE mine (a int)`)
}
