// Package walk answers questions about walking on the network of geo/street:
// what can be reached in so many minutes, by whom, how, and which place is
// nearest. One search, one snapping rule and one kind of time lie under all
// answers, so two answers about the same walk agree to the millisecond.
//
// Time. A metre takes 1/speed seconds. Steps count as longer than they are
// (street.StepsFactor), crossings wait (street.CrossingWait, whatever the speed).
// What an edge takes is spread evenly over it. Everything inside is integer
// milliseconds and millimetres, so equal questions get equal answers.
//
// The instant. Closures, and streets that are not in effect, are judged at the
// instant of the query. Gate hours are judged at the earliest instant the gate
// can be reached; a gate of unknown hours is open. Nobody waits before a gate.
// When walking to the origin, the instant is that of arrival there.
//
// The search is Dijkstra's algorithm, stopped at the budget, with a 4-ary heap
// of packed integers and labels that are reset by a stamp (methods as in
// RoutingKit's documentation). The outline is contoured from a field of samples
// (outline.go).
package walk
