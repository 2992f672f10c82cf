// Package datum says under which coordinate system a sample fits the map that is
// already known, for files that do not say in which they are: the shift of GCJ-02
// is 500 m, that of BD-09 1.3 km, and both look like WGS84.
//
// Each system, with x and y as given and swapped, puts the sample on the ground.
// There each thing of the sample is judged: lines run along known streets,
// buildings lie on known ones or at least across no street, shops and offices
// stand in or at buildings and not in the carriageway or in water, booths at
// streets, what has the name of a known thing near that, and what names its
// community inside it. The share that fits is compared with what fits by chance:
// the same sample pushed a few hundred metres in many directions. Only the true
// system beats chance; a wrong one is itself such a push.
//
// The answer is a table and whether it is clear. Nothing is guessed: a datum that
// is not among the candidates (an old survey, a city's own system) fits no better
// than chance and is not clear.
package datum
