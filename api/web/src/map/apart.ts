// Numbered marks of a list on a map, so that none lies on another. The first of the
// list has the better right: a mark stands at its place, or a little aside, with a line
// to it, where that is taken; where there is no room at all, it is a dot; and where not
// even a dot has room, it waits until the map is larger. Everything is in pixels.

export type XY = readonly [number, number];

/** A round thing by its middle and how wide it is. */
export interface Disc {
  readonly at: XY;
  readonly wide: number;
}

/** How a mark is shown, and how far beside its place. */
export interface Shown {
  readonly as: 'number' | 'dot' | 'nothing';
  readonly by: XY;
}

export interface Room {
  readonly number: number; // how wide marks are
  readonly dot: number; // and dots, with what a finger needs around them
  readonly taken: readonly Disc[]; // by other things
  readonly width: number; // of what can be seen: marks of places within it are not led out of it
  readonly height: number;
}

const gap = 2; // between marks
const directions = 16;
const farthest = 2.5; // times the width of a mark: farther aside nobody sees whose it is

/** Finds room for marks, the first ones first. */
export function apart(places: readonly XY[], { number, dot, taken, width, height }: Room): Shown[] {
  const standing: Disc[] = [...taken];
  const within = ([x, y]: XY, wide: number): boolean => x >= wide / 2 && y >= wide / 2 && x <= width - wide / 2 && y <= height - wide / 2;
  const free = (at: XY, wide: number): boolean => standing.every((other) => Math.hypot(other.at[0] - at[0], other.at[1] - at[1]) >= (other.wide + wide) / 2 + gap);
  /** Whether the line from a place to its mark passes under no other mark. */
  const clear = (from: XY, to: XY): boolean => standing.every((other) => distance(other.at, from, to) >= other.wide / 2);
  const room = (place: XY, wide: number): XY | null => {
    if (free(place, wide)) return [0, 0];
    const seen = within(place, 0);
    for (let far = number / 2; far <= farthest * number; far += number / 4) {
      for (let i = 0; i < directions; i++) {
        const angle = (2 * Math.PI * i) / directions - Math.PI / 2; // upwards first
        const by: XY = [far * Math.cos(angle), far * Math.sin(angle)];
        const at: XY = [place[0] + by[0], place[1] + by[1]];
        if ((!seen || within(at, wide)) && free(at, wide) && clear(place, at)) return by;
      }
    }
    return null;
  };
  return places.map((place): Shown => {
    const aside = room(place, number);
    if (aside) {
      standing.push({ at: [place[0] + aside[0], place[1] + aside[1]], wide: number });
      return { as: 'number', by: aside };
    }
    if (!free(place, dot)) return { as: 'nothing', by: [0, 0] };
    standing.push({ at: place, wide: dot });
    return { as: 'dot', by: [0, 0] };
  });
}

/** How far a point lies from a straight piece. */
function distance([x, y]: XY, [ax, ay]: XY, [bx, by]: XY): number {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}
