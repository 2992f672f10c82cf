// What imports left open: settled on the map by who has signed in, and by nobody else.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, base, desktop, eventually, importFile, json, mapDrawn, phone, serious, somewhere, withPage } from './harness.mjs';

let serial = 0;

/** Makes items: one with a candidate, one that may be anywhere. */
async function items() {
  const { features } = await json('/collections/compounds/items?limit=1');
  const compound = features[0].properties.name;
  const mark = '甲乙丙丁戊己庚辛'[serial++]; // a figure might be taken for a house number
  const [found, lost] = [`修鞋的${mark}`, `配钥匙的${mark}`];
  importFile(`places${serial}.csv`, `名称,所属小区,备注\n${found},${compound},老街坊都认识\n${lost},没有这个小区,\n`, '--layer', 'booths');
  await eventually(async () => {
    const titles = (await json('/worklist', await asStaff())).features.map((f) => f.properties.title);
    for (const name of [found, lost]) assert.ok(titles.includes(name), `the server has not heard of ${name}`);
  });
  return { compound, found, lost };
}

const booths = async (name) => (await json(`/collections/booths/items?name=${encodeURIComponent(name)}`)).features;
const row = (page, name) => page.locator('#desk .work button', { hasText: name });

test('who has not signed in finds no desk, and a link to it leads to the sign-in', async () => {
  await withPage(desktop, '/', async (page) => {
    await page.locator('.row').first().waitFor();
    assert.ok(await page.locator('#desk-button').isHidden());
    await page.goto(`${base}/?desk=worklist`);
    await page.locator('#desk a[href="signin?to=staff"]').click();
    await page.locator('#password').waitFor();
    await page.goto(`${base}/staff`);
    await page.waitForURL((url) => url.pathname === '/signin');
  });
});

const needsDecision = /status of 422/;

/** The city has as many booths as it allows itself: one more needs a decision, which is asked for. */
async function decide(page) {
  await page.locator('.act textarea').waitFor();
  await page.locator('.act .outlined').click();
  await page.locator('.act .fault', { hasText: '写明依据' }).waitFor();
  await page.locator('.act textarea').fill('小修便民服务点专题会议纪要，2026年11月');
  await page.locator('.act .outlined').click();
}

test('an item is placed by a click on the map, and that is taken back', async () => {
  const { found, lost } = await items();
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, expect: needsDecision, ...(await asStaff()) }, `/?view=${lon},${lat},17&desk=worklist`, async (page) => {
    await mapDrawn(page);
    await row(page, found).waitFor();
    await page.waitForFunction(() => window.gridatlas.map.getStyle().sources.worklist.data.features.length > 0);
    await row(page, lost).click();
    await page.locator('#desk .hint').waitFor();
    await eventually(async () => assert.match(await page.locator('#desk dl').innerText(), new RegExp(lost)));
    await page.mouse.click(560, 420);
    await page.locator('.mark.proposed').waitFor();
    const [x, y] = await page.evaluate(() => { const { lng, lat } = window.gridatlas.map.unproject([560 - document.querySelector('#map').getBoundingClientRect().left, 420 - document.querySelector('#map').getBoundingClientRect().top]); return [lng, lat]; });
    await page.locator('#desk .filled').click();
    await decide(page);
    await page.locator('.told', { hasText: lost }).waitFor();
    const [made] = await booths(lost);
    assert.ok(Math.abs(made.geometry.coordinates[0] - x) < 1e-5 && Math.abs(made.geometry.coordinates[1] - y) < 1e-5, `${made.geometry.coordinates} is not ${x}, ${y}`);
    await eventually(async () => assert.equal(await row(page, lost).count(), 0, 'it is settled and still listed'));

    await page.locator('.told button').click();
    await page.locator('#desk .hint').waitFor();
    await eventually(async () => {
      assert.equal((await booths(lost)).length, 0);
      assert.match(await page.locator('#desk').innerText(), /处理经过/);
    });
    await page.keyboard.press('Escape'); // back to the list
    await row(page, lost).waitFor();
  });
});

