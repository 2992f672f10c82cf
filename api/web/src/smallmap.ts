// A small map on a page that the server wrote whole: it scrolls with the page under
// one finger, has buttons to zoom, and shows a place and perhaps the walk to it. It is
// loaded when it is asked for.
import { Map as GLMap, Marker, NavigationControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import { isDark } from './choices';
import { apart, type XY } from './map/apart';
import { loadSheet, ownHost } from './map/loading';
export { canDraw } from './map/loading';
import type { LonLat } from './state';

/** What the server says about a small map; twin of smallMap in smallmap.go. */
export interface SmallMapConfig {
  mapStyle: string; // the style sheet of MapLibre
  worker: string;
  words: { title: string; mac: string; other: string; touch: string; zoomIn: string; zoomOut: string };
}

export interface SmallMapOptions {
  line?: LonLat[]; // a walk
  marked?: boolean; // the place; not where rows with numbers are
  scrolls?: boolean; // the page under one finger; not where the map is all there is to see
}

/** Draws the map around a place; the promise is kept when it stands, and broken when its style does not come. */
export async function smallMap(box: HTMLElement, config: SmallMapConfig, at: LonLat, { line = [], marked = true, scrolls = true }: SmallMapOptions = {}): Promise<GLMap> {
  setWorkerUrl(config.worker);
  await loadSheet(config.mapStyle);
  const { words } = config;
  const map = new GLMap({
    container: box,
    style: new URL(`/styles/${isDark() ? 'night' : 'day'}.json`, location.origin).href,
    center: [...at],
    zoom: 16,
    minZoom: 8,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: scrolls,
    locale: {
      'Map.Title': words.title,
      'CooperativeGesturesHandler.WindowsHelpText': words.other,
      'CooperativeGesturesHandler.MacHelpText': words.mac,
      'CooperativeGesturesHandler.MobileHelpText': words.touch,
      'NavigationControl.ZoomIn': words.zoomIn,
      'NavigationControl.ZoomOut': words.zoomOut,
    },
    transformRequest: ownHost,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  if (marked) {
    const mark = document.createElement('div');
    mark.className = 'mark';
    new Marker({ element: mark, anchor: 'bottom' }).setLngLat([...at]).addTo(map);
  }
  await new Promise<void>((resolve, reject) => {
    let styled = false;
    map.once('styledata', () => (styled = true));
    map.once('load', () => resolve());
    map.on('error', ({ error }) => {
      if (styled) return; // without a tile the map stands
      map.remove();
      reject(error);
    });
  });
  map.resize(); // MapLibre passes over what became of its box between its making and the first frame
  if (line.length > 1) {
    showLine(map, line);
    const begin = document.createElement('div');
    begin.className = 'origin';
    new Marker({ element: begin }).setLngLat([...line[0]!]).addTo(map);
  }
  return map;
}

/** Draws a walk, and moves so that all of it is seen. */
export function showLine(map: GLMap, line: LonLat[]): void {
  map.getSource<GeoJSONSource>('route')?.setData({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'LineString', coordinates: line.map((p) => [...p]) }, properties: { part: 'way' } }],
  });
  fit(map, line);
}

/** The marks of a list on a map. */
export interface Numbers {
  pin(n: number): HTMLElement | undefined; // of the nth, from 1
  lead(n: number): void; // gives the nth the best right to its place
  remove(): void;
}

const cardOver = 12; // pixels of the map that the card of the chosen one covers on a phone
const corner = 36; // pixels: of each button to zoom

/** Puts numbered marks on the map, none on another nor on what lies beside them; the first of the list have the better right. */
export function showNumbers(map: GLMap, places: { at: LonLat; name: string; number?: number }[], pressed: (n: number) => void, beside: LonLat[] = []): Numbers {
  const marks = places.map(({ at, name, number = 0 }, i) => {
    const n = number || i + 1;
    const pin = document.createElement('button');
    pin.type = 'button';
    pin.className = 'pin';
    pin.textContent = String(n);
    pin.setAttribute('aria-label', `${n} ${name}`);
    pin.addEventListener('click', () => pressed(n));
    const line = document.createElement('i'); // from the mark to its place
    pin.append(line);
    return { at, pin, line, marker: new Marker({ element: pin }).setLngLat([...at]).addTo(map) };
  });
  let first = 0;
  const lay = (): void => {
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const number = parseFloat(getComputedStyle(map.getContainer()).getPropertyValue('--pin'));
    const pixel = (at: LonLat): XY => {
      const { x, y } = map.project([...at]);
      return [x, y];
    };
    const taken = [...beside.map((at) => ({ at: pixel(at), wide: 32 })), ...[1, 2].map((k) => ({ at: [width - 28, 10 + (k - 0.5) * corner] as XY, wide: corner }))];
    const order = [...marks.slice(first, first + 1), ...marks.slice(0, first), ...marks.slice(first + 1)];
    apart(order.map(({ at }) => pixel(at)), { number, dot: 24, taken, width, height: height - cardOver }).forEach(({ as, by }, i) => {
      const { pin, line, marker } = order[i]!;
      pin.dataset.as = as;
      marker.setOffset([...by]);
      line.style.width = `${Math.max(0, Math.hypot(...by) - number / 2)}px`;
      line.style.rotate = `${Math.atan2(-by[1], -by[0])}rad`;
    });
  };
  lay();
  map.on('moveend', lay);
  map.on('resize', lay);
  return {
    pin: (n) => marks[n - 1]?.pin,
    lead: (n) => {
      if (marks[n - 1]?.pin.dataset.as === 'number') return;
      first = Math.max(0, n - 1);
      lay();
    },
    remove: () => {
      map.off('moveend', lay);
      map.off('resize', lay);
      for (const { marker } of marks) marker.remove();
    },
  };
}

/** Moves the map so that all points are seen. */
export function fit(map: GLMap, points: LonLat[]): void {
  const lons = points.map((p) => p[0]);
  const lats = points.map((p) => p[1]);
  map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], { padding: Math.min(48, map.getContainer().clientHeight / 8), maxZoom: 17, duration: 0 });
}
