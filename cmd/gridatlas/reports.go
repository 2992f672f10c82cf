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
}

// maxAnswerDays bounds what is promised: it is about a year of work.
const maxAnswerDays = 250

func (c *reportRules) check() error {
	if c.AnswerDays < 0 || c.AnswerDays > maxAnswerDays {
		return usagef("--answer-days is from 0, for no promise, to %d", maxAnswerDays)
	}
	return nil
}

// book is that of the reports of a node.
func (c *reportRules) book(node *node, zone *time.Location) *georeport.Book {
	promise := georeport.Promise{Days: c.AnswerDays, Calendar: hours.China(), Zone: zone}
	return georeport.NewBook(writable{node}, time.Now, georeport.Limits{}, promise)
}
