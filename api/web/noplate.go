package web

var noPlateTemplate = smallPage("noplate.html")

// noPlatePage says that there is no such number or code, and what may be meant.
type noPlatePage struct {
	shell
	Typed       string
	Code        bool
	Suggestions []suggestion
}

type suggestion struct{ Number, Name, URL string }

// TypedText repeats what was typed.
func (p *noPlatePage) TypedText() string { return p.fill("noplate.typed", "text", p.Typed) }

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
