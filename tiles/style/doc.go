// Package style writes the map styles of the electronic map: one list of layers,
// bottom to top, and one flat list of named colours for each flavour (day, planner
// and emergency, each with its night). It names only layers and fields of geo.Catalog,
// so any client that draws MapLibre styles can use it with our tiles.
//
// No glyphs are named: clients of MapLibre GL 6 draw all text with fonts of the
// device. Icons and patterns are drawn here (sprite.go); the build of the pages
// makes one sprite of them. The sources circle, results, route, selection,
// worklist, measure, coverage and proposal are empty; a page fills them (answers.go,
// measure.go, coverage.go and proposal.go say how).
//
// # What the map promises
//
// The ground is pale and the subject loud: full colour is for results, what is
// selected, and danger. In order of drawing: land and compounds; tints (of grids, or
// of a coverage from afar); water, which is seen through every tint; buildings; bands
// of a circle; streets, all casings of a deck below all its fills; borders; answers;
// names.
//
//   - Names. A phone has at most 12 at z13, 25 at z15 and 40 at z17. Text is 12 px at
//     least and breaks after seven characters. What is placed first stays: listed
//     results, booths and shelters, districts, streets of the walker's orientation
//     (main roads), communities, water and parks, other facilities, local streets,
//     numbers of buildings from z17 (emergency z16). A polygon has one name, and of two
//     listed places of one name side by side one carries it.
//   - Contrast. Every name reaches 4.5 on every ground it can stand on, up to main
//     roads, without counting its halo; names and borders also on the tints of grids.
//   - Colour is never alone. Bands have outlines of their own dash and their minutes,
//     grids their number and border, what is shut has bars or a hatch, buildings that
//     are outside a dot, icons the body of their class and a glyph of their kind.
//     Steps of every list part for all four types of colour vision: CIEDE2000 8.8 for
//     shares and classes, 5 for tints of grids, 4 for bands.
//   - Widths. A main road is 2.5 px at z12, 5 at z14, 11 at z16 and 24 at z18; a local
//     street .6 px from z13 (planner, emergency z12) and 13 at z18; a lane from z14.5. A
//     casing adds 1.5 px, from z14 on 2. Borders of grids are 1.2 px, in the planner 2
//     on white; of communities 1 px, in the planner 6 from z16.
//   - Bands have an opacity of .14 up to z15, where all three can be seen, and give way
//     to the ground from there. In the planner a circle is its outlines alone.
//
// promise_test.go and the tests of the pages hold the style to these.
package style
