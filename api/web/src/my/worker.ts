// The worker between the page /my and the net: it keeps the page and its files, so that
// the page opens where there is no net. It keeps nothing that is about anybody: what an
// account sees and writes is a matter of the page (keep.ts), and passes by here.
//
// The page is asked of the net first, since it says in which language it is; files have
// their content in their names and are asked for once.

interface Worker {
  addEventListener(type: 'install' | 'activate', listener: (event: { waitUntil(done: Promise<unknown>): void }) => void): void;
  addEventListener(type: 'fetch', listener: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

declare const FILES: string[]; // names under /assets/

const worker = self as unknown as Worker;
const page = '/my';
const files = FILES.map((name) => `/assets/${name}`);
const shelf = `my ${files.join(' ')}`;
const patienceMs = 4000; // for a net that is there in name only

worker.addEventListener('install', (event) => event.waitUntil(fill()));
worker.addEventListener('activate', (event) => event.waitUntil(begin()));
worker.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== location.origin) return;
  if (event.request.mode === 'navigate' && pathname === page) event.respondWith(openPage(event.request));
  else if (files.includes(pathname)) event.respondWith(openFile(event.request, pathname));
});

async function fill(): Promise<void> {
  const cache = await caches.open(shelf);
  await cache.addAll(files);
  await keepPage(cache, await fetch(page, { credentials: 'same-origin' }));
  await worker.skipWaiting(); // a phone leaves a page open for weeks
}

async function begin(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith('my ') && name !== shelf) await caches.delete(name);
  await worker.clients.claim();
}

/**
 * Keeps a page that can be opened with the files that are kept: none that leads to the
 * sign-in, and none of a later program, whose own worker is on its way.
 */
async function keepPage(cache: Cache, answer: Response): Promise<void> {
  if (!answer.ok || answer.redirected) return;
  const needs = (await answer.clone().text()).match(/\/assets\/[^"]+/g) ?? [];
  if (needs.every((path) => files.includes(path))) await cache.put(page, answer);
}

async function openPage(request: Request): Promise<Response> {
  const cache = await caches.open(shelf);
  const kept = await cache.match(page);
  try {
    const answer = await fetch(request, kept ? { signal: AbortSignal.timeout(patienceMs) } : {});
    if (answer.status >= 500 && kept) return kept;
    void keepPage(cache, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function openFile(request: Request, path: string): Promise<Response> {
  return (await (await caches.open(shelf)).match(path)) ?? fetch(request);
}
