package web_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/web"
	"gridatlas/geo"
)

// Every text is there in both languages with the same values in it, and is used
// somewhere: a table that nobody prunes cannot be checked by its translators.
func TestTexts(t *testing.T) {
	source, err := os.ReadFile("src/texts.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string][]string
	if err := json.Unmarshal(source, &texts); err != nil {
		t.Fatal(err)
	}
	code := sources(t)
	values := regexp.MustCompile(`\{\w+\}`)
	for key, pair := range texts {
		if len(pair) != 2 || strings.TrimSpace(pair[0]) == "" || strings.TrimSpace(pair[1]) == "" {
			t.Errorf("%s: %q, not one text in each language", key, pair)
			continue
		}
		zh, en := values.FindAllString(pair[0], -1), values.FindAllString(pair[1], -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !slices.Equal(zh, en) {
			t.Errorf("%s: values %v and %v", key, zh, en)
		}
		if regexp.MustCompile(`\p{Han}[,;:?!]|[,;?!]\p{Han}`).MatchString(pair[0]) {
			t.Errorf("%s: half-width punctuation in %q", key, pair[0])
		}
		if !used(code, key) {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// used looks for the key as a string, or for the template literal that makes
// such keys: `layers.${group}`.
func used(code, key string) bool {
	for _, quote := range []string{"'", `"`} {
		if strings.Contains(code, quote+key+quote) {
			return true
		}
	}
	stem, _, found := strings.Cut(key, ".")
	return found && strings.Contains(code, "`"+stem+".${")
}

func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (path == "node_modules" || path == "dist" || path == "test") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".html") || strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all.Write(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// Every text of the description of the routes is there in Chinese, and nothing that is
// in it no more.
func TestRoutesInChinese(t *testing.T) {
	source, err := os.ReadFile("routes.zh.json")
	if err != nil {
		t.Fatal(err)
	}
	var chinese map[string]string
	if err := json.Unmarshal(source, &chinese); err != nil {
		t.Fatal(err)
	}
	has := regexp.MustCompile(`\p{Han}`)
	said := map[string]bool{}
	say := func(text string) {
		paragraphs := strings.Split(text, "\n\n")
		for i, paragraph := range paragraphs {
			paragraphs[i] = strings.Join(strings.Fields(paragraph), " ")
		}
		text = strings.Join(paragraphs, "\n\n")
		said[text] = true
		if !has.MatchString(chinese[text]) && strings.Contains(text, " ") && !regexp.MustCompile(`\d\.\d`).MatchString(text) && text != "JSON Schema" {
			t.Errorf("routes.zh.json has no Chinese of %q", text)
		}
		if regexp.MustCompile(`\p{Han}[,;:?!]|[,;?!]\p{Han}`).MatchString(chinese[text]) {
			t.Errorf("half-width punctuation in %q", chinese[text])
		}
	}
	description := api.Description()
	for _, tag := range description.Tags {
		say(tag.Description)
	}
	for _, op := range description.Operations {
		say(op.Summary)
		say(op.Description)
		say(op.Body)
		for _, parameter := range op.Parameters {
			say(parameter.Description)
		}
		for _, answer := range op.Responses {
			say(answer.Description)
		}
	}
	for text := range chinese {
		if !said[text] {
			t.Errorf("routes.zh.json has Chinese of %q, which is said no more", text)
		}
	}
}

// Server and script agree on which kinds of facilities do business, and there are such kinds.
func TestWhatSells(t *testing.T) {
	source, err := os.ReadFile("src/facts.ts")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^const sells = \[(.*)\];$`).FindSubmatch(source)
	if list == nil {
		t.Fatal("facts.ts has no list")
	}
	if twin := strings.ReplaceAll(string(list[1]), "'", ""); twin != strings.Join(web.Sells, ", ") {
		t.Errorf("facts.ts has %s, standing.go %s", twin, web.Sells)
	}
	field, _ := geo.MustSchema(geo.Facilities).Field("kind")
	for _, kind := range web.Sells {
		if _, known := field.Term(kind); !known {
			t.Errorf("no facility is a %s", kind)
		}
	}
}
