package postgis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridatlas/data"
	"gridatlas/data/internal/ledger"
)

// DefaultSchema is where a store lies when the address names no other.
const DefaultSchema = "gridatlas"

// Store is a city in one schema of a PostgreSQL database. Its methods may be
// called by several goroutines.
type Store struct {
	pool   *pgxpool.Pool
	schema string
	listen *pgx.ConnConfig // of Watch's own connections

	// writing holds one token: writers of this program line up here, where the
	// head row would line them up anyway, and leave the pool to readers.
	writing chan struct{}

	life     context.Context // ends with Close
	end      context.CancelFunc
	watchers sync.WaitGroup
}

var _ data.Store = (*Store)(nil)

// Open connects to a database and makes or migrates the store in it. The address
// is a postgres:// URL or a key=value list, as every PostgreSQL client reads it,
// PG* variables included. The first schema of its search_path holds the store
// (gridatlas when it names none); a PostGIS that is neither there nor in public
// must be named after it. pool_max_conns is the largest number of connections
// besides one for each Watch.
func Open(ctx context.Context, address string) (*Store, error) {
	config, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	connect := config.ConnConfig
	schema, path := searchPath(connect.RuntimeParams["search_path"])
	connect.RuntimeParams["search_path"] = path
	if connect.RuntimeParams["application_name"] == "" {
		connect.RuntimeParams["application_name"] = "gridatlas"
	}
	connect.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) {}
	listen := connect.Copy()
	// A query whose caller left is cancelled at the server too: a writer that
	// waits for the head row would otherwise hold its place in the line.
	connect.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: time.Second}
	}
	config.AfterConnect = registerGeometry

	if err := migrate(ctx, connect, schema); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", ours(ctx, "connect", err))
	}
	s := &Store{pool: pool, schema: schema, listen: listen, writing: make(chan struct{}, 1)}
	s.life, s.end = context.WithCancel(context.WithoutCancel(ctx))
	return s, nil
}

// Exists reports whether a store was made at an address that Open would open. A
// server that says nothing for ten seconds is data.ErrUnavailable.
func Exists(ctx context.Context, address string) (bool, error) {
	config, err := parseAddress(address)
	if err != nil {
		return false, err
	}
	schema, _ := searchPath(config.ConnConfig.RuntimeParams["search_path"])
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	conn, err := pgx.ConnectConfig(within, config.ConnConfig)
	if err != nil {
		return false, fmt.Errorf("open the store: %w", ours(ctx, "connect", err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var found bool
	err = conn.QueryRow(within, `SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = $1 AND table_name = 'head')`, schema).Scan(&found)
	return found, ours(ctx, "look for the store", err)
}

// Identity names the store at an address, its spelling, the environment and the
// password aside: two addresses of one store have one name, those of two stores
// have not.
func Identity(address string) (string, error) {
	config, err := parseAddress(address)
	if err != nil {
		return "", err
	}
	c := config.ConnConfig
	servers := []string{net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))}
	for _, other := range c.Fallbacks { // each server twice, where TLS may be left out
		servers = append(servers, net.JoinHostPort(other.Host, strconv.Itoa(int(other.Port))))
	}
	slices.Sort(servers)
	schema, _ := searchPath(c.RuntimeParams["search_path"])
	return fmt.Sprintf("postgres %q %q %q", slices.Compact(servers), c.Database, schema), nil
}

// parseAddress reads an address. The driver's error repeats it, with whatever
// secret was mistyped in it; ours does not.
func parseAddress(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the database address cannot be read: want postgres://USER@HOST:PORT/DATABASE?search_path=SCHEMA")
	}
	return config, nil
}

// during runs work with a context that ends with the caller's or with the store,
// and tells the two apart.
func (s *Store) during(ctx context.Context, work func(ctx context.Context) error) error {
	closed := func() error { return fmt.Errorf("%w: it is closed", data.ErrUnavailable) }
	if s.life.Err() != nil {
		return closed()
	}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	err := work(within)
	if err != nil && s.life.Err() != nil && ctx.Err() == nil {
		return closed()
	}
	return err
}

// Close ends every Watch, every call that still runs and every connection.
func (s *Store) Close() error {
	s.end()
	s.watchers.Wait()
	s.pool.Close()
	return nil
}

// beginTx starts a transaction. A server that was restarted leaves dead
// connections in the pool, which are found one by one; nothing was asked of them
// yet, so the next may be tried until a fresh one answers.
func (s *Store) beginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	for pooled := s.pool.Stat().TotalConns(); ; pooled-- {
		tx, err := s.pool.BeginTx(ctx, options)
		var down *pgconn.ConnectError
		if err == nil || pooled <= 0 || ctx.Err() != nil || errors.As(err, &down) {
			return tx, err
		}
	}
}

// rollback ends a transaction, also when ctx has ended; after a commit it does
// nothing. Whether it succeeds is of no account: a session that cannot roll back
// is closed by the pool, and the server rolls back for it.
func rollback(ctx context.Context, within pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	_ = within.Rollback(ctx)
}

// searchPath gives the schema of the store and the whole path in quotes; public
// is on it, since PostGIS mostly lies there.
func searchPath(asked string) (schema, path string) {
	var names []string
	for name := range strings.SplitSeq(asked, ",") {
		if name = strings.Trim(strings.TrimSpace(name), `"`); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = []string{DefaultSchema}
	}
	schema = names[0]
	names = append(names, "public")
	for i, name := range names {
		names[i] = quote(name)
	}
	return schema, strings.Join(names, ", ")
}

// registerGeometry teaches a new connection the geometry type, whose number
// differs from one database to the next.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var oid uint32
	if err := conn.QueryRow(ctx, `SELECT 'geometry'::regtype::oid`).Scan(&oid); err != nil {
		return err
	}
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: geometryCodec{}})
	return nil
}

// execer is a connection, a transaction or the pool.
type execer interface {
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
}

// renewEpoch writes another epoch when the server's history is not the one that
// the head row names.
func renewEpoch(ctx context.Context, db execer) error {
	_, err := db.Exec(ctx, `UPDATE head SET epoch = $1, timeline = `+timelineNow+` WHERE timeline <> `+timelineNow, ledger.NewEpoch())
	return ours(ctx, "write a new epoch", err)
}
