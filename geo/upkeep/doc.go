// Package upkeep finds what of a map has to be looked after (核查), and whose work
// that is: features whose check is overdue or was never made, those that need hours
// and have none, those that lie outside what they name as theirs, and stated areas
// that are not those drawn. It counts them by community and layer.
//
// What is judged, of features in effect:
//
//   - Overdue: the day on which the feature was to be looked at again lies before
//     today. That day is due_on where it lies after the last check, else the last
//     check and the CheckDays of the layer. The last check is the later of
//     surveyed_on and, of booths, last_checked.
//   - Unchecked: neither a check nor a due day is known, in a layer with a rhythm.
//     That is told apart from overdue: of most maps it is true on the first day.
//   - NoHours: no hours, or hours that cannot be read, of booths and of those kinds
//     of facilities that have a door to be shut.
//   - Outside: a corner lies farther than OutsideMetres outside a polygon whose code
//     the feature names: a community, grid, compound, building or place.
//   - AreaDiffers: the gross area of a shelter is off its drawn one by more than
//     GroundTolerance, its effective area is larger than that; the floor area of a
//     compound is off the footprints times levels of its buildings by more than
//     FloorTolerance and FloorLeast, where the levels of all of them are known.
//
// Booths that are withdrawn are left out: nobody looks after them any more.
package upkeep
