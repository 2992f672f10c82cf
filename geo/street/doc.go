// Package street is the walking network of one snapshot as flat arrays: which
// street pieces join, how long they are, who may walk them when, and where a
// point on the ground joins them (the snapping rule, one for the whole program).
//
// Lines join where they share a corner, whatever lies between: a corner in the
// middle of a line splits it. Two lines of different level that run on over the
// same corner do not join there, a line that ends at it joins. Junctions with
// two ends only are folded away; the edge keeps its shape. Edges are numbered
// without direction; going along edge e is way 2e, against it 2e+1, so the
// opposite way of w is w^1.
//
// Residents' ground. Edges inside a compound that is for residents only, and
// streets that are private, belong to a ground. A trip may use the ground it
// starts in before it reaches public streets, and the ground it ends in after
// it has left them; nobody walks through. Where ground and public streets meet
// the node is doubled: a public one and one of the ground, joined by a door.
// A search that starts in public streets therefore only goes in through doors.
// Where a gate of a compound is supposed to stand open its ground is public.
//
// Squares of at most 50,000 m2 are walked across: edges lead straight from each
// place where a street comes to one to the others it can be seen from, round
// buildings, water and walls on it. Access legs do not end on them, so a square
// changes where nothing joins and makes no walk slower.
//
// It leaves out wheels and slopes, and larger open ground: walking follows lines. The layout is the adjacency array of the shortest path
// literature (forward star); the snapping index is a plain grid of cells.
package street
