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
