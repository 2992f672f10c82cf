package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Cluster is one running server with its data folder. Its methods belong to the
// test's goroutine.
type Cluster struct {
	bin     string
	account account
	folder  string    // everything: data, socket, log
	guard   *exec.Cmd // removes the cluster when its input ends
	leash   io.Closer // that input

	server *exec.Cmd
	ended  chan struct{} // closed when server has ended

	schemas atomic.Int64
}

// The longest path of a unix socket on Linux is 107 bytes.
const longestSocket = 107 - len("/.s.PGSQL.5432")

// startWithin is how long a server may take to answer, recovery included.
const startWithin = 60 * time.Second

// Private starts a cluster of the test's own, which the test may kill. It takes a
// second or two and ends with the test.
func Private(t testing.TB) *Cluster {
	t.Helper()
	bin, reason := programs()
	if reason != "" {
		missing(t, reason)
	}
	c, err := create(bin)
	return c.owned(t, err)
}

// owned hands a new cluster to the test, which ends it.
func (c *Cluster) owned(t testing.TB, err error) *Cluster {
	t.Helper()
	if err != nil {
		t.Fatalf("start a private PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := c.stop(); err != nil {
			t.Errorf("stop the private PostgreSQL: %v", err)
		}
	})
	return c
}

// create makes a cluster with PostGIS in its database.
func create(bin string) (*Cluster, error) {
	c, err := begin(bin, "initdb", "-U", "postgres", "--auth=trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync")
	if err != nil {
		return nil, err
	}
	if err := c.exec("CREATE EXTENSION postgis"); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// begin makes a folder for a cluster, has a program fill its data folder, which
// is added to the arguments, and starts the server.
func begin(bin, program string, args ...string) (c *Cluster, err error) {
	c = &Cluster{bin: bin}
	if c.account, err = serverAccount(); err != nil {
		return nil, err
	}
	parent := os.TempDir()
	if len(parent)+len("/gridatlas-pg-0123456789") > longestSocket {
		parent = "/tmp"
	}
	if c.folder, err = os.MkdirTemp(parent, "gridatlas-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	if err := os.Chown(c.folder, c.account.uid, c.account.gid); err != nil {
		return c, err
	}
	if err := c.startGuard(); err != nil {
		return c, err
	}
	fill := c.account.command(filepath.Join(bin, program), append(args, "-D", c.data())...)
	if out, err := fill.CombinedOutput(); err != nil {
		return c, fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return c, c.run()
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }
func (c *Cluster) log() string  { return filepath.Join(c.folder, "log") }

// startGuard starts the process that outlives us: when the pipe to it closes,
// because stop closed it or because this process ended in whatever way, it stops
// the server and removes the folder. It runs as the server's account, so that the
// process number in postmaster.pid can only ever name a process of that account.
func (c *Cluster) startGuard() error {
	const script = `cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -t 20 stop >/dev/null 2>&1
rm -rf "$2"`
	c.guard = c.account.command("/bin/sh", "-c", script, "sh", c.bin, c.folder)
	pipe, err := c.guard.StdinPipe()
	if err != nil {
		return err
	}
	c.leash = pipe
	return c.guard.Start()
}

// stop ends the server and removes the folder.
func (c *Cluster) stop() error {
	if c.leash == nil {
		return os.RemoveAll(c.folder)
	}
	c.leash.Close()
	err := c.guard.Wait()
	if c.server != nil {
		<-c.ended
	}
	if _, missing := os.Stat(c.folder); err == nil && !os.IsNotExist(missing) {
		err = fmt.Errorf("%s is still there", c.folder)
	}
	return err
}

// run starts the server and waits until it answers.
func (c *Cluster) run() error {
	log, err := os.OpenFile(c.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	c.server = c.account.command(filepath.Join(c.bin, "postgres"), "-D", c.data(), "-k", c.folder,
		"-c", "listen_addresses=", "-c", "fsync=on", "-c", "shared_buffers=64MB", "-c", "max_connections=100")
	c.server.Stdout, c.server.Stderr = log, log
	if err := c.server.Start(); err != nil {
		return err
	}
	server, ended := c.server, make(chan struct{})
	c.ended = ended
	go func() {
		server.Wait() //nolint:errcheck // how it ended is in the log
		close(ended)
	}()
	for deadline := time.Now().Add(startWithin); ; time.Sleep(20 * time.Millisecond) {
		err := c.answers()
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("the server ended: %s", c.lastWords())
		default:
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no answer within %v: %w\n%s", startWithin, err, c.lastWords())
		}
	}
}

// answers asks the server behind the socket whose data it serves.
func (c *Cluster) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.address(nil))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var folder string
	if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&folder); err != nil {
		return err
	}
	if folder != c.data() {
		return fmt.Errorf("the server behind the socket serves %s", folder)
	}
	return nil
}

