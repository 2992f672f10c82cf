// The state as an address and back. What a visitor would call a step (another
// origin, a card, a category, a route) makes an entry of the history; moving the
// map does not. Parameters of the server (lang, big, theme, style) are kept.
import { all, fallbackCategory } from './categories';
import { coverageMinutes, deskLists, initial, isFeature, type CoverageChoice, type DeskChoice, type Level, type LonLat, type Minutes, type Origin, type Selection, type Speed, type State, type Store } from './state';
import { debounce } from './dom';

const places = 5; // decimals: about a metre

function readPoint(text: string | null): LonLat | null {
  const parts = (text ?? '').split(',').map(Number);
  const [lon, lat] = parts;
  if (parts.length !== 2 || lon === undefined || lat === undefined) return null;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

const writePoint = ([lon, lat]: LonLat): string => `${+lon.toFixed(places)},${+lat.toFixed(places)}`;

function readSelection(text: string | null): Selection | null {
  if (!text) return null;
  const feature = /^([a-z]+)\/(\d+)$/.exec(text);
  if (feature) return { layer: feature[1]!, id: Number(feature[2]) };
  const at = readPoint(text);
  return at && { at };
}

function readOrigin(query: URLSearchParams): Origin | null {
  const at = readPoint(query.get('from'));
  if (!at) return null;
  const how = query.get('by');
  const name = query.get('name');
  if (name) return { at, how: 'place', name };
  return { at, how: how === 'me' || how === 'centre' ? how : 'point' };
}

function readCoverage(query: URLSearchParams): CoverageChoice | null {
  const by = query.get('coverage');
  if (by === null) return null;
  const minutes = Number(query.get('within'));
  return {
    by: by === 'street' || by === 'grid' ? (by as Level) : 'community',
    kind: query.get('kind') ?? '',
    minutes: coverageMinutes.find((n) => n === minutes) ?? initial.minutes,
    area: Number(query.get('area')) || null,
  };
}

/** The drawer stands as desk, what it lists only as desk. and the name of the parameter. */
const deskPart = /^desk\.([a-z]+)$/;

function readDesk(query: URLSearchParams): DeskChoice | null {
  const named = query.get('desk');
  const list = deskLists.find((one) => one === named);
  if (!list) return null;
  const only: Record<string, string> = {};
  let item: string | null = null;
  for (const [name, value] of query) {
    const part = deskPart.exec(name)?.[1];
    if (part === 'item') item = value;
    else if (part && value) only[part] = value;
  }
  return { list, only, item };
}

export function read(search: string): State {
  const query = new URLSearchParams(search);
  const coverage = readCoverage(query);
  const category = query.get('of') ?? initial.category;
  const minutes = Number(query.get('minutes'));
  const speed = query.get('speed');
  const [lon, lat, zoom] = (query.get('view') ?? '').split(',');
  const centre = readPoint(`${lon},${lat}`);
  const height = Number(zoom);
  return {
    view: centre && height > 0 && height <= 22 ? { at: centre, zoom: height } : null,
    from: readOrigin(query),
    minutes: minutes === 5 || minutes === 10 ? (minutes as Minutes) : initial.minutes,
    speed: speed === 'adult' || speed === 'elder' ? (speed as Speed) : initial.speed,
    category: coverage && category === all.id ? fallbackCategory.id : category,
    selected: readSelection(query.get('show')),
    route: query.get('route') === '1',
    coverage,
    desk: readDesk(query),
  };
}

export function write(state: State, search: string): string {
  const query = new URLSearchParams();
  const old = new URLSearchParams(search);
  for (const name of ['lang', 'big', 'theme', 'style']) {
    const value = old.get(name);
    if (value !== null) query.set(name, value);
  }
  if (state.view) query.set('view', `${writePoint(state.view.at)},${state.view.zoom.toFixed(2)}`);
  if (state.from) {
    query.set('from', writePoint(state.from.at));
    if (state.from.how === 'place' && state.from.name) query.set('name', state.from.name);
    else if (state.from.how !== 'point') query.set('by', state.from.how);
  }
  if (state.minutes !== initial.minutes) query.set('minutes', String(state.minutes));
  if (state.speed !== initial.speed) query.set('speed', state.speed);
  if (state.category !== initial.category) query.set('of', state.category);
  if (state.selected) query.set('show', isFeature(state.selected) ? `${state.selected.layer}/${state.selected.id}` : writePoint(state.selected.at));
  if (state.route) query.set('route', '1');
  if (state.coverage) {
    const { by, kind, minutes, area } = state.coverage;
    query.set('coverage', by);
    if (kind) query.set('kind', kind);
    if (minutes !== initial.minutes) query.set('within', String(minutes));
    if (area !== null) query.set('area', String(area));
  }
  if (state.desk) {
    const { list, only, item } = state.desk;
    query.set('desk', list);
    for (const [name, value] of Object.entries(only)) query.set(`desk.${name}`, value);
    if (item !== null) query.set('desk.item', item);
  }
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return text ? `?${text}` : location.pathname;
}

/** Whether somebody would call it another coverage; other minutes are none. */
const otherCoverage = (a: CoverageChoice | null, b: CoverageChoice | null): boolean =>
  a !== b && (a === null || b === null || a.by !== b.by || a.kind !== b.kind || a.area !== b.area);

/** Keeps address and state together, both ways. */
export function follow(store: Store): void {
  let coming = false; // the change came from the address
  const replaceSoon = debounce(250, () => history.replaceState(null, '', write(store.state, location.search)));
  store.on((now, before) => {
    if (coming) return;
    const first = before.from === null; // the origin that the page chose by itself is no step
    const step = otherCoverage(now.coverage, before.coverage) || now.selected !== before.selected || now.category !== before.category || now.route !== before.route || now.desk !== before.desk || (now.from !== before.from && !first);
    if (step) history.pushState(null, '', write(now, location.search));
    else replaceSoon();
  });
  addEventListener('popstate', () => {
    coming = true;
    store.set(read(location.search));
    coming = false;
  });
}
