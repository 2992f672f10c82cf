// Which grid and which building is under one's feet, by what was taken along: that
// works without a net.
import { distance } from '../geodesy';
import type { LonLat } from '../state';
import type { OwnBuilding, OwnGround, Work } from './types';

/** How sure a position is at best, in metres: a handset among houses. */
const fix = 10;
const most = 3; // buildings that are offered

export interface Here {
  readonly at: LonLat;
  readonly accuracy: number | null; // in metres; null: the worker chose the point
  readonly grid: OwnGround | null;
  readonly border: boolean; // so near its border that one may stand in the next
  readonly buildings: readonly { building: OwnBuilding; metres: number }[]; // the nearest first; 0: one stands in it
}

export function whereIs(at: LonLat, accuracy: number | null, work: Work): Here {
  const reach = Math.min(60, Math.max(fix, accuracy ?? fix)) + fix;
  const buildings = work.buildings
    .map((building) => ({ building, metres: away(building.geometry, at) }))
    .filter(({ metres }) => metres <= reach)
    .sort((a, b) => a.metres - b.metres)
    .slice(0, most);
  const unsure = accuracy === null ? 0 : Math.min(60, Math.max(fix, accuracy));
  const grid = work.grids.find((grid) => covers(grid.geometry, at)) ?? work.grids.find((grid) => toBorder(grid.geometry, at) < unsure) ?? null;
  return { at, accuracy, grid, border: grid !== null && toBorder(grid.geometry, at) < unsure, buildings };
}

const rings = (geometry: GeoJSON.Geometry): number[][][] =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : [];

/** Whether a point lies in an area: its ray to the east crosses the rings an odd number of times. */
export function covers(geometry: GeoJSON.Geometry, [x, y]: LonLat): boolean {
  let inside = false;
  for (const ring of rings(geometry)) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as [number, number];
      const [bx, by] = ring[i] as [number, number];
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
    }
  }
  return inside;
}

/** Metres from a point to an area, 0 within it. */
export const away = (geometry: GeoJSON.Geometry, at: LonLat): number => (covers(geometry, at) ? 0 : toBorder(geometry, at));

/** Metres from a point to the border of an area. Over the width of a house the ground is flat. */
export function toBorder(geometry: GeoJSON.Geometry, at: LonLat): number {
  const [x, y] = at;
  const narrow = Math.cos((y * Math.PI) / 180); // a degree of longitude, in degrees of latitude
  let least = Infinity;
  for (const ring of rings(geometry)) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as [number, number];
      const [bx, by] = ring[i] as [number, number];
      const [dx, dy] = [(bx - ax) * narrow, by - ay];
      const along = dx === 0 && dy === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * narrow * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
      least = Math.min(least, distance(at, [ax + (bx - ax) * along, ay + (by - ay) * along]));
    }
  }
  return least;
}
