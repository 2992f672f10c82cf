// What a grid worker takes along: the answer of /my/work. Unknown texts and numbers are null.
export interface Term {
  value: string;
  zh: string;
  en: string;
}

export interface OwnGrid {
  code: string;
  name: string;
  community: string | null;
}

export interface OwnGround extends OwnGrid {
  households: number | null;
  residents: number | null;
  geometry: GeoJSON.Geometry;
}

export interface Own {
  layer: string;
  id: number;
  etag: string;
  title: string | null;
  where: string | null;
  within: string | null;
  kind: string | null;
  grid: string;
  lon: number;
  lat: number;
  checked_on: string | null;
  due_on: string | null;
  checked_by: string | null;
}

export const counts = ['households', 'residents', 'rental_dwellings'] as const;
export type Counted = (typeof counts)[number];

export interface OwnBuilding extends Own, Record<Counted, number | null> {
  use: string | null;
  estimated: boolean;
  geometry: GeoJSON.Geometry;
}

export interface OwnBooth extends Own {
  number: string | null;
  status: string | null;
  checks: string[];
}

export interface Work {
  account: string;
  revision: number;
  at: string;
  today: string;
  numberMatched: number;
  choices: OwnGrid[];
  grids: OwnGround[];
  buildings: OwnBuilding[];
  booths: OwnBooth[];
  due: Own[];
  streets: { name: string | null; class: string | null; geometry: GeoJSON.Geometry }[];
  topics: Term[];
  checks: Term[];
  report_kinds: Term[];
  report_states: Term[];
  cut: boolean;
  streets_cut?: boolean; // what was kept by an earlier page has none
  reports: Report[]; // from /reports, kept with the rest
}

export type ReportState = 'accepted' | 'working' | 'settled' | 'answered';

/** What a resident reported, as /reports has it. */
export interface Report {
  id: string; // the receipt number
  geometry: GeoJSON.Point;
  properties: {
    kind: string;
    of: { layer: string; id: number; name?: string } | null;
    note?: string;
    photo: boolean;
    state: ReportState;
    next: ReportState[];
    due?: string; // the last day of the answer that was promised
    overdue: boolean;
    steps: { state: ReportState; at: string; by?: string; note?: string }[];
    grid: { code: string; name?: string } | null;
    version: number;
  };
}

/** A visit that was logged. */
export interface Visit {
  id: string;
  building: number;
  on: string;
  topics: string[];
  note: string | null;
  by: string;
}
