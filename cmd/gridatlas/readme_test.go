package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestReadmeSpeaksOfWhatThereIs: every command line of README.md parses as far as its
// flags go, every flag and environment variable that the documents name exists, README
// names every command, and every flag has a help text and a variable of its own.
func TestReadmeSpeaksOfWhatThereIs(t *testing.T) {
	parser, err := newParser(&commandLine{})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}  // --flag
	envars := map[string]bool{} // GRIDATLAS_FLAG
	var walk func(node *kong.Node)
	walk = func(node *kong.Node) {
		for _, flag := range node.Flags {
			known["--"+flag.Name] = true
			for _, envar := range flag.Envs {
				envars[envar] = true
			}
			if flag.Help == "" || flag.Name != "help" && len(flag.Envs) == 0 {
				t.Errorf("%s --%s: help %q, variables %v", node.FullPath(), flag.Name, flag.Help, flag.Envs)
			}
		}
		for _, child := range node.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)

	flags := regexp.MustCompile(`(?:^|[\s` + "`" + `(])(--[a-z][a-z0-9-]*)`)
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "SECURITY.md"} {
		text := name + ":\n" + document(t, name)
		for _, found := range flags.FindAllStringSubmatch(text, -1) {
			if !known[found[1]] {
				t.Errorf("%s: no command has %s", name, found[1])
			}
		}
		for _, envar := range regexp.MustCompile(`GRIDATLAS_[A-Z_]+`).FindAllString(text, -1) {
			ofTests := envar == "GRIDATLAS_SHARED"
			asSuch := strings.HasPrefix(envar, "GRIDATLAS_FLAG")
			if !ofTests && !asSuch && !envars[strings.TrimSuffix(envar, "_FILE")] {
				t.Errorf("%s: nothing reads %s", name, envar)
			}
		}
	}

	readme := document(t, "README.md")
	for _, command := range parser.Model.Children {
		if !strings.Contains(readme, "`"+command.Name+"`") {
			t.Errorf("README.md does not list the command %s", command.Name)
		}
	}
	fenced := strings.Join(regexp.MustCompile("(?ms)^```$.*?^```$").FindAllString(readme, -1), "\n")
	lines := regexp.MustCompile(`(?m)^(?:bin/)?gridatlas ((?:.*\\\n)*.*)$`).FindAllStringSubmatch(fenced, -1)
	if len(lines) < 15 {
		t.Errorf("%d command lines in README.md", len(lines))
	}
	for _, line := range lines {
		words := strings.Fields(strings.ReplaceAll(line[1], "\\\n", " "))
		node, own := parser.Model.Node, parser.Model.Flags
		for _, word := range words {
			at := slices.IndexFunc(node.Children, func(child *kong.Node) bool { return child.Name == word })
			if at < 0 {
				break
			}
			node = node.Children[at]
			own = append(slices.Clone(own), node.Flags...)
		}
		if node == parser.Model.Node {
			t.Errorf("README.md: %q names no command", line[0])
		}
		for _, found := range flags.FindAllStringSubmatch(" "+strings.Join(words, " "), -1) {
			if !slices.ContainsFunc(own, func(flag *kong.Flag) bool { return "--"+flag.Name == found[1] }) {
				t.Errorf("README.md: %q: %s has no %s", line[0], node.FullPath(), found[1])
			}
		}
	}
}

// document is a document at the top of the checkout.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
