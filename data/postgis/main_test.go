package postgis_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/data"
	"gridatlas/data/postgis"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/data/storetest"
)

func TestMain(m *testing.M) {
	storetest.Writer(backend(nil))
	os.Exit(pgtest.Main(m))
}

// backend lends the conformance suite a cluster; nil: the shared one.
func backend(cluster *pgtest.Cluster) storetest.Backend {
	return storetest.Backend{
		New: func(tb testing.TB) string {
			if cluster == nil {
				return pgtest.Start(tb).URL(tb)
			}
			return cluster.URL(tb)
		},
		Open: func(ctx context.Context, address string) (data.Store, error) {
			s, err := postgis.Open(ctx, address)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
		Tamper: tamper,
	}
}

// sql runs statements beside the store, in its schema.
func sql(tb testing.TB, address, statements string) {
	tb.Helper()
	conn := connect(tb, address)
	if _, err := conn.Exec(context.Background(), statements); err != nil {
		tb.Fatalf("%s: %v", statements, err)
	}
}

func connect(tb testing.TB, address string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// ask gives the one value that a query answers.
func ask[T any](tb testing.TB, address, query string, args ...any) T {
	tb.Helper()
	var v T
	if err := connect(tb, address).QueryRow(context.Background(), query, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return v
}

func open(tb testing.TB, address string) *postgis.Store {
	tb.Helper()
	s, err := postgis.Open(context.Background(), address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return s
}
