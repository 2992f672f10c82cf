// What can be reached from the origin: asks the server when origin, speed or
// category change, keeps the last answers, and tells the page which state it is
// in. Minutes are cut here, since one answer holds all of them.
import { askCircle, askNearest, askPatiently, Failure } from './api';
import { categoryOf, wordsOf } from './categories';
import { touches, type Change } from './changes';
import { boxOf, everywhere } from './shapes';
import type { State, Store } from './state';
import type { Circle, Reached } from './types';

export type Reach =
  | { status: 'none' }
  | { status: 'waiting'; last: Circle | null }
  | { status: 'failed'; failure: Failure }
  | { status: 'done'; circle: Circle; places: Reached[]; nearest: Reached | null | undefined };

type Listener = (reach: Reach) => void;

/** Layers that decide what is reached, by whom and when. */
export const walked = ['booths', 'shelters', 'facilities', 'parking', 'compounds', 'buildings', 'gates', 'barriers', 'streets', 'closures'];
const kept = 16;

export class Reacher {
  reach: Reach = { status: 'none' };
  #listeners: Listener[] = [];
  #answers = new Map<string, Circle>();
  #running: AbortController | null = null;
  #asked = '';
  #newest = 0; // revision of the last change that may have changed the answer

  constructor(private readonly store: Store) {
    store.on((now, before) => this.#update(now, now.minutes !== before.minutes));
  }

  on(listener: Listener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#update(this.store.state, false);
  }

  /** Whether what is shown may be other than before. */
  get outdated(): boolean {
    return this.reach.status === 'done' && this.reach.circle.revision < this.#newest;
  }

  /** Takes note of a change; what was kept of other answers is asked for again. */
  heard(change: Change): void {
    this.#answers.clear();
    const { reach } = this;
    if (reach.status === 'done' || reach.status === 'waiting') {
      const ground = reach.status === 'done' ? boxOf(...reach.circle.features.map((f) => f.geometry)) : everywhere;
      if (ground && touches(change, walked, ground)) this.#newest = change.revision;
    }
  }

  retry(): void {
    this.#asked = '';
    this.#update(this.store.state, false);
  }

  #tell(reach: Reach): void {
    this.reach = reach;
    for (const listener of this.#listeners) listener(reach);
  }

  #update(state: State, otherMinutes: boolean): void {
    if (!state.from) {
      this.#running?.abort();
      this.#asked = '';
      if (this.reach.status !== 'none') this.#tell({ status: 'none' });
      return;
    }
    const key = JSON.stringify([state.from.at, state.speed, state.category]);
    if (key === this.#asked) {
      if (otherMinutes && this.reach.status === 'done') this.#done(this.reach.circle, state);
      return;
    }
    this.#asked = key;
    this.#running?.abort();
    const known = this.#answers.get(key);
    if (known) {
      this.#done(known, state);
      return;
    }
    void this.#ask(key, state);
  }

  async #ask(key: string, state: State): Promise<void> {
    const { signal } = (this.#running = new AbortController());
    this.#tell({ status: 'waiting', last: this.reach.status === 'done' ? this.reach.circle : null });
    const failed = (failure: Failure): void => this.#tell({ status: 'failed', failure });
    try {
      const circle = await askPatiently(() => askCircle(state.from!.at, wordsOf(categoryOf(state.category)), state.speed, signal), signal, failed);
      this.#answers.set(key, circle);
      if (this.#answers.size > kept) this.#answers.delete(this.#answers.keys().next().value!);
      if (!signal.aborted) this.#done(circle, this.store.state);
    } catch (error) {
      if (!signal.aborted) failed(error instanceof Failure ? error : new Failure('server'));
    }
  }

  #done(circle: Circle, state: State): void {
    const seen = new Set<string>();
    const places: Reached[] = [];
    for (const list of Object.values(circle.reachable)) {
      for (const place of list) {
        const key = `${place.layer}/${place.id}`;
        if (place.minutes > state.minutes || seen.has(key)) continue;
        seen.add(key);
        places.push(place);
      }
    }
    places.sort((a, b) => a.minutes - b.minutes || a.metres - b.metres);
    this.#tell({ status: 'done', circle, places, nearest: undefined });
    if (places.length === 0) void this.#lookFarther(state);
  }

  /** Nothing in reach: how far is the nearest? Null says that there is none. */
  async #lookFarther(state: State): Promise<void> {
    const asked = this.#asked;
    const reach = this.reach;
    let nearest: Reached | null = null;
    try {
      nearest = (await askNearest(state.from!.at, wordsOf(categoryOf(state.category)), state.speed)).items[0] ?? null;
    } catch {
      return; // the sentence without its second half is still true
    }
    if (asked === this.#asked && this.reach === reach && reach.status === 'done') this.#tell({ ...reach, nearest });
  }
}
