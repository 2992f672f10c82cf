// The map itself. This module and MapLibre are one chunk that is loaded after the
// page was drawn; everything it shows, the list says too.
import { Map as GLMap, Marker, setWorkerUrl, type FilterSpecification, type GeoJSONSource, type LayerSpecification, type StyleSpecification } from 'maplibre-gl';
import { kindField } from '../catalog';
import { config } from '../config';
import type { Change } from '../changes';
import { mapStyle, styleName } from '../choices';
import { byId, toast } from '../dom';
import { iconElement } from '../icons';
import { t } from '../i18n';
import { hiddenKinds, readGroups } from '../layers';
import { boxOf, distance, type Box } from '../shapes';
import { sheetHeight, wide } from '../sheet';
import type { LonLat, Minutes } from '../state';
import type { Circle, Drawn, ProposedChange, Reached, Route } from '../types';
import { CoverageMap, type ShownCoverage } from './coverage';
import { accessLeg, bands, proposedShapes, resultPoints, workItems, type Collection } from './data';
import { Freshness } from './freshness';
import { hitsAt } from './hits';
import { loadSheet, ownHost } from './loading';
import { hasOutline, outlineIn, outlineOn, type InTiles } from './outline';
import { Tints } from './tints';
import { handTo, type Tool } from './tool';

export interface ViewEvents {
  clicked(hits: Drawn[], at: LonLat): void;
  held(hits: Drawn[], at: LonLat): void; // right click or long press
  moved(at: LonLat, zoom: number): void;
  failed(): void; // tiles do not come
  lost(): void; // the device gave the drawing area up
}

export interface Start {
  centre: LonLat;
  zoom: number;
}

const flightMs = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 600;
const holdMs = 650; // a finger that is down for so long is held
const lateMs = 100; // a timer that fires so late was kept waiting
const gone: Collection = { type: 'FeatureCollection', features: [] };
interface Selected {
  geometry: GeoJSON.Geometry;
  image: string | null;
}

type SourceName = 'circle' | 'results' | 'route' | 'selection' | 'worklist' | 'measure' | 'coverage' | 'proposal';

export { canDraw } from './loading';

export class View {
  readonly map: GLMap;
  #data: Record<SourceName, Collection> = { circle: gone, results: gone, route: gone, selection: gone, worklist: gone, measure: gone, coverage: gone, proposal: gone };
  #origin: Marker | null = null;
  #ring: Marker;
  #selected: Marker | null = null;
  #outlined: InTiles | null = null;
  #proposed: Marker | null = null;
  #tool: Tool | null = null;
  #release = (): void => {}; // takes the clicks away from the tool
  #held = false; // the finger that is down, or was last, was held: lifting it is no click
  #holding = 0; // the timer of a finger that is down
  #access: Collection['features'] = [];
  #way: Collection['features'] = [];
  #filters = new Map<string, FilterSpecification | undefined>(); // of icon layers, as the style has them
  #listed: Reached[] = [];
  #freshness: Freshness | null = null;
  #only: string[] | null = null; // words of the places that are drawn; null: all
  #coverage: CoverageMap;
  #tints: Tints;

  static async create(container: HTMLElement, start: Start, events: ViewEvents): Promise<View> {
    setWorkerUrl(config.worker);
    const [style] = await Promise.all([loadStyle(), loadSheet(config.mapStyle)]);
    return new View(container, style, start, events);
  }

