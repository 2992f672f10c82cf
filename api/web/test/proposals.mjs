// Nobody publishes alone: what a planner draws, a reviewer sees on the map, and
// publishes it or sends it back with a reason.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { account, asSomebody, base, desktop, eventually, json, mapDrawn, phone, serious, signIn, withPage } from './harness.mjs';

const planner = () => asSomebody('sun', 'planner');
const reviewer = () => asSomebody('qian', 'reviewer');

/** Sends as somebody, and returns what is answered with a status. */
async function send(who, path, body, status, method = 'POST') {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = await fetch(base + path, { method, headers: { Cookie: (await who()).cookie, 'Content-Type': type, 'If-Match': '*' }, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text);
}

let grids; // as they were at first
const used = new Set(); // each test has grids of its own

/** Grids that meet in one corner and lie in one community, and the corner. */
async function corner() {
  grids ??= (await json('/collections/grids/items?limit=1000')).features;
  const at = new Map();
  for (const grid of grids) {
    for (const point of new Set(grid.geometry.coordinates.flat().map(String))) at.set(point, [...(at.get(point) ?? []), grid]);
  }
  for (const [point, around] of at) {
    if (around.length !== 3 || new Set(around.map((grid) => grid.properties.community)).size > 1 || around.some((grid) => used.has(grid.id))) continue;
    around.forEach((grid) => used.add(grid.id));
    return { around, point };
  }
  assert.fail('no corner of three grids is left');
}

const version = async (grid) => Number(/-(\d+)/.exec((await fetch(`${base}/collections/grids/items/${grid.id}`)).headers.get('etag'))[1]);

/** Proposes to move the corner of three grids by some 50 m, and another name for the first of them. */
async function draw(note) {
  const { around, point } = await corner();
  const [lon, lat] = point.split(',').map(Number);
  const to = [+(lon + 0.0004).toFixed(7), +(lat + 0.0003).toFixed(7)];
  const moved = (grid) => ({ ...grid.geometry, coordinates: grid.geometry.coordinates.map((ring) => ring.map((p) => (String(p) === point ? to : p))) });
  const name = `${around[0].properties.name}甲`;
  const changes = await Promise.all(
    around.map(async (grid, i) => ({ action: 'patch', layer: 'grids', id: grid.id, version: await version(grid), feature: { geometry: moved(grid), properties: i === 0 ? { name } : {} } })),
  );
  const { proposal } = await send(planner, '/changes', { note, changes }, 202);
  return { id: proposal, grid: around[0], name, to };
}

/** Proposes another name for a grid. */
async function rename(name, grid) {
  const { around } = grid ? { around: [grid] } : await corner();
  const { proposal } = await send(planner, `/collections/grids/items/${around[0].id}`, { properties: { name } }, 202, 'PATCH');
  return { id: proposal, grid: around[0], name };
}

const row = (page, name) => page.locator('#desk .work button', { hasText: name });

/** How many shapes of each part the map has of a proposal. */
const parts = (page) =>
  page.evaluate(() => {
    const count = {};
    for (const { properties } of window.gridatlas?.map?.getStyle()?.sources.proposal?.data.features ?? []) count[properties.part] = (count[properties.part] ?? 0) + 1;
    return count;
  });

test('a reviewer signs in, publishes a border that a planner drew, and sends another change back', async () => {
  const border = await draw('路口改造，界线移到新路中线');
  const other = await rename('没有来由的名字');
  await withPage({ ...desktop, expect: /status of 401/ }, '/?desk=proposals', async (page) => {
    await page.locator('#desk a', { hasText: '登录' }).click();
    await signIn(page, account('zhou', 'reviewer'));
    await row(page, border.name).waitFor();
    assert.match(await row(page, border.name).innerText(), /网格 修改 3[^]*路口改造[^]*sun 提出/);

    await row(page, other.name).click();
    await page.locator('#desk .drop summary').click();
    await page.locator('#desk .drop .outlined').click();
    await page.locator('.drop .fault', { hasText: '写明理由' }).waitFor();
    await page.locator('.drop .chip', { hasText: '与现场不符' }).click();
    await page.locator('#desk .drop .outlined').click();
    await page.locator('.told', { hasText: '已退回' }).waitFor();
    await page.keyboard.press('Escape');

    await row(page, border.name).click();
    await page.locator('#desk .changes li').nth(2).waitFor();
    assert.equal(await row(page, other.name).count(), 0);
    assert.match(await page.locator('#desk .changes li').first().innerText(), new RegExp(`${border.grid.properties.name}\\s*→\\s*${border.name}`));
    assert.match(await page.locator('#desk .changes').innerText(), /划[入出] [\d,.]+ 平方米/);
    await eventually(async () => assert.deepEqual(await parts(page), { old: 3, new: 3, gained: 2, lost: 2, label: 3 }));
    await mapDrawn(page);
    assert.deepEqual(await serious(page), []);

    await page.locator('#desk .filled').click();
    await page.locator('dialog', { hasText: '网格 修改 3' }).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.keyboard.press('Escape'); // shuts the dialog, and nothing else
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.locator('#desk .filled').click();
    await page.locator('dialog .filled').click();
    await page.locator('.told', { hasText: '已发布' }).waitFor();
    // The map shows it at once, and its tiles too.
    await eventually(async () => assert.deepEqual(await parts(page), { same: 3, label: 3 }));
    await page.waitForFunction(
      ([id, name]) => window.gridatlas.map.querySourceFeatures('map', { sourceLayer: 'grids_label', filter: ['==', ['id'], id] }).some((f) => f.properties.name === name),
      [border.grid.id, border.name],
    );
  });
  const { features } = await json(`/collections/grids/items?code=${border.grid.properties.code}`);
  assert.equal(features[0].properties.name, border.name);
  assert.ok(features[0].geometry.coordinates.flat().some((p) => String(p) === String(border.to)), 'the corner is where it was');

  // The planner reads why, and what became of the other.
  await withPage({ ...desktop, ...(await planner()), colorScheme: 'dark' }, '/?desk=proposals&desk.state=decided', async (page) => {
    await row(page, other.name).waitFor();
    assert.match(await row(page, other.name).innerText(), /已退回[^]*与现场不符/);
    assert.match(await row(page, border.name).innerText(), /已发布/);
    await row(page, other.name).click();
    await page.locator('#desk .told', { hasText: '与现场不符' }).waitFor();
    await page.locator('#desk .settled', { hasText: 'zhou' }).waitFor();
    assert.equal(await page.locator('#desk .verdict button').count(), 0);
    assert.deepEqual(await serious(page), []);
  });
});

test('who proposed something is told why he may not publish it, and takes it back by keyboard', async () => {
  const { id, name } = await rename('城中一号网格');
  await send(planner, `/proposals/${id}/publish`, {}, 403);
  await withPage({ ...desktop, ...(await planner()) }, `/?desk=proposals&desk.item=${id}&lang=en`, async (page) => {
    await page.locator('#desk .hint', { hasText: 'Nobody publishes alone' }).waitFor();
    assert.equal(await page.locator('#desk .filled').count(), 0);
    await page.locator('#desk .verdict button', { hasText: 'Withdraw' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.told', { hasText: `Withdrawn: ${name}` }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#desk .filters').waitFor();
    assert.doesNotMatch(page.url(), /desk\.item/);
  });
});

test('what others changed meanwhile stands in the way, and the page says what to do', async () => {
  const first = await rename('先到的名字');
  const second = await rename('后到的名字', first.grid);
  await withPage({ ...desktop, ...(await reviewer()), expect: /status of 409/ }, `/?desk=proposals&desk.item=${second.id}`, async (page) => {
    await page.locator('#desk .filled').click();
    await page.locator('dialog').waitFor();
    await send(reviewer, `/proposals/${first.id}/publish`, {}, 200);
    await page.locator('dialog .filled').click();
    await page.locator('.told', { hasText: '没有发布' }).waitFor();
    await page.locator('.told', { hasText: '1 处被别人改过' }).waitFor();
    assert.equal(await page.locator('#desk .filled').count(), 0, 'it is offered still');
    await page.locator('#desk .changes', { hasText: '已被别人改过' }).waitFor();
    // What the planner saw is compared, not what stands by now.
    assert.match(await page.locator('#desk .changes').innerText(), new RegExp(first.grid.properties.name));
    await send(reviewer, `/proposals/${second.id}/refuse`, { reason: '别人已改' }, 200);
    await page.locator('#desk .drop summary').click();
    await page.locator('.drop .chip').first().click();
    await page.locator('#desk .drop .outlined').click();
    await page.locator('.told', { hasText: '别人已经先处理' }).waitFor();
    await page.locator('.told', { hasText: '别人已改' }).waitFor();
  });
});

test('on a phone the map shows the border above a strip', async () => {
  const { id } = await draw('在手机上看');
  await withPage({ ...phone, ...(await reviewer()) }, `/?desk=proposals&desk.item=${id}&big=1`, async (page) => {
    await mapDrawn(page);
    await page.locator('#desk .changes li').nth(2).waitFor();
    assert.deepEqual(await serious(page), []);
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok((await wide()) <= 0, 'the page is wider than the phone');
    await page.locator('#desk .verdict button', { hasText: '看地图' }).tap();
    await page.locator('#desk.aside .verdict .keys').waitFor();
    assert.ok((await wide()) <= 0, 'the page is wider than the phone');
    await page.locator('#desk.aside .verdict button', { hasText: '返回' }).tap();
    await page.locator('#desk:not(.aside) .filled', { hasText: '发布' }).waitFor();
  });
  await send(planner, `/proposals/${id}/withdraw`, {}, 200);
});
