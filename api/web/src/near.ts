// What a script adds to the page of what is near: my position, the map beside the list
// or in its place, and the map to point out where one is. The page is whole without it.
import { readConfig, sideOf } from './near/config';

const patienceMs = 8000;
const config = readConfig(document);
const { texts } = config;
const main = document.getElementById('main')!;
const byId = (id: string): HTMLElement => document.getElementById(id)!;

document.documentElement.classList.add('scripted');
document.getElementById('locate')?.addEventListener('click', locate);
showChosen();
strip();
if (main.classList.contains('twins')) twins();
else if (config.pick) void bring(async () => (await import('./near/pick')).pick(config));

/** Scrolls rows of chips so that the chosen ones can be seen. */
function showChosen(): void {
  for (const chip of document.querySelectorAll<HTMLElement>('nav.chips [aria-current]')) {
    const row = chip.parentElement!;
    row.scrollLeft = chip.offsetLeft - row.offsetLeft - (row.clientWidth - chip.offsetWidth) / 2;
  }
}

/** Says while there is no network of when the data is. */
function strip(): void {
  const offline = document.createElement('p');
  offline.id = 'offline';
  offline.setAttribute('role', 'status');
  main.before(offline);
  const show = (): void => {
    offline.textContent = navigator.onLine ? '' : texts.offline;
  };
  addEventListener('online', show);
  addEventListener('offline', show);
  show();
}

/** Asks for the position, waits at most eight seconds, and leads to what is near it. */
function locate(): void {
  const button = byId('locate') as HTMLButtonElement;
  const says = byId('locating');
  const refused = byId('refused');
  let waiting = true;
  const end = (): void => {
    waiting = false;
    clearTimeout(timer);
    button.disabled = false;
    says.replaceChildren();
  };
  const fail = (): void => {
    if (!waiting) return;
    end();
    refused.hidden = false;
    refused.focus();
  };
  const timer = window.setTimeout(fail, patienceMs);
  const stop = document.createElement('button');
  stop.type = 'button';
  stop.className = 'outlined';
  stop.textContent = texts.stop;
  stop.addEventListener('click', fail);
  button.disabled = true;
  refused.hidden = true;
  says.replaceChildren(texts.waiting, ' ', stop);
  if (!navigator.geolocation) {
    fail();
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      if (!waiting) return;
      end();
      const query = new URLSearchParams(location.search);
      for (const name of ['q', 'in', 'from', 'datum', 'by']) query.delete(name);
      query.set('lon', coords.longitude.toFixed(6));
      query.set('lat', coords.latitude.toFixed(6));
      query.set('accuracy', coords.accuracy.toFixed());
      location.assign(`/near?${query}`);
    },
    fail,
    { enableHighAccuracy: true, timeout: patienceMs, maximumAge: 30_000 },
  );
}

/** Brings the map of the list: beside it where there is room, else when it is asked for. */
function twins(): void {
  const wide = matchMedia('(min-width: 1024px)');
  let brought = false;
  const need = (): void => {
    if (brought || (!wide.matches && main.dataset.side !== 'map')) return;
    brought = true;
    void bring(async () => (await import('./near/twins')).twins(config, showChosen, showSide)).then((there) => (brought = there));
  };
  const showSide = (side: string): void => {
    main.dataset.side = side;
    for (const link of document.querySelectorAll<HTMLAnchorElement>('#listing a[href^="/near?"], .tools a, #sides a')) {
      const url = new URL(link.href);
      if (link.dataset.side) {
        if (link.dataset.side === side) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      } else if (side === 'map') url.searchParams.set('view', 'map');
      else url.searchParams.delete('view');
      link.href = url.pathname + url.search + url.hash;
    }
    need();
    dispatchEvent(new Event('resize')); // the map looks at its box again
  };
  byId('sides').addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.hasAttribute('aria-current')) return;
    history.pushState(null, '', link.href);
    showSide(link.dataset.side!);
    scrollTo(0, 0);
  });
  addEventListener('popstate', () => showSide(sideOf(location.href)));
  wide.addEventListener('change', need);
  need();
}

/** Draws a map; where it cannot be drawn, a sentence says so, and the page does without. */
async function bring(draw: () => Promise<void>): Promise<boolean> {
  const says = byId('map-says');
  const fail = (text: string): void => {
    main.classList.add('mapless');
    says.replaceChildren(text);
  };
  main.classList.remove('mapless');
  says.replaceChildren();
  if (document.createElement('canvas').getContext('webgl2') === null) {
    fail(texts.noMap);
    return true; // nor will it later
  }
  try {
    await draw();
    return true;
  } catch {
    fail(texts.mapFails);
    const retry = document.createElement('button');
    retry.type = 'button';
    retry.className = 'outlined';
    retry.textContent = texts.retry;
    retry.addEventListener('click', () => void bring(draw));
    says.append(' ', retry);
    return false;
  }
}
