// Small geometry on longitude and latitude, for where to look and what to mark.
import type { LonLat } from './state';

export type Box = [west: number, south: number, east: number, north: number];

export const everywhere: Box = [-180, -90, 180, 90];

function eachPoint(geometry: GeoJSON.Geometry, visit: (lon: number, lat: number) => void): void {
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) eachPoint(part, visit);
    return;
  }
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === 'number') visit(value[0], value[1] as number);
    else value.forEach(walk);
  };
  walk(geometry.coordinates);
}

export function boxOf(...geometries: GeoJSON.Geometry[]): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const geometry of geometries) {
    eachPoint(geometry, (lon, lat) => {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    });
  }
  return box[0] <= box[2] ? box : null;
}

/** A point to walk from: the point itself, the middle vertex of a line, the middle of an area's box. */
export function anchorOf(geometry: GeoJSON.Geometry): LonLat | null {
  if (geometry.type === 'Point') return [geometry.coordinates[0]!, geometry.coordinates[1]!];
  if (geometry.type === 'LineString') {
    const middle = geometry.coordinates[Math.floor(geometry.coordinates.length / 2)];
    return middle ? [middle[0]!, middle[1]!] : null;
  }
  const box = boxOf(geometry);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

const metresPerDegree = 111_320;

export function distance(a: LonLat, b: LonLat): number {
  const x = (b[0] - a[0]) * Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180);
  return Math.hypot(x, b[1] - a[1]) * metresPerDegree;
}
