// Package estimate spreads the people and households that a community, street office
// or district states over the residential floor area inside it: each building gets the
// share of its footprint times its levels, in whole numbers that sum to what is stated.
//
// Spread does so for the buildings that nobody counted, with what is stated less what
// was really counted. A figure that somebody counted is never overwritten, and what was
// spread is marked as an estimate in the building's source, so that sums can say which
// share of them is guessed. Published does so for all buildings alike, whatever was
// counted at them: from that public sums are made, which therefore tell of no building
// more than can be seen in the street.
//
// What it does not do: it makes no difference between rich and poor, full and
// empty, new and old; how far off single buildings are is in its tests.
package estimate
