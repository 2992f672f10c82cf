package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var updateNotice = flag.Bool("update", false, "write the licences in NOTICE anew")

// licencesBegin stands in NOTICE before what this test writes.
const licencesBegin = "Licences of what is linked and bundled\n"

// TestNotice holds that NOTICE has the licence of every module that is linked into the
// program, and of every npm package that may be bundled into its pages. It asks the
// module cache and api/web/node_modules, and no network.
//
//	go test ./cmd/gridatlas -run Notice -update
func TestNotice(t *testing.T) {
	root := filepath.Join("..", "..")
	file := filepath.Join(root, "NOTICE")
	is, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(is), licencesBegin)
	if !found {
		t.Fatalf("NOTICE has no line %q", licencesBegin)
	}
	texts := licences{}
	texts.addModules(t)
	texts.addPackages(t, filepath.Join(root, "api", "web"))
	should := head + licencesBegin + texts.String()
	if *updateNotice {
		if err := os.WriteFile(file, []byte(should), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(is) != should {
		t.Error("NOTICE does not hold the licences of what is linked and bundled now: go test ./cmd/gridatlas -run Notice -update")
	}
}

// licences are texts, and whose they are.
type licences map[string][]string

var isLicence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense|notice)([-.].*)?$`)

// add takes all licences in a folder, or the word for one where there is no text.
func (l licences) add(t *testing.T, name, folder, word string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !isLicence.MatchString(entry.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(string(content)) {
			lines = append(lines, strings.TrimRight(line, " \t\r\n"))
		}
		found = append(found, strings.Trim(strings.Join(lines, "\n"), "\n"))
	}
	if found == nil && word == "" {
		t.Fatalf("%s brings no licence", name)
	}
	if found == nil {
		found = []string{"Licence: " + word + ". The package brings no text of it."}
	}
	for _, text := range found {
		if !slices.Contains(l[text], name) {
			l[text] = append(l[text], name)
		}
	}
}

// addModules adds those of the modules that are linked, and of Go itself.
func (l licences) addModules(t *testing.T) {
	t.Helper()
	list := exec.CommandContext(context.Background(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}\t{{.Main}}{{end}}", "gridatlas/cmd/gridatlas")
	list.Env = append(os.Environ(), "GOPROXY=off")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		name, rest, _ := strings.Cut(line, "\t")
		if folder, main, _ := strings.Cut(rest, "\t"); folder != "" && main != "true" {
			l.add(t, name, folder, "")
		}
	}
	l.add(t, "Go", runtime.GOROOT(), "") //nolint:staticcheck // of the toolchain that runs this test
}

// addPackages adds those of the npm packages that the pages may be made of: all that
// the lock file has beside the tools.
func (l licences) addPackages(t *testing.T, web string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(web, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Dev     bool
			License string
		}
	}
	if err := json.Unmarshal(content, &lock); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(web, "node_modules")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("api/web/node_modules is not there: make pages")
		}
		t.Skip("api/web/node_modules is not there: make pages")
	}
	names := make([]string, 0, len(lock.Packages))
	for path, p := range lock.Packages {
		if path != "" && !p.Dev && !strings.HasPrefix(path, "node_modules/@types/") {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	for _, path := range names {
		l.add(t, strings.TrimPrefix(path, "node_modules/")+" (npm)", filepath.Join(web, path), lock.Packages[path].License)
	}
}

// String lists the texts by the first name of whose they are.
func (l licences) String() string {
	texts := make([]string, 0, len(l))
	for text := range l {
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b string) int { return strings.Compare(l[a][0]+"\n"+a, l[b][0]+"\n"+b) })
	var b strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("-", 80), strings.Join(l[text], "\n"), text)
	}
	return b.String()
}
