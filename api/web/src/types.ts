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
  /** How a booth stands. */
  state?: BoothState;
}

export type BoothState = 'open' | 'closed' | 'away' | 'day_off' | 'unconfirmed';

export interface Band {
  type: 'Feature';
  geometry: GeoJSON.MultiPolygon;
  properties: { minutes: number; households: number | null; people: number | null; known: number | null; estimated: number | null };
}

/** What sums of people are made of: totals that places publish, or, for staff, what was counted at the buildings. */
export type Figures = 'published' | 'own';

export interface Circle {
  revision: number;
  figures: Figures;
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

/** How an item of the worklist came off it, or back on. */
export interface Settled {
  as?: ItemState;
  at: string;
  by: string;
  note?: string;
  wrote?: { layer: string; id: number; version?: number; made?: boolean };
}

export type ItemState = 'open' | 'placed' | 'dropped' | 'mended';
export type ItemKind = 'gap' | 'overlap' | 'outside' | 'collapsed' | 'unplaced';

export interface Candidate {
  layer?: string;
  id?: number;
  name: string;
  lon: number;
  lat: number;
  score: number;
  why?: string;
}

/** What an import left for people to decide. */
export interface WorkItem {
  type: 'Feature';
  id: string;
  geometry: GeoJSON.Geometry | null;
  properties: {
    kind: ItemKind;
    layer: string;
    title?: string;
    file?: string;
    where?: string;
    area_m2?: number;
    width_m?: number;
    members?: string[];
    parent?: string;
    address?: string;
    candidates?: Candidate[];
    line?: { column: string; value: string }[];
    found_at: string;
    state: ItemState;
    settled?: Settled;
    earlier?: Settled[];
    version: number;
    placeable: boolean;
    community?: string;
  };
}

export interface Worklist {
  numberMatched: number;
  kinds: { kind: ItemKind; n: number }[];
  communities: { code: string; name?: string; n: number }[];
  features: WorkItem[];
}

export type ProposalState = 'open' | 'published' | 'refused' | 'withdrawn';

/** What somebody drew and somebody else has to publish. */
export interface Proposal {
  id: string;
  state: ProposalState;
  author: string;
  at: string;
  note: string;
  reverts?: number; // the revision that it undoes
  item?: string; // of the worklist, that it settles
  by?: string; // who decided, and when and why
  decided?: string;
  reason?: string;
  layers: { layer: string; added: number; changed: number; removed: number }[];
  titles: string[]; // of the first features
  bbox: [west: number, south: number, east: number, north: number] | null;
}

export interface Proposals {
  numberMatched: number;
  proposals: (Proposal & { changed: number })[];
}

/** What becomes of one feature, against what the author saw. */
export interface ProposedChange {
  layer: string;
  id?: number; // none: it is new
  title: string | null;
  deleted?: boolean;
  moved?: boolean; // another state stands by now
  differences: { field: string; was: unknown; is: unknown }[];
  geometry?: GeoJSON.Geometry; // that stays as it is
  gained?: { area_m2: number; geometry: GeoJSON.Geometry };
  lost?: { area_m2: number; geometry: GeoJSON.Geometry };
}

export interface WholeProposal extends Proposal {
  may: ('publish' | 'refuse' | 'withdraw')[];
  changes: ProposedChange[];
}

export type ReportState = 'accepted' | 'working' | 'settled' | 'answered';

/** What a resident reported; its id is the receipt number. */
export interface Report {
  type: 'Feature';
  id: string;
  geometry: GeoJSON.Point;
  properties: {
    kind_zh: string;
    kind_en: string;
    of: { layer: string; id: number; name?: string } | null;
    note?: string;
    photo: boolean;
    state: ReportState;
    state_zh: string;
    state_en: string;
    next: ReportState[];
    steps: { state: ReportState; at: string; by?: string; note?: string }[];
    due?: string; // the last day of the answer that was promised
    overdue: boolean;
    answer?: string;
    forgotten?: true; // what was typed is dropped
    grid: { code: string; name?: string } | null;
    community: { code: string; name?: string } | null;
    version: number;
  };
}

export interface ReportList {
  numberMatched: number;
  overdue: number;
  kinds: { kind: string; zh: string; en: string; n: number }[];
  grids: { code: string; name?: string; n: number }[];
  features: Report[];
}

export type FindingKind = 'overdue' | 'unchecked' | 'no_hours' | 'outside' | 'area';

/** One thing that has to be looked after. */
export interface Finding {
  type: 'Feature';
  id: string;
  geometry: GeoJSON.Point | null;
  properties: {
    finding: FindingKind;
    layer: string;
    id: number;
    kind: string | null;
    code: string | null;
    title: string | null;
    where: string | null;
    text_zh: string;
    text_en: string;
    community: string | null;
    steward: string | null;
  };
}

export interface Findings {
  on: string;
  numberMatched: number;
  features: Finding[];
}

export type UpkeepCount = { features: number } & Record<FindingKind, number>;

export interface UpkeepRow {
  code: string | null;
  name: string | null;
  layers: Record<string, UpkeepCount>;
}

export interface Upkeep {
  revision: number;
  on: string;
  rules: { check_days: Record<string, number>; outside_metres: number; ground_tolerance: number; floor_tolerance: number };
  rows: UpkeepRow[];
  total: { layers: Record<string, UpkeepCount> };
}

export type StewardCount = { who: string } & Record<FindingKind, number>;

export interface Stewards {
  stewards: StewardCount[];
  nobody: Record<FindingKind, number>;
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
  figures: Figures;
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
