// Package register keeps the books of an office over one map: the booths (小蓝棚) by
// community against the number that a city allows itself (总量控制), with their checks
// and how far apart they stand on foot, and the parking (停车位) by compound, with what
// it brings the owners.
//
// What counts:
//
//   - A booth counts against the cap unless it was moved (已迁址), given up (已撤点) or
//     has ended. One that begins later counts already: it was decided on.
//   - A change that leaves more booths than the cap, and more than before, needs a
//     decision, which is kept as a record with the booths that it brought.
//   - A booth fails those of the seven checks (七统一) that were not passed when it was
//     looked at last. Of a booth that nobody has looked at nothing is known.
//   - Two booths stand close if the walk from one to the other, along streets, is
//     shorter than the spacing. The walk is that at noon of the day, when gates that
//     keep hours are open, and includes the ways from both booths to the street.
//   - A parking feature has as many spaces as its capacity says, a numbered one without
//     a capacity is one space, of others the number is not known.
//   - Public income (公共收益) is what the fee brings in a year of those whose fee goes
//     to the owners of the compound. It is never added up in silence: each sum says of
//     how many spaces it is known.
package register
