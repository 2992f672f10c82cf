// Features as the tiles of the map have them, whether they are drawn at this moment
// or left out where icons crowd.
import type { Map as GLMap } from 'maplibre-gl';
import { services } from '../facts';
import { anchorOf, distance } from '../shapes';
import type { LonLat } from '../state';
import type { Drawn } from '../types';
import type { View } from './view';

const hitOf = (layer: string, feature: GeoJSON.Feature, at: LonLat): Drawn => {
  const p = (feature.properties ?? {}) as Record<string, unknown>;
  return { layer, id: Number(feature.id), name: String(p.name || p.number || ''), at, properties: p };
};

/** The places for visitors in the part of the map that can be seen, the nearest to its middle first. Areas stand where their name does. */
export function inSight(view: View): Drawn[] {
  const found = new Map<string, Drawn>();
  const bounds = view.map.getBounds();
  for (const layer of services) {
    for (const sourceLayer of [layer, `${layer}_label`]) {
      for (const feature of view.map.querySourceFeatures('map', { sourceLayer })) {
        if (feature.geometry.type !== 'Point') continue;
        const at = feature.geometry.coordinates as [number, number];
        if (bounds.contains(at)) found.set(`${layer}/${feature.id}`, hitOf(layer, feature, at));
      }
    }
  }
  const centre = view.centre();
  return [...found.values()].sort((a, b) => distance(centre, a.at) - distance(centre, b.at) || a.id - b.id);
}

/** A feature of the tiles that are loaded. */
export function drawn(map: GLMap, layer: string, id: number): Drawn | null {
  for (const sourceLayer of [`${layer}_label`, layer]) {
    for (const feature of map.querySourceFeatures('map', { sourceLayer, filter: ['==', ['id'], id] })) {
      const at = anchorOf(feature.geometry);
      if (at) return hitOf(layer, feature, at);
    }
  }
  return null;
}
