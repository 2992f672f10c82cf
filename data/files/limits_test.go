package files_test

import (
	"archive/zip"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// The tests of this file are files that want to do harm; their numbers are those of
// SECURITY.md.

func TestAbuse09DeepJSON(t *testing.T) {
	for _, depth := range []int{32, 33, 9000} {
		nested := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		_, faults := readAll(t, point(`{"number":"1","note":`+nested+`}`), geo.Booths, files.Reading{})
		if refused := len(faults) == 1 && strings.Contains(faults[0].Error(), "field note: its arrays and objects nest deeper than 32"); refused != (depth > 32) {
			t.Errorf("depth %d: %v", depth, faults)
		}
	}
	deep := strings.Repeat("[", 20_000)
	if _, faults := readAll(t, feature(`{"type":"Point","coordinates":`+deep+`}`, "{}"), geo.Booths, files.Reading{}); len(faults) != 1 {
		t.Errorf("got %v", faults)
	}
}

// grows reports how many bytes f allocates.
func grows(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAbuse10CountLies(t *testing.T) {
	const lie = 0xfffffff0
	u32 := func(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }
	wkb := func(kind, count uint32) []byte { return slices.Concat([]byte{1}, u32(kind), u32(count)) }
	box := make([]byte, 32)
	nested := []byte{}
	for range 10 {
		nested = append(nested, wkb(7, 1)...)
	}
	for _, test := range []struct {
		name string
		read func(*files.Geometry) error
	}{
		{"line", func(g *files.Geometry) error { return g.FromWKB(wkb(2, lie)) }},
		{"polygon", func(g *files.Geometry) error { return g.FromWKB(wkb(3, lie)) }},
		{"ring", func(g *files.Geometry) error { return g.FromWKB(append(wkb(3, 1), u32(lie)...)) }},
		{"multipolygon", func(g *files.Geometry) error { return g.FromWKB(wkb(6, lie)) }},
		{"line with heights", func(g *files.Geometry) error { return g.FromWKB(wkb(1002, lie)) }},
		{"collections in each other", func(g *files.Geometry) error { return g.FromWKB(nested) }},
		{"blob without envelope", func(g *files.Geometry) error { return g.FromBlob([]byte{'G', 'P', 0, 3, 0, 0, 0, 0}) }},
		{"shapefile points", func(g *files.Geometry) error { return g.FromSHP(slices.Concat(u32(8), box, u32(lie))) }},
		{"shapefile parts", func(g *files.Geometry) error { return g.FromSHP(slices.Concat(u32(5), box, u32(lie), u32(4))) }},
		{"shapefile corners", func(g *files.Geometry) error { return g.FromSHP(slices.Concat(u32(5), box, u32(1), u32(lie), u32(0))) }},
		{"shapefile parts out of order", func(g *files.Geometry) error {
			return g.FromSHP(slices.Concat(u32(3), box, u32(2), u32(2), u32(0), u32(9), make([]byte, 32)))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var err error
			if size := grows(func() { err = test.read(&files.Geometry{}) }); err == nil || size > 1<<16 {
				t.Errorf("got %v after %d bytes", err, size)
			}
		})
	}
	dbf := make([]byte, 65)
	copy(dbf, []byte{3, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 65, 0, 11, 0}) // 2,147,483,647 records
	copy(dbf[32:], "name\x00\x00\x00\x00\x00\x00\x00C\x00\x00\x00\x00\x0a")
	dbf[64] = 0x0d
	if _, err := files.DBFTable(dbf); err == nil || !strings.Contains(err.Error(), "it says that it has 2147483647 records of 11 bytes, but it is only 65 bytes long") {
		t.Errorf("got %v", err)
	}
	dbf[4], dbf[5], dbf[6], dbf[7] = 0, 0, 0, 0
	shp := make([]byte, 112)
	binary.BigEndian.PutUint32(shp, 9994)
	binary.BigEndian.PutUint32(shp[24:], 56)
	binary.BigEndian.PutUint32(shp[104:], 0x7fffffff)
	dbf = append(dbf, " one       "...)
	dbf[4] = 1
	table, err := files.ShapefileTable(shp, dbf)
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(t, table); len(got) != 1 || !strings.Contains(got[0], "record 1 of memory.shp says that it is 4294967294 bytes long, but 4 are left") {
		t.Errorf("got %q", got)
	}
}

// madeZip writes a zip archive of made-up members.
func madeZip(t testing.TB, make func(*zip.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.zip")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	if err := make(archive); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAbuse11ArchiveBombs(t *testing.T) {
	zeros := func(archive *zip.Writer, name string, size int64) error {
		member, err := archive.Create(name)
		if err == nil {
			_, err = io.CopyN(member, zeroes{}, size)
		}
		return err
	}
	for _, test := range []struct {
		name string
		make func(*zip.Writer) error
		want string
	}{
		{"ratio", func(a *zip.Writer) error { return zeros(a, "a.shp", 40<<20) }, "100 times its size"},
		{"entries", func(a *zip.Writer) error {
			for i := range 1001 {
				if err := zeros(a, fmt.Sprint(i), 0); err != nil {
					return err
				}
			}
			return nil
		}, "1001 members, more than 1000"},
		{"a long directory", func(a *zip.Writer) error {
			for i := range 100 {
				if err := zeros(a, fmt.Sprint(i)+strings.Repeat("x", 60_000), 0); err != nil {
					return err
				}
			}
			return nil
		}, "it takes more than 4 MiB"},
		{"a path out of it", func(a *zip.Writer) error { return zeros(a, "../a.shp", 1) }, `points out of it: "../a.shp"`},
		{"a path of Windows out of it", func(a *zip.Writer) error { return zeros(a, `..\a.shp`, 1) }, `points out of it`},
		{"an archive inside", func(a *zip.Writer) error { return zeros(a, "a.zip", 1) }, "the archive holds no shapefile"},
		{"declared too large", func(a *zip.Writer) error {
			_, err := a.CreateRaw(&zip.FileHeader{Name: "a.shp", UncompressedSize64: 2 << 30, CompressedSize64: 0})
			return err
		}, "unpacks to more than 1024 MiB"},
		{"larger than declared", func(a *zip.Writer) error {
			return lyingMember(a, "a.kml", `<kml><Placemark><name>`+strings.Repeat("x", 1000)+`</name></Placemark></kml>`, 20)
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := files.Open(context.Background(), madeZip(t, test.make), files.Options{})
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if got := rowsOf(t, file.Tables[0]); len(got) != 1 || !strings.HasPrefix(got[0], "! ") {
				t.Errorf("got %.200q", got)
			}
		})
	}
}

// lyingMember stores a text under a size that is not its own.
func lyingMember(a *zip.Writer, name, text string, size uint64) error {
	member, err := a.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, UncompressedSize64: size, CompressedSize64: uint64(len(text))})
	if err == nil {
		_, err = io.WriteString(member, text)
	}
	return err
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAbuse12XMLEntities(t *testing.T) {
	deep := strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65)
	for _, test := range []struct{ name, text, want string }{
		{"doctype", `<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>`, "<!DOCTYPE kml"},
		{"entity", `<kml><Placemark><name>&a;</name></Placemark></kml>`, "invalid character entity &a;"},
		{"depth", `<kml>` + deep + `</kml>`, "elements nest deeper than 64"},
		{"depth in a placemark", `<kml><Placemark>` + deep + `</Placemark></kml>`, "elements nest deeper than 64"},
		{"cut off", `<kml><Placemark><name>x</name></Placemark>`, "unexpected EOF"},
		{"unknown encoding", `<?xml version="1.0" encoding="ebcdic"?><kml/>`, "ebcdic"},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := files.KMLTable(func() io.Reader { return strings.NewReader(test.text) })
			got := rowsOf(t, table)
			if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "! ") || !strings.Contains(got[len(got)-1], test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	endless := files.KMLTable(func() io.Reader {
		return io.MultiReader(strings.NewReader("<kml><Placemark><name>"), &repeated{text: strings.Repeat("x", 1<<16), n: 1 << 11})
	})
	if got := rowsOf(t, endless); len(got) != 1 || !strings.Contains(got[0], "one piece of its XML is larger than 16 MiB") {
		t.Errorf("got %.200q", got)
	}
}

// A GeoPackage that wants its own code to run is read by its plain tables alone,
// and one that was damaged is refused.
func TestAbuse13HostileGeoPackage(t *testing.T) {
	want, _ := readAll(t, compounds, geo.Compounds, files.Reading{})
	made := filepath.Join(t.TempDir(), "made.gpkg")
	gdal(t, "-nln", "compounds", made, writeFile(t, "source.geojson", compounds))
	change := func(t *testing.T, statements ...string) string {
		raw, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		path := writeFile(t, "hostile.gpkg", string(raw))
		db, err := sql.Open("gridatlas_gpkg", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		for _, statement := range statements {
			if _, err := db.Exec(statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		return path
	}
	t.Run("a view for a table", func(t *testing.T) {
		path := change(t,
			"CREATE VIEW loud AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS fid, i AS geom FROM n",
			"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('loud', 'features', 'loud', 4326)")
		file, err := files.Open(t.Context(), path, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if len(file.Tables) != 1 || file.Tables[0].Name != "compounds" {
			t.Errorf("it has %d tables, the first %s", len(file.Tables), file.Tables[0].Name)
		}
	})
	t.Run("a view for the list of tables", func(t *testing.T) {
		path := change(t, "ALTER TABLE gpkg_contents RENAME TO hidden", "CREATE VIEW gpkg_contents AS SELECT * FROM hidden")
		if _, err := files.Open(t.Context(), path, files.Options{}); err == nil || !strings.Contains(err.Error(), "it is no GeoPackage") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("generated columns and triggers", func(t *testing.T) {
		path := change(t, "ALTER TABLE compounds ADD COLUMN noise AS (hex(zeroblob(1000000)))",
			"CREATE TRIGGER t AFTER INSERT ON compounds BEGIN SELECT 1; END")
		got, faults := featuresOf(t, openTable(t, path, "", files.Options{}), geo.Compounds, files.Reading{})
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		sameFeatures(t, got, want, 0.02)
	})
	t.Run("names with quotes", func(t *testing.T) {
		path := change(t, `ALTER TABLE compounds ADD COLUMN "x"" FROM sqlite_master; --" TEXT`)
		got, faults := featuresOf(t, openTable(t, path, "", files.Options{}), geo.Compounds, files.Reading{})
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		sameFeatures(t, got, want, 0.02)
	})
	t.Run("flipped bytes", func(t *testing.T) {
		raw, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		for page := 4096; page+4096 <= len(raw); page += 4096 {
			clear(raw[page : page+8])
		}
		if _, err := files.Open(t.Context(), writeFile(t, "torn.gpkg", string(raw)), files.Options{}); err == nil {
			t.Error("it was opened")
		}
	})
	t.Run("no GeoPackage", func(t *testing.T) {
		path := writeFile(t, "plain.gpkg", "")
		db, err := sql.Open("gridatlas_gpkg", path)
		if err == nil {
			_, err = db.Exec("CREATE TABLE a (b)")
		}
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := files.Open(t.Context(), path, files.Options{}); err == nil || !strings.Contains(err.Error(), "it is no GeoPackage") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("open in another program", func(t *testing.T) { // its last writes stand in the -wal file
		path := change(t)
		db, err := sql.Open("gridatlas_gpkg", path+"?_journal_mode=WAL")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("UPDATE compounds SET 名称 = '新名' WHERE 编码 = 'C1'"); err != nil {
			t.Fatal(err)
		}
		got, faults := featuresOf(t, openTable(t, path, "", files.Options{}), geo.Compounds, files.Reading{System: crs.WGS84})
		if len(faults) > 0 || len(got) != 3 || got[0].Common().Name != "新名" {
			t.Errorf("got %v, %v", got, faults)
		}
	})
}
