// Where names stand on a drawn plan: along their streets and upon their buildings, so
// that none lies over another. Everything is in pixels of the screen.

export type XY = readonly [number, number];

/** A name that is wanted; those before it in a list have the better right. */
export interface Wish {
  readonly text: string;
  readonly size: number; // of the letters
  readonly at?: XY; // its middle; or
  readonly along?: readonly XY[]; // the line that it runs along
  readonly room?: number; // of what it stands upon: a wider name has no place
  readonly apart?: number; // from another of the same text
}

/** A name that has its place. */
export interface Placed {
  readonly wish: Wish;
  readonly at: XY; // its middle
  readonly turned: number; // in degrees, from -90 to 90, so that none is upside down
}

/** How wide a text is, in its own size: Chinese is square, letters and figures are half of it. */
export const widthOf = (text: string): number => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e7f ? 1 : 0.58), 0);

const gap = 0.15; // around a name, in its size

/** Finds places for as many names as there is room for, the first ones first. */
export function place(wishes: readonly Wish[]): Placed[] {
  const taken = new Taken();
  const placed: Placed[] = [];
  for (const wish of wishes) {
    for (const { at, turned } of wish.at ? [{ at: wish.at, turned: 0 }] : alongLine(wish)) {
      if (wish.room !== undefined && widthOf(wish.text) * wish.size > wish.room) break;
      if (wish.apart && placed.some((one) => one.wish.text === wish.text && Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < wish.apart!)) continue;
      const box = boxOf(wish, at, turned);
      if (taken.any(box)) continue;
      taken.add(box);
      placed.push({ wish, at, turned });
      break;
    }
  }
  return placed;
}

/** The straight pieces of a line that a name fits on, the longest first. */
function alongLine({ along = [], text, size }: Wish): { at: XY; turned: number }[] {
  const wide = widthOf(text) * size;
  const pieces: { at: XY; turned: number; long: number }[] = [];
  for (let i = 1; i < along.length; i++) {
    const [[ax, ay], [bx, by]] = [along[i - 1]!, along[i]!];
    const long = Math.hypot(bx - ax, by - ay);
    if (long < wide) continue;
    let turned = (Math.atan2(by - ay, bx - ax) * 180) / Math.PI;
    if (turned > 90) turned -= 180;
    if (turned <= -90) turned += 180;
    for (const share of long > 3 * wide ? [0.5, 0.25, 0.75] : [0.5]) pieces.push({ at: [ax + (bx - ax) * share, ay + (by - ay) * share], turned, long });
  }
  return pieces.sort((a, b) => b.long - a.long);
}

/** What a name covers with the gap around it: a rectangle turned about its middle. */
interface Box {
  readonly middle: XY;
  readonly ahead: XY; // one pixel in the direction of reading
  readonly wide: number;
  readonly high: number;
}

function boxOf({ text, size }: Wish, middle: XY, turned: number): Box {
  const angle = (turned * Math.PI) / 180;
  return { middle, ahead: [Math.cos(angle), Math.sin(angle)], wide: (widthOf(text) + 2 * gap) * size, high: (1 + 2 * gap) * size };
}

/** How far a box reaches from its middle along a direction of one pixel. */
const reach = ({ ahead: [ax, ay], wide, high }: Box, [x, y]: XY): number => (wide * Math.abs(ax * x + ay * y) + high * Math.abs(ax * y - ay * x)) / 2;

/** Whether two boxes overlap: two that do not are apart along a side of one of them. */
function overlap(a: Box, b: Box): boolean {
  const [dx, dy] = [b.middle[0] - a.middle[0], b.middle[1] - a.middle[1]];
  return [a, b].every(({ ahead: [x, y] }) => ([[x, y], [-y, x]] as const).every((side) => Math.abs(dx * side[0] + dy * side[1]) < reach(a, side) + reach(b, side)));
}

const cell = 64; // pixels

/** What is covered already, by squares of the plane. */
class Taken {
  #cells = new Map<string, Box[]>();

  any(box: Box): boolean {
    return this.#under(box).some((key) => this.#cells.get(key)?.some((other) => overlap(box, other)));
  }

  add(box: Box): void {
    for (const key of this.#under(box)) {
      const all = this.#cells.get(key);
      if (all) all.push(box);
      else this.#cells.set(key, [box]);
    }
  }

  #under(box: Box): string[] {
    const [[x, y], dx, dy] = [box.middle, reach(box, [1, 0]), reach(box, [0, 1])];
    const keys: string[] = [];
    for (let i = Math.floor((x - dx) / cell); i <= Math.floor((x + dx) / cell); i++) for (let j = Math.floor((y - dy) / cell); j <= Math.floor((y + dy) / cell); j++) keys.push(`${i} ${j}`);
    return keys;
  }
}
