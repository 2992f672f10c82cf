// Requests to our own server. Every failure becomes a Failure that says which
// state of the page it means; an aborted request is passed on as it is.
import type { Box } from './shapes';
import type { Level, LonLat, Speed } from './state';
import type { Circle, Coverage, CoveredBuildings, Feature, Nearest, OutsideList, Place, Route } from './types';

export type FailureKind = 'offline' | 'far' | 'missing' | 'unreachable' | 'busy' | 'starting' | 'refused' | 'conflict' | 'unfit' | 'server';

export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    readonly ref = '',
    /** Why it cannot be reached, in Chinese and in English. */
    readonly why: readonly [string, string] | null = null,
    /** What the server says besides. */
    readonly problem: Problem = {},
  ) {
    super(kind);
  }
}

export interface Problem {
  type?: string;
  detail?: string;
  instance?: string; // the request id, by which the log knows the rest
  text_zh?: string;
  text_en?: string;
  item?: unknown; // of the worklist, as it stands
  report?: unknown; // as it stands
  violations?: { rule: string }[]; // what does not hold, of what was to be written
}

const timeoutMs = 12_000;
let heardAge: (seconds: number) => void = () => {};

/** Calls back with the age of the data, in seconds, as each answer states it. */
export function onDataAge(hear: (seconds: number) => void): void {
  heardAge = hear;
}

/** Asks the server; a body is sent as JSON, which makes it a POST. */
async function request(path: string, query: Record<string, string | number>, signal?: AbortSignal, body?: unknown): Promise<Response> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) params.set(name, String(value));
  const text = params.toString().replaceAll('%2C', ',');
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(text ? `${path}?${text}` : path, {
      headers: { Accept: 'application/geo+json, application/json, text/csv', ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(navigator.onLine && limit.aborted ? 'busy' : 'offline');
  }
  const age = response.headers.get('X-Data-Age');
  heardAge(Number(age ?? 0)); // the server states an age only when there is one
  if (!response.ok) throw await failure(response);
  return response;
}

async function ask<T>(path: string, query: Record<string, string | number>, signal?: AbortSignal, body?: unknown): Promise<T> {
  const response = await request(path, query, signal, body);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure('server');
  }
}

/** Asks for what is for staff: the browser says who has signed in. */
export const askStaff = <T>(path: string, query: Record<string, string | number> = {}, signal?: AbortSignal): Promise<T> => ask(path, query, signal);

/** Sends a decision. */
export const send = <T>(path: string, body: unknown): Promise<T> => ask(path, {}, undefined, body);

async function failure(response: Response): Promise<Failure> {
  let problem: Problem = {};
  try {
    problem = (await response.json()) as Problem;
  } catch {
    // A proxy in between answers in its own words.
  }
  const ref = (problem.instance ?? '').replace('urn:gridatlas:request:', '');
  const why = problem.text_zh && problem.text_en ? ([problem.text_zh, problem.text_en] as const) : null;
  return new Failure(kindOf(response.status, (problem.type ?? '').replace('urn:gridatlas:problem:', '')), ref, why, problem);
}

function kindOf(status: number, type: string): FailureKind {
  if (type === 'too-far-from-street') return 'far';
  if (type === 'no-route') return 'unreachable';
  if (type === 'no-network') return 'starting';
  switch (status) {
    case 401:
    case 403:
      return 'refused';
    case 409:
      return 'conflict';
    case 422:
      return 'unfit';
    case 404:
    case 410:
      return 'missing';
    case 429:
    case 503:
      return 'busy';
  }
  return 'server';
}

const againMs = 4000; // after a server that is busy or has just started
const againTimes = 8;

/** Asks again while the server is busy or has just started; tells each time that it will. */
export async function askPatiently<T>(ask: () => Promise<T>, signal: AbortSignal, waiting: (failure: Failure) => void): Promise<T> {
  for (let times = 1; ; times++) {
    try {
      return await ask();
    } catch (error) {
      const soon = error instanceof Failure && (error.kind === 'busy' || error.kind === 'starting');
      if (signal.aborted || !soon || times > againTimes) throw error;
      waiting(error);
      await new Promise((resolve) => setTimeout(resolve, againMs));
      signal.throwIfAborted();
    }
  }
}

const point = ([lon, lat]: LonLat): string => `${+lon.toFixed(7)},${+lat.toFixed(7)}`;

export const askCircle = (at: LonLat, of: string[], speed: Speed, signal: AbortSignal): Promise<Circle> =>
  ask('/walk/circle', { lon: +at[0].toFixed(7), lat: +at[1].toFixed(7), minutes: '5,10,15', of: of.join(','), speed }, signal);

export const askNearest = (at: LonLat, of: string[], speed: Speed, signal?: AbortSignal): Promise<Nearest> =>
  ask('/walk/nearest', { lon: +at[0].toFixed(7), lat: +at[1].toFixed(7), of: of.join(','), limit: 1, speed }, signal);

/** The way to a point, or to a place by layer/id: then it ends where the list says, at its entrance. */
export const askRoute = (from: LonLat, to: LonLat | string, speed: Speed, signal?: AbortSignal): Promise<Route> =>
  ask('/walk/route', { from: point(from), to: typeof to === 'string' ? to : point(to), speed }, signal);

export const askFeature = (layer: string, id: number, signal?: AbortSignal): Promise<Feature> => ask(`/collections/${layer}/items/${id}`, {}, signal);

export const askSearch = (q: string, signal: AbortSignal): Promise<{ items: Place[] }> => ask('/search', { q, limit: 10 }, signal);

/** Asks for nothing but the age of the data, which onDataAge hears. */
export const askAge = (): Promise<unknown> => ask('/readyz', {});

/** The feature of a code, or null: what a field that refers to another layer means. */
export async function askByCode(layer: string, code: string): Promise<Feature | null> {
  const answer = await ask<{ features: Feature[] }>(`/collections/${layer}/items`, { code, limit: 1 });
  return answer.features[0] ?? null;
}

/** The ids of grids, a list for each tint. */
export const askTints = (signal: AbortSignal): Promise<{ tints: number[][] }> => ask('/grids/tints', {}, signal);

export interface CoverageQuestion {
  of: string[];
  minutes: number;
  by: Level;
  speed: Speed;
  at?: string | undefined; // the instant of an earlier answer, to ask more of the same
}

/** What all questions about coverage share. */
const coverageQuery = ({ of, speed, at }: CoverageQuestion): Record<string, string> => ({ of: of.join(','), speed, ...(at && { at }) });

export const askCoverage = (question: CoverageQuestion, signal: AbortSignal): Promise<Coverage> =>
  ask('/coverage', { ...coverageQuery(question), minutes: question.minutes, by: question.by }, signal);

export const askCoveredBuildings = (question: CoverageQuestion, box: Box, signal: AbortSignal): Promise<CoveredBuildings> =>
  ask('/coverage/buildings', { ...coverageQuery(question), bbox: box.map((degrees) => +degrees.toFixed(6)).join(',') }, signal);

export const askOutside = (question: CoverageQuestion, code: string, limit: number, signal: AbortSignal): Promise<OutsideList> =>
  ask('/coverage/outside', { ...coverageQuery(question), minutes: question.minutes, by: question.by, code, limit }, signal);
