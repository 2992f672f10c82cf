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

const gap = 0.15; // between two names, in their sizes

/** Finds places for as many names as there is room for, the first ones first. */
export function place(wishes: readonly Wish[]): Placed[] {
  const taken = new Taken();
  const placed: Placed[] = [];
  for (const wish of wishes) {
    for (const { at, turned } of wish.at ? [{ at: wish.at, turned: 0 }] : alongLine(wish)) {
      if (wish.room !== undefined && widthOf(wish.text) * wish.size > wish.room) break;
      if (wish.apart && placed.some((one) => one.wish.text === wish.text && Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < wish.apart!)) continue;
      const dots = dotsOf(wish, at, turned);
      if (taken.any(dots)) continue;
      taken.add(dots);
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

/** A disc of the height of the letters at each half of a letter: what a name covers, however it is turned. */
function dotsOf({ text, size }: Wish, [x, y]: XY, turned: number): Dot[] {
  const wide = Math.max(0, widthOf(text) * size - size);
  const steps = Math.ceil(wide / (size / 2));
  const [cos, sin] = [Math.cos((turned * Math.PI) / 180), Math.sin((turned * Math.PI) / 180)];
  return Array.from({ length: steps + 1 }, (_, i) => {
    const away = steps === 0 ? 0 : -wide / 2 + (wide * i) / steps;
    return { x: x + away * cos, y: y + away * sin, r: size * (0.5 + gap) };
  });
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

const cell = 32; // pixels

/** What is covered already, by squares of the plane. */
class Taken {
  #cells = new Map<string, Dot[]>();

  any(dots: readonly Dot[]): boolean {
    return dots.some((dot) => this.#around(dot).some((key) => this.#cells.get(key)?.some((other) => Math.hypot(dot.x - other.x, dot.y - other.y) < dot.r + other.r)));
  }

  add(dots: readonly Dot[]): void {
    for (const dot of dots) {
      for (const key of this.#around(dot)) {
        const all = this.#cells.get(key);
        if (all) all.push(dot);
        else this.#cells.set(key, [dot]);
      }
    }
  }

  #around({ x, y, r }: Dot): string[] {
    const keys: string[] = [];
    for (let i = Math.floor((x - r) / cell); i <= Math.floor((x + r) / cell); i++) for (let j = Math.floor((y - r) / cell); j <= Math.floor((y + r) / cell); j++) keys.push(`${i} ${j}`);
    return keys;
  }
}
