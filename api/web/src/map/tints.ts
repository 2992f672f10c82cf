// Neighbouring grids in different tints, in styles that have tints. The server knows
// which grids are neighbours; a tint means nothing else.
import type { Map as GLMap } from 'maplibre-gl';
import { askTints } from '../api';
import type { Change } from '../changes';

const tiles = { source: 'map', sourceLayer: 'grids' };

export class Tints {
  #on = false;
  #lists: number[][] | null = null; // grids by tint
  #asking: AbortController | null = null;

  constructor(private readonly map: GLMap) {
    map.on('style.load', () => this.#paint());
  }

  /** Turns them on or off: another theme has the ground for itself. */
  show(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    if (on && !this.#lists) void this.#ask();
    else this.#paint();
  }

  /** Asks again where grids are other than before. */
  heard({ layers }: Change): void {
    if (layers && !layers.has(tiles.sourceLayer)) return;
    this.#lists = null;
    if (this.#on) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking?.abort();
    const { signal } = (this.#asking = new AbortController());
    try {
      const { tints } = await askTints(signal);
      if (signal.aborted) return;
      this.#lists = tints;
      this.#paint();
    } catch {
      // Borders and numbers tell grids apart too.
    }
  }

  #paint(): void {
    if (!this.map.getSource(tiles.source)) return; // the style is on its way
    this.map.removeFeatureState(tiles);
    if (!this.#on) return;
    this.#lists?.forEach((ids, tint) => {
      for (const id of ids) this.map.setFeatureState({ ...tiles, id }, { tint });
    });
  }
}
