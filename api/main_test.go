package api_test

import (
	"os"
	"testing"

	"gridatlas/data/postgis/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
