// Package coverage judges what a change set does to the layers whose features share
// their borders: places of each level, grids, blocks. It looks at the neighbourhood
// of what is changed alone, before and after, on the planar map of geo/valid, and so
// exactly and without GEOS.
//
// A change set answers for the faults that it makes: ground that two features of one
// level cover and did not before, ground that nobody has any more, ground beyond the
// parent, corners that a neighbour lacks. Faults that stood before, on the same
// ground and between the same features, are no hindrance, so that a map with faults
// can be mended one by one. Features that stand at different times share no ground:
// what is planned is judged at the dates on which something begins or ends.
package coverage
