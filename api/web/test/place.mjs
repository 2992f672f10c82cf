// What a scanned plate opens.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, base, desktop, eventually, json, phone, serious, withPage } from './harness.mjs';

/** Two booths of the city, each the other's neighbour. */
const pair = (async () => {
  const { features } = await json('/collections/booths/items?limit=200');
  for (const { id, geometry, properties } of features) {
    if (!properties.phone || properties.status) continue;
    const [lon, lat] = geometry.coordinates;
    const { items } = await json(`/walk/nearest?lon=${lon}&lat=${lat}&of=booths&limit=4`);
    const other = items.find((item) => item.id !== id && item.minutes < 15 && item.minutes > 1 && !item.state?.match(/moved|retired/));
    if (other) return { id, lon, lat, ...properties, other };
  }
  throw new Error('no two booths are near each other');
})();

const noScript = { ...phone, javaScriptEnabled: false };

test('from a plate to the next booth and the walk there, without script', async () => {
  const booth = await pair;
  await withPage(noScript, `/b/${booth.number}`, async (page) => {
    assert.equal(await page.locator('h1').innerText(), booth.name);
    assert.equal((await page.locator('.plate').first().innerText()).replaceAll(' ', ''), booth.number);
    assert.equal(await page.locator('.actions .filled').getAttribute('href'), `tel:${booth.phone}`);
    assert.match(await page.locator('main').innerText(), /出摊中|已收摊|暂离|今日休息|未确认/);
    await page.locator('details.more summary').click();
    const links = await page.locator('details.more a').evaluateAll((all) => all.map((a) => a.href));
    assert.deepEqual(links.map((link) => new URL(link).host), ['uri.amap.com', 'apis.map.qq.com', 'api.map.baidu.com']);
    // A booth that is shut lists those alone that are open: there may be none at this hour.
    const row = page.locator('#near .rows a[href^="/b/"]').first();
    if ((await row.count()) === 0) return;
    const name = await row.locator('b').innerText();
    await row.click();
    assert.equal(await page.locator('h1').innerText(), name);
    assert.match(await page.locator('#walk h2').innerText(), new RegExp(`从${booth.name}走过来`));
    assert.ok((await page.locator('#walk .steps li').count()) > 0);
  });
});

test('a walk to a plate is drawn on a small map that scrolls with the page', async () => {
  const booth = await pair;
  const { properties } = await json(`/collections/booths/items/${booth.other.id}`);
  await withPage(phone, `/b/${properties.number}?from=booths.${booth.id}`, async (page) => {
    await page.waitForFunction(() => window.gridatlas?.map);
    const line = await page.evaluate(() => window.gridatlas.map.getSource('route').getData());
    const corners = line.features[0].geometry.coordinates;
    assert.ok(corners.length > 1);
    assert.ok(Math.hypot(corners[0][0] - booth.lon, corners[0][1] - booth.lat) < 0.003, 'the walk does not begin where somebody was');
    assert.ok((await page.evaluate(() => window.gridatlas.map.cooperativeGestures.isEnabled())), 'one finger moves the map, not the page');
    await page.setViewportSize({ width: 320, height: 640 });
    await eventually(async () => assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, 'the page scrolls sideways'));
  });
});

test('the code at a gate or a bus stop says what is near, and asks for no position', async () => {
  const { features: gates } = await json('/collections/gates/items?kind=gate&foot=all&limit=1000');
  const { features: stops } = await json('/collections/facilities/items?kind=bus_stop&limit=1');
  for (const { properties } of [gates.find(({ properties }) => properties.code), stops[0]]) {
    assert.ok(properties?.code, 'a poster needs a code');
    await withPage(noScript, `/p/${properties.code}`, async (page) => {
      assert.equal(await page.locator('h1').innerText(), properties.name);
      const rows = page.locator('#near .rows li');
      assert.ok((await rows.count()) > 3, 'hardly anything is near');
      const minutes = (await rows.locator('.minutes').allInnerTexts()).map((text) => parseInt(text, 10));
      assert.deepEqual(minutes, minutes.toSorted((a, b) => a - b));
      await page.setViewportSize({ width: 320, height: 740 });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, 'a long code makes the page scroll sideways');
      assert.equal((await page.request.get(`${base}/qr/p/${properties.code}.svg`)).status(), 200);
    });
  }
});

test('on a wide screen the map stands beside the text', async () => {
  const booth = await pair;
  await withPage(desktop, `/b/${booth.number}`, async (page) => {
    await page.waitForFunction(() => window.gridatlas?.map);
    const [map, text] = await Promise.all([page.locator('#map-box').boundingBox(), page.locator('h1').boundingBox()]);
    assert.ok(map.x >= text.x + text.width, 'the map lies over the text');
    assert.ok(map.y < 300);
    await eventually(async () => {
      const drawn = await page.locator('#map-box canvas').boundingBox();
      assert.ok(Math.abs(drawn.width - map.width) < 4 && Math.abs(drawn.height - map.height) < 4, `the map fills ${drawn.width} x ${drawn.height}`);
      const mark = await page.locator('#map-box .mark').boundingBox();
      assert.ok(Math.abs(mark.x + mark.width / 2 - map.x - map.width / 2) < 4, 'the place is not in the middle');
    });
  });
});

