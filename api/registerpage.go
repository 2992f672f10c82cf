package api

import (
	"cmp"
	"net/http"
	"slices"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo/register"
)

// registerPage answers /registers, the page of the registers. Who has not signed in is
// led to the sign-in, where there is one.
func (s *server) registerPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "view", "sort", "community", "all", "lang", "big")
	if err != nil {
		return err
	}
	sheet := register.Sheet{View: cmp.Or(q.text("view"), register.Views[0]), Sort: q.text("sort"), Community: q.text("community"), Cap: s.BoothCap}
	if !slices.Contains(register.Views, sheet.View) {
		return problem.Parameter("view", "%q is none of %v", sheet.View, register.Views)
	}
	if sheet.Sort != "" && !slices.Contains(register.Sorts[sheet.View], sheet.Sort) {
		return problem.Parameter("sort", "%q is none of %v", sheet.Sort, register.Sorts[sheet.View])
	}
	sheet.Sort = cmp.Or(sheet.Sort, register.Usual[sheet.View])
	if sheet.All, err = q.flag("all", false); err != nil {
		return err
	}
	who, led, err := s.orSignIn(w, r, "registers")
	if led || err != nil {
		return err
	}
	g, err := s.openRegisters(w, r)
	if err != nil {
		return err
	}
	if sheet.View == "parking" {
		sheet.Parking, sheet.Draws = g.parking(), s.mayDraw(who)
	} else {
		if sheet.Booths, err = s.booths(r.Context(), &g); err != nil {
			return err
		}
		if sheet.Decisions, sheet.Decided, err = s.decisions(r.Context(), &g); err != nil {
			return err
		}
	}
	sheet.Arrange()
	s.RegisterPage(w, r.WithContext(access.With(r.Context(), who)), sheet)
	return nil
}
