import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, json, mapDrawn, phone, somewhere, withPage } from './harness.mjs';

// What the services and the open libraries say, [lon, lat]; tolerance in metres.
const published = [
  { wgs84: [116.404, 39.915], gcj02: [116.41024449916938, 39.91640428150164], bd09: null, within: 0.001 },
  { wgs84: [121.5272106, 31.1774276], gcj02: [121.531541859215, 31.17530398364597], bd09: null, within: 0.001 },
  { wgs84: [119.1558626, 36.7063222], gcj02: [119.1617632, 36.7067803], bd09: [119.1681414, 36.7131325], within: 1 },
];

test('datums are those of the services, and of the server', async () => {
  const { lon, lat, booth } = await somewhere();
  await withPage(desktop, '/', async (page) => {
    await mapDrawn(page);
    const inDatum = (at, datum) => page.evaluate(([a, d]) => window.gridatlas.datum.inDatum(a, d), [at, datum]);
    const apart = (a, b) => page.evaluate(([p, q]) => window.gridatlas.geodesy.distance(p, q), [a, b]);
    for (const { wgs84, within, ...others } of published) {
      for (const [datum, expected] of Object.entries(others)) {
        if (expected) assert.ok((await apart(await inDatum(wgs84, datum), expected)) < within, `${datum} of ${wgs84}`);
      }
    }
    for (const datum of ['gcj02', 'bd09']) {
      const [x, y] = await inDatum([lon, lat], datum);
      const served = (await json(`/walk/nearest?lon=${x}&lat=${y}&of=booths&datum=${datum}`)).items.find((item) => item.id === booth.id);
      assert.ok((await apart([x, y], [served.lon, served.lat])) < 0.02, `${datum} by the server`);
      const farthest = await page.evaluate((d) => {
        const { datum: { inDatum, fromDatum }, geodesy } = window.gridatlas;
        let worst = 0;
        for (let lng = 74; lng < 135; lng += 3.7) for (let lt = 4; lt < 53; lt += 3.1) worst = Math.max(worst, geodesy.distance([lng, lt], fromDatum(inDatum([lng, lt], d), d)));
        return worst;
      }, datum);
      assert.ok(farthest < 0.001, `${datum} there and back: ${farthest} m`);
    }
    assert.deepEqual(await inDatum([7.42, 43.73], 'bd09'), [7.42, 43.73]);
  });
});

const copied = (page, text) => eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text));
const allowed = { permissions: ['clipboard-read', 'clipboard-write'] };

test('a right click gives a place to copy in three datums', async () => {
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, ...allowed }, `/?view=${lon},${lat},17`, async (page) => {
    await mapDrawn(page);
    await page.mouse.click(900, 480, { button: 'right' });
    await page.waitForURL(/show=[\d.]+,[\d.]+/);
    const at = await page.evaluate(() => window.gridatlas.store.state.selected.at);
    for (const [label, datum] of [[/WGS 84/, 'wgs84'], [/GCJ-02/, 'gcj02'], [/BD-09/, 'bd09']]) {
      await page.getByRole('button', { name: label }).click();
      const wanted = await page.evaluate(([a, d]) => window.gridatlas.datum.inDatum(a, d), [at, datum]);
      await copied(page, wanted.map((n) => n.toFixed(6)).join(', '));
    }
    await page.getByText('已复制').waitFor();
  });
});

test('the card of a place has its coordinates too', async () => {
  const { lon, lat, booth } = await somewhere();
  await withPage({ ...desktop, ...allowed }, `/?show=booths/${booth.id}`, async (page) => {
    await page.getByText('复制坐标').click();
    await page.getByRole('button', { name: /WGS 84/ }).click();
    await copied(page, `${lon.toFixed(6)}, ${lat.toFixed(6)}`);
  });
});

