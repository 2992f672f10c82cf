// The page of grid workers on a phone: where there is a signal, where there is none, and
// between two people who write the same.
import { connect, createServer } from 'node:net';
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, base, desktop, json, onStore, phone, serious, somewhere, withPage } from './harness.mjs';

const password = 'seven willows by the river';
const expect = /net::ERR_|status of 4(01|09|12)/;

let ground;

/** The grid of a booth with what lies in it, as somebody sees who may see everything. */
function grid() {
  ground ??= (async () => {
    const { lon, lat, booth } = await somewhere();
    const { code } = (await json(`/grids/at?lon=${lon}&lat=${lat}`)).grid;
    return { lon, lat, booth, code, work: await json(`/my/work?grid=${code}`, await asStaff()) };
  })();
  return ground;
}

/**
 * A line to the server that can be cut. A browser that is told that it is offline tells
 * its worker a little later, and what passes by the worker might slip through.
 */
async function newLine() {
  const { hostname, port } = new URL(base);
  let cut = false;
  const ends = new Set();
  const host = createServer((near) => {
    if (cut) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      ends.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => ends.delete(one) && other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve) => host.listen(0, '127.0.0.1', resolve));
  host.unref();
  return {
    origin: `http://127.0.0.1:${host.address().port}`,
    close: () => host.close(),
    async off(context) {
      cut = true;
      for (const one of ends) one.destroy();
      await context.setOffline(true);
    },
    async on(context) {
      cut = false;
      await context.setOffline(false);
    },
  };
}

let made;
const line = () => (made ??= newLine());
after(async () => (await made)?.close());

let serial = 0;

/** An account that works in the grid. */
async function worker() {
  const name = `worker${++serial}`;
  onStore('user add', name, `grid_worker:${(await grid()).code}`, '--password', password);
  return name;
}

async function signIn(page, name) {
  await page.goto(new URL('/signin?to=my', page.url()).href);
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.locator('main form button').click();
  await page.locator('.my section .rows').first().waitFor();
}

async function signOut(page, host) {
  await page.goto(`${host}/signin`);
  await page.locator('form[action="/signout"] button').click();
  await page.waitForURL((url) => url.pathname === '/');
}

/** Waits until the page would open without a net. */
const keptOffline = (page) => page.evaluate(() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))).then(() => true));

/** How often a feature was written. */
const written = async (layer, id) => (await json(`/collections/${layer}/items/${id}/history`, await asStaff())).states.length;

const open = (page, hash) => page.evaluate((hash) => (location.hash = hash), hash);
const waiting = (page, n) => page.locator('#tray', { hasText: `待发送 ${n} 条` }).filter({ hasText: '有信号后自动发送' }).waitFor();
const allSent = (page) => page.waitForFunction(() => document.querySelector('#tray')?.hidden);

async function inspect(page, failed) {
  const checks = page.locator('.check7');
  await checks.first().waitFor();
  for (let i = 0; i < 7; i++) await checks.nth(i).locator('.answer', { hasText: i === failed ? '不合格' : /^合格/ }).click();
  await page.locator('form button[type="submit"]').click();
}

