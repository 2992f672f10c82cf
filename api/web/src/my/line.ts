// The line to the server: what is taken along, and how drafts are sent.
import type { Line, Theirs } from './outbox';
import type { Report, Visit, Work } from './types';

const patienceMs = 20_000;

/** Who is signed in at this browser, also where there is no net; empty: nobody. */
export function account(): string {
  const pair = document.cookie.split('; ').find((one) => one.startsWith('gridatlas-account='));
  return pair ? pair.slice('gridatlas-account='.length) : '';
}

/** An answer that is not what was asked for; a status of 0 is none at all. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly detail = '',
  ) {
    super(`${status} ${detail}`);
  }
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(patienceMs) });
  } catch {
    return Response.error();
  }
}

async function detailOf(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { detail?: string }).detail ?? '';
  } catch {
    return ''; // a proxy in between answers in its own words
  }
}

async function get<T>(path: string): Promise<T> {
  const answer = await ask(path);
  if (!answer.ok) throw new Refused(answer.status, await detailOf(answer));
  try {
    return (await answer.json()) as T;
  } catch {
    throw new Refused(0);
  }
}

/** What is taken along: the ground, and what residents reported there. */
export async function askWork(grid: string | null): Promise<Work> {
  const only = grid ? `grid=${encodeURIComponent(grid)}` : '';
  const [work, reports] = await Promise.all([get<Work>(`/my/work?${only}`), get<{ features: Report[] }>(`/reports?limit=200&${only}`)]);
  work.reports = reports.features.filter(({ properties }) => work.grids.some((own) => own.code === properties.grid?.code));
  return work;
}

/** The code of the grid at a point, whoever's it is. */
export const askGridAt = async (lon: number, lat: number): Promise<{ code: string; name: string }> =>
  (await get<{ grid: { code: string; name: string } }>(`/grids/at?lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}`)).grid;

export const askVisits = (building: number): Promise<{ visits: Visit[] }> => get(`/visits?building=${building}&limit=20`);

export const line: Line = {
  account,
  async send({ key, request }) {
    const answer = await ask(request.path, {
      method: request.method,
      headers: {
        'Idempotency-Key': key,
        'Content-Type': request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        ...(request.etag && { 'If-Match': request.etag }),
      },
      body: JSON.stringify(request.body),
    });
    return { status: answer.status, detail: answer.ok || answer.status === 0 ? '' : await detailOf(answer) };
  },
  async stands({ what, layer, id }) {
    const answer = await ask(what === 'report' ? `/reports/${id}` : `/collections/${layer}/items/${id}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Refused(answer.status);
    const { properties } = (await answer.json()) as { properties: Theirs['properties'] };
    // Of what is no patch of a feature the server knows by itself whether it still fits.
    return { etag: what === 'figures' || what === 'look' ? answer.headers.get('ETag') : null, properties };
  },
};
