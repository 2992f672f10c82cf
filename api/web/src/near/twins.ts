// The list and the map of what is near as twins: one choice, one order, one filter. The
// map stays while other kinds or another start are asked for.
import { Marker, type Map as GLMap } from 'maplibre-gl';
import { fit, showNumbers, smallMap, type Numbers } from '../smallmap';
import type { LonLat } from '../state';
import { listOf, readConfig, sideOf, type NearConfig } from './config';
import { pointed } from './pick';

/** How far the map is moved, in pixels, before it is asked whether to search there. */
const elsewhere = 60;

export async function twins(config: NearConfig, showChosen: () => void, showSide: (side: string) => void): Promise<void> {
  const byId = (id: string): HTMLElement => document.getElementById(id)!;
  const wide = matchMedia('(min-width: 1024px)');
  const map: GLMap = await smallMap(byId('map-box'), config.map, config.at!, { marked: false });
  const gestures = (): void => map.cooperativeGestures[wide.matches ? 'enable' : 'disable'](); // beside the list the page scrolls
  wide.addEventListener('change', gestures);
  gestures();

  const mark = document.createElement('div');
  mark.className = 'origin';
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', config.texts.begin);
  const begin = new Marker({ element: mark }).setLngLat([...config.at!]).addTo(map);
  let numbers: Numbers | null = null;
  let shown: LonLat = config.at!; // the middle of the map as it was shown last

  const row = (n: number): HTMLElement | null => document.getElementById(`row-${n}`);
  const pin = (n: number): HTMLElement | undefined => numbers?.pin(n);

  /** Marks a row and its pin; on a phone, which shows the map alone, the row stands below it. */
  const choose = (n: number, focus: boolean): void => {
    for (const one of document.querySelectorAll('#rows .chosen, .pin.chosen')) one.classList.remove('chosen');
    const chosen = row(n);
    const card = byId('card');
    card.replaceChildren();
    if (!chosen) return;
    chosen.classList.add('chosen');
    pin(n)?.classList.add('chosen');
    numbers?.lead(n);
    const copy = chosen.cloneNode(true) as HTMLElement;
    copy.removeAttribute('id');
    card.append(copy);
    if (!focus) return;
    if (wide.matches) chosen.scrollIntoView({ block: 'center' });
    (wide.matches ? chosen : card).querySelector('a')!.focus({ preventScroll: true });
  };

  const show = (now: NearConfig, move: boolean): void => {
    numbers?.remove();
    const places = now.places ?? [];
    begin.setLngLat([...now.at!]);
    if (move) fit(map, [now.at!, ...places.map((place) => place.at)]);
    numbers = showNumbers(map, places, (n) => choose(n, true), [now.at!]);
    const { lng, lat } = map.getCenter();
    shown = [lng, lat];
    byId('map-here').hidden = true;
    document.getElementById('rows')?.classList.add('numbered');
    choose(wide.matches ? 0 : 1, false);
  };

  const ring = (event: Event, on: boolean): void => {
    const id = (event.target as Element).closest('#rows > li')?.id;
    if (id) pin(Number(id.slice('row-'.length)))?.classList.toggle('ringed', on);
  };
  const listing = byId('listing');
  for (const name of ['pointerover', 'focusin']) listing.addEventListener(name, (event) => ring(event, true));
  for (const name of ['pointerout', 'focusout']) listing.addEventListener(name, (event) => ring(event, false));

  let listed = listOf(location.href);
  let asking: AbortController | null = null;
  /** Asks for another list and puts it where this one stands. */
  const follow = async (address: string, { push = true, move = true, focus = '' } = {}): Promise<void> => {
    asking?.abort();
    const asked = (asking = new AbortController());
    const url = new URL(address, location.href);
    const says = byId('map-says');
    says.replaceChildren();
    listing.setAttribute('aria-busy', 'true');
    try {
      const response = await fetch(url, { signal: asked.signal });
      if (!response.ok) {
        says.textContent = config.texts.busy;
        return;
      }
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const answer = page.getElementById('listing');
      if (asked.signal.aborted) return;
      if (!answer) {
        location.assign(url);
        return;
      }
      const focused = document.activeElement?.getAttribute('href');
      if (push) history.pushState(null, '', url);
      document.title = page.title;
      listing.replaceChildren(...answer.childNodes);
      for (const part of ['.tools', '#sides']) document.querySelector(part)!.replaceChildren(...page.querySelector(part)!.childNodes);
      showSide(sideOf(url.href));
      listed = listOf(url.href);
      show(readConfig(page), move);
      showChosen();
      const next = focus || url.hash;
      const goal = next ? listing.querySelector<HTMLElement>(`${next} a`) ?? listing.querySelector<HTMLElement>(next) : focused ? listing.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`) : null;
      goal?.focus({ preventScroll: !next });
    } catch {
      if (!asked.signal.aborted) says.textContent = config.texts.cut;
    } finally {
      if (asking === asked) listing.removeAttribute('aria-busy');
    }
  };
  listing.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('.chips a, .tally a, .more a, .other a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void follow(link.href);
  });
  addEventListener('popstate', () => {
    if (listOf(location.href) !== listed) void follow(location.href, { push: false });
  });

  map.on('moveend', ({ originalEvent }) => {
    if (!originalEvent) return;
    const [now, then] = [map.project(map.getCenter()), map.project([...shown])];
    byId('map-here').hidden = now.dist(then) < elsewhere;
  });
  byId('map-here').addEventListener('click', () => {
    const { lng, lat } = map.getCenter();
    void follow(pointed([lng, lat]), { move: false, focus: '#count, #none' });
  });
  show(config, true);
  Object.assign(window, { gridatlas: { map } });
}
