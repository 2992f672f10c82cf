// Package arc simplifies the borders of areas once for all that share them. The
// areas of all coverage layers, places, grids and blocks, make one planar map; at
// each zoom the borders between its nodes, the arcs, lose the corners that cannot
// be seen, and both areas along an arc, of whichever layers, keep the same ones.
//
// Borders are noded once on the lattice, where a corner of one area that was
// rounded onto the border of another lies exactly on it, and once more in world
// units (geo/planar). At each zoom the tile units with a corner in them are hot,
// and borders are led through the middle of every hot unit they pass, until none
// is left: iterated snap rounding (J. Hobby, "Practical segment intersection with
// finite precision output", 1999; D. Halperin, E. Packer, "Iterated snap rounding",
// 2002). What was narrower than a unit folds up and vanishes; nothing crosses.
//
// Arcs are then thinned as by D. Douglas and T. Peucker, "Algorithms for the
// reduction of the number of points" (1973), with a condition: a piece of an arc
// becomes a straight edge only when no other corner lies in the convex hull of the
// piece, and when no other arc becomes the same edge. Each edge can then be drawn
// tight from its piece without passing a corner, and edges that are drawn tight
// from pieces that do not cross do not cross either (M. de Berg, M. van Kreveld,
// S. Schirra, "Topologically correct subdivision simplification using the bandwidth
// criterion", 1998). So whether a piece may go is decided by what lies around it
// as it was, in any order, without trial and repair, and no area is lost.
package arc
