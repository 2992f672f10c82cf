// What a script adds to the page on which a row of parking spaces is drawn: the line is
// set on the map by pointer, finger or Enter, and what would come of the form as it
// stands is shown at once. The form is the server's, and so is all that is said.
import type { Map as GLMap, GeoJSONSource } from 'maplibre-gl';
import { bringMap } from './mapbutton';
import { drawnLine } from './map/line';
import { handTo } from './map/tool';
import type { SmallMapConfig } from './smallmap';
import type { LonLat } from './state';

/** Twin of drawConfig in draw.go. */
interface Config {
  compound: GeoJSON.Polygon | GeoJSON.MultiPolygon;
  around: [west: number, south: number, east: number, north: number];
  fails: string;
  words: { start: string; next: string; more: string; rest: string };
  map: SmallMapConfig;
}

const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const config: Config = JSON.parse(byId('config').textContent!);
const form = byId<HTMLFormElement>('row');
const field = byId<HTMLTextAreaElement>('line');
const plan = byId('plan');
const tools = byId('line-tools');
const said = byId('line-said');
const tool = (name: string): HTMLButtonElement => tools.querySelector(`[data-do="${name}"]`)!;
const none: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

const side = form.elements.namedItem('side') as RadioNodeList;

const wide = matchMedia('(min-width: 1024px)');
let map: GLMap | null = null;
let points: LonLat[] = read();
let release: (() => void) | null = null; // takes the clicks of the map away from the drawing

