// Answers as the sources of the style want them; tiles/style/answers.go says what
// each feature carries.
import { iconName } from '../icons';
import { t } from '../i18n';
import type { LonLat, Minutes } from '../state';
import { anchorOf, distance } from '../shapes';
import type { Circle, ProposedChange, Reached } from '../types';

export type Collection = GeoJSON.FeatureCollection;

/** The bands up to so many minutes, widest first, each with its line style and a label on its outline. */
export function bands(circle: Circle, minutes: Minutes): Collection {
  const shown = circle.features.filter((f) => f.properties.minutes <= minutes).sort((a, b) => b.properties.minutes - a.properties.minutes);
  const names = ['outer', 'middle', 'inner'];
  const features: GeoJSON.Feature[] = [];
  const wider: LonLat[] = [];
  shown.forEach((f, i) => {
    features.push({ type: 'Feature', geometry: f.geometry, properties: { band: names[Math.min(i, 2)] } });
    const outline = longest(f.geometry);
    const at = labelPoint(outline, wider);
    if (at) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [...at] }, properties: { label: t('minutes.n', { n: f.properties.minutes }), minutes: f.properties.minutes } });
    wider.push(...outline);
  });
  return { type: 'FeatureCollection', features };
}

/** The outer ring of the part that holds the most corners: islands get no label. */
function longest(geometry: GeoJSON.MultiPolygon): LonLat[] {
  const rings = geometry.coordinates.map((polygon) => polygon[0] ?? []);
  return rings.reduce((a, b) => (b.length > a.length ? b : a), []).map(([lon, lat]) => [lon!, lat!]);
}

const clearMetres = 60;

/** The northernmost corner that is clear of wider outlines, which run along a river or a wall together with this one; where none is, the clearest. */
function labelPoint(outline: LonLat[], wider: LonLat[]): LonLat | null {
  let best: LonLat | null = null;
  let clearest = -1;
  for (const corner of [...outline].sort((a, b) => b[1] - a[1])) {
    const clear = wider.reduce((least, other) => Math.min(least, distance(corner, other)), Infinity);
    if (clear >= clearMetres) return corner;
    if (clear > clearest) [best, clearest] = [corner, clear];
  }
  return best;
}

export function accessLeg(circle: Circle): GeoJSON.Feature[] {
  const { lon, lat, snapped_lon, snapped_lat, access_metres } = circle.origin;
  if (access_metres < 3) return [];
  return [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [[lon, lat], [snapped_lon, snapped_lat]] }, properties: { part: 'access' } }];
}

const oneNameMetres = 150;

/** The listed places. Of two with one name side by side, as the stops on both sides of a street, the nearer one carries it; the name of what is ringed stands clear of the ring. */
export function resultPoints(places: Reached[], ringed: LonLat | null): Collection {
  const named = new Map<string, LonLat[]>();
  const features = places.map(({ layer, id, kind, name, minutes, lon, lat }): GeoJSON.Feature => {
    const at: LonLat = [lon, lat];
    const others = named.get(name) ?? [];
    const told = others.some((other) => distance(other, at) < oneNameMetres);
    if (!told) named.set(name, [...others, at]);
    return { type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { layer, id, name, label: told ? '' : name, minutes, image: iconName(layer, kind), ringed: ringed !== null && distance(ringed, at) < 1 } };
  });
  return { type: 'FeatureCollection', features };
}

/** What a list is about as it lies, and a point in each: a sliver is no more than a line from afar. */
export function workItems(list: readonly { geometry: GeoJSON.Geometry | null }[]): Collection {
  const features: GeoJSON.Feature[] = [];
  for (const { geometry } of list) {
    if (!geometry) continue;
    if (geometry.type !== 'Point') features.push({ type: 'Feature', geometry, properties: {} });
    const at = anchorOf(geometry);
    if (at) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [...at] }, properties: { mark: 'point' } });
  }
  return { type: 'FeatureCollection', features };
}

/** Borders and places as they are and as they would be; once they are so, as they are. */
export function proposedShapes(changes: readonly ProposedChange[], published: boolean): Collection {
  const features: GeoJSON.Feature[] = [];
  const add = (geometry: GeoJSON.Geometry | null | undefined, part: string): void => {
    if (geometry) features.push({ type: 'Feature', geometry, properties: { part: geometry.type.endsWith('Point') ? `${part}-point` : part } });
  };
  for (const change of changes) {
    const moves = change.differences.find((one) => one.field === 'geometry') as { was: GeoJSON.Geometry | null; is: GeoJSON.Geometry | null } | undefined;
    if (!published) {
      add(change.lost?.geometry, 'lost');
      add(change.gained?.geometry, 'gained');
      add(moves?.was, 'old');
    }
    add(moves?.is, published ? 'same' : 'new');
    add(change.geometry, 'same');
    const named = moves?.is ?? change.geometry ?? moves?.was;
    const at = named && change.title && anchorOf(named);
    if (at) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [...at] }, properties: { part: 'label', label: change.title } });
  }
  return { type: 'FeatureCollection', features };
}