test('an inspection made without a net outlives a reload and is written once', async () => {
  const net = await line();
  const { booth } = await grid();
  const name = await worker();
  await withPage({ ...phone, expect, host: net.origin }, '/signin?to=my', async (page, context) => {
    await signIn(page, name);
    await keptOffline(page);
    const before = await written('booths', booth.id);
    await net.off(context);
    await page.locator(`a[href="#booth/${booth.id}"]`).click();
    await page.locator('form button[type="submit"]').click();
    await page.locator('.fault', { hasText: '还有 7 项' }).waitFor();
    await page.locator('.check7').first().locator('.answer').first().click();
    await page.reload(); // what is not saved yet is there, too
    await page.locator('.check7').first().locator('input:checked').waitFor();
    await inspect(page, 2);
    await waiting(page, 1);
    await page.locator(`a[href="#booth/${booth.id}"] .badge`, { hasText: '待发送' }).waitFor();
    await page.reload();
    await waiting(page, 1);
    await page.locator('#age', { hasText: '没有连上服务器' }).waitFor();
    await page.locator(`a[href="#booth/${booth.id}"]`).waitFor();
    assert.deepEqual(await serious(page), []);
    assert.equal(await written('booths', booth.id), before);

    await net.on(context);
    await allSent(page);
    assert.equal(await written('booths', booth.id), before + 1);
    const { properties } = await json(`/collections/booths/items/${booth.id}`, await asStaff());
    assert.deepEqual(properties.checks, ['number', 'marked_place', 'clothing', 'bins', 'mat', 'seats']);
    assert.equal(properties.surveyed_by, name);
    await page.reload();
    await page.locator('.my section .rows').first().waitFor();
    assert.ok(await page.locator('#tray').isHidden());
    assert.equal(await written('booths', booth.id), before + 1, 'it was sent again');
  });
});

