// What a script adds to the registers: the rows of the table on a map, under their
// numbers.
import { bringMap } from './mapbutton';
import type { SmallMapConfig } from './smallmap';
import type { LonLat } from './state';

/** Twin of numberedMap in registers.go. */
interface Config {
  places: { at: LonLat; name: string }[];
  rows: number[];
  fails: string;
  map: SmallMapConfig;
}

const config: Config = JSON.parse(document.getElementById('config')!.textContent!);

document.documentElement.classList.add('scripted');
document.getElementById('map-show')?.addEventListener('click', () => void show());

const show = (): Promise<void> =>
  bringMap(config.fails, async (box, { smallMap, showNumbers, fit }) => {
    const { at } = config.places[0]!;
    const map = await smallMap(box, config.map, at, { marked: false });
    const places = config.places.map((place, i) => ({ ...place, number: config.rows[i]! }));
    fit(map, places.map((place) => place.at));
    showNumbers(map, places, (n) => {
      const link = document.querySelector<HTMLAnchorElement>(`#row-${n} a`)!;
      link.scrollIntoView({ block: 'center' });
      link.focus({ preventScroll: true });
    });
    document.querySelector('table')!.classList.add('numbered');
    return map;
  });
