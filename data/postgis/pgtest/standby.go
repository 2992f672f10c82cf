package pgtest

import (
	"net/url"
	"path/filepath"
	"testing"
)

// Standby starts a hot standby that follows the cluster's log and lives as long
// as the test. Stop the primary or not: nothing else knows of the two.
func (c *Cluster) Standby(t testing.TB) *Cluster {
	t.Helper()
	standby, err := begin(c.bin, "pg_basebackup", "-h", c.folder, "-U", "postgres",
		"--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
	return standby.owned(t, err)
}

// Promote makes a standby a primary on a timeline of its own.
func (c *Cluster) Promote(t testing.TB) {
	t.Helper()
	promote := c.account.command(filepath.Join(c.bin, "pg_ctl"), "-D", c.data(), "-w", "promote")
	if out, err := promote.CombinedOutput(); err != nil {
		t.Fatalf("promote: %v\n%s", err, out)
	}
}

// At gives the address of the same schema on another cluster.
func (c *Cluster) At(t testing.TB, address string) string {
	t.Helper()
	other, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return c.address(url.Values{"search_path": other.Query()["search_path"]})
}