test('a candidate is chosen by keyboard alone, and the settled item is found among its like', async () => {
  const { found, compound } = await items();
  await withPage({ ...desktop, expect: needsDecision, ...(await asStaff()) }, '/?desk=worklist&lang=en', async (page) => {
    await mapDrawn(page);
    await row(page, found).focus();
    await page.keyboard.press('Enter');
    const candidate = page.locator('[data-candidate]').first();
    await candidate.waitFor();
    await eventually(async () => assert.match(await candidate.innerText(), new RegExp(compound)));
    await page.waitForFunction(() => window.gridatlas.map.getZoom() > 16);
    await candidate.focus();
    await page.keyboard.press('Enter');
    await page.locator('#desk .filled').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.matches('.act textarea')); // the cap is reached
    await page.keyboard.type('Meeting of November 2026');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.told', { hasText: found }).waitFor();
    assert.equal((await booths(found)).length, 1);
    await page.locator('#desk .filters button', { hasText: 'Settled' }).click();
    await row(page, found).click();
    await page.locator('#desk .settled', { hasText: 'Placed' }).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.locator('#desk button', { hasText: 'Show it' }).click();
    await page.locator('#card h2', { hasText: found }).waitFor();
  });
});

test('on a phone the drawer steps aside for the map', async () => {
  const { lost } = await items();
  const { lon, lat } = await somewhere();
  await withPage({ ...phone, expect: needsDecision, ...(await asStaff()) }, `/?view=${lon},${lat},17`, async (page) => {
    await mapDrawn(page);
    await page.locator('#desk-button').tap();
    await row(page, lost).tap();
    await page.locator('.act button').tap();
    await page.locator('#desk.aside').waitFor();
    await page.touchscreen.tap(120, 330);
    await page.locator('.mark.proposed').waitFor();
    await page.locator('#desk .filled').tap();
    await decide(page);
    await page.locator('.told', { hasText: lost }).waitFor();
    assert.equal((await booths(lost)).length, 1);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels stick out`);
  });
});

test('an item is left with a reason, which is asked for', async () => {
  const { lost } = await items();
  await withPage({ ...desktop, colorScheme: 'dark', ...(await asStaff()) }, '/?desk=worklist', async (page) => {
    await row(page, lost).click();
    await page.locator('.drop summary').click();
    await page.locator('.drop .outlined').click();
    await page.locator('.drop .fault', { hasText: '写明原因' }).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.locator('.drop .chip', { hasText: '不是一个地点' }).click();
    await page.locator('.drop .outlined').click();
    await page.locator('.told', { hasText: lost }).waitFor();
    const { features } = await json('/worklist?state=settled', await asStaff());
    assert.equal(features.find((f) => f.properties.title === lost).properties.settled.note, '不是一个地点');
  });
});

test('who comes second is told what stands', async () => {
  const { lost } = await items();
  await withPage({ ...desktop, ...(await asStaff()), expect: /status of 409/ }, '/?desk=worklist', async (page) => {
    await row(page, lost).click();
    await page.locator('.drop summary').click();
    const { features } = await json('/worklist', await asStaff());
    const item = features.find((f) => f.properties.title === lost);
    const first = await fetch(`${base}/worklist/${item.id}/settle`, {
      method: 'POST',
      headers: { Cookie: (await asStaff()).cookie, 'Content-Type': 'application/json' },
      body: JSON.stringify({ version: item.properties.version, drop: true, note: '别处办了' }),
    });
    assert.equal(first.status, 200);
    await page.locator('.drop .chip').first().click();
    await page.locator('.drop .outlined').click();
    await page.locator('.told[role="alert"]', { hasText: '别人已经先处理' }).waitFor();
    await page.locator('#desk .settled', { hasText: '别处办了' }).waitFor();
  });
});

test('the public finds neither the list nor its words', async () => {
  for (const path of ['/worklist', '/upkeep', '/upkeep/stewards', '/upkeep/items', '/upkeep.csv']) {
    assert.equal((await fetch(base + path)).status, 401, path);
  }
});