test('a finger held down does what a right click does, and a tap does not', async () => {
  const { lon, lat } = await somewhere();
  await withPage(phone, `/?view=${lon},${lat},17`, async (page, context) => {
    await mapDrawn(page);
    const finger = await context.newCDPSession(page);
    const down = (x, y) => finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    const up = () => finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    // On a place the finger would open that place.
    const [x, y] = await page.evaluate(() => {
      const { map } = window.gridatlas;
      const top = map.getCanvas().getBoundingClientRect().top;
      const free = (x, y) => !map.queryRenderedFeatures([[x - 24, y - top - 24], [x + 24, y - top + 24]]).some((f) => ['symbol', 'circle'].includes(f.layer.type));
      const spots = [160, 190, 220, 250, 280, 310, 380, 410, 440, 470].flatMap((y) => [60, 100, 140, 180, 220].map((x) => [x, y]));
      return spots.find(([x, y]) => free(x, y) && document.elementFromPoint(x, y) === map.getCanvas());
    });
    await down(x, y);
    await page.waitForURL(/show=[\d.]+,[\d.]+/);
    await up();
    await eventually(async () => assert.match(await page.locator('#card').innerText(), /地图上的位置[\s\S]*GCJ-02[\s\S]*BD-09/));
    const held = page.url();
    await page.waitForTimeout(300);
    assert.equal(page.url(), held, 'lifting the finger clicked once more');
  });
});

test('typed coordinates are found in three datums, by mouse and by keyboard', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, '/', async (page) => {
    await mapDrawn(page);
    const chosen = () => page.evaluate(() => window.gridatlas.store.state.selected?.at ?? null);
    const apart = (a, b) => page.evaluate(([p, q]) => window.gridatlas.geodesy.distance(p, q), [a, b]);
    const inDatum = (datum) => page.evaluate(([a, d]) => window.gridatlas.datum.inDatum(a, d), [[lon, lat], datum]);
    const datums = ['wgs84', 'gcj02', 'bd09'];
    for (const [i, datum] of datums.entries()) {
      const [x, y] = await inDatum(datum);
      await page.keyboard.press('Control+k');
      await page.fill('#q', `${x}, ${y}`);
      await page.locator('#suggestions .option', { hasText: `${x.toFixed(6)}, ${y.toFixed(6)}` }).nth(2).waitFor();
      for (let n = 0; n <= i; n++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('#card h2').waitFor();
      assert.ok((await apart(await chosen(), [lon, lat])) < 0.02, datum);
      await page.locator('#card .close').click();
    }
    const [x, y] = await inDatum('bd09');
    const dms = (v, [d, m, s]) => {
      const minutes = (v % 1) * 60;
      return `${Math.floor(v)}${d}${Math.floor(minutes)}${m}${((minutes % 1) * 60).toFixed(4)}${s}`;
    };
    const [prime, quote, word] = [['°', '′', '″'], ['° ', "' ", '"'], ['度', '分', '秒']];
    for (const typed of [
      `BD-09：${x}，${y}`, `bd09 ${y} ${x}`, `bd09 ${y}N ${x}E`, `bd09 ${dms(y, prime)}N ${dms(x, prime)} E`, `bd09 E${dms(x, quote)}, N${dms(y, quote)}`,
      `BD-09：东经${dms(x, word)}，北纬${dms(y, word)}`, `BD-09 北纬${dms(y, prime)}东经${dms(x, prime)}`, `bd09 纬度：${y}，经度：${x}`,
    ]) {
      await page.fill('#q', typed);
      await page.waitForFunction(() => document.querySelectorAll('#suggestions .option').length === 1);
      await page.locator('#suggestions .option').click();
      await page.locator('#card h2').waitFor();
      assert.ok((await apart(await chosen(), [lon, lat])) < 0.02, typed);
      await page.locator('#card .close').click();
      await page.fill('#q', '');
      await page.waitForFunction(() => document.getElementById('suggestions').hidden);
    }
  });
});