test('without WebGL a plate says everything but the map', async () => {
  const booth = await pair;
  const prepare = (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null));
  await withPage({ ...phone, prepare }, `/b/${booth.number}`, async (page) => {
    await page.getByRole('button', { name: '显示地图' }).tap();
    await page.getByText('这部手机显示不了地图').waitFor();
    assert.equal(await page.locator('#map-box').isVisible(), false);
    assert.equal(await page.locator('h1').innerText(), booth.name);
  });
});

test('a plate by keyboard alone', async () => {
  const booth = await pair;
  await withPage(phone, `/b/${booth.number}`, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    const reached = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => document.activeElement.innerText?.trim().split('\n')[0] ?? '');
      reached.push(at);
      if (at === '走过去') break;
    }
    assert.ok(reached.some((text) => text.startsWith('打电话')) && reached.at(-1) === '走过去', reached.join());
    await page.keyboard.press('Enter');
    await page.getByText('高德地图').waitFor();
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.href), /^https:\/\/uri\.amap\.com\//);
  });
});

test('a wrong digit on a plate leads to the right one', async () => {
  const { number, name } = await pair;
  const wrong = number.slice(0, 10) + number[11] + number[10];
  await withPage({ ...phone, expect: /status of 404/ }, `/b/${number[11] === number[10] ? `${number}1` : wrong}`, async (page) => {
    assert.match(await page.locator('main').innerText(), /没有这个编号/);
    assert.deepEqual(await serious(page), []);
    await page.fill('#number', 'x');
    await page.getByRole('button', { name: '打开' }).tap();
    await page.getByText('您输入的：x').waitFor();
    await page.fill('#number', `${number.slice(0, 4)} ${number.slice(4, 8)}-${number.slice(8)}`);
    await page.getByRole('button', { name: '打开' }).tap();
    await page.locator('h1', { hasText: name }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/b/${number}`);
  });
});

test('a plate that was moved says since when, from where, and leads to the new place', async () => {
  const { features } = await json('/collections/booths/items?limit=200');
  const booth = features.filter(({ properties }) => properties.number && properties.landmark).at(-1);
  const { cookie } = await asStaff();
  const [lon, lat] = booth.geometry.coordinates;
  await withPage(phone, `/b/${booth.properties.number}`, async (page) => {
    await page.getByText(booth.properties.landmark).first().waitFor();
    const moved = await fetch(`${base}/booths/${booth.id}/move`, {
      method: 'POST',
      headers: { Cookie: cookie, 'Content-Type': 'application/json', Origin: base },
      body: JSON.stringify({ lon: lon + 0.0004, lat: lat + 0.0003, landmark: '中心花园西门内10米' }),
    });
    assert.equal(moved.status, 200, await moved.text());
    await eventually(async () => {
      await page.reload();
      assert.match(await page.locator('main').innerText(), /中心花园西门内10米/);
    });
    const text = await page.locator('.notice').first().innerText();
    assert.match(text, /\d+月\d+日搬到现在的位置/);
    assert.ok(text.includes(booth.properties.landmark), text);
    const [to] = await page.locator('details.more a').evaluateAll((all) => all.map((a) => new URL(a.href).searchParams.get('to')));
    const [east, north] = to.split(',').map(Number);
    assert.ok(east > lon + 0.003 && east < lon + 0.008 && north > lat, `the map app is led to ${to}, GCJ-02 of the place before`);
  });
});

test('on paper a plate keeps the number to call and loses what can only be pressed', async () => {
  const booth = await pair;
  await withPage(noScript, `/b/${booth.number}`, async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator(`a[href="tel:${booth.phone}"]`).first().isVisible(), true);
    assert.deepEqual(await page.locator('main button, main summary, main .outlined:not([href^="tel:"])').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent)), []);
  });
});

test('coordinates of a plate are copied', async () => {
  const booth = await pair;
  await withPage({ ...phone, permissions: ['clipboard-read', 'clipboard-write'] }, `/b/${booth.number}`, async (page) => {
    await page.getByText('走过去').tap();
    await page.locator('[data-copy="degrees"]').tap();
    await page.locator('#toast.shown').waitFor();
    const [lat, lon] = (await page.evaluate(() => navigator.clipboard.readText())).split(',').map(Number);
    assert.ok(Math.abs(lat - booth.lat) < 1e-6 && Math.abs(lon - booth.lon) < 1e-6);
  });
});

for (const [look, options, query] of [
  ['by day', { ...phone }, ''],
  ['at night, in large letters', { ...phone, colorScheme: 'dark' }, '?big=1'],
  ['on a wide screen in English', { ...desktop }, '?lang=en'],
]) {
  test(`nothing serious for axe: a plate ${look}`, async () => {
    const booth = await pair;
    await withPage(options, `/b/${booth.number}${query}`, async (page) => {
      await page.locator('summary').click();
      assert.deepEqual(await serious(page), []);
      if (options.viewport.width < 400) {
        await page.setViewportSize({ width: 320, height: 640 });
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, 'the page scrolls sideways');
      }
    });
  });
}
