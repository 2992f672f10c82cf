package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRowsOfAbuse: each row of the table in SECURITY.md is held by a test of its name
// somewhere in the module, or says that it is not yet; and no such test lacks its row.
func TestRowsOfAbuse(t *testing.T) {
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	held := map[string][]string{}
	name := regexp.MustCompile(`(?m)^func (TestAbuse(\d\d)\w*)\(`)
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, found := range name.FindAllSubmatch(source, -1) {
			held[string(found[2])] = append(held[string(found[2])], string(found[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\d\d) \|[^|]*\|(.*)\|$`).FindAllSubmatch(text, -1)
	if len(rows) != 35 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		number, notYet := string(row[1]), bytes.HasPrefix(row[2], []byte(" not yet"))
		if tests := held[number]; notYet == (len(tests) > 0) {
			t.Errorf("row %s: %s; its tests: %v", number, row[2], tests)
		}
		delete(held, number)
	}
	if len(held) > 0 {
		t.Errorf("no row for %v", held)
	}
}
