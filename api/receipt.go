package api

import (
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/report"
)

// receiptPath is where a receipt number leads.
func receiptPath(number report.Receipt) string { return "/r/" + string(number) }

// askReceipt answers /r: where a receipt number is typed, which leads to its page.
func (s *server) askReceipt(w http.ResponseWriter, r *http.Request) error {
	q, err := readShared(r, "number", "lang", "big")
	if err != nil {
		return err
	}
	typed := q.text("number")
	number, err := report.ParseReceipt(typed)
	if err == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, receiptPath(number), http.StatusSeeOther)
		return nil
	}
	status, answer := http.StatusOK, report.Answer{}
	if typed != "" {
		status, answer = http.StatusNotFound, report.Answer{Typed: typed, Wrong: true}
	}
	s.ReportPages.ReportReceipt(w, r, status, answer)
	return nil
}

// answerOf is what the page of a report says; of a late one, whom to call.
func (s *server) answerOf(held *report.Held) report.Answer {
	answer := report.Answer{Receipt: held.Receipt, Report: held.Public(), Late: held.Late(s.today())}
	if snap := s.Live.Current(); answer.Late && snap != nil {
		if p, err := held.Point(); err == nil {
			answer.Community, answer.Contact = resident.WhomToAsk(snap, p, s.Clock())
		}
	}
	return answer
}

// receipt answers /r/{receipt}: how far a report is, and what was answered. Who worked
// on it, what was written and what was photographed is not shown.
func (s *server) receipt(w http.ResponseWriter, r *http.Request) error {
	if _, err := readShared(r, "lang", "big"); err != nil {
		return err
	}
	typed := mux.Vars(r)["receipt"]
	status, answer := http.StatusNotFound, report.Answer{Typed: typed, Wrong: true}
	if number, err := report.ParseReceipt(typed); err == nil {
		held, err := s.Reports.Get(r.Context(), number)
		switch {
		case errors.Is(err, geo.ErrNotFound):
			answer = report.Answer{Typed: number.Groups(), Unknown: true}
		case err != nil:
			return err
		default:
			status, answer = http.StatusOK, s.answerOf(&held)
		}
	}
	s.ReportPages.ReportReceipt(w, r, status, answer)
	return nil
}
