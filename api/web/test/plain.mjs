// The pages of a grid worker that need no script: every job of /my, by links and forms.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, base, desktop, json, onStore, phone, serious, somewhere, withPage } from './harness.mjs';

const password = 'seven willows by the river';
const bare = { ...phone, javaScriptEnabled: false };
const refused = /status of 4(01|04|09|22)/;

let ground;

/** The grid of a booth, with what lies in it. */
function grid() {
  ground ??= (async () => {
    const { lon, lat, booth } = await somewhere();
    const { code } = (await json(`/grids/at?lon=${lon}&lat=${lat}`)).grid;
    return { booth, code, work: await json(`/my/work?grid=${code}`, await asStaff()) };
  })();
  return ground;
}

let serial = 0;

/** An account that works in a grid, or somewhere else. */
async function worker(place) {
  const name = `walker${++serial}`;
  onStore('user add', name, `grid_worker:${place ?? (await grid()).code}`, '--password', password);
  return name;
}

async function signIn(page, name) {
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.locator('main form button').click();
  await page.locator('h1', { hasText: /我的网格|My grids/ }).waitFor();
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('without a script /my leads to lists and forms: an inspection, a visit, figures, a look', async () => {
  const { booth, work } = await grid();
  const building = work.buildings.at(-1);
  const name = await worker();
  await withPage({ ...bare, expect: refused }, '/signin?to=my', async (page) => {
    await signIn(page, name);
    await page.waitForURL((url) => url.pathname === '/my/plain');
    await page.locator('.lead', { hasText: work.grids[0].name }).waitFor();

    await page.locator(`a[href="/my/booths/${booth.id}"]`).click();
    for (const check of work.checks.slice(1)) await page.locator(`#${check.value} label`, { hasText: /^合格/ }).click();
    await page.getByRole('button', { name: '保存检查结果' }).click();
    await page.getByRole('alert').locator('a', { hasText: '还有 1 项' }).click();
    await page.locator(`#${work.checks[0].value} label`, { hasText: '不合格' }).click();
    await page.getByRole('button', { name: '保存检查结果' }).click();
    await page.getByRole('status').filter({ hasText: `已保存：${booth.name}` }).waitFor();
    const { properties } = await json(`/collections/booths/items/${booth.id}`, await asStaff());
    assert.deepEqual([properties.checks.length, properties.surveyed_by], [6, name]);
    await page.reload(); // sends nothing again

    await page.fill('#find', building.title);
    await page.locator('.finds button').click();
    await page.locator(`a[href="/my/buildings/${building.id}"]`).click();
    await page.getByRole('button', { name: '保存走访记录' }).click();
    await page.locator('.wrong', { hasText: '请选至少一个走访事项' }).waitFor();
    await page.getByLabel('燃气安全').check();
    await page.fill('#note', '联系 138 0013 8000');
    await page.getByRole('button', { name: '保存走访记录' }).click();
    await page.locator('.wrong', { hasText: '手机号' }).waitFor();
    assert.ok(await page.getByLabel('燃气安全').isChecked(), 'what was chosen is lost');
    await page.fill('#note', '三单元已查');
    await page.getByRole('button', { name: '保存走访记录' }).click();
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor();
    const { visits } = await json(`/visits?building=${building.id}`, await asStaff());
    assert.deepEqual(visits.filter((visit) => visit.by === name).map((visit) => visit.topics), [['gas']]);

    await page.goto(`${base}/my/buildings/${building.id}`);
    await page.locator('.visit', { hasText: '三单元已查' }).waitFor();
    await page.locator('summary').click();
    await page.fill('#households', '1x');
    await page.getByRole('button', { name: '保存更正' }).click();
    await page.locator('.wrong', { hasText: '请填数字' }).waitFor();
    const theirs = await fetch(`${base}/collections/buildings/items/${building.id}`, { method: 'PATCH', headers: { Cookie: (await asStaff()).cookie, 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' }, body: JSON.stringify({ properties: { households: 29, surveyed_by: 'zhao', surveyed_on: '2026-11-20' } }) });
    assert.equal(theirs.status, 200);
    await page.fill('#households', '31');
    await page.fill('#rental_dwellings', '');
    await page.fill('#residents', '');
    // The form says which state it is about: the one before.
    await page.getByRole('button', { name: '保存更正' }).click();
    await page.getByRole('alert').filter({ hasText: 'zhao' }).waitFor();
    assert.equal(await page.inputValue('#households'), '31');
    await page.getByRole('button', { name: '保存更正' }).click();
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor();
    assert.equal((await json(`/collections/buildings/items/${building.id}`, await asStaff())).properties.households, 31);

    await page.locator('#due a').first().click();
    await page.getByRole('button', { name: '已到现场核查' }).click();
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor();
  });
});

test('without a script a report is taken on and done, and a session that ended loses nothing', async () => {
  const { booth } = await grid();
  const { once } = /name="once" value="(?<once>[^"]+)"/.exec(await (await fetch(`${base}/report?of=booths/${booth.id}`)).text()).groups;
  const form = new FormData();
  for (const [field, value] of Object.entries({ of: `booths/${booth.id}`, once, kind: 'dirty', note: '棚边堆了纸箱' })) form.set(field, value);
  const made = await fetch(`${base}/report`, { method: 'POST', body: form, redirect: 'manual' });
  const receipt = /\d{15}/.exec(made.headers.get('Location'))[0];
  const stateOf = async () => (await json(`/reports/${receipt}`, await asStaff())).properties;
  const name = await worker();
  await withPage({ ...bare, expect: refused }, '/signin?to=plain', async (page, context) => {
    await signIn(page, name);
    await page.locator(`a[href="/my/reports/${receipt}"]`).click();
    await page.locator('blockquote', { hasText: '纸箱' }).waitFor();
    await page.fill('#note', '已告知师傅');
    await context.clearCookies();
    await page.getByRole('button', { name: '开始处理' }).click();
    await page.getByRole('alert').filter({ hasText: '登录已过期' }).waitFor();
    const [other] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: '登录' }).click()]);
    await signIn(other, name);
    await page.getByRole('button', { name: '已登录，再次保存' }).click();
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor();
    const { state, steps } = await stateOf();
    assert.deepEqual([state, steps.at(-1).by, steps.at(-1).note], ['working', name, '已告知师傅']);
    await page.locator(`a[href="/my/reports/${receipt}"]`, { hasText: '处理中' }).click();
    await page.getByRole('button', { name: '办结' }).click();
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor();
    assert.equal((await stateOf()).state, 'settled');
  });
});