test('what somebody else was quicker with comes back with both values', async () => {
  const net = await line();
  const { work } = await grid();
  const { id } = work.buildings[0];
  const name = await worker();
  await withPage({ ...phone, expect, host: net.origin }, '/signin?to=my', async (page, context) => {
    await signIn(page, name);
    await keptOffline(page);
    await net.off(context);
    await open(page, `#building/${id}/figures`);
    await page.fill('#households', '31');
    await page.fill('#residents', '80x');
    await page.locator('form button[type="submit"]').click();
    await page.locator('.fault', { hasText: '请填数字' }).waitFor();
    await page.fill('#residents', '80');
    await page.locator('form button[type="submit"]').click();
    await waiting(page, 1);
    const theirs = await fetch(`${base}/collections/buildings/items/${id}`, {
      method: 'PATCH',
      headers: { Cookie: (await asStaff()).cookie, 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' },
      body: JSON.stringify({ properties: { households: 29, surveyed_by: 'zhao', surveyed_on: '2026-11-20' } }),
    });
    assert.equal(theirs.status, 200);
    const before = await written('buildings', id);
    await net.on(context);
    await page.locator('#tray [role="alert"]', { hasText: '退回 1 条' }).waitFor();
    assert.equal(await written('buildings', id), before, 'it was written over');
    await page.locator('#tray [role="alert"] a').click();
    const back = page.locator('.came-back');
    await back.locator('td', { hasText: '29' }).waitFor();
    assert.match(await back.innerText(), /zhao[^]*31[^]*29/);
    assert.deepEqual(await serious(page), []);
    await page.reload();
    await back.getByRole('button', { name: '改成我填的' }).click();
    await allSent(page);
    assert.equal(await written('buildings', id), before + 1);
    const { properties } = await json(`/collections/buildings/items/${id}`, await asStaff());
    assert.deepEqual([properties.households, properties.residents, properties.surveyed_by], [31, 80, name]);
  });
});

test('a visit whose answer is lost is logged once', async () => {
  const { work } = await grid();
  const { id } = work.buildings[1];
  const name = await worker();
  await withPage({ ...phone, expect, locale: 'en', serviceWorkers: 'block' }, '/signin?to=my&lang=en', async (page, context) => {
    await signIn(page, name);
    let lost = 0;
    await context.route('**/visits', async (route) => {
      await route.fetch();
      lost++;
      await route.abort('failed');
    });
    await open(page, `#building/${id}/visit`);
    await page.getByLabel('Gas safety').check();
    await page.fill('#note', 'call 138 0013 8000');
    await page.locator('form button[type="submit"]').click();
    await page.locator('.fault', { hasText: 'number of a phone' }).waitFor();
    await page.fill('#note', 'pipe of unit 3 looked at');
    await page.locator('form button[type="submit"]').click();
    await page.locator('#tray', { hasText: '1 to be sent' }).waitFor();
    await page.locator('#tray', { hasText: 'when there is a signal' }).waitFor();
    assert.equal(lost, 1);
    await context.unroute('**/visits');
    await page.locator('#tray button').click();
    await allSent(page);
    const { visits } = await json(`/visits?building=${id}`, await asStaff());
    assert.deepEqual(visits.filter((visit) => visit.by === name).map((visit) => [visit.topics, visit.note]), [[['gas'], 'pipe of unit 3 looked at']]);
    await open(page, `#building/${id}`);
    await page.locator('.visit', { hasText: 'Gas safety' }).waitFor();
  });
});

test('nobody sees or sends what somebody else left on the device', async () => {
  const net = await line();
  const { work } = await grid();
  const { id } = work.buildings[2];
  const [first, second] = [await worker(), await worker()];
  await withPage({ ...phone, expect, host: net.origin }, '/signin?to=my', async (page, context) => {
    await signIn(page, first);
    await keptOffline(page);
    await net.off(context);
    await open(page, `#building/${id}/visit`);
    await page.getByLabel('防汛防灾').check();
    await page.locator('form button[type="submit"]').click();
    await waiting(page, 1);
    await page.goto('about:blank'); // the net comes back when the page is shut
    await net.on(context);
    await signOut(page, net.origin);
    await net.off(context);
    await page.goto(`${net.origin}/my`); // opens, and shows nobody's work
    await page.locator('main', { hasText: '请先登录' }).waitFor();
    assert.equal(await page.locator('#tray').count(), 0);
    await net.on(context);
    await page.goto(`${net.origin}/signin`);
    await signIn(page, second);
    assert.ok(await page.locator('#tray').isHidden());
    assert.deepEqual((await json(`/visits?building=${id}`, await asStaff())).visits, []);
    await signOut(page, net.origin);
    await signIn(page, first);
    await page.waitForFunction(() => document.querySelector('#tray')?.hidden);
    const { visits } = await json(`/visits?building=${id}`, await asStaff());
    assert.deepEqual(visits.map((visit) => visit.by), [first]);
  });
});

test('what a resident reported is taken on and done without a net, and comes back when somebody else was quicker', async () => {
  const net = await line();
  const { booth } = await grid();
  const name = await worker();
  const report = async () => {
    const { once } = /name="once" value="(?<once>[^"]+)"/.exec(await (await fetch(`${base}/report?of=booths/${booth.id}`)).text()).groups;
    const form = new FormData();
    for (const [field, value] of Object.entries({ of: `booths/${booth.id}`, once, kind: 'dirty', note: '棚边堆了纸箱' })) form.set(field, value);
    const answer = await fetch(`${base}/report`, { method: 'POST', body: form, redirect: 'manual' });
    assert.equal(answer.status, 303);
    return /\d{15}/.exec(answer.headers.get('Location'))[0];
  };
  const stateOf = async (receipt) => (await json(`/reports/${receipt}`, await asStaff())).properties;
  const [mine, others] = [await report(), await report()];
  await withPage({ ...phone, expect, host: net.origin }, '/signin?to=my', async (page, context) => {
    await signIn(page, name);
    await keptOffline(page);
    await net.off(context);
    for (const receipt of [mine, others]) {
      await page.locator(`a[href="#report/${receipt}"]`).click();
      await page.locator('blockquote', { hasText: '纸箱' }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.fill('#remark', '已告知师傅');
      await page.getByRole('button', { name: '开始处理' }).click();
    }
    await waiting(page, 2);
    const { version } = await stateOf(others);
    const theirs = await fetch(`${base}/reports/${others}/state`, { method: 'POST', headers: { Cookie: (await asStaff()).cookie, 'Content-Type': 'application/json' }, body: JSON.stringify({ version, state: 'working', note: '我来' }) });
    assert.equal(theirs.status, 200);
    await net.on(context);
    await page.locator('#tray [role="alert"] a', { hasText: '退回 1 条' }).click();
    await page.locator('.came-back', { hasText: 'zhao' }).waitFor();
    assert.equal(await page.locator('.came-back button').count(), 1, 'what stands is to be written over');
    await page.locator('.came-back button').click();
    await page.locator('main', { hasText: '都发送了' }).waitFor();
    const { state, steps } = await stateOf(mine);
    assert.deepEqual([state, steps.at(-1).by, steps.at(-1).note], ['working', name, '已告知师傅']);
    await page.locator('.back').click();
    await page.locator(`a[href="#report/${mine}"]`, { hasText: '处理中' }).click();
    await page.getByRole('button', { name: '办结' }).click();
    await allSent(page);
    await page.locator(`a[href="#report/${mine}"]`, { hasText: '已办结' }).waitFor();
    assert.equal((await stateOf(mine)).state, 'settled');
  });
});

