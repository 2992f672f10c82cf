// Which tiles of the map are no longer true. MapLibre asks for those in view again
// when it is told to; the ones it keeps out of view, and those still on their way,
// are owed until they are asked for.
import type { Map as GLMap } from 'maplibre-gl';
import { touches, type Change } from '../changes';
import type { Box } from '../shapes';

interface Address {
  x: number;
  y: number;
  z: number;
}

const source = 'map'; // of the style
const tilePath = /^\/tiles\/map\/(\d+)\/(\d+)\/(\d+)\.mvt$/;
const mostKnown = 1000; // addresses; MapLibre itself keeps fewer tiles
const buffer = 130 / 4096; // of a tile that shows what lies beside it, and what was rounded

export class Freshness {
  #known = new Map<string, Address>(); // asked for, the last asked at the end
  #owed = new Set<string>();
  #paying = false;

  constructor(private readonly map: GLMap) {
    // Only the frame after a move brings tiles back into view.
    map.on('moveend', () => map.once('render', () => this.#pay()));
    map.on('sourcedata', (e) => e.sourceId === source && e.tile && this.#pay());
  }

  /** Notes that MapLibre prepares to ask for a path; for sure it asks only when it was told to. */
  asked(path: string): void {
    const found = tilePath.exec(path);
    if (!found) return;
    if (this.#paying) this.#owed.delete(path);
    this.#known.delete(path);
    this.#known.set(path, { z: Number(found[1]), x: Number(found[2]), y: Number(found[3]) });
    if (this.#known.size <= mostKnown) return;
    const oldest = this.#known.keys().next().value!;
    this.#known.delete(oldest);
    this.#owed.delete(oldest);
  }

  /** Has the tiles asked for again that a change touches. */
  heard(change: Change): void {
    const layers = this.map.getSource(source)?.vectorLayerIds ?? [];
    for (const [path, address] of this.#known) {
      if (touches(change, layers, boxOf(address), address.z)) this.#owed.add(path);
    }
    this.#pay();
  }

  #pay(): void {
    if (this.#owed.size === 0 || !this.map.getSource(source)) return;
    this.#paying = true;
    this.map.refreshTiles(source, [...this.#owed].map((path) => this.#known.get(path)).filter((address) => address !== undefined));
    this.#paying = false;
  }
}

/** The ground that a tile shows, in degrees. */
function boxOf({ z, x, y }: Address): Box {
  const lon = (column: number): number => (column / 2 ** z) * 360 - 180;
  const lat = (row: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / 2 ** z))) * 180) / Math.PI;
  return [lon(x - buffer), lat(y + 1 + buffer), lon(x + 1 + buffer), lat(y - buffer)];
}
