// Wires the page together: state, address, list, card, search, and the map when
// it is there. The page works before the map has come and without it.
import { follow, read } from './address';
import { makeBanner } from './banner';
import { BlindSpots } from './blindspots';
import { Card } from './card';
import { loadCatalog } from './catalog';
import { followChanges } from './changes';
import { makeChoices, onLook } from './choices';
import { config } from './config';
import { makeControls } from './controls';
import { Coverer, type Done } from './coverage';
import * as datum from './datum';
import { byId, debounce } from './dom';
import * as geodesy from './geodesy';
import { makeLayers } from './layers';
import { List } from './list';
import { makeMeasure } from './measure';
import type { View } from './map/view';
import { makeOrigin } from './origin';
import { makePrint } from './print';
import { Reacher } from './reach';
import { makeScale } from './scale';
import { makeSearch } from './search';
import { boxOf } from './shapes';
import { makeSheet, setSheet, sheetStop, wide } from './sheet';
import { foldMap, makeFooter, mapMessage, zoomButtons } from './stage';
import { Store, type LonLat } from './state';
import type { Desk } from './staff/desk';
import type { Reached, Route } from './types';

const firstZoom = 14.6; // a circle of 15 minutes fills a phone
const tintZoom = 9; // from here on the tiles have all the areas that a coverage tints

const store = new Store(read(location.search));
const reacher = new Reacher(store);
const coverer = new Coverer(store);
let view: View | null = null;
let desk: Desk | null = null; // of who works here

// What the map would show; it comes later than the first of it.
let results: Reached[] = [];
let selected: Parameters<View['select']>[0] = null;
let route: Route | null = null;

const list = new List(store, reacher, {
  point: (place) => view?.point(place),
  shown: (places) => {
    results = places;
    showResults();
  },
});
const card = new Card(store, reacher, {
  selected: (feature) => {
    selected = feature;
    view?.select(feature);
  },
  routed: (way) => {
    route = way;
    view?.showRoute(way);
    if (way && sheetStop() === 'full') setSheet('half');
  },
  closed: (key) => list.focus(key),
});

const blindSpots = new BlindSpots(store, coverer, {
  point: (building) => view?.point(building),
  opened: () => whole(),
  chosen: (row) => {
    if (sheetStop() === 'full') setSheet('half');
    if (row.bbox) view?.fit(row.bbox);
  },
});

function searchFocus(): void {
  byId('q').focus();
}

function start(): void {
  document.documentElement.classList.add('scripted');
  makeBanner();
  makeControls(store);
  makeOrigin(store, () => view, searchFocus);
  makeSearch({
    place: (place) => {
      const at: LonLat = [place.lon, place.lat];
      card.meet([{ layer: place.layer, id: place.id, name: place.name, at }]);
      store.set({ selected: { layer: place.layer, id: place.id }, route: false });
    },
    position: (at) => {
      card.meet([]);
      store.set({ selected: { at }, route: false });
    },
  });
  makeMeasure(() => view);
  makePrint(() => view);
  makeLayers(() => view?.showGroups());
  makeSheet(() => showHere());
  makeChoices(() => view?.map.resize());
  follow(store);
  store.on((now, before) => {
    if (now.selected !== before.selected) {
      if (now.selected && !wide.matches && sheetStop() === 'low') setSheet('half');
      showHere();
    }
  });
  makeFooter();
}

async function loadMap(): Promise<void> {
  const { View, canDraw } = await import('./map/view');
  if (!canDraw()) {
    noMap();
    return;
  }
  const { view: at, from } = store.state;
  const created = await View.create(
    byId('map'),
    { centre: at?.at ?? from?.at ?? config.centre, zoom: at?.zoom ?? firstZoom },
    {
      clicked: (hits, where) => {
        card.meet(hits);
        if (store.state.coverage && hits.some((hit) => hit.layer === 'places' && blindSpots.chooses(hit.id))) return;
        const first = hits[0];
        const area = first && (first.layer === 'grids' || first.layer === 'places');
        store.set({ selected: first && !area ? { layer: first.layer, id: first.id } : { at: where }, route: false });
      },
      held: (hits, where) => {
        card.meet(hits);
        store.set({ selected: { at: where }, route: false });
      },
      moved: (where, zoom) => {
        store.set({ view: { at: where, zoom } });
        showHere();
      },
      failed,
      lost: noMap,
    },
  );
  view = created;
  const { map } = created;
  zoomButtons(created);
  byId('whole').addEventListener('click', whole);
  byId('pick-cancel').addEventListener('click', () => created.use(null));
  byId('here').addEventListener('click', () => store.set({ from: { at: created.centre(), how: 'centre' } }));
  makeScale(created);
  onLook(() => void created.restyle());
  addEventListener('resize', debounce(150, () => showHere()));
  map.once('load', catchUp);
  // For the browser tests and for a curious console.
  Object.assign(window, { gridatlas: { map, store, geodesy, datum } });
}

