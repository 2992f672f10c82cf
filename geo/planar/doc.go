// Package planar makes one planar map of many polygons on the lattice: nodes,
// edges that meet in nodes alone, faces, and for each face the polygons that
// cover it. Shared borders become one edge, so gaps, overlaps and unions are
// questions about faces and have exact answers.
//
// Edges are noded by snap rounding: each corner and each crossing, rounded to
// the lattice, makes its lattice cell hot, and each edge is led through the
// middle of every hot cell it passes (J. Hobby, "Practical segment intersection
// with finite precision output", 1999), again until none is left (D. Halperin,
// E. Packer, "Iterated snap rounding", 2002). Edges move by about a step of some
// 11 mm and never across a corner; a map that is noded already stays as it is. All
// predicates are decided in integers.
package planar
