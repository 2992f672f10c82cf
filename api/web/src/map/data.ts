// Answers as the sources of the style want them; tiles/style/answers.go says what
// each feature carries.
import { iconName } from '../icons';
import { t } from '../i18n';
import type { Minutes } from '../state';
import { anchorOf } from '../shapes';
import type { Circle, Reached, Worklist } from '../types';

export type Collection = GeoJSON.FeatureCollection;

/** The bands up to so many minutes, widest first, each with its line style and a label on its northern end. */
export function bands(circle: Circle, minutes: Minutes): Collection {
  const shown = circle.features.filter((f) => f.properties.minutes <= minutes).sort((a, b) => b.properties.minutes - a.properties.minutes);
  const names = ['outer', 'middle', 'inner'];
  const features: GeoJSON.Feature[] = [];
  shown.forEach((f, i) => {
    features.push({ type: 'Feature', geometry: f.geometry, properties: { band: names[Math.min(i, 2)] } });
    const at = north(f.geometry);
    if (at) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { label: t('minutes.n', { n: f.properties.minutes }), minutes: f.properties.minutes } });
  });
  return { type: 'FeatureCollection', features };
}

/** The northernmost corner of the part that holds the most corners: islands get no label. */
function north(geometry: GeoJSON.MultiPolygon): GeoJSON.Position | null {
  const rings = geometry.coordinates.map((polygon) => polygon[0] ?? []);
  const largest = rings.reduce((a, b) => (b.length > a.length ? b : a), []);
  return largest.reduce<GeoJSON.Position | null>((best, p) => (best && best[1]! >= p[1]! ? best : p), null);
}

export function accessLeg(circle: Circle): GeoJSON.Feature[] {
  const { lon, lat, snapped_lon, snapped_lat, access_metres } = circle.origin;
  if (access_metres < 3) return [];
  return [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [[lon, lat], [snapped_lon, snapped_lat]] }, properties: { part: 'access' } }];
}

export const resultPoints = (places: Reached[]): Collection => ({
  type: 'FeatureCollection',
  features: places.map((p) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [p.lon, p.lat] },
    properties: { layer: p.layer, id: p.id, name: p.name, minutes: p.minutes, image: iconName(p.layer, p.kind) },
  })),
});

/** The items as they lie, and a point in each: a sliver is no more than a line from afar. */
export function workItems(list: Worklist): Collection {
  const features: GeoJSON.Feature[] = [];
  for (const { geometry } of list.features) {
    if (!geometry) continue;
    if (geometry.type !== 'Point') features.push({ type: 'Feature', geometry, properties: {} });
    const at = anchorOf(geometry);
    if (at) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [...at] }, properties: { mark: 'point' } });
  }
  return { type: 'FeatureCollection', features };
}
