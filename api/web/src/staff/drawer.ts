// What the drawer lends to the list or item that it shows.
import type { View } from '../map/view';
import type { DeskChoice, Store } from '../state';

export interface Drawer {
  readonly store: Store;

  /** The map, once it has come. */
  readonly view: () => View | null;

  /** What is asked for the list or item that is shown; it ends with it. */
  readonly signal: AbortSignal;

  /** Shows another list or item. */
  go(desk: DeskChoice): void;

  /** Marks on the map what is listed, also when the map comes later. */
  mark(list: readonly { geometry: GeoJSON.Geometry | null }[] | null): void;

  /** On a phone the drawer lies over the map: it shrinks to a strip below it. */
  aside(is: boolean): void;

  /** Fills the drawer below its head; focus goes to its first heading. */
  fill(...content: (Node | null)[]): void;

  focus(): void;

  /** Says that something did not come, and offers to try again. */
  failed(error: unknown, again: () => void): void;
}