func (c *Cluster) lastWords() string {
	text, err := os.ReadFile(c.log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// address is a URL of the cluster's database with query parameters.
func (c *Cluster) address(more url.Values) string {
	query := url.Values{"host": {c.folder}}
	for key, values := range more {
		query[key] = values
	}
	return "postgres://postgres@/postgres?" + query.Encode()
}

func (c *Cluster) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.address(nil))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// Extension adds a further extension to the cluster's database, for all schemas.
// Where the server does not have it, the test is skipped, and fails on CI, with a
// line that names the Debian package that brings it.
func (c *Cluster) Extension(t testing.TB, name, aptPackage string) {
	t.Helper()
	err := c.exec("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS " + name)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code == "0A000" || refused.Code == "58P01") { // feature_not_supported, undefined_file
		leave(t, fmt.Sprintf("the server has no extension %s: apt-get install %s", name, aptPackage))
	}
	if err != nil {
		t.Fatalf("add the extension %s: %v", name, err)
	}
}

// URL gives the address of a fresh, empty schema, named first on the search path
// and dropped after the test.
func (c *Cluster) URL(t testing.TB) string {
	t.Helper()
	schema := fmt.Sprintf("test_%d", c.schemas.Add(1))
	t.Cleanup(func() {
		if err := c.exec("SET client_min_messages = warning; DROP SCHEMA IF EXISTS " + schema + " CASCADE"); err != nil {
			t.Errorf("drop the test's schema: %v", err)
		}
	})
	return c.address(url.Values{"search_path": {schema + ",public"}})
}

// Own hands a folder to the server's account, for a tablespace in it.
func (c *Cluster) Own(t testing.TB, folder string) {
	t.Helper()
	if err := os.Chown(folder, c.account.uid, c.account.gid); err != nil {
		t.Fatal(err)
	}
}

// KillPostmaster kills the server's first process the hard way, if it did not end
// by itself, and waits until
// the others, who notice by themselves, and with them the shared memory are gone.
func (c *Cluster) KillPostmaster(t testing.TB) {
	t.Helper()
	if err := c.server.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("kill the postmaster: %v", err)
	}
	<-c.ended
	for deadline := time.Now().Add(startWithin); ; time.Sleep(5 * time.Millisecond) {
		left := c.processes()
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("processes %v outlive the postmaster", left)
		}
	}
}

// processes gives the server's processes: all work in the data folder.
func (c *Cluster) processes() []string {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd") // the pattern is well formed
	var found []string
	for _, link := range links {
		// A process may end between the two calls.
		if folder, err := os.Readlink(link); err == nil && folder == c.data() {
			found = append(found, strings.Split(link, "/")[2])
		}
	}
	return found
}

// Restart starts the server again, after KillPostmaster or instead of a clean
// stop.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	select {
	case <-c.ended:
	default:
		if err := c.server.Process.Signal(syscall.SIGINT); err != nil { // fast shutdown
			t.Fatalf("stop the server: %v", err)
		}
		select {
		case <-c.ended:
		case <-time.After(startWithin):
			t.Fatalf("the server does not stop: %s", c.lastWords())
		}
	}
	if err := c.run(); err != nil {
		t.Fatalf("start the server again: %v", err)
	}
}
