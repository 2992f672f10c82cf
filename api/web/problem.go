package web

import "net/http"

var problemTemplate = smallPage("problem.html")

// problemPage is what the template of a page that cannot be shown sees.
type problemPage struct {
	shell
	Why       string
	Passing   bool   // it may be shown when it is asked for again
	Reference string // by which the log names the request; empty: nobody need look there
}

// Problem writes what people read instead of a page that they cannot have: the status
// of the answer says why, and the reference names the request in the log.
func (h *Handler) Problem(w http.ResponseWriter, r *http.Request, status int, reference string) {
	beginSmall(w)
	p := &problemPage{shell: h.shell(w, r, h.config.Live.Current()), Passing: status >= 500 || status == http.StatusTooManyRequests}
	title, why := problemOf(status)
	p.Heading, p.Why, p.Unlisted = p.T(title), p.T(why), true
	if why == "problem.failed" && reference != "" {
		p.Reference = p.fill("error.ref", "id", reference)
	}
	h.write(w, r, status, problemTemplate, p)
}

// problemOf are the texts of a status.
func problemOf(status int) (title, why string) {
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return "problem.none.title", "problem.none"
	case http.StatusTooManyRequests:
		return "problem.fast.title", "problem.fast"
	case http.StatusServiceUnavailable:
		return "problem.busy.title", "problem.busy"
	}
	if status >= 500 {
		return "problem.failed.title", "problem.failed"
	}
	return "problem.refused.title", "problem.refused"
}
