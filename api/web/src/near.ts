// What a script adds to the page of what is near: my position, and the map with the
// numbers of the list.
import { bringMap } from './mapbutton';
import type { SmallMapConfig } from './smallmap';
import type { LonLat } from './state';

/** Twin of nearConfig in near.go. */
interface NearConfig {
  at?: LonLat;
  places?: { at: LonLat; name: string }[];
  waiting: string;
  stop: string;
  failed: string;
  fails: string; // the map
  map: SmallMapConfig;
}

const patienceMs = 8000;
const config: NearConfig = JSON.parse(document.getElementById('config')!.textContent!);

document.documentElement.classList.add('scripted');
document.getElementById('locate')?.addEventListener('click', locate);
document.getElementById('map-show')?.addEventListener('click', () => void show());
for (const chip of document.querySelectorAll<HTMLElement>('nav.chips [aria-current]')) {
  const row = chip.parentElement!;
  row.scrollLeft = chip.offsetLeft - row.offsetLeft - (row.clientWidth - chip.offsetWidth) / 2; // where it can be seen
}

/** Asks for the position, waits at most eight seconds, and leads to what is near it. */
function locate(): void {
  const button = document.getElementById('locate') as HTMLButtonElement;
  const says = document.getElementById('locating')!;
  let waiting = true;
  const end = (text: string): void => {
    waiting = false;
    clearTimeout(timer);
    button.disabled = false;
    says.replaceChildren(text);
  };
  const fail = (): void => {
    if (waiting) end(config.failed);
  };
  const timer = window.setTimeout(fail, patienceMs);
  const stop = document.createElement('button');
  stop.type = 'button';
  stop.className = 'link';
  stop.textContent = config.stop;
  stop.addEventListener('click', fail);
  button.disabled = true;
  says.replaceChildren(config.waiting, ' ', stop);
  if (!navigator.geolocation) {
    fail();
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      if (!waiting) return;
      end('');
      const query = new URLSearchParams(location.search);
      for (const name of ['q', 'in', 'from', 'datum']) query.delete(name);
      query.set('lon', coords.longitude.toFixed(6));
      query.set('lat', coords.latitude.toFixed(6));
      location.assign(`/near?${query}`);
    },
    fail,
    { enableHighAccuracy: true, timeout: patienceMs, maximumAge: 30_000 },
  );
}

const show = (): Promise<void> =>
  bringMap(config.fails, async (box, { smallMap, showNumbers }) => {
    const map = await smallMap(box, config.map, config.at!);
    showNumbers(map, config.places!, config.at!, (n) => {
      const row = document.querySelector<HTMLAnchorElement>(`#row-${n} a`)!;
      row.scrollIntoView({ block: 'center' });
      row.focus({ preventScroll: true });
    });
    document.getElementById('rows')!.classList.add('numbered');
    return map;
  });
