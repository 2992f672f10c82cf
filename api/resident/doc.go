// Package resident is what residents are told about a place: which one a plate or a
// code names, whether it is open and until when, what else is near on foot, whom to
// ask, and how a map app leads there. It is told of one map and one instant, for the
// public alone, and knows neither HTTP nor HTML.
package resident
