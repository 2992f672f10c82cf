// What lies under a click: icons before buildings, buildings before the ground
// they stand on, a street only where nothing else is.
import type { Map as GLMap, PointLike } from 'maplibre-gl';
import type { LonLat } from '../state';
import type { Drawn } from '../types';

// Layers of the style by rank; the ones of a rank are asked for together.
const rank = (id: string): number => {
  if (id === 'result' || id === 'result-name') return 0;
  if (id.startsWith('icon-') || id.startsWith('dot-')) return 1;
  if (id === 'gate') return 2;
  if (id === 'building' || id === 'label-building') return 3;
  if (id === 'label-compound' || id.startsWith('label-green') || id.startsWith('label-water')) return 4;
  if (id.startsWith('street-') || /^label-(main|collector|local)$/.test(id)) return 5;
  if (id.startsWith('closure')) return 1;
  if (id === 'compound') return 6;
  if (id === 'hit-grid' || id === 'label-grid') return 7;
  if (id === 'hit-community' || id === 'label-community') return 8;
  return -1;
};

const rankStreet = 5;

export function hitsAt(map: GLMap, x: number, y: number, reach: number, at: LonLat): Drawn[] {
  const box: [PointLike, PointLike] = [
    [x - reach, y - reach],
    [x + reach, y + reach],
  ];
  const layers = map.getStyle().layers.map((l) => l.id);
  const near = layers.filter((id) => rank(id) >= 0 && rank(id) <= 2);
  const under = layers.filter((id) => rank(id) > 2);
  const found = [...map.queryRenderedFeatures(box, { layers: near }), ...map.queryRenderedFeatures([x, y], { layers: under })];
  const ranked = found.map((feature, order) => ({ feature, order, rank: rank(feature.layer.id) })).sort((a, b) => a.rank - b.rank || a.order - b.order);
  const hits: Drawn[] = [];
  const seen = new Set<string>();
  for (const { feature, rank: r } of ranked) {
    const p = feature.properties as Record<string, unknown>;
    const layer = feature.source === 'results' ? String(p.layer) : (feature.sourceLayer ?? '').replace(/_label$/, '');
    const id = feature.source === 'results' ? Number(p.id) : Number(feature.id);
    const key = `${layer}/${id}`;
    if (!id || seen.has(key)) continue;
    if (r === rankStreet && !p.name) continue; // an unnamed piece of street says nothing
    seen.add(key);
    hits.push({ layer, id, name: String(p.name || p.number || ''), at: feature.geometry.type === 'Point' && r <= 2 ? (feature.geometry.coordinates as [number, number]) : at, properties: p });
  }
  return hits;
}
