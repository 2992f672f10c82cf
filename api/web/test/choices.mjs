import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, mapDrawn, rows, somewhere, withPage } from './harness.mjs';

test('the language switch keeps the state and is remembered', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}&of=repair`, async (page) => {
    await rows(page);
    await page.click('#language');
    await page.waitForURL(/lang=en/);
    await rows(page);
    assert.match(page.url(), /of=repair/);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await eventually(async () => assert.match(await page.locator('#summary').textContent(), /within 15 min/));
    const interface_ = await page.evaluate(() => [...document.querySelectorAll('button, label, .kind, h2, h3, option, footer strong')].map((e) => e.textContent).join(' '));
    assert.doesNotMatch(interface_.replace('中文', ''), /\p{Script=Han}/u);
    await page.goto(new URL('/', page.url()).href);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  });
});

test('night follows the device and the switch', async () => {
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const land = (page) => page.evaluate(() => window.gridatlas.map.getPaintProperty('background', 'background-color'));
  await withPage({ ...desktop, colorScheme: 'dark' }, '/', async (page) => {
    await mapDrawn(page);
    assert.equal(await background(page), 'rgb(20, 24, 29)');
    assert.equal(await land(page), '#1B1F26');
    await page.click('#layers-button');
    await page.selectOption('#theme', 'day');
    await page.waitForFunction(() => window.gridatlas.map.getPaintProperty('background', 'background-color') === '#F5F3EE');
    assert.equal(await background(page), 'rgb(255, 255, 255)');
    await page.reload();
    await page.locator('html[data-theme="day"]').waitFor();
  });
});

test('another style of the map, by keyboard, leaves what is shown on it', async () => {
  const { lon, lat, booth } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}&show=booths/${booth.id}&view=${lon},${lat},15`, async (page) => {
    await rows(page);
    await page.click('.row .name >> nth=0');
    await page.getByRole('button', { name: '路线', exact: true }).click();
    await page.waitForFunction(() => window.gridatlas?.map?.querySourceFeatures('route').some((f) => f.properties.part === 'way'));
    await mapDrawn(page);
    const shown = () =>
      page.evaluate(() => {
        const { map } = window.gridatlas;
        const count = (source) => map.querySourceFeatures(source).length;
        return { circle: count('circle') > 0, results: count('results') > 0, route: count('route') > 0, marks: document.querySelectorAll('#map .mark.selected, #map .mark.origin').length };
      });
    const ground = (colour) => page.waitForFunction((c) => window.gridatlas.map.getPaintProperty('background', 'background-color') === c, colour);
    const grids = () => page.evaluate(() => window.gridatlas.map.getLayoutProperty('grid', 'visibility'));
    const everything = () => eventually(async () => assert.deepEqual(await shown(), { circle: true, results: true, route: true, marks: 2 }));
    await everything();
    assert.equal(await grids(), 'none');

    await page.focus('#layers-button');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'style');
    await page.keyboard.press('ArrowDown');
    await ground('#F7F7F6');
    await mapDrawn(page);
    await everything();
    assert.equal(await grids(), 'visible', 'planners see the grids');
    assert.ok(await page.getByLabel('网格', { exact: true }).isChecked());
    await page.keyboard.press('ArrowDown');
    await ground('#F4F4F3');
    await page.selectOption('#theme', 'night');
    await ground('#1B1F26');
    await mapDrawn(page);
    await everything();
    assert.equal(await grids(), 'none');

    await page.goto(new URL('/?lang=en', page.url()).href);
    await mapDrawn(page);
    await page.click('#layers-button');
    assert.equal(await page.getByLabel('Map style').inputValue(), 'emergency');
    assert.match(await page.evaluate(() => window.gridatlas.map.getStyle().name), /emergency-night/);
    await page.selectOption('#style', 'standard');
    await page.waitForFunction(() => window.gridatlas.map.getStyle().name === 'gridatlas night');
    await page.goto(new URL('/?style=planner', page.url()).href);
    await mapDrawn(page);
    assert.match(await page.evaluate(() => window.gridatlas.map.getStyle().name), /planner/);
    await page.click('#layers-button');
    await page.selectOption('#style', 'emergency');
    await page.waitForURL(/style=emergency/);
  });
});

for (const path of ['/?big=1', '/?big=1&lang=en', '/?big=1&of=shelter&minutes=5']) {
  test(`large text fits a screen of 320 px: ${path}`, async () => {
    const { booth } = await somewhere();
    for (const target of [path, `${path}&show=booths/${booth.id}`]) {
      await withPage({ viewport: { width: 320, height: 640 } }, target, async (page) => {
        await page.locator(target.includes('show') ? '#card h2' : '#list .row, #list .message').first().waitFor();
        assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '23px');
        const wide = await page.evaluate(() =>
          [document.scrollingElement, document.getElementById('panel'), document.getElementById('card')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => `${e.tagName}#${e.id} ${e.scrollWidth} > ${e.clientWidth}`),
        );
        assert.deepEqual(wide, []);
      });
    }
  });
}

test('large text is a switch that works with and without script', async () => {
  await withPage(desktop, '/', async (page) => {
    await page.click('#big');
    assert.equal(await page.evaluate(() => document.documentElement.className.includes('big')), true);
    await page.reload();
    await page.locator('#big[aria-pressed="true"]').waitFor();
  });
  await withPage({ ...desktop, javaScriptEnabled: false }, '/', async (page) => {
    await page.click('#big');
    await page.locator('html.big').waitFor();
  });
});