for (const [what, options, query] of [
  ['320 pixels and letters twice as large', { ...phone, viewport: { width: 320, height: 640 } }, ''],
  ['night, large', { ...phone, colorScheme: 'dark' }, '&big=1'],
  ['desktop, English', { ...desktop, locale: 'en' }, '&lang=en'],
]) {
  // They have no script, so a checker's may run in them.
  test(`the pages without a script hold: ${what}`, async () => {
    const { booth, work } = await grid();
    const [few, many] = [await worker(), await worker('370702')];
    await withPage({ ...options, expect: refused }, `/signin?to=plain${query}`, async (page, context) => {
      const holds = async () => {
        if (what.startsWith('320')) await page.evaluate(() => (document.documentElement.style.fontSize = '34px'));
        assert.deepEqual(await serious(page), [], page.url());
        assert.ok((await fits(page)) <= 0, `${page.url()} sticks out by ${await fits(page)} pixels`);
      };
      const look = async (path) => {
        await page.goto(base + path);
        await holds();
      };
      await signIn(page, few);
      for (const path of ['/my/plain', `/my/booths/${booth.id}`, `/my/buildings/${work.buildings[0].id}`, `/my/${work.due[0].layer}/${work.due[0].id}`, '/my/booths/0']) await look(path);
      await page.goto(`${base}/my/buildings/${work.buildings[0].id}`);
      await page.locator('section form button').first().click();
      await page.getByRole('alert').waitFor(); // what is wrong is said
      await holds();
      await context.clearCookies();
      await page.goto(`${base}/signin?to=plain`);
      await signIn(page, many);
      await look('/my/plain');
      await page.selectOption('#grid', (await grid()).code);
      await page.locator('.opens button').click();
      await page.locator(`a[href="/my/booths/${booth.id}"]`).waitFor();
    });
  });
}
