// Package tint gives areas that share a border piece different tints, so that each
// can be told from its neighbours on a map. A tint means nothing else. Six are enough
// for every coverage: a map of areas and shared borders is planar, and a planar graph
// always has an area of at most five neighbours; taken away one after the other, the
// fewest neighbours first, and tinted in the opposite order, each finds a tint that
// its neighbours lack (D. Matula, L. Beck 1983: smallest-last order). Areas that
// overlap may need more; then some neighbours are alike.
package tint

// Count is how many tints there are: 0 to Count-1.
const Count = 6
