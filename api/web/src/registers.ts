// What a script adds to the registers: the rows of the table on a map, under their
// numbers.
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

async function show(): Promise<void> {
  const button = document.getElementById('map-show')!;
  const box = document.getElementById('map-box')!;
  button.setAttribute('aria-busy', 'true');
  box.hidden = false;
  try {
    const { canDraw, smallMap, showNumbers } = await import('./smallmap');
    if (!canDraw()) throw new Error('no WebGL');
    const { at } = config.places[0]!;
    const map = await smallMap(box, config.map, at, { marked: false });
    const places = config.places.map((place, i) => ({ ...place, number: config.rows[i]! }));
    showNumbers(map, places, at, (n) => {
      const link = document.querySelector<HTMLAnchorElement>(`#row-${n} a`)!;
      link.scrollIntoView({ block: 'center' });
      link.focus({ preventScroll: true });
    });
    document.querySelector('table')!.classList.add('numbered');
    button.parentElement!.hidden = true;
    Object.assign(window, { gridatlas: { map } });
  } catch {
    box.hidden = true;
    button.parentElement!.replaceChildren(config.fails);
  }
}
