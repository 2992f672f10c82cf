// The state of the page: everything that its address says. Modules read it, set
// parts of it and are told what changed; nothing else is shared between them.

export type LonLat = readonly [lon: number, lat: number];

export interface Origin {
  at: LonLat;
  how: 'centre' | 'me' | 'point' | 'place';
  name?: string; // of a place
  accuracy?: number; // metres, of my position
}

export type Minutes = 5 | 10 | 15;
export type Speed = 'planner' | 'adult' | 'elder';

/** A feature by layer and id, or a bare point of the map. */
export type Selection = { layer: string; id: number } | { at: LonLat };

export type Level = 'community' | 'street' | 'grid';
export const coverageMinutes = [5, 10, 15, 30] as const;

/** What the coverage is asked for; the category and the speed are those of the page. */
export interface CoverageChoice {
  kind: string; // of the category; empty: all of it
  minutes: (typeof coverageMinutes)[number];
  by: Level;
  area: number | null; // id of the area that was chosen from the list
}

export const deskLists = ['worklist', 'upkeep', 'proposals', 'reports'] as const;

/** What the drawer of who works here lists. */
export interface DeskChoice {
  list: (typeof deskLists)[number];
  only: Readonly<Record<string, string>>; // parameters of the list
  item: string | null; // of the worklist, a proposal or a report, that is open
}

export interface State {
  view: { at: LonLat; zoom: number } | null;
  from: Origin | null;
  minutes: Minutes;
  speed: Speed;
  category: string;
  selected: Selection | null;
  route: boolean;
  coverage: CoverageChoice | null; // null: the page shows what is near
  desk: DeskChoice | null; // null: it is shut
}

export const initial: State = { view: null, from: null, minutes: 15, speed: 'planner', category: 'all', selected: null, route: false, coverage: null, desk: null };

export const isFeature = (s: Selection | null): s is { layer: string; id: number } => s !== null && 'layer' in s;

export type Listener = (now: State, before: State) => void;

export class Store {
  #state: State;
  #listeners: Listener[] = [];

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  set(change: Partial<State>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  on(listener: Listener): void {
    this.#listeners.push(listener);
  }
}
