// Shapes of the answers that the page reads; the server's API document is their
// source. Unknown numbers are null.
import type { LonLat } from './state';

export interface Place {
  id: number;
  layer: string;
  kind: string | string[] | null;
  code: string;
  name: string;
  lon: number;
  lat: number;
}

export interface Reached extends Place {
  minutes: number;
  metres: number;
  open_now: boolean | null;
}

export interface Band {
  type: 'Feature';
  geometry: GeoJSON.MultiPolygon;
  properties: { minutes: number; households: number | null; people: number | null; known: number | null; estimated: number | null };
}

export interface Circle {
  revision: number;
  features: Band[];
  origin: { lon: number; lat: number; snapped_lon: number; snapped_lat: number; access_metres: number };
  reachable: Record<string, Reached[]>;
}

export interface Nearest {
  items: Reached[];
}

export interface Step {
  text_zh: string;
  text_en: string;
  metres: number;
  minutes: number;
}

export interface Route {
  geometry: GeoJSON.LineString;
  properties: { minutes: number; metres: number; steps: Step[] };
}

export interface Feature {
  id: number;
  geometry: GeoJSON.Geometry | null;
  properties: Record<string, unknown>;
}

/** What lies under a click, from the tiles. */
export interface Hit {
  layer: string;
  id: number;
  name: string;
  at: LonLat;
}

/** A feature as tiles have it. */
export interface Drawn extends Hit {
  properties: Record<string, unknown>;
}

/** What imports left for people to decide. */
export interface WorkItem {
  type: 'Feature';
  id: string;
  geometry: GeoJSON.Geometry | null;
  properties: {
    kind: 'gap' | 'overlap' | 'outside' | 'collapsed' | 'unplaced';
    title?: string;
    file?: string;
    where?: string;
    area_m2?: number;
    width_m?: number;
    members?: string[];
    parent?: string;
    address?: string;
    candidates?: { name: string; lon: number; lat: number; score: number }[];
  };
}

export interface Worklist {
  numberMatched: number;
  features: WorkItem[];
}

/** How many buildings, households and people reach a place in time. Sums are rounded to ten, null where few would be told of. */
export interface ServedSums {
  buildings: number;
  buildings_in: number;
  households: number | null;
  households_in: number | null;
  people: number | null;
  people_in: number | null;
  known: number;
  estimated: number | null;
}

/** An area with its sums; its names are null for the buildings that lie in none. */
export interface CoverageRow extends ServedSums {
  id: number | null;
  code: string | null;
  name: string | null;
  bbox: [west: number, south: number, east: number, north: number] | null;
}

export interface Coverage {
  revision: number;
  at: string;
  places: number;
  rows: CoverageRow[];
  total: ServedSums;
}

/** Buildings in view: three lists that belong together; null minutes: none within an hour. */
export interface CoveredBuildings {
  ids: number[];
  minutes: (number | null)[];
  points: [lon: number, lat: number][];
}

/** A building that is outside, with the nearest place or the reason why there is none. */
export interface OutsideBuilding {
  id: number;
  name: string | null;
  compound: string | null;
  number: string | null;
  lon: number;
  lat: number;
  minutes: number | null;
  reason: 'too_long' | 'no_street' | 'other_island' | 'shut' | 'no_place' | null;
  nearest: { name: string | null } | null;
}

export interface OutsideList {
  matched: number;
  items: OutsideBuilding[];
}
