package web

import (
	"cmp"
	_ "embed" // the guide and the Chinese of the description
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridatlas/api/openapi"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

//go:embed guide.json
var guideFile []byte

//go:embed routes.zh.json
var routesFile []byte

// guide is what stands before the list of routes: chapters of texts, tables and
// commands that work as they are shown.
var guide = mustRead[[]chapter]("guide.json", guideFile)

// routesInChinese has the Chinese of each text of the description.
var routesInChinese = mustRead[map[string]string]("routes.zh.json", routesFile)

func mustRead[T any](name string, text []byte) (value T) {
	if err := json.Unmarshal(text, &value); err != nil {
		panic(fmt.Sprintf("web: %s: %v", name, err))
	}
	return value
}

type chapter struct {
	ID    string `json:"id"`
	Title titles `json:"title"`
	Parts []part `json:"parts"`
}

// part is a paragraph, a table whose first row is its heading, or a command.
type part struct {
	Text  *titles    `json:"text"`
	Table [][]titles `json:"table"`
	Say   titles     `json:"say"` // what the command is for
	Run   string     `json:"run"`
	Write bool       `json:"write"` // the command changes the map
	Fails int        `json:"fails"` // the status that the command shows; 0: that of success
}

var docsTemplate = smallPage("docs.html")

// docs is what the template of /docs sees.
type docs struct {
	shell
	Guide  []chapter
	Groups []group
	fill   *strings.Replacer // of what stands in braces in the guide
}

// group is the routes of one kind.
type group struct {
	openapi.Tag
	Operations []openapi.Operation
}

// serveDocs writes the description of the routes for people.
func (h *Handler) serveDocs(w http.ResponseWriter, r *http.Request) {
	if h.config.Description == nil {
		http.NotFound(w, r)
		return
	}
	beginSmall(w)
	w.Header().Set("Cache-Control", "private, no-cache")
	s := h.config.Live.Current()
	d := &docs{shell: h.shell(w, r, s), Guide: guide, Groups: groups(h.config.Description)}
	d.Heading, d.Styles = d.T("docs"), append(d.Styles, h.bundle.Docs)
	example, booth := facts{Centre: [2]float64{119.107, 36.709}}, int64(1)
	if s != nil {
		example, booth = h.facts.get(s), firstID(s, geo.Booths)
	}
	d.fill = examples(h.baseURL(r), example.Centre, booth)
	h.write(w, r, http.StatusOK, docsTemplate, d)
}

// baseURL is what stands before paths in commands that are shown.
func (h *Handler) baseURL(r *http.Request) string {
	if h.config.PublicURL != nil {
		return strings.TrimSuffix(h.config.PublicURL.String(), "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func firstID(s *snapshot.Snapshot, layer geo.Layer) int64 {
	for f := range s.Layer(layer).After(0) {
		if geo.ForPublic(f) {
			return f.Common().ID
		}
	}
	return 1
}

// examples fills commands with places of this city.
func examples(base string, centre [2]float64, booth int64) *strings.Replacer {
	const half = 0.004 // of the side of a box, in degrees
	degrees := func(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }
	lon, lat := centre[0], centre[1]
	west, south, east, north := degrees(lon-half), degrees(lat-half), degrees(lon+half), degrees(lat+half)
	x, y := crs.Mercator(crs.At(lon, lat))
	const columns = 1 << 14
	return strings.NewReplacer(
		"{base}", base, "{booth}", strconv.FormatInt(booth, 10), "{lon}", degrees(lon), "{lat}", degrees(lat),
		"{box}", strings.Join([]string{west, south, east, north}, ","),
		"{triangle}", fmt.Sprintf("%s %s, %s %s, %s %s, %s %s", west, south, east, south, degrees(lon), north, west, south),
		"{column}", strconv.Itoa(int(x*columns)), "{row}", strconv.Itoa(int(y*columns)),
	)
}

// groups sorts the routes by their tags, in the order of these.
func groups(d *openapi.Document) (all []group) {
	for _, tag := range d.Tags {
		g := group{Tag: tag}
		for _, op := range d.Operations {
			if op.Tag == tag.Name {
				g.Operations = append(g.Operations, op)
			}
		}
		all = append(all, g)
	}
	return all
}

// Say is a text of the guide in the language of the page.
func (d *docs) Say(text titles) string { return text[d.language] }

// Command is a command of the guide for this city.
func (d *docs) Command(run string) string { return d.fill.Replace(run) }

// Rich is a text of the guide with `code` and [links](/path).
func (d *docs) Rich(text titles) template.HTML {
	// {z}, {x} and {y} of tiles stand as they are.
	return rich(d.fill.Replace(text[d.language]))
}

// rich escapes a text and marks what stands between grave accents as code, and
// [text](/path) as a link.
func rich(text string) template.HTML {
	var out strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "`[")
		if i < 0 {
			break
		}
		out.WriteString(template.HTMLEscapeString(text[:i]))
		if text[i] == '`' {
			code, rest, _ := strings.Cut(text[i+1:], "`")
			out.WriteString("<code>" + template.HTMLEscapeString(code) + "</code>")
			text = rest
			continue
		}
		label, rest, linked := strings.Cut(text[i+1:], "](")
		address, rest, closed := strings.Cut(rest, ")")
		if !linked || !closed || !strings.HasPrefix(address, "/") {
			out.WriteString("[")
			text = text[i+1:]
			continue
		}
		out.WriteString(`<a href="` + template.HTMLEscapeString(address) + `">` + string(rich(label)) + "</a>")
		text = rest
	}
	out.WriteString(template.HTMLEscapeString(text))
	return template.HTML(out.String())
}

// Words is a text of the description in the language of the page.
func (d *docs) Words(text string) string {
	key := normal(text)
	if d.language == chinese {
		return cmp.Or(routesInChinese[key], key)
	}
	return key
}

// Paragraphs are the paragraphs of such a text.
func (d *docs) Paragraphs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(d.Words(text), "\n\n")
}

// normal drops line ends but those between paragraphs.
func normal(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(paragraph), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

// Where says where a parameter stands.
func (d *docs) Where(p openapi.Parameter) string { return d.T(whereTexts[p.In]) }

// whereTexts are the texts of the places of parameters.
var whereTexts = map[string]string{"path": "docs.path", "query": "docs.query", "header": "docs.header"}

// Values says what the value of a parameter may be.
func (d *docs) Values(p openapi.Parameter) string {
	s := p.Schema
	if s.Items != nil {
		of := *s.Items
		of.Default = s.Default
		s = of
	}
	words := []string{s.Type}
	switch {
	case len(s.Enum) > 0:
		words = []string{strings.Join(s.Enum, " | ")}
	case s.Minimum != "" && s.Maximum != "":
		words = append(words, s.Minimum+" … "+s.Maximum)
	case s.Minimum != "":
		words = append(words, "≥ "+s.Minimum)
	}
	if p.Schema.Items != nil {
		words = append(words, "[, …]")
	}
	if s.Default != "" {
		words = append(words, "· "+d.speech.fill("docs.default", "value", s.Default))
	}
	return strings.Join(words, " ")
}

// Needed reports whether a parameter must be given by those who ask; those of the path
// are always.
func (d *docs) Needed(p openapi.Parameter) bool { return p.Required && p.In != "path" }

// Answers are the answers of a route without those that all have.
func (d *docs) Answers(op openapi.Operation) []openapi.Response {
	return slices.DeleteFunc(slices.Clone(op.Responses), func(r openapi.Response) bool { return r.Status == "default" || r.Status == "4XX" })
}
