package web

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridatlas/api/label"
	"gridatlas/geo"
)

// labelStyle is the style sheet of printed sheets, which a file carries within itself;
// pages link the same one.
//
//go:embed src/labels.css
var labelStyle string

var (
	labelsTemplate    = template.Must(template.New("labels.html").ParseFS(templates, "labels.html", "sheets.html", "shell.html"))
	sheetFileTemplate = template.Must(template.New("sheetfile.html").ParseFS(templates, "sheetfile.html", "sheets.html"))
)

// sheets is what the template "sheets" sees. What is printed is Chinese, whatever the
// language of the page: it hangs in the street.
type sheets struct {
	SizeName string
	Masters  bool // they are cards of masters
	Service  string
	Demo     bool
	Sheets   []sheet
}

// sheet is one sheet of paper, or one plate.
type sheet struct {
	Title  string // for screen readers
	Foot   string // empty: there is none, as on plates
	Labels []printedLabel
}

type printedLabel struct {
	Name, Number string
	IsCode       bool   // Number is the code of a place, which may be long
	Length       string // of the name: "", long, longer
	Picture      template.HTML
}

// Names longer than this, in characters, are set in smaller letters, so that they fit
// their label whole.
const (
	longName   = 24
	longerName = 45
)

func sheetsOf(p *label.Sheets) sheets {
	all := sheets{SizeName: p.Size.Name, Masters: p.Masters, Service: p.Service, Demo: p.Demo}
	if len(p.Labels) == 0 {
		return all // nor is there a size then, where one was asked for that we have not
	}
	total := (len(p.Labels) + p.Size.PerSheet() - 1) / p.Size.PerSheet()
	for part := range slices.Chunk(p.Labels, p.Size.PerSheet()) {
		nth := len(all.Sheets) + 1
		s := sheet{Title: fmt.Sprintf("%d / %d", nth, total)}
		if p.Size.PerSheet() > 1 {
			s.Foot = fmt.Sprintf("打印于 %s · 数据时间 %s · 第 %d/%d 页",
				p.Printed.Format("2006-01-02 15:04"), p.DataTime.Format("2006-01-02 15:04"), nth, total)
			if p.Demo {
				s.Foot = "演示数据：地面为虚构 · " + s.Foot
			}
		}
		for i := range part {
			l := &part[i]
			printed := printedLabel{Name: l.Name, Number: l.Number, IsCode: strings.Trim(l.Number, "0123456789 ") != "" || len(l.Number) > 14}
			switch n := utf8.RuneCountInString(l.Name); {
			case n > longerName:
				printed.Length = "longer"
			case n > longName:
				printed.Length = "long"
			}
			printed.Picture = template.HTML(l.Code.Print(p.Size.Code)) //nolint:gosec // drawn by us, of numbers alone
			s.Labels = append(s.Labels, printed)
		}
		all.Sheets = append(all.Sheets, s)
	}
	return all
}

// WriteSheets writes labels, or cards, as one file that any browser prints, with its styles in it.
func WriteSheets(w io.Writer, p *label.Sheets) error {
	heading := "标签 · " + strconv.Itoa(len(p.Labels)) + " 个"
	if p.Masters {
		heading = "师傅卡 · " + strconv.Itoa(len(p.Labels)) + " 张"
	}
	return sheetFileTemplate.Execute(w, struct {
		sheets
		Heading string
		Style   template.CSS
	}{sheetsOf(p), heading, template.CSS(labelStyle)}) //nolint:gosec // our own
}

// labelsPage is what the template of /labels sees.
type labelsPage struct {
	shell
	Print                 sheets
	Page                  *label.Page
	Kinds, Sizes          []option
	Typed                 string
	Unknown, Found, Fault string
}

// option is one choice of a list.
type option struct{ Value, Title string }

// Labels writes the page that labels are chosen and printed on.
func (h *Handler) Labels(w http.ResponseWriter, r *http.Request, status int, page *label.Page) {
	beginSmall(w)
	p := &labelsPage{shell: h.shell(w, r, h.config.Live.Current()), Print: sheetsOf(&page.Sheets), Page: page}
	p.Heading, p.Unlisted = p.T("labels"), true
	if h.bundle.Labels != "" {
		p.Styles = append(p.Styles, h.bundle.Labels)
	}
	p.Typed = strings.Join(page.Numbers, "\n")
	for _, kind := range label.Kinds {
		p.Kinds = append(p.Kinds, option{kind, p.kindTitle(kind)})
	}
	for _, size := range label.Sizes {
		p.Sizes = append(p.Sizes, option{size.Name, p.T(sizeTexts[size.Name])})
	}
	switch page.Fault {
	case label.FaultNoAddress:
		p.Fault = p.T("labels.no_address")
	case label.FaultTooMany:
		p.Fault = p.fill("labels.too_many", "n", strconv.Itoa(len(page.Set.Labels)+page.Set.More), "most", strconv.Itoa(page.Most))
	case label.FaultUnknown:
		p.Fault = p.T("labels.unknown_choice")
	}
	if set := page.Set; set != nil {
		if page.Fault == "" {
			p.Found = p.fill("labels.found", "n", strconv.Itoa(len(set.Labels)), "sheets", strconv.Itoa(len(p.Print.Sheets)))
			if set.Bare > 0 {
				p.Found += p.fill("labels.bare", "n", strconv.Itoa(set.Bare))
			}
		}
		if len(set.Unknown) > 0 {
			p.Unknown = p.fill("labels.unknown", "numbers", strings.Join(set.Unknown, p.T("labels.comma")))
			if len(set.Suggests) > 0 {
				p.Unknown += p.fill("labels.suggest", "numbers", strings.Join(set.Suggests, p.T("labels.comma")))
			}
		}
	}
	h.write(w, r, status, labelsTemplate, p)
}

var sizeTexts = map[string]string{"a4": "labels.a4", "plate120": "labels.plate120", "plate200": "labels.plate200"}

// kindTitle is what a layer, or a kind of facilities, is called.
func (s speech) kindTitle(of string) string {
	layer, kind, _ := strings.Cut(of, ".")
	schema := geo.MustSchema(geo.Layer(layer))
	if field, there := schema.Field("kind"); there && kind != "" {
		if term, known := field.Term(kind); known {
			return [...]string{term.Zh, term.En}[s.language]
		}
	}
	return [...]string{schema.Zh, schema.En}[s.language]
}