test('I am here: the grid and the building under my feet, and three ways without a position', async () => {
  const { work } = await grid();
  const building = work.buildings[0];
  const name = await worker();
  const position = { geolocation: { longitude: building.lon, latitude: building.lat, accuracy: 9 }, permissions: ['geolocation'] };
  await withPage({ ...phone, ...position }, '/signin?to=my', async (page) => {
    await signIn(page, name);
    await page.locator('.here').click();
    const found = page.locator('.found');
    await found.waitFor();
    assert.match(await found.innerText(), new RegExp(work.grids[0].name));
    assert.equal(await found.locator('a').first().getAttribute('href'), `#building/${building.id}`);
    await page.locator('.plan .me').waitFor();
    await page.locator('.plan .named-number').first().waitFor({ state: 'attached' });
    assert.ok((await page.locator('.plan .named-way').count()) > 0, 'no street has its name');
    const sizes = () => page.locator('.plan text').evaluateAll((all) => [...new Set(all.map((one) => Math.round(parseFloat(getComputedStyle(one).fontSize) / one.ownerSVGElement.style.getPropertyValue('--pixel'))))].sort());
    const before = await sizes();
    await page.getByRole('button', { name: '缩小' }).click();
    assert.deepEqual(await sizes(), before, 'names grow with the plan');
    assert.deepEqual(await serious(page), []);
  });
  await withPage({ ...phone, permissions: [], hasTouch: true }, '/signin?to=my', async (page) => {
    await signIn(page, name);
    await page.locator('.here').click();
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: '在地图上点一下' }).click();
    await page.locator('.plan.picking').waitFor();
    const box = await page.locator(`.plan [data-building="${building.id}"]`).boundingBox();
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await page.locator('.found a').first().waitFor();
    assert.equal(await page.locator('.found a').first().getAttribute('href'), `#building/${building.id}`);
  });
});

for (const [name, options, query] of [
  ['phone', phone, ''],
  ['night, large', { ...phone, colorScheme: 'dark' }, '&big=1'],
  ['desktop, English', { ...desktop, locale: 'en' }, '&lang=en'],
  ['high contrast', { ...phone, contrast: 'more' }, ''],
]) {
  test(`nothing serious for axe on the grid worker's page: ${name}`, async () => {
    const { booth, work } = await grid();
    const account = await worker();
    await withPage(options, `/signin?to=my${query}`, async (page) => {
      await signIn(page, account);
      for (const hash of ['', `#booth/${booth.id}`, `#building/${work.buildings[0].id}`, `#building/${work.buildings[0].id}/figures`, `#building/${work.buildings[0].id}/visit`, `#look/${work.due[0].layer}/${work.due[0].id}`, '#tray']) {
        await open(page, hash);
        await page.waitForFunction((hash) => (hash === '' ? document.querySelector('.here') : document.querySelector('.back')), hash);
        assert.deepEqual(await serious(page), [], hash);
        const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(sticksOut <= 0, `${hash}: ${sticksOut} pixels stick out`);
        const small = await page.evaluate(() => [...document.querySelectorAll('main a, main button, main label.choice, main label.answer, main input:not([type="radio"], [type="checkbox"])')].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44 && !one.closest('p, summary')).map((one) => one.outerHTML.slice(0, 80)));
        assert.deepEqual(small, [], hash);
      }
    });
  });
}