/** Shows what happened before the map was there. */
function catchUp(): void {
  if (!view) return;
  let framed: unknown = store.state.view ? store.state.from : null; // an address with a view is left as it is
  const circle = (): void => {
    const { reach } = reacher;
    const shown = store.state.coverage ? null : reach.status === 'done' ? reach.circle : reach.status === 'waiting' ? reach.last : null;
    view!.showCircle(shown, store.state.minutes);
    const { from } = store.state;
    if (reach.status === 'done' && from && framed !== from && !store.state.coverage) {
      framed = from;
      if (from.how !== 'centre' || !store.state.view) frame();
    }
    showHere();
  };
  const origin = (): void => view!.showOrigin((!store.state.coverage && store.state.from?.at) || null);
  reacher.on(circle);
  coverer.on(showCoverage);
  store.on((now, before) => {
    if (now.from !== before.from || now.coverage !== before.coverage) origin();
    if (now.coverage?.area !== before.coverage?.area) showCoverage();
    if ((now.coverage === null) === (before.coverage === null)) return;
    if (!now.coverage) framed = null; // the map is elsewhere by now
    circle();
    showResults();
  });
  origin();
  circle();
  showResults();
  showCoverage();
  desk?.catchUp();
  if (selected) view.select(selected);
  if (route) view.showRoute(route);
}

/** What is near, unless the map shows the coverage. */
function showResults(): void {
  view?.showResults(store.state.coverage ? [] : results);
}

/** The coverage; while another one is worked out, the last. */
function showCoverage(): void {
  const { covered } = coverer;
  const { coverage } = store.state;
  const done: Done | null = covered.status === 'done' ? covered : covered.status === 'waiting' ? covered.last : null;
  const area = coverage?.area ?? null;
  view?.showCoverage(
    coverage && done && { question: done.question, tint: done.tint, area: area === null ? null : { layer: coverage.by === 'grid' ? 'grids' : 'places', id: area } },
  );
}

/** Frames the circle. */
function frame(): void {
  const { reach } = reacher;
  if (!view || reach.status !== 'done') return;
  const outer = reach.circle.features.filter((f) => f.properties.minutes <= store.state.minutes).map((f) => f.geometry);
  const box = boxOf(...outer);
  if (box) view.fit(box);
}

/** The circle, or the city where there is none or its coverage is shown. */
function whole(): void {
  if (store.state.coverage) view?.fit(config.bounds, tintZoom);
  else if (reacher.reach.status === 'done') frame();
  else view?.fit(config.bounds);
}

/** Offers to search where the map is now, once that is elsewhere. */
function showHere(): void {
  const { from } = store.state;
  const far = view !== null && (from === null || view.pixels(view.centre(), from.at) > Math.min(innerWidth, innerHeight) * 0.3);
  byId('here').hidden = !far || store.state.selected !== null || store.state.coverage !== null;
}

/** Says that the map did not come, and tries again when asked. */
function failed(): void {
  mapMessage('map.failed', () => (view ? view.retry() : loadMap()));
}

/** Folds the map away: the list does the same. */
function noMap(): void {
  view = null;
  foldMap('map.none');
}

async function openDesk(): Promise<void> {
  const { Desk } = await import('./staff/desk');
  desk = new Desk(store, () => view);
}

start();
await loadCatalog();
if (config.who || store.state.desk) void openDesk();
if (!store.state.from && config.bounds[0] !== config.bounds[2]) {
  store.set({ from: { at: store.state.view?.at ?? config.centre, how: 'centre' } });
}
reacher.start();
coverer.start();
card.start();
followChanges((change) => {
  view?.heard(change);
  reacher.heard(change);
  list.offer();
  coverer.heard(change);
  blindSpots.offer();
  card.heard(change);
  desk?.heard(change);
});
// After the first paint: the list comes first.
requestAnimationFrame(() => setTimeout(() => void loadMap().catch(failed), 0));
