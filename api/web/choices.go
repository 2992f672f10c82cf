package web

import (
	"net/http"
	"net/url"
)

// choices are what a visitor chose for good: language, letter size, colours,
// the style of the map. An
// address says them first, then the cookies of an earlier visit, then the
// browser; so they hold without script and come along with a shared link.
type choices struct {
	language int
	big      bool
	theme    string
	style    string
}

const yearSeconds = 365 * 24 * 60 * 60

func readChoices(w http.ResponseWriter, r *http.Request) choices {
	var c choices
	var asked url.Values
	if r.URL.RawQuery != "" {
		asked = r.URL.Query()
	}
	choose := func(name string, allowed ...string) string { return choose(w, r, asked, name, allowed...) }
	switch choose("lang", "zh", "en") {
	case "en":
		c.language = english
	case "zh":
	default:
		c.language = preferred(r.Header.Get("Accept-Language"))
	}
	c.big = choose("big", "1", "0") == "1"
	if theme := choose("theme", "auto", "day", "night"); theme != "auto" {
		c.theme = theme
	}
	if style := choose("style", "standard", "planner", "emergency"); style != "standard" {
		c.style = style
	}
	return c
}

// choose returns one of the allowed values or nothing, and remembers one that
// stands in the address.
func choose(w http.ResponseWriter, r *http.Request, asked url.Values, name string, allowed ...string) string {
	for _, value := range allowed {
		if asked.Get(name) == value {
			http.SetCookie(w, &http.Cookie{
				Name: name, Value: value, Path: "/", MaxAge: yearSeconds, SameSite: http.SameSiteLaxMode,
			})
			return value
		}
	}
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	for _, value := range allowed {
		if cookie.Value == value {
			return value
		}
	}
	return ""
}

// preferred is Chinese unless a browser asks for another language and nowhere
// for Chinese: the people this page is for read Chinese.
func preferred(accept string) int {
	if accept == "" || containsChinese(accept) {
		return chinese
	}
	return english
}
