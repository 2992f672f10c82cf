package pgtest_test

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/postgis/pgtest"
)

// envHold makes this test binary start a cluster, print its address and wait to
// be killed.
const envHold = "PGTEST_HOLD"

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestHold(t *testing.T) {
	if os.Getenv(envHold) == "" {
		t.Skip("only as the child of TestKilledTest")
	}
	fmt.Println(pgtest.Private(t).URL(t))
	select {}
}

// TestKilledTest kills a test binary the hard way: server and folder go by
// themselves.
func TestKilledTest(t *testing.T) {
	pgtest.Start(t) // skips where there is no PostgreSQL
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "-test.run=^TestHold$")
	child.Env = append(os.Environ(), envHold+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	folder := folderOf(t, address[:len(address)-1])
	if working(t, folder) == 0 {
		t.Error("no server works in the data folder")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(folder)
		if os.IsNotExist(err) && working(t, folder) == 0 {
			return
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("%s is still there (%v), with %d processes", folder, err, working(t, folder))
		}
	}
}

func folderOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host")
}

// working counts the processes in a cluster's data folder.
func working(t *testing.T, folder string) (n int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && at == filepath.Join(folder, "data") {
			n++
		}
	}
	return n
}

// TestSchemas: each URL is an empty schema of its own, with PostGIS in reach.
func TestSchemas(t *testing.T) {
	cluster := pgtest.Start(t)
	for range 2 {
		t.Run("", func(t *testing.T) {
			conn, err := pgx.Connect(t.Context(), cluster.URL(t))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			var text, durable string
			err = conn.QueryRow(t.Context(), `SELECT ST_AsText(ST_Point(1, 2)), current_setting('fsync')`).Scan(&text, &durable)
			if err != nil || text != "POINT(1 2)" || durable != "on" {
				t.Errorf("%s, fsync %s, %v", text, durable, err)
			}
		})
	}
}

// TestKillPostmaster: committed rows survive, and the server starts again.
func TestKillPostmaster(t *testing.T) {
	cluster := pgtest.Private(t)
	address := cluster.URL(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `CREATE TABLE public.kept (n int); INSERT INTO public.kept VALUES (7)`); err != nil {
		t.Fatal(err)
	}
	cluster.KillPostmaster(t)
	if n := working(t, folderOf(t, address)); n != 0 {
		t.Errorf("%d processes outlive the postmaster", n)
	}
	cluster.Restart(t)
	cluster.Restart(t) // also a clean one
	again, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close(context.Background())
	var n int
	if err := again.QueryRow(t.Context(), `SELECT n FROM public.kept`).Scan(&n); err != nil || n != 7 {
		t.Errorf("read back %d, %v", n, err)
	}
}
