// Package demo makes the demo city: ground that does not exist under real names
// and codes of divisions, large and varied enough to try everything on.
//
// How it is made. Main roads are lines that were straight once and are bent by
// long waves (arterials.go); a river, a small river and a railway run in
// corridors between two of them. The faces in between are cut again and again,
// the most oversized first, until the road density is met (superblocks.go), so
// the density is exact by construction and no two blocks are alike; local streets
// get their widths so that the road area is met (calm.go). All of this is one
// planar arrangement on the lattice (arrangement.go): places and grids are unions
// of its faces, which makes them exact coverages. Each block has a convex lot
// inside its pavements; walls, rows, lanes and shops are laid in axes turned to
// the lot (lanes.go, compound.go), so houses never overlap. Communities and grids
// grow from seeds over the blocks until their loads are even (partition.go).
//
// Nothing is drawn at random but from seeded generators of math/rand/v2, and maps
// are only looked up, so the same city comes out each time. That holds for
// processors of one kind: on kinds where the compiler fuses multiplication and
// addition (arm64), a decision that hangs on the last bit may fall the other way.
//
// Codes. Places carry those of the statistics bureau (zones 370700-GX and
// 370700-JJ, which it does not have); what 经济区 consists of is made up and says
// so. Grids: the community and 3 digits, west to east in bands from the north.
// Booths: numbers of geo/plate with serials from 5001, so that none looks like a
// community. Buildings, compounds, parking and facilities: the community, a hyphen, B, X, P or F and a number. Shelters: the
// district, SH and a number. Streets, gates, barriers and land have none.
//
// Telephone numbers begin 0536-0000: nobody can dial them. Nobody is named:
// posts and units are in charge. The flood is a drill of 2026-07-20 and in effect
// on that day only (flood.go).
//
// It leaves out: relief, one-way streets, tenants, anything of the real ground.
package demo
