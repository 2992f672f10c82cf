// The outline of a feature of which the page has nothing but pieces in tiles. It is
// drawn by copies of the layers that draw a selection, out of the tiles themselves,
// so that pieces join without a seam.
import type { FilterSpecification, LayerSpecification, Map as GLMap, StyleSpecification } from 'maplibre-gl';

export interface InTiles {
  layer: string;
  id: number;
}

const prefix = 'tiles-';
const copied = /^selection-(area|line)(-|$)/;
const source = 'map';

function copies(layers: LayerSpecification[], { layer, id }: InTiles): LayerSpecification[] {
  return layers.flatMap((one) => {
    const part = copied.exec(one.id)?.[1];
    if (!part) return [];
    const types = part === 'area' ? ['Polygon', 'MultiPolygon'] : ['LineString', 'MultiLineString'];
    const filter = ['all', ['==', ['id'], id], ['in', ['geometry-type'], ['literal', types]]] as FilterSpecification;
    return [{ ...one, id: prefix + one.id, source, 'source-layer': layer, filter } as LayerSpecification];
  });
}

/** Puts the outline into a style that is not drawn yet. */
export function outlineIn(style: StyleSpecification, feature: InTiles): void {
  for (const copy of copies(style.layers, feature)) {
    style.layers.splice(style.layers.findIndex((one) => prefix + one.id === copy.id), 0, copy);
  }
}

/** Draws the outline on a map, instead of the one before; null: none. */
export function outlineOn(map: GLMap, feature: InTiles | null): void {
  const { layers } = map.getStyle();
  for (const { id } of layers) if (id.startsWith(prefix)) map.removeLayer(id);
  if (feature) for (const copy of copies(layers, feature)) map.addLayer(copy, copy.id.slice(prefix.length));
}

/** Whether the tiles that are loaded have more of a feature than a point. */
export function hasOutline(map: GLMap, { layer, id }: InTiles): boolean {
  return map.querySourceFeatures(source, { sourceLayer: layer, filter: ['==', ['id'], id] }).some((feature) => !feature.geometry.type.endsWith('Point'));
}
