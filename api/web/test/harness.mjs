// Starts the program with its demo city and a browser, once for all tests.
// GRIDATLAS_BIN names the program; without it, it is compiled. GRIDATLAS_URL
// names a server that runs already, for work on the tests. THROTTLE makes the pages
// as many times slower, to find tests that count on a fast machine.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const browserPath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browserArgs = [
  '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-gpu-sandbox',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
];

const patience = 60_000; // ms: a test that fails may take its time, one that passes must not hurry
const slower = Number(process.env.THROTTLE ?? 1);

let folder;
let program = process.env.GRIDATLAS_BIN;
let server;
let log = ''; // of the server, its end
export let base = process.env.GRIDATLAS_URL;
export let browser;
/** Somebody else's tiles: a host that writes down what it is asked and answers as a test says. Not there with GRIDATLAS_URL. */
export const outside = { origin: '', asked: [], answer: (response) => response.writeHead(404).end() };
export const approval = '鲁S(2024)012号';

before(async () => {
  assert.ok(browserPath, 'no Chromium is installed');
  if (!base) await startServer();
  await eventually(async () => assert.ok((await json('/readyz')).walk_revision > 0, 'no walking network'), 120_000);
  browser = await chromium.launch({ executablePath: browserPath, args: browserArgs });
});

after(async () => {
  await browser?.close();
  if (server) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function startServer() {
  folder = mkdtempSync(join(tmpdir(), 'gridatlas-pages-'));
  if (!program) {
    program = join(folder, 'gridatlas');
    execFileSync('go', ['build', '-o', program, './cmd/gridatlas'], { cwd: root, stdio: 'inherit' });
  }
  const flags = ['--approval', approval, '--underlay', `${await startOutside()}/wmts?LAYER=vec&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}`, '--underlay-attribution', '示例图商'];
  server = spawn(program, ['serve', ...flags, '--listen', '127.0.0.1:0', '--cache-dir', join(folder, 'cache')], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  server.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-20_000);
    base ??= /msg=serving url=(\S+)/.exec(log)?.[1];
  });
  await eventually(() => assert.ok(base, 'the server does not say where it serves'), 120_000);
}

function startOutside() {
  const host = createServer((request, response) => {
    outside.asked.push(request.url);
    response.setHeader('Access-Control-Allow-Origin', '*');
    outside.answer(response);
  });
  return new Promise((resolve) => {
    host.listen(0, '127.0.0.1', () => {
      host.unref();
      outside.origin = `http://127.0.0.1:${host.address().port}`;
      resolve(outside.origin);
    });
  });
}

/** Runs the program on a file and the store that the server serves. */
export function importFile(name, content, ...flags) {
  const file = join(folder, name);
  writeFileSync(file, content);
  return onStore('import', ...flags, file);
}

