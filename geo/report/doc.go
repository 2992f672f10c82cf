// Package report keeps what residents say is wrong at a place (问题上报、信息纠错): what
// it is about, how far it was worked through, and what was answered. Who reports is
// never asked. A receipt number (受理编号) alone opens a report to the public, and shows
// no more of it than its state and the answer.
//
// What was typed is kept for a time after the answer and then dropped (Forget); a photo
// goes with the answer.
//
// It is the small beginning of a larger flow: a day of the answer, but no departments
// and no ratings. The kinds are those of the plates of comparable cities (moved, closed,
// dirty, price), the states those that every service hotline answers with.
package report