/** The points in the field; none where it cannot be read, of which the server says why. */
function read(): LonLat[] {
  const numbers = field.value.normalize('NFKC').split(/[\s,;、]+/).filter(Boolean).map(Number);
  if (numbers.length % 2 || numbers.some(Number.isNaN)) return [];
  return Array.from({ length: numbers.length / 2 }, (_, i): LonLat => [numbers[2 * i]!, numbers[2 * i + 1]!]).filter(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
}

function show(): Promise<void> {
  return bringMap(config.fails, async (box, { smallMap, fit }) => {
    const [west, south, east, north] = config.around;
    const made = await smallMap(box, config.map, [(west + east) / 2, (south + north) / 2], { marked: false });
    made.setMaxZoom(21); // a space is 2.4 m wide
    document.documentElement.classList.add('mapped');
    made.resize();
    fit(made, [[west, south], [east, north]]);
    made.on('styledata', () => addLayers(made));
    addLayers(made);
    map = made;
    tools.hidden = false;
    draw(points.length < 2);
    redraw();
    showPlan();
    return made;
  });
}

function addLayers(on: GLMap): void {
  if (on.getSource('stalls')) return;
  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const byPart = (good: string, doubt: string, bad: string): unknown => ['match', ['get', 'part'], 'bad', colour(bad), 'doubt', colour(doubt), colour(good)];
  on.addSource('stalls', { type: 'geojson', data: none });
  const add = (layer: object): void => void on.addLayer({ source: 'stalls', ...layer } as never, 'measure-rim');
  add({ id: 'stalls-ground', type: 'line', filter: ['==', ['get', 'part'], 'ground'], paint: { 'line-color': colour('ink'), 'line-width': 2, 'line-dasharray': [4, 2] } });
  const spaces = ['!=', ['get', 'part'], 'ground'];
  add({ id: 'stalls-fill', type: 'fill', filter: spaces, paint: { 'fill-color': byPart('primary', 'warn', 'danger'), 'fill-opacity': 0.28 } });
  add({ id: 'stalls-edge', type: 'line', filter: spaces, paint: { 'line-color': byPart('primary', 'warn', 'danger'), 'line-width': 2 } });
  add({
    id: 'stalls-number', type: 'symbol', filter: spaces, minzoom: 17,
    layout: { 'text-field': ['concat', ['match', ['get', 'part'], 'bad', '✕', 'doubt', '!', ''], ['get', 'number']], 'text-font': on.getLayoutProperty('measure-label', 'text-font'), 'text-size': 12, 'text-padding': 1 },
    paint: { 'text-color': colour('ink'), 'text-halo-color': colour('bg'), 'text-halo-width': 1.5 },
  });
}

/** Sets points in the field and on the map, and asks what comes of them. */
function change(to: LonLat[]): void {
  points = to;
  field.value = to.map(([lon, lat]) => `${lon.toFixed(7)} ${lat.toFixed(7)}`).join(', ');
  redraw();
  ask();
}

function redraw(hover?: LonLat): void {
  for (const name of ['last', 'clear', 'back', 'forth', 'in', 'out']) tool(name).disabled = points.length === 0;
  const { words } = config;
  said.textContent = !release ? words.rest : [words.start, words.next][points.length] ?? words.more;
  map?.getSource<GeoJSONSource>('measure')?.setData(drawnLine(points, false, () => '', hover));
}

/** Begins to set points on the map, or ends it. */
function draw(on: boolean): void {
  release?.();
  release = null;
  if (on && map) {
    const middle = (): LonLat => map!.getCenter().toArray();
    release = handTo(map, { tap: (at) => change([...points, at]), hover: (at) => redraw(at), left: () => draw(false) }, middle, () => draw(false));
  }
  tool('draw').setAttribute('aria-pressed', String(release !== null));
  byId('map-box').classList.toggle('drawing', release !== null);
  redraw();
}

/** Moves the whole line by metres along its first leg and away from it. */
function shift(along: number, away: number): void {
  const [a, b] = points as [LonLat, LonLat?];
  const perLat = 111_320; // metres a degree: good to a centimetre over half a metre
  const perLon = perLat * Math.cos((a[1] * Math.PI) / 180);
  const [dx, dy] = b ? [(b[0] - a[0]) * perLon, (b[1] - a[1]) * perLat] : [1, 0];
  const metres = Math.hypot(dx, dy) || 1;
  const out = side.value === 'right' ? -away : away;
  const x = (dx * along - dy * out) / metres;
  const y = (dy * along + dx * out) / metres;
  change(points.map(([lon, lat]): LonLat => [lon + x / perLon, lat + y / perLat]));
}

const step = 0.5; // metres
const deeds: Record<string, () => void> = {
  draw: () => {
    draw(release === null);
    if (release) map?.getCanvas().focus();
  },
  last: () => change(points.slice(0, -1)),
  clear: () => {
    change([]);
    draw(true);
  },
  flip: () => {
    side.value = side.value === 'left' ? 'right' : 'left';
    ask();
  },
  back: () => shift(-step, 0),
  forth: () => shift(step, 0),
  in: () => shift(0, step),
  out: () => shift(0, -step),
};
tools.addEventListener('click', (event) => {
  const name = (event.target as HTMLElement).closest<HTMLElement>('[data-do]')?.dataset.do;
  if (name) deeds[name]!();
});
byId('map-box').addEventListener('keydown', (event) => {
  if (release && (event.key === 'Backspace' || event.key === 'Delete') && points.length > 0) {
    event.preventDefault();
    change(points.slice(0, -1));
  }
});

form.addEventListener('input', (event) => {
  if (event.target === field) {
    points = read();
    redraw();
  }
  ask();
});

let waits = 0;
let asked: AbortController | null = null;

/** Asks the server what the form as it stands would draw, when it stands still for a moment. */
function ask(): void {
  clearTimeout(waits);
  asked?.abort();
  waits = window.setTimeout(() => void askNow(), 250);
}

async function askNow(): Promise<void> {
  const body = new URLSearchParams(new FormData(form) as never);
  body.set('press', 'preview');
  body.set('part', map ? 'words' : 'picture');
  const { signal } = (asked = new AbortController());
  try {
    const response = await fetch(form.action, { method: 'POST', body, signal });
    if (!response.ok) return; // the buttons below go on as without a script
    plan.innerHTML = await response.text();
    showPlan();
  } catch {
    // no net: what was said stays, and the form can be sent
  }
}

/** Draws what the server said would be drawn. */
function showPlan(): void {
  const shown: GeoJSON.FeatureCollection = JSON.parse(byId('shown').textContent!);
  const ground: GeoJSON.Feature = { type: 'Feature', geometry: config.compound, properties: { part: 'ground' } };
  byId('brief').replaceChildren(plan.querySelector('.brief')!.cloneNode(true));
  map?.getSource<GeoJSONSource>('stalls')?.setData({ type: 'FeatureCollection', features: [ground, ...(shown.features ?? [])] });
}

document.documentElement.classList.add('scripted');
byId('map-show').addEventListener('click', async () => {
  await show();
  if (map && !wide.matches) byId('map-place').scrollIntoView(); // with the bar below, it fills a phone
});
showPlan();
if (wide.matches) void show();
