// Package pgtest gives tests a private PostgreSQL cluster with PostGIS: made in a
// temporary folder, reachable over a unix socket in it and nowhere else, durable
// (fsync on), and gone with its processes and files when the test is over, also
// when the test binary is killed. It knows nothing of gridatlas.
//
// A test that only needs a database takes a schema of the shared cluster:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
//	func TestX(t *testing.T) { url := pgtest.Start(t).URL(t) ... }
//
// A Proxy before a cluster reads the protocol and cuts or slows it at any message.
//
// A test that kills the server takes a cluster of its own with Private.
//
// Where no PostgreSQL with PostGIS is installed, tests are skipped with a line
// that names the package to install; with CI=true in the environment they fail.
package pgtest