/** Runs a command of the program on the store that the server serves. */
export function onStore(command, ...args) {
  return execFileSync(program, [...command.split(' '), '--store', join(folder, 'gridatlas.gpkg'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A place for files, which goes with the tests. */
export const inFolder = (name) => join(folder, name);

/** The same without waiting for the end. */
export function importing(name, content, ...flags) {
  const file = join(folder, name);
  writeFileSync(file, content);
  return promisify(execFile)(program, ['import', '--store', join(folder, 'gridatlas.gpkg'), ...flags, file]);
}

/**
 * Checks again until the check holds, which throws as long as it does not, and returns what it returns. For whatever a
 * script, the network, the map or the server brings about later than the act that a test has just done.
 */
export async function eventually(check, ms = patience, pause = 50) {
  for (const end = Date.now() + ms; ; ) {
    try {
      return await check();
    } catch (fault) {
      assert.ok(!server || server.exitCode === null, `the program ended:\n${log}`);
      if (Date.now() > end) throw fault;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Asks the server as the page does: one that has more work than it bears is asked again. */
export const ask = (path, options) =>
  eventually(async () => {
    const response = await fetch(base + path, options);
    assert.notEqual(response.status, 503, path);
    return response;
  });

/** An answer of the server itself, to compare the page with; to somebody who has signed in, with what asStaff returns. */
export async function json(path, { cookie } = {}) {
  const response = await ask(path, cookie ? { headers: { Cookie: cookie } } : {});
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
export const desktop = { viewport: { width: 1280, height: 800 } };

// A server with more work than cores says so, and the page asks again; that is no
// fault of the page, and its tests wait for the answer.
const busy = /status of 503/;

/**
 * Opens a page, of the server or of another host, hands it to the test, and holds it to what is true of every page:
 * nothing is asked of another host but those allowed, the policy is not broken, nothing is thrown,
 * and the console stays free of errors but for those the test expects.
 */
export async function withPage(options, path, test) {
  const { expect: expected = null, allow = [], prepare = async () => {}, host = base, cookie, ...context } = options;
  const opened = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...context });
  const faults = [];
  try {
    const page = await opened.newPage();
    page.setDefaultTimeout(patience);
    follow(page);
    if (slower > 1) await (await opened.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slower });
    page.on('console', (message) => {
      if (message.type() === 'error' && !busy.test(message.text()) && !expected?.test(message.text())) faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (![host, ...allow].some((origin) => url.startsWith(`${origin}/`)) && !/^(data|blob):/.test(url)) faults.push(`asked of another host: ${url}`);
    });
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    await prepare(page, opened);
    await page.goto(host + path);
    await test(page, opened);
  } finally {
    await opened.close();
  }
  assert.deepEqual(faults, []);
}

/** The code that an authenticator app shows: RFC 6238. */
export function code(secret, at = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const sum = createHmac('sha1', key).update(step).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

/** Opens an account; returns its password and, where the role needs a second factor, the secret of that. */
export function account(name, role) {
  const password = 'seven kites over the river';
  const secret = /app: ([A-Z2-7]+)/.exec(onStore('user add', name, role, '--password', password))?.[1];
  return { name, password, secret };
}

/** Fills the sign-in page in, again with the code where it asks for one. */
export async function signIn(page, { name, password, secret }) {
  const form = async () => {
    await page.fill('#name', name);
    await page.fill('#password', password);
    if (secret && (await page.locator('#code').count()) > 0) await page.fill('#code', code(secret));
    await page.locator('main form button').click();
  };
  await form();
  if (secret) {
    await page.locator('#code').waitFor();
    await form();
  }
  await page.waitForURL((url) => url.pathname !== '/signin');
}

const sessions = new Map();

/** What withPage needs to open pages as somebody of a role who has signed in, and json to ask as one. */
export function asSomebody(name, role) {
  if (!sessions.has(name)) sessions.set(name, session(account(name, role)));
  return sessions.get(name);
}

async function session(who) {
  const context = await browser.newContext();
  context.setDefaultTimeout(patience);
  try {
    const page = await context.newPage();
    await page.goto(`${base}/signin`);
    await signIn(page, who);
    const storageState = await context.storageState();
    const { name, value } = storageState.cookies.find((one) => one.name.startsWith('__Host'));
    return { storageState, cookie: `${name}=${value}` };
  } finally {
    await context.close();
  }
}

export const asStaff = () => asSomebody('zhao', 'planner');

const underWay = new WeakMap(); // by page: the requests that have no answer yet, but for the stream of changes

function follow(page) {
  const requests = new Set();
  underWay.set(page, requests);
  page.on('request', (request) => request.resourceType() !== 'eventsource' && requests.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => requests.delete(request));
}

/**
 * Waits until everything that the page asked for has come, and the map stands still and has drawn it, with names that
 * no longer fade. What the page asks for later, as after a pause, is to be waited for before.
 */
export async function mapDrawn(page) {
  const requests = underWay.get(page);
  await page.waitForFunction(() => window.gridatlas?.map);
  do {
    await eventually(() => assert.deepEqual([...requests].map((request) => request.url()), []));
    const drawing = await page.evaluateHandle(() => {
      const drawing = { done: false };
      const { map } = window.gridatlas;
      map.once('idle', () => (drawing.done = true));
      map.triggerRepaint();
      return drawing;
    });
    await page.waitForFunction((drawing) => drawing.done && document.getAnimations().length === 0, drawing);
  } while (requests.size > 0);
}

/** Waits until the list holds an answer, and returns its rows. */
export async function rows(page) {
  await page.locator('#list .row').first().waitFor();
  return page.locator('#list .row').evaluateAll((all) =>
    all.map((row) => ({
      key: row.dataset.key,
      minutes: Number.parseInt(row.querySelector('.minutes').textContent, 10),
      name: row.querySelector('.name').textContent,
      kind: row.querySelector('.kind').textContent,
    })),
  );
}

/** Somewhere with something of everything around it: the first booth of the city. */
export async function somewhere() {
  const { features } = await json('/collections/booths/items?limit=1');
  const [lon, lat] = features[0].geometry.coordinates;
  return { lon, lat, booth: { id: features[0].id, ...features[0].properties } };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a checker finds serious on the page as it stands, and buttons that are too small for their words. */
export async function serious(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('.filled, .outlined, .chip')]
      .filter((e) => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
      .map((e) => `words are cut on ${e.className}: ${e.textContent.trim()}`),
  );
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join(', ')}`)
    .concat(cut);
}
