// Package booth tells how a repair booth stands at an instant: whether somebody is
// there, until when, and when the answer changes. Lists, plates, cards of masters and
// walking answers all ask it, so that they agree.
//
// Two things are known of a booth. Its registered hours hold every week. Its status is
// what the master, or staff, last said, at StatusAt:
//
//   - A word holds for the day on which it was said, on the clock of the place. Hours
//     past midnight belong to the day on which they begin, and so does what is said
//     during them. After that day the registered hours answer.
//   - open: somebody is there until the hours next close. A master who comes on a day
//     without hours stays until the day ends.
//   - closed: packed up, until the hours of that day begin, if some were said, else
//     until the day ends.
//   - away: nobody is there until BackAt, on whatever day that is; without it until the
//     day ends. Then the hours answer.
//   - day_off: nobody is there that day.
//   - HoursToday stand for the registered hours on the day of the word.
//   - moved and retired hold for good; a booth whose time in effect has ended is retired.
//
// A status that nobody touched for 14 days, or that has no time at all, is not believed
// any more: the booth is unconfirmed, whatever its hours say. Where no status was ever
// set, as in a register before cards are handed out, the hours alone answer.
package booth
