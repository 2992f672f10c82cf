package web

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

//go:embed src/texts.json
var textsFile []byte

// texts holds every sentence of the pages in both languages; the script imports
// the same file.
var texts = func() map[string]titles {
	var t map[string]titles
	if err := json.Unmarshal(textsFile, &t); err != nil {
		panic(fmt.Sprintf("web: texts.json: %v", err))
	}
	return t
}()

const (
	chinese = 0
	english = 1
)

// speech is one language of the pages.
type speech struct{ language int }

// T returns a text. A key that is not there is a mistake of the template, which
// then fails.
func (s speech) T(key string) string {
	text, ok := texts[key]
	if !ok {
		panic("web: no text " + key)
	}
	return text[s.language]
}

// Language is the code that stands in addresses and in the configuration.
func (s speech) Language() string { return [...]string{"zh", "en"}[s.language] }

// HTMLLanguage is the tag that chooses the shapes of Chinese characters.
func (s speech) HTMLLanguage() string { return [...]string{"zh-Hans", "en"}[s.language] }

func containsChinese(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(part)), "zh") {
			return true
		}
	}
	return false
}

// fill puts values into a text: fill("foot.time", "time", "09:12").
func (s speech) fill(key string, pairs ...string) string {
	text := s.T(key)
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// SearchNone says that nothing was found.
func (s speech) SearchNone(query string) string { return s.fill("search.none", "q", query) }

// SourceText names who made the data.
func (s speech) SourceText(names []string) string {
	return s.fill("foot.source", "names", strings.Join(names, s.pause()))
}

func (s speech) pause() string { return [...]string{"、", ", "}[s.language] }

// ApprovalText names the number under which the map was approved.
func (s speech) ApprovalText(number string) string { return s.fill("foot.approval", "number", number) }

// RevisionText names the revision of the map.
func (s speech) RevisionText(revision int64) string {
	return s.fill("foot.revision", "n", strconv.FormatInt(revision, 10))
}