  private constructor(container: HTMLElement, style: StyleSpecification, start: Start, events: ViewEvents) {
    container.replaceChildren();
    this.map = new GLMap({
      container,
      center: [...start.centre],
      zoom: start.zoom,
      minZoom: 8,
      maxZoom: 19,
      ...roomy(config.bounds),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: flightMs === 0 ? 0 : 200,
      locale: { 'Map.Title': t('map.title') },
      transformRequest: (url) => {
        const request = address(url);
        this.#freshness?.asked(new URL(request.url).pathname);
        return request;
      },
    });
    this.#freshness = new Freshness(this.map);
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.#ring = new Marker({ element: mark('ring') });
    this.#coverage = new CoverageMap(this.map, () => this.#inSight(), (data) => this.#set('coverage', data));
    this.#tints = new Tints(this.map);
    this.map.setStyle(this.#prepared(style));
    this.#tint();
    this.map.panBy([0, covered() / 2], { animate: false }); // the place to start at is the middle of what can be seen
    this.#listen(events);
  }

  #listen(events: ViewEvents): void {
    const { map } = this;
    const lonLat = (e: { lngLat: { lng: number; lat: number } }): LonLat => [e.lngLat.lng, e.lngLat.lat];
    map.on('click', (e) => {
      if (this.#tool || this.#held) return; // a tool takes it however long the finger was down
      events.clicked(hitsAt(map, e.point.x, e.point.y, coarse.matches ? 14 : 4, lonLat(e)), lonLat(e));
    });
    const held = (point: { x: number; y: number }, at: LonLat): void => {
      if (!this.#tool) events.held(hitsAt(map, point.x, point.y, coarse.matches ? 14 : 4, at), at);
    };
    map.on('contextmenu', (e) => {
      clearTimeout(this.#holding);
      if (!this.#held) held(e.point, lonLat(e));
      this.#held = true;
    });
    // Not every phone makes a right click of a finger that is held down.
    map.on('touchstart', (e) => {
      clearTimeout(this.#holding);
      if (e.points.length !== 1) return;
      const hold = (): void => {
        this.#held = true;
        held(e.point, lonLat(e));
      };
      // A page that was busy hears of the time that passed before it hears that the
      // finger was lifted long ago: then it listens a moment more.
      const due = performance.now() + holdMs;
      this.#holding = window.setTimeout(() => {
        if (performance.now() < due + lateMs) hold();
        else this.#holding = window.setTimeout(hold, lateMs);
      }, holdMs);
    });
    for (const end of ['touchend', 'touchcancel', 'movestart'] as const) map.on(end, () => clearTimeout(this.#holding));
    map.getCanvasContainer().addEventListener('pointerdown', () => (this.#held = false), true);
    map.on('mousemove', (e) => {
      if (this.#tool) return;
      const over = hitsAt(map, e.point.x, e.point.y, 2, lonLat(e))[0];
      map.getCanvas().style.cursor = over && over.layer !== 'places' && over.layer !== 'grids' ? 'pointer' : '';
    });
    map.on('style.load', () => this.#refilter());
    map.on('moveend', () => events.moved(this.centre(), map.getZoom()));
    map.on('error', (e) => {
      const { sourceId } = e as { sourceId?: string };
      if (sourceId === 'underlay') toast(t('underlay.failed'));
      else if (sourceId) events.failed();
      else console.error(e.error); // a fault of the style or of this page
    });
    map.getCanvas().addEventListener('webglcontextlost', () => events.lost());
    map.getCanvas().addEventListener('keydown', (event) => {
      if (this.#tool) return;
      if (event.key === 'Enter') {
        const { width, height } = map.getCanvas().getBoundingClientRect();
        const at = this.centre();
        events.clicked(hitsAt(map, width / 2, (height - sheetHeight()) / 2, 6, at), at);
      } else if (event.key === 'Escape') {
        document.querySelector<HTMLElement>('#nearby:not([hidden]) #summary, #coverage:not([hidden]) h2')?.focus();
      }
    });
  }

  /** Puts what the page has shown into a fresh style. */
  #prepared(style: StyleSpecification): StyleSpecification {
    for (const name of Object.keys(this.#data) as SourceName[]) {
      const source = style.sources[name];
      if (source?.type === 'geojson') source.data = this.#data[name];
    }
    layUnder(style);
    this.#coverage.prepare(style);
    if (this.#outlined) outlineIn(style, this.#outlined);
    const groups = readGroups();
    for (const layer of style.layers) {
      if (layer.type === 'background') continue;
      const on = groups.get(groupOf(layer));
      if (on !== undefined) layer.layout = { ...layer.layout, visibility: on ? 'visible' : 'none' } as never;
      if (!filtered.test(layer.id)) continue;
      this.#filters.set(layer.id, layer.filter);
      const filter = this.#filterOf(layer.id);
      if (filter) layer.filter = filter;
    }
    return style;
  }

  /** The filter of an icon layer: its own, less what the list shows, the kinds that are turned off, and what a coverage is not of. A park that the list shows is named there, and not on its ground too. */
  #filterOf(id: string): FilterSpecification | undefined {
    const source = filtered.exec(id)![1];
    const ids = this.#listed.filter((p) => p.layer === source).map((p) => p.id);
    const kinds = source === 'facilities' ? hiddenKinds() : [];
    const own = this.#filters.get(id);
    const parts: unknown[] = [];
    if (own) parts.push(own);
    if (source === undefined) return ['all', ...parts, ['!', ['in', ['get', 'name'], ['literal', this.#listed.map((p) => p.name)]]]] as FilterSpecification;
    if (ids.length > 0) parts.push(['!', ['in', ['id'], ['literal', ids]]]);
    if (kinds.length > 0) parts.push(['!', ['in', ['get', 'kind'], ['literal', kinds]]]);
    if (this.#only) parts.push(placesOf(source, this.#only));
    return parts.length === 0 ? undefined : (['all', ...parts] as FilterSpecification);
  }

  #refilter(): void {
    for (const id of this.#filters.keys()) {
      if (this.map.getLayer(id)) this.map.setFilter(id, this.#filterOf(id)); // a style that is on its way has none yet
    }
  }

  async restyle(): Promise<void> {
    this.map.setStyle(this.#prepared(await loadStyle()));
    this.#tint();
  }

  /** Tints the grids of the planner, unless a coverage tints the ground. */
  #tint(): void {
    this.#tints.show(mapStyle() === 'planner' && !config.archive && this.#only === null);
  }

  /** Asks again for everything that did not come. */
  async retry(): Promise<void> {
    this.map.setStyle(this.#prepared(await loadStyle()), { diff: false });
  }

  /** Asks again for the tiles in which something is other than before. */
  heard(change: Change): void {
    this.#freshness?.heard(change);
    this.#tints.heard(change);
  }

  #set(name: SourceName, data: Collection): void {
    this.#data[name] = data;
    this.map.getSource<GeoJSONSource>(name)?.setData(data);
  }

  /** Turns groups of layers on and off as the layer switch says. */
  showGroups(): void {
    const groups = readGroups();
    for (const layer of this.map.getStyle().layers) {
      const on = groups.get(groupOf(layer));
      if (on !== undefined) this.map.setLayoutProperty(layer.id, 'visibility', on ? 'visible' : 'none');
    }
    this.#refilter();
  }

  /** The bands up to so many minutes, and the leg from the origin to the street. */
  showCircle(circle: Circle | null, minutes: Minutes): void {
    this.#set('circle', circle ? bands(circle, minutes) : gone);
    this.#access = circle ? accessLeg(circle) : [];
    this.#set('route', { type: 'FeatureCollection', features: [...this.#access, ...this.#way] });
  }

  /** The rows of the list; the tiles leave their icons to them. */
  showResults(places: Reached[]): void {
    this.#listed = places;
    this.#drawResults();
    this.#refilter();
  }

  #drawResults(): void {
    this.#set('results', resultPoints(this.#listed, this.#selected?.getLngLat().toArray() ?? null));
  }

  showRoute(route: Route | null): void {
    this.#way = route ? [{ type: 'Feature', geometry: route.geometry, properties: { part: 'way' } }] : [];
    this.#set('route', { type: 'FeatureCollection', features: [...this.#access, ...this.#way] });
    const box = route && boxOf(route.geometry);
    if (box) this.fit(box);
  }

  /** Marks what the drawer of who works here lists. */
  showWork(list: readonly { geometry: GeoJSON.Geometry | null }[] | null): void {
    this.#set('worklist', list ? workItems(list) : gone);
  }

  /** Draws what somebody proposed beside what stands, or what was published of it. */
  showProposal(changes: readonly ProposedChange[] | null, published = false): void {
    this.#set('proposal', changes ? proposedShapes(changes, published) : gone);
  }

  /** Marks the place that somebody is about to choose. */
  propose(at: LonLat | null): void {
    this.#proposed?.remove();
    this.#proposed = at && new Marker({ element: mark('proposed') }).setLngLat([...at]).addTo(this.map);
  }

  /** Tints the map by a coverage, and leaves of all places only those that it is of. */
  showCoverage(shown: ShownCoverage | null): void {
    const only = shown?.question.of ?? null;
    if (`${only}` !== `${this.#only}`) {
      this.#only = only;
      this.#refilter();
      this.#tint();
    }
    this.#coverage.show(shown);
  }

  showOrigin(at: LonLat | null): void {
    this.#origin?.remove();
    this.#origin = at && new Marker({ element: mark('origin') }).setLngLat([...at]).addTo(this.map);
  }

  /** Rings what a row stands for. */
  point(place: { lon: number; lat: number } | null): void {
    if (place) this.#ring.setLngLat([place.lon, place.lat]).addTo(this.map);
    else this.#ring.remove();
  }

  select(feature: Selected | null): void {
    if (this.#outlined) this.#outline(null);
    this.#mark(feature);
  }

  #mark(feature: Selected | null): void {
    const ringed = this.#selected !== null;
    this.#selected?.remove();
    this.#selected = null;
    if (feature) this.#draw(feature);
    else this.#set('selection', gone);
    if (ringed || this.#selected) this.#drawResults();
  }

  #draw(feature: Selected): void {
    const { geometry, image } = feature;
    const part = geometry.type.endsWith('Polygon') ? 'area' : geometry.type.endsWith('LineString') ? 'line' : 'point';
    this.#set('selection', { type: 'FeatureCollection', features: [{ type: 'Feature', geometry, properties: { part } }] });
    const box = boxOf(geometry);
    if (!box) return;
    if (part === 'point') {
      const element = mark(image ? 'selected' : 'selected bare');
      if (image) element.append(iconElement(image));
      this.#selected = new Marker({ element, anchor: 'center' }).setLngLat([box[0], box[1]]).addTo(this.map);
    }
    this.reveal(box);
  }

  /** Selects what the page knows from tiles alone: its outline, where they have one, else a mark. */
  selectInTiles(feature: InTiles & { at: LonLat; image: string | null }): void {
    this.#outline(hasOutline(this.map, feature) ? feature : null);
    if (this.#outlined) {
      this.#mark(null);
      this.reveal([...feature.at, ...feature.at]);
    } else {
      this.#mark({ geometry: { type: 'Point', coordinates: [...feature.at] }, image: feature.image });
    }
  }

  #outline(feature: InTiles | null): void {
    this.#outlined = feature;
    if (this.map.getLayer('selection-area')) outlineOn(this.map, feature); // else the style on its way will have it
  }

  /** Moves the map no more than it takes to see the box. */
  reveal(box: Box): void {
    const { width, height } = this.map.getCanvas().getBoundingClientRect();
    const free = this.#free();
    const a = this.map.project([box[0], box[3]]);
    const b = this.map.project([box[2], box[1]]);
    const inside = a.x >= free.left && b.x <= width - free.right && a.y >= free.top && b.y <= height - free.bottom;
    const zoom = this.map.getZoom();
    if (inside && zoom >= 13) return;
    const large = b.x - a.x > width - free.left - free.right || b.y - a.y > height - free.top - free.bottom;
    if (large) this.fit(box);
    else this.#centre(box, Math.max(zoom, 15.5));
  }

  /** Shows a box; of a box too large to be seen from a zoom on, the middle. */
  fit(box: Box, minZoom = 0): void {
    const padding = this.#free();
    const camera = this.map.cameraForBounds(box, { padding, maxZoom: 17 });
    if (camera && camera.zoom! < minZoom) this.#centre(box, minZoom);
    else if (camera) this.map.easeTo({ ...camera, duration: flightMs });
  }

  /** Puts the middle of a box into the middle of what is free. */
  #centre(box: Box, zoom: number): void {
    const free = this.#free();
    const offset: [number, number] = [(free.left - free.right) / 2, (free.top - free.bottom) / 2];
    this.map.easeTo({ center: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], zoom, offset, duration: flightMs });
  }

  /** What can be seen of the ground above the sheet. */
  #inSight(): Box {
    const { width, height } = this.map.getCanvas().getBoundingClientRect();
    const nw = this.map.unproject([0, 0]);
    const se = this.map.unproject([width, height - sheetHeight()]);
    return [nw.lng, se.lat, se.lng, nw.lat];
  }

  /** Pixels at the edges that panels cover. */
  #free(): { top: number; right: number; bottom: number; left: number } {
    const card = document.getElementById('card');
    const left = wide.matches && card && !card.hidden ? card.getBoundingClientRect().width + 24 : 0;
    const footer = wide.matches ? 0 : 36; // lies over the map, above the sheet
    const drawer = wide.matches ? document.querySelector<HTMLElement>('.drawer:not([hidden])') : null;
    const right = drawer ? innerWidth - drawer.getBoundingClientRect().left + 24 : 72;
    return { top: 24, right, bottom: 24 + covered() + footer, left: 24 + left };
  }

  /** The middle of what can be seen of the map. */
  centre(): LonLat {
    const { width, height } = this.map.getCanvas().getBoundingClientRect();
    const { lng, lat } = this.map.unproject([width / 2, (height - covered()) / 2]);
    return [lng, lat];
  }

  /** Pixels between two points of the ground at this zoom. */
  pixels(a: LonLat, b: LonLat): number {
    const p = this.map.project([...a]);
    const q = this.map.project([...b]);
    return Math.hypot(p.x - q.x, p.y - q.y);
  }

  /** Metres of ground under so many pixels in the middle of the map. */
  metres(pixels: number): number {
    const { lng, lat } = this.map.getCenter();
    const p = this.map.project([lng, lat]);
    const q = this.map.unproject([p.x + pixels, p.y]);
    return distance([lng, lat], [q.lng, q.lat]);
  }

  /** Gives the clicks of the map to a tool, or back to the map. */
  use(tool: Tool | null): void {
    const before = this.#tool;
    this.#tool = tool;
    this.#release();
    this.#release = tool ? handTo(this.map, tool, () => this.centre(), () => this.use(null)) : () => {};
    if (before !== tool) before?.left();
    document.body.classList.toggle('picking', tool !== null);
    if (tool) this.map.getCanvas().focus();
  }

  pick(done: (at: LonLat) => void): void {
    this.use({
      tap: (at) => {
        this.use(null);
        done(at);
      },
      left: () => (byId('picking').hidden = true),
    });
    byId('picking').hidden = false;
  }

  showMeasure(drawn: Collection | null): void {
    this.#set('measure', drawn ?? gone);
  }

  /** What the map shows now, as the address of a picture. */
  picture(): string {
    this.map.redraw(); // the drawing area holds it until this task ends
    return this.map.getCanvas().toDataURL('image/png');
  }

  zoom(by: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + by, duration: flightMs / 2 });
  }
}

/** Layers whose features the page chooses from: icons by their source layer, names of open ground by the names of the list. */
const filtered = /^(?:(?:icon|dot)-([a-z]+)|label-green$)/;

/** Whether a feature of a layer of the tiles is of one of the words of a question. Lists stand in tiles as one text. */
function placesOf(layer: string, words: string[]): FilterSpecification {
  const own = words.map((word) => word.split('.')).filter(([of]) => of === layer);
  if (own.length === 0) return ['literal', false] as never;
  if (own.some(([, kind]) => kind === undefined)) return ['literal', true] as never;
  const kinds = own.map(([, kind]) => kind!);
  const field = kindField(layer) ?? 'kind';
  return ['any', ...kinds.map((kind) => ['in', `,${kind},`, ['concat', ',', ['coalesce', ['get', field], ''], ',']])] as never;
}

const groupOf = (layer: LayerSpecification): string => String((layer.metadata as Record<string, unknown> | undefined)?.['gridatlas:group'] ?? '');

/** Puts the map of somebody else over the areas of ours and under its lines and names, in the group underlay. */
function layUnder(style: StyleSpecification): void {
  const { underlay } = config;
  if (!underlay) return;
  style.sources.underlay = { type: 'raster', tiles: [underlay.template], tileSize: 256, minzoom: 1, maxzoom: 18 };
  const layer: LayerSpecification = { id: 'underlay', type: 'raster', source: 'underlay', metadata: { 'gridatlas:group': 'underlay' } };
  style.layers.splice(style.layers.findIndex((l) => l.id === 'building-edge'), 0, layer);
}

/** Pixels of the map that are covered from below: by the sheet, of which a full one leaves the map as it was, or by a drawer that stepped aside. */
function covered(): number {
  const strip = document.querySelector('.drawer.aside');
  return strip ? innerHeight - strip.getBoundingClientRect().top : Math.min(sheetHeight(), innerHeight * 0.6);
}

const coarse = matchMedia('(pointer: coarse)');

function mark(name: string): HTMLElement {
  const element = document.createElement('div');
  element.className = `mark ${name}`;
  element.setAttribute('aria-hidden', 'true');
  return element;
}

async function loadStyle(): Promise<StyleSpecification> {
  const response = await fetch(`styles/${styleName()}.json`);
  if (!response.ok) throw new Error(`style: ${response.status}`);
  const style = await response.json();
  return config.archive ? (await import('./archive')).drawnFrom(config.archive, style) : style;
}

/** A tile of an archive is no address of its own, one of an underlay is that of its host. */
function address(url: string): { url: string } {
  if (url.startsWith('pmtiles:') || (config.underlay && url.startsWith(`${config.underlay.origin}/`))) return { url };
  return ownHost(url);
}

/** The city with half its size around it; nothing known: no bound. */
function roomy([west, south, east, north]: Box): { maxBounds?: Box } {
  const dx = Math.max(east - west, 0.02);
  const dy = Math.max(north - south, 0.02);
  return west === east ? {} : { maxBounds: [west - dx, Math.max(south - dy, -85), east + dx, Math.min(north + dy, 85)] };
}
