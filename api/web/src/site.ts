// The page of an archive: the map, what stands in sight as a list, and cards made
// of the tiles. It asks no server for an answer, so there is no search and no
// walking circle; the page says so.
import { follow, read } from './address';
import { all, categoryOf, categoryOfPlace } from './categories';
import { kindField, kindTitle, loadCatalog } from './catalog';
import { makeBig, onLook, recall } from './choices';
import { config } from './config';
import { makeChips } from './controls';
import { button, byId, debounce, h } from './dom';
import { glyphValue } from './facts';
import * as format from './format';
import { iconElement, iconName } from './icons';
import { t } from './i18n';
import { makeLayers } from './layers';
import { drawn, inSight } from './map/sight';
import type { View } from './map/view';
import { makeScale } from './scale';
import { makeSheet, setSheet, sheetStop, wide } from './sheet';
import { SiteCard } from './sitecard';
import { foldMap, makeFooter, mapMessage, zoomButtons } from './stage';
import { isFeature, Store } from './state';
import type { Drawn } from './types';

const firstZoom = 14.6;
const step = 20;

recall();
const store = new Store({ ...read(location.search), coverage: null }); // it takes the program to work one out
let view: View | null = null;
let met: Drawn[] = []; // by the last click or row, the selected one first
let shown = step; // rows

const card = new SiteCard((hit) => choose([hit, ...met.filter((other) => other !== hit)]), close);

function start(): void {
  document.documentElement.classList.add('scripted');
  makeChips(store);
  makeLayers(() => view?.showGroups());
  makeSheet(() => {});
  makeBig(() => view?.map.resize());
  makeFooter();
  follow(store);
  const other = byId<HTMLAnchorElement>('language');
  other.addEventListener('click', () => (other.search = location.search)); // the same state in the other language
  store.on((now, before) => {
    if (now.category !== before.category) {
      shown = step;
      list();
    }
    if (now.selected !== before.selected) open();
  });
}

async function loadMap(): Promise<void> {
  const { View, canDraw } = await import('./map/view');
  if (!canDraw()) {
    foldMap('site.none');
    byId('list').replaceChildren();
    return;
  }
  const { view: at } = store.state;
  const created = await View.create(
    byId('map'),
    { centre: at?.at ?? config.centre, zoom: at?.zoom ?? firstZoom },
    {
      clicked: (hits, where) => (hits.length > 0 ? choose(hits) : store.set({ selected: { at: where } })),
      held: (hits, where) => {
        met = hits;
        store.set({ selected: { at: where } });
      },
      moved: (where, zoom) => {
        shown = step;
        store.set({ view: { at: where, zoom } });
      },
      failed,
      lost: () => foldMap('site.none'),
    },
  );
  view = created;
  zoomButtons(created);
  byId('whole').addEventListener('click', () => created.fit(config.bounds));
  makeScale(created);
  onLook(() => void created.restyle());
  created.map.on('idle', list); // all tiles in sight have come
  created.map.once('idle', open);
  Object.assign(window, { gridatlas: { map: created.map, store } });
}

function failed(): void {
  mapMessage('site.failed', () => (view ? view.retry() : loadMap()));
}

function choose(hits: Drawn[]): void {
  const [first] = hits;
  if (!first) return;
  met = hits;
  store.set({ selected: { layer: first.layer, id: first.id } });
}

function close(): void {
  const key = keyOf(store.state.selected);
  store.set({ selected: null });
  (document.querySelector<HTMLElement>(`[data-key="${key}"]`) ?? byId('summary')).focus();
}

const keyOf = (selection: unknown): string => {
  const { layer, id } = (selection ?? {}) as { layer?: string; id?: number };
  return `${layer}/${id}`;
};

/** Shows the card of what the address names, once the tiles that hold it are there. */
function open(): void {
  const { selected } = store.state;
  mark();
  if (!selected) {
    card.hide();
    view?.select(null);
    return;
  }
  if (!wide.matches && sheetStop() === 'low') setSheet('half');
  if (!isFeature(selected)) {
    card.point(selected.at);
    view?.select({ geometry: { type: 'Point', coordinates: [...selected.at] }, image: null });
    return;
  }
  if (!view) return;
  const hit = met.find((one) => keyOf(one) === keyOf(selected)) ?? drawn(view.map, selected.layer, selected.id);
  if (!hit) {
    card.missing();
    view.select(null);
    return;
  }
  card.show(hit, met);
  const image = withIcon.has(hit.layer) ? iconName(hit.layer, glyphValue(hit.layer, hit.properties)) : null;
  view.selectInTiles({ layer: hit.layer, id: hit.id, at: hit.at, image });
}

const withIcon = new Set(['booths', 'shelters', 'facilities', 'parking', 'gates']);

/** Lists the places of the chosen category that stand in sight, the nearest to the middle first. */
function list(): void {
  if (!view) return;
  const category = categoryOf(store.state.category);
  const places = inSight(view).filter((hit) => category === all || categoryOfPlace({ ...hit, kind: kindOf(hit), code: '', lon: hit.at[0], lat: hit.at[1] }) === category);
  byId('summary').textContent = places.length > 0 ? t('site.count', { n: format.number(places.length) }) : '';
  if (places.length === 0) {
    byId('list').replaceChildren(h('p', { class: 'message' }, t('site.empty')));
    return;
  }
  const focused = document.activeElement?.getAttribute('data-key');
  const rows = h('ul', { class: 'rows' }, ...places.slice(0, shown).map((hit) => h('li', {}, row(hit))));
  const rest = places.length - shown;
  const more = rest > 0 ? button(t('list.more', { step: Math.min(step, rest), n: format.number(places.length) }), () => ((shown += step), list()), { class: 'outlined wide' }) : '';
  byId('list').replaceChildren(rows, more);
  mark();
  if (focused) document.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
}

const kindOf = (hit: Drawn): string => String(hit.properties[kindField(hit.layer) ?? ''] ?? '');

function row(hit: Drawn): HTMLElement {
  const kind = kindTitle(hit.layer, kindOf(hit));
  return button('', () => choose([hit]), { class: 'row plain', 'data-key': keyOf(hit) }, iconElement(iconName(hit.layer, glyphValue(hit.layer, hit.properties))), h('span', { class: 'name' }, hit.name || kind), h('span', { class: 'kind' }, hit.name ? kind : ''));
}

function mark(): void {
  const key = keyOf(store.state.selected);
  for (const one of byId('list').querySelectorAll<HTMLElement>('.row')) {
    if (one.dataset.key === key) one.setAttribute('aria-current', 'true');
    else one.removeAttribute('aria-current');
  }
}

start();
await loadCatalog();
open(); // a point needs no tiles
addEventListener('resize', debounce(150, list));
requestAnimationFrame(() => setTimeout(() => void loadMap().catch(failed), 0));
