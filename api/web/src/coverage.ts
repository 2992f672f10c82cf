// How well the city is covered: asks the server when the choice changes and tells
// the page which state it is in. Nothing is kept: the server keeps its answers and
// knows when they are true no longer.
import { askCoverage, askPatiently, Failure, type CoverageQuestion } from './api';
import { all, categoryOf, kindsOf, wordsOfKind } from './categories';
import { touches, type Change } from './changes';
import { walked } from './reach';
import { everywhere } from './shapes';
import { type Level, type State, type Store } from './state';
import type { Coverage, CoverageRow, ServedSums } from './types';

export type Covered =
  | { status: 'off' }
  | { status: 'unknown'; of: string } // the address names a category or kind that is none
  | { status: 'waiting'; last: Done | null }
  | { status: 'failed'; failure: Failure }
  | Done;

export interface Done {
  status: 'done';
  question: CoverageQuestion; // with the instant of the answer
  coverage: Coverage;
  /** The areas that a map of the whole city is tinted by: grids are too small for that. */
  tint: CoverageRow[];
}

type Listener = (covered: Covered) => void;

/** For so long other questions are asked of the same instant, so that answers can be compared. */
const sameInstantMs = 5 * 60_000;

/** The category or kind of a coverage that the page does not know; null: it knows both. */
function unknownOf({ coverage, category: id }: State): string | null {
  if (!coverage) return null;
  const category = categoryOf(id);
  if (category === all) return id;
  return coverage.kind && !kindsOf(category).kinds.includes(coverage.kind) ? coverage.kind : null;
}

function questionOf({ coverage, category, speed }: State): CoverageQuestion | null {
  return coverage && { of: wordsOfKind(categoryOf(category), coverage.kind), minutes: coverage.minutes, by: coverage.by, speed };
}

export class Coverer {
  covered: Covered = { status: 'off' };
  #listeners: Listener[] = [];
  #running: AbortController | null = null;
  #asked = '';
  #at: string | undefined;
  #heard = -Infinity; // when the instant was new
  #newest = 0; // revision of the last change that may have changed the answer

  constructor(private readonly store: Store) {
    store.on((now) => this.#update(now));
  }

  on(listener: Listener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#update(this.store.state);
  }

  /** Whether what is shown may be other than before. */
  get outdated(): boolean {
    return this.covered.status === 'done' && this.covered.coverage.revision < this.#newest;
  }

  heard(change: Change): void {
    if (touches(change, [...walked, 'places', 'grids'], everywhere)) this.#newest = change.revision;
  }

  retry(): void {
    this.#asked = '';
    this.#heard = -Infinity;
    this.start();
  }

  #tell(covered: Covered): void {
    this.covered = covered;
    for (const listener of this.#listeners) listener(covered);
  }

  #update(state: State): void {
    const unknown = unknownOf(state);
    const question = unknown === null ? questionOf(state) : null;
    const key = unknown ?? (question ? JSON.stringify(question) : '');
    if (key === this.#asked) return;
    this.#asked = key;
    this.#running?.abort();
    if (unknown !== null) this.#tell({ status: 'unknown', of: unknown });
    else if (question) void this.#ask(question);
    else this.#tell({ status: 'off' });
  }

  async #ask(question: CoverageQuestion): Promise<void> {
    const { signal } = (this.#running = new AbortController());
    this.#tell({ status: 'waiting', last: this.covered.status === 'done' ? this.covered : null });
    const failed = (failure: Failure): void => this.#tell({ status: 'failed', failure });
    const tint: Level = question.by === 'grid' ? 'community' : question.by;
    try {
      if (performance.now() - this.#heard > sameInstantMs) this.#at = undefined;
      const coverage = await askPatiently(() => askCoverage({ ...question, at: this.#at }, signal), signal, failed);
      if (!this.#at) this.#heard = performance.now();
      const same = { ...question, at: (this.#at = coverage.at) };
      const areas = tint === question.by ? coverage : await askPatiently(() => askCoverage({ ...same, by: tint }, signal), signal, failed);
      if (!signal.aborted) this.#tell({ status: 'done', question: same, coverage, tint: areas.rows });
    } catch (error) {
      if (!signal.aborted) failed(error instanceof Failure ? error : new Failure('server'));
    }
  }
}

/** The percentage that is in time: of the households, where few would be told of them, of the buildings; null where there is neither. */
export function shareOf(sums: ServedSums): number | null {
  const { households, households_in, buildings, buildings_in } = sums;
  if (households !== null && households_in !== null && households > 0) return (100 * households_in) / households;
  return buildings > 0 ? (100 * buildings_in) / buildings : null;
}

/** Households and buildings that are outside; unknown households are null. */
export function outsideOf(sums: ServedSums): { households: number | null; buildings: number } {
  const { households, households_in, buildings, buildings_in } = sums;
  return { households: households === null || households_in === null ? null : households - households_in, buildings: buildings - buildings_in };
}

/** The areas with buildings outside, the most households first. Where few would be told of, their place in the list is guessed by the buildings. */
export function blindSpots(rows: CoverageRow[]): CoverageRow[] {
  const weight = (row: CoverageRow): number => outsideOf(row).households ?? ((row.households ?? 0) * outsideOf(row).buildings) / row.buildings;
  return rows
    .filter((row) => outsideOf(row).buildings > 0)
    .sort((a, b) => weight(b) - weight(a) || outsideOf(b).buildings - outsideOf(a).buildings);
}

/** The classes of buildings: from near to far in time, up to twice the time, beyond; tiles/style/coverage.go gives them colours. */
export interface BuildingClass {
  index: number;
  over: number; // minutes
  upTo: number; // minutes; Infinity takes in those that reach none
  outside: boolean;
}

const steps = [5, 10, 15, 30];
const firstOutside = 4;

export function buildingClasses(minutes: number): BuildingClass[] {
  const inside = steps.filter((n) => n <= minutes);
  return [
    ...inside.map((upTo, index) => ({ index, over: inside[index - 1] ?? 0, upTo, outside: false })),
    { index: firstOutside, over: minutes, upTo: 2 * minutes, outside: true },
    { index: firstOutside + 1, over: 2 * minutes, upTo: Infinity, outside: true },
  ];
}
