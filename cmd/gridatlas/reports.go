package main

import (
	"time"

	"gridatlas/geo/hours"
	georeport "gridatlas/geo/report"
)

// reportRules are what a city says of the reports of its residents.
type reportRules struct {
	// Five working days are our figure: the rules of service hotlines that we read give
	// calls for help 3 to 5 and complaints up to 13, and what is reported here is small
	// work at a known place.
	AnswerDays int `name:"answer-days" default:"5" placeholder:"DAYS" help:"Within how many working days residents are promised an answer to a report; 0: nothing is promised."`
	// A year is our figure: who asks again in the same season still finds the answer. The
	// law on personal information wants the shortest time that the work needs (article
	// 19); nobody is asked for any, but who writes may name somebody.
	KeepReports int `name:"keep-reports" default:"365" placeholder:"DAYS" help:"For how many days after the answer what was typed in a report and in its answer is kept, before it is deleted; its number, kind, place and times stay. 0: for ever. Photos are deleted with the answer."`
}

// maxAnswerDays bounds what is promised: it is about a year of work.
const maxAnswerDays = 250

func (c *reportRules) check() error {
	if c.AnswerDays < 0 || c.AnswerDays > maxAnswerDays {
		return usagef("--answer-days is from 0, for no promise, to %d", maxAnswerDays)
	}
	if c.KeepReports < 0 {
		return usagef("--keep-reports is 0, for ever, or more")
	}
	return nil
}

// book is that of the reports of a node.
func (c *reportRules) book(node *node, zone *time.Location) *georeport.Book {
	promise := georeport.Promise{Days: c.AnswerDays, Calendar: hours.China(), Zone: zone}
	return georeport.NewBook(writable{node}, time.Now, georeport.Limits{}, promise)
}
