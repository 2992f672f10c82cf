// What changes on the server while the page is open. A stream tells which layers
// are other than before, and where. A page that is hidden does not listen, and hears
// of all it has missed when it is shown again; one that was cut off tries again, at
// longer and longer intervals.
import { config } from './config';
import type { Box } from './shapes';

export interface Change {
  revision: number;
  /** Where, by layer; null: anything may be other than before. */
  layers: ReadonlyMap<string, Spot[]> | null;
}

/** Where something is other than before, and the zooms of the tiles that may show it. */
interface Spot {
  box: Box;
  from: number;
  to: number;
}

type Listener = (change: Change) => void;

interface Told {
  revision: number;
  all?: boolean;
  layers?: Record<string, Box[]>;
  zooms?: Record<string, [from: number, to: number][]>;
}

const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** Listens as long as the page is open. */
export function followChanges(listener: Listener): void {
  let last = config.head; // what the page shows, as the stream names it
  let stream: EventSource | null = null;
  let wait = firstWaitMs;
  let timer = 0;

  const open = (): void => {
    clearTimeout(timer);
    if (stream || document.hidden) return;
    stream = new EventSource(`/events?after=${last}`);
    stream.addEventListener('revision', (event: MessageEvent<string>) => {
      const told = JSON.parse(event.data) as Told;
      wait = firstWaitMs;
      last = event.lastEventId;
      const layers = told.all || !told.layers ? null : new Map(Object.entries(told.layers).map(([layer, boxes]) => [layer, spots(boxes, told.zooms?.[layer])]));
      if (layers?.size !== 0) listener({ revision: told.revision, layers });
    });
    stream.addEventListener('error', () => {
      // The browser itself would try again at the same pace for ever.
      close();
      if (document.hidden) return;
      timer = window.setTimeout(open, wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, longestWaitMs);
    });
  };
  const close = (): void => {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('online', open);
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
}

function spots(boxes: Box[], zooms: [number, number][] | undefined): Spot[] {
  return boxes.map((box, i) => {
    const [from, to] = zooms?.[i] ?? [0, Infinity];
    return { box, from, to };
  });
}

/** Whether something in one of the layers is other than before where a box is; with a zoom, in tiles of that zoom. */
export function touches({ layers }: Change, names: Iterable<string>, [west, south, east, north]: Box, zoom?: number): boolean {
  if (!layers) return true;
  for (const name of names) {
    const met = layers.get(name)?.some(
      ({ box: [w, s, e, n], from, to }) => w <= east && e >= west && s <= north && n >= south && (zoom === undefined || (from <= zoom && zoom <= to)),
    );
    if (met) return true;
  }
  return false;
}
