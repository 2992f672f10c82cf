// What changes in the store shows on open pages at once, and nothing else is asked
// for again.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, importing, json, mapDrawn, phone, rows, somewhere, withPage } from './harness.mjs';

/** Notes what a page asks for from now on. */
function watch(page) {
  const asked = { tiles: [], others: [] };
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const tile = /^\/tiles\/map\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(pathname);
    if (tile) asked.tiles.push(pathname);
    else asked.others.push(pathname);
  });
  return asked;
}

/** The path of the tile of a zoom that a point lies in. */
function tileOf(lon, lat, z) {
  const n = 2 ** z;
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n);
  return `/tiles/map/${z}/${Math.floor(((lon + 180) / 360) * n)}/${y}.mvt`;
}

/** Puts a booth there by another program; says when the server had it. */
const putBooth = (name, lon, lat) => put('booths', { name }, { type: 'Point', coordinates: [lon, lat] });

async function put(layer, properties, geometry) {
  const { name } = properties;
  const { revision } = await json('/readyz');
  const feature = { type: 'Feature', properties, geometry };
  const done = importing(`${name}.geojson`, JSON.stringify({ type: 'FeatureCollection', features: [feature] }), '--layer', layer);
  const heard = eventually(async () => assert.notEqual((await json('/readyz')).revision, revision, `the server has not heard of ${name}`), undefined, 5).then(() => Date.now());
  const [had] = await Promise.all([heard, done]);
  return had;
}

/** Takes up an offer until the check holds: where the streets follow a moment later, it is made again. */
const takeUp = (offer, check) =>
  eventually(async () => {
    if ((await offer.count()) > 0) await offer.getByRole('button').click({ timeout: 1000 });
    await check();
  });

const holds = (page, name) =>
  page.waitForFunction((wanted) => window.gridatlas.map.querySourceFeatures('map', { sourceLayer: 'booths' }).some((f) => f.properties.name === wanted), name, { polling: 20 });

test('a change shows on two open pages, and no other tile is fetched again', async (t) => {
  const { lon, lat } = await somewhere();
  // In the middle of a tile, so that no other one has it in its border.
  const n = 2 ** 16;
  const middle = ((Math.floor(((lon + 180) / 360) * n) + 0.5) / n) * 360 - 180;
  const row = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n) + 0.5;
  const level = (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / n))) * 180) / Math.PI;
  await withPage(desktop, `/?from=${lon},${lat}&view=${middle},${level},16.2`, async (one) => {
    await withPage(desktop, `/?from=${lon},${lat}&view=${middle},${level},16.2`, async (other) => {
      for (const page of [one, other]) {
        await rows(page);
        await mapDrawn(page);
      }
      const asked = [watch(one), watch(other)];
      const shown = Promise.all([one, other].map((page) => holds(page, '新来的').then(() => Date.now())));
      const had = await putBooth('新来的', middle, level);
      t.diagnostic(`the pages showed it ${Math.max(...(await shown)) - had} ms after the server had it`); // a second is promised; a slow machine says little about that
      const tile = tileOf(middle, level, 16);
      for (const { tiles } of asked) assert.deepEqual(tiles, [tile]);

      // The list is not drawn anew by itself; it offers to be.
      for (const page of [one, other]) {
        const before = await rows(page);
        const offer = page.locator('#update .update');
        await offer.waitFor();
        assert.deepEqual(await rows(page), before);
        assert.equal((await offer.innerText()).replace(/\s+/g, ' '), '有更新 刷新');
        await takeUp(offer, async () => assert.equal(await offer.count(), 0));
      }
    });
  });
});

test('tiles of zooms at which a change does not show are not asked for again', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},13.2`, async (page) => {
    await rows(page);
    await mapDrawn(page);
    const asked = watch(page);
    await put('facilities', { name: '远看不见的厕所', kind: 'toilet' }, { type: 'Point', coordinates: [lon, lat] }); // tiles have it from zoom 15
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(asked.tiles, []);
    await putBooth('远看也见的', lon, lat);
    await holds(page, '远看也见的');
    assert.ok(asked.tiles.length > 0);
  });
});

test('a page that was hidden catches up when it is shown again', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},16.2`, async (page) => {
    await rows(page);
    await mapDrawn(page);
    const hide = (hidden) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    const asked = watch(page);
    await putBooth('又来的', lon, lat);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(asked, { tiles: [], others: [] });
    await hide(false);
    await holds(page, '又来的');
  });
});

test('a tile that is out of view is asked for again when it comes back', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},16.2`, async (page) => {
    await mapDrawn(page);
    const go = (x, y) => page.evaluate((to) => window.gridatlas.map.jumpTo({ center: to }), [x, y]);
    await go(lon + 0.03, lat);
    await mapDrawn(page);
    await putBooth('远处的', lon, lat);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await go(lon, lat);
    await holds(page, '远处的');
  });
});

test('a page that loses the server takes up where it was', async () => {
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, expect: /ERR_INTERNET_DISCONNECTED/ }, `/?view=${lon},${lat},16.2`, async (page, context) => {
    await mapDrawn(page);
    await context.setOffline(true);
    await putBooth('断网时来的', lon, lat);
    await context.setOffline(false);
    await holds(page, '断网时来的');
  });
});

test('an open card offers to be read again when its place changes', async () => {
  const { lon, lat } = await somewhere();
  const put = async (name) => {
    const feature = { type: 'Feature', properties: { code: 'XLP-1', name }, geometry: { type: 'Point', coordinates: [lon, lat] } };
    await importing('one.geojson', JSON.stringify(feature), '--layer', 'booths', '--source', 'a list', '--key', 'code');
  };
  await put('旧名的');
  const { id } = await eventually(async () => {
    const { features } = await json('/collections/booths/items?code=XLP-1');
    assert.equal(features.length, 1);
    return features[0];
  });
  await withPage(desktop, `/?show=booths/${id}`, async (page) => {
    await page.locator('#card h2').waitFor();
    assert.equal(await page.locator('#card .update').count(), 0);
    await put('新名的');
    await page.locator('#card .update button').click();
    await page.waitForFunction(() => document.querySelector('#card h2').textContent === '新名的');
    await page.locator('#card .update').waitFor({ state: 'detached' });
  });
});

test('a coverage that may be other than before is not counted anew by itself; it offers to be', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, '/?coverage=community&of=repair', async (page) => {
    await mapDrawn(page);
    const offer = page.locator('#coverage .update');
    const places = async () => Number(/(\d+) 处小蓝棚/.exec(await page.locator('.total').innerText())[1]);
    await page.locator('.spot').first().waitFor();
    const before = await places();
    await putBooth('多一处', lon + 0.001, lat);
    await offer.waitFor();
    assert.equal(await places(), before);
    await takeUp(offer, async () => {
      assert.equal(await offer.count(), 0, 'it is offered for ever');
      assert.equal(await places(), before + 1);
    });
  });
});

test('a press on a closed street opens the card of what closes it', async () => {
  const { lon, lat } = await somewhere();
  const { features } = await json(`/collections/streets/items?limit=200&class=local&bbox=${lon + 0.025},${lat - 0.005},${lon + 0.035},${lat + 0.005}`);
  // The middle of the longest straight piece, far from crossings.
  let longest = { metres: 0 };
  for (const { geometry } of features.filter((f) => f.geometry.type === 'LineString')) {
    geometry.coordinates.slice(1).forEach(([x, y], i) => {
      const [px, py] = geometry.coordinates[i];
      const metres = Math.hypot((x - px) * Math.cos((y * Math.PI) / 180), y - py) * 111_320;
      if (metres > longest.metres) longest = { metres, geometry, at: [(x + px) / 2, (y + py) / 2], ends: [[px, py], [x, y]] };
    });
  }
  await put('closures', { name: '煤气抢修', reason: '管道漏气', for: 'all' }, longest.geometry);
  for (const [options, press] of [[desktop, (page, x, y) => page.mouse.click(x, y)], [phone, (page, x, y) => page.touchscreen.tap(x, y)]]) {
    await withPage(options, `/?view=${longest.at},17.2`, async (page) => {
      await mapDrawn(page);
      // Where nothing of the page lies over the street.
      const [x, y] = await page.evaluate(([a, b]) => {
        const { map } = window.gridatlas;
        const canvas = map.getCanvas();
        const { left, top } = canvas.getBoundingClientRect();
        const along = Array.from({ length: 99 }, (_, i) => map.project([0, 1].map((n) => a[n] + ((b[n] - a[n]) * (i + 1)) / 100)));
        return along.map((p) => [left + p.x, top + p.y]).find(([px, py]) => document.elementFromPoint(px, py) === canvas);
      }, longest.ends);
      await press(page, x, y);
      await page.waitForURL(/show=closures\/\d+/);
      await page.locator('#card h2', { hasText: '煤气抢修' }).waitFor();
      await eventually(async () => assert.match(await page.locator('#card').innerText(), /管道漏气[\s\S]*所有人/));
    });
  }
});
