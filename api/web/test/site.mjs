// The page and the archive that the command tiles writes, on a web server without a
// program, in a folder of it.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PMTiles } from 'pmtiles';
import { serveFiles } from './files.mjs';
import { ask, desktop, eventually, inFolder, json, mapDrawn, onStore, phone, serious, somewhere, withPage } from './harness.mjs';

let made;

/** The site, written by the first test that needs it: the city is there by then. */
const site = () =>
  (made ??= (async () => {
    onStore('tiles', '--site', inFolder('www/city'));
    return { archive: readFileSync(inFolder('www/city/map.pmtiles')), ...(await serveFiles(inFolder('www'))) };
  })());

after(async () => (await made)?.close());

const onSite = async (options, query, act) => withPage({ ...options, host: (await site()).url }, `/city/${query}`, act);

test('npm pmtiles reads every tile of the archive, as the server has it', async () => {
  const { archive: raw } = await site();
  const reader = new PMTiles({
    getKey: () => 'map',
    getBytes: async (offset, length) => ({ data: raw.buffer.slice(raw.byteOffset + offset, raw.byteOffset + Math.min(offset + length, raw.length)) }),
  });
  const header = await reader.getHeader();
  const described = await json('/tiles/map.json');
  const { vector_layers, ...metadata } = await reader.getMetadata();
  assert.deepEqual(vector_layers, described.vector_layers);
  assert.deepEqual([header.minLon, header.minLat, header.maxLon, header.maxLat], described.bounds);
  assert.equal(metadata.mark, '演示数据');
  assert.match(metadata.attribution, /^演示数据/);
  assert.match(metadata.data_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const column = (lon, z) => Math.floor(((lon + 180) / 360) * 2 ** z);
  const row = (lat, z) => Math.floor((0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * 2 ** z);
  const addresses = [];
  for (let z = 0; z <= header.maxZoom; z++) {
    const last = 2 ** z - 1;
    for (let x = Math.max(column(header.minLon, z) - 1, 0); x <= Math.min(column(header.maxLon, z) + 1, last); x++) {
      for (let y = Math.max(row(header.maxLat, z) - 1, 0); y <= Math.min(row(header.minLat, z) + 1, last); y++) addresses.push([z, x, y]);
    }
  }
  let found = 0;
  const compare = async () => {
    for (let next = addresses.pop(); next; next = addresses.pop()) {
      const tile = await reader.getZxy(...next);
      const response = await ask(`/tiles/map/${next.join('/')}.mvt`);
      assert.equal(response.status, tile ? 200 : 204, next.join('/'));
      if (!tile) continue;
      assert.ok(Buffer.from(tile.data).equals(Buffer.from(await response.arrayBuffer())), `tile ${next.join('/')} has other bytes`);
      found++;
    }
  };
  await Promise.all(Array.from({ length: 6 }, compare));
  assert.equal(found, header.numAddressedTiles);
  assert.ok(found > 1500, `${found} tiles`);
});

test('the page draws the map out of the archive, and asks for nothing else', async () => {
  const { asked, archive } = await site();
  asked.length = 0;
  await onSite(desktop, '', async (page) => {
    await mapDrawn(page);
    const layers = await page.evaluate(() => new Set(window.gridatlas.map.queryRenderedFeatures().map((f) => f.sourceLayer)).size);
    assert.ok(layers > 4, `${layers} layers`);
    assert.match(await page.locator('footer').innerText(), /演示数据[\s\S]*数据 \d{4}-\d\d-\d\d[\s\S]*版本 \d+/);
    assert.match(await page.locator('#panel').innerText(), /没有搜索和步行服务圈/);
    assert.equal(await page.locator('#search, #locate, #from-change').count(), 0);
  });
  const outside = asked.filter((path) => !/^\/city\/((index\.html)?|(assets|sprites|styles)\/[\w@.-]+|map\.pmtiles bytes=\d+-\d+)$/.test(path));
  assert.deepEqual(outside, []);
  const whole = archive.length;
  const read = asked.map((path) => /bytes=(\d+)-(\d+)/.exec(path)).filter(Boolean).reduce((sum, [, start, end]) => sum + Number(end) - Number(start) + 1, 0);
  assert.ok(read > 0 && read < whole / 4, `${read} of ${whole} bytes were read`);
});

test('places in sight are a list, by category, and each has a card', async () => {
  const { lon, lat, booth } = await somewhere();
  await onSite(phone, `?view=${lon},${lat},16`, async (page) => {
    await mapDrawn(page);
    await page.locator('#chips button').getByText('修理').click();
    const row = page.locator(`[data-key="booths/${booth.id}"]`);
    await row.waitFor();
    await eventually(async () => assert.match(await page.locator('#summary').innerText(), /画面里有 \d+ 处/));
    await row.click();
    await page.waitForURL(new RegExp(`show=booths/${booth.id}`));
    await eventually(async () => assert.match(await page.locator('#card').innerText(), new RegExp(`${booth.name}[\\s\\S]*${booth.number}`)));
    await page.locator('#card .close').click();
    await page.locator('#card').waitFor({ state: 'hidden' });
    await page.waitForFunction((key) => document.activeElement.dataset.key === key, `booths/${booth.id}`);
    await page.goBack();
    await page.locator('#card h2').waitFor();
  });
});

test('a shared address opens the card; letters, colours and the other language keep the state', async () => {
  const { lon, lat, booth } = await somewhere();
  await onSite(desktop, `?view=${lon},${lat},16&show=booths/${booth.id}`, async (page) => {
    await page.locator('#card h2').getByText(booth.name).waitFor();
    await page.click('#big');
    await page.click('#layers-button');
    await page.selectOption('#theme', 'night');
    await page.click('#language');
    await page.waitForURL(/\/city\/en\.html\?.*show=booths/);
    await page.locator('#card h2').getByText(booth.name).waitFor();
    await eventually(async () => {
      assert.equal(await page.evaluate(() => `${document.documentElement.className} ${document.documentElement.dataset.theme}`), 'big scripted night');
      assert.match(await page.locator('#panel').innerText(), /no search and no walking circle/);
    });
  });
});

test('an area is outlined out of the tiles, also in other colours, until its card is closed', async () => {
  const { lon, lat } = await somewhere();
  const { community } = await json(`/grids/at?lon=${lon}&lat=${lat}`);
  const { features: buildings } = await json(`/collections/buildings/items?limit=1&bbox=${lon - 0.002},${lat - 0.002},${lon + 0.002},${lat + 0.002}`);
  const communities = await json(`/collections/places/items?code=${community.code}`);
  for (const { layer, id } of [{ layer: 'buildings', id: buildings[0].id }, { layer: 'places', id: communities.features[0].id }]) {
    await onSite(desktop, `?view=${lon},${lat},16&show=${layer}/${id}`, async (page) => {
      const outlined = (wanted) =>
        page.waitForFunction(
          ([of, count]) => {
            const { map } = window.gridatlas ?? {};
            const layers = ['tiles-selection-area', 'tiles-selection-area-rim', 'tiles-selection-area-line'].filter((name) => map?.getLayer(name));
            const drawn = layers.filter((name) => map.queryRenderedFeatures({ layers: [name] }).some((f) => f.id === of));
            return drawn.length === count && layers.length === count;
          },
          [id, wanted],
        );
      await page.locator('#card h2').waitFor();
      await outlined(3);
      assert.equal(await page.locator('.mark.selected').count(), 0);
      await page.click('#layers-button');
      await page.selectOption('#theme', 'night');
      await page.waitForFunction(() => window.gridatlas.map.getStyle().name.includes('night') || window.gridatlas.map.getPaintProperty('background', 'background-color') === '#1B1F26');
      await outlined(3);
      await page.locator('#card .close').click();
      await outlined(0);
    });
  }
});

for (const [name, options, act] of [
  ['by day', desktop, async () => {}],
  ['by night on a phone with a card', { ...phone, colorScheme: 'dark' }, (page) => page.locator('#list .row').first().click()],
  ['layers', phone, (page) => page.click('#layers-button')],
]) {
  test(`nothing serious for axe on the page of an archive: ${name}`, async () => {
    await onSite(options, '', async (page) => {
      await mapDrawn(page);
      await page.locator('#list .row').first().waitFor();
      await act(page);
      await mapDrawn(page);
      assert.deepEqual(await serious(page), []);
    });
  });
}

test('a web server that knows no ranges is named as the reason', async () => {
  await site();
  const plain = await serveFiles(inFolder('www'), { ranges: false });
  try {
    await withPage({ ...desktop, host: plain.url, expect: /Byte Serving|Failed to load/ }, '/city/', async (page) => {
      await page.getByText('网页服务器支持分段下载（HTTP Range）').waitFor();
      assert.equal(await page.locator('.map-message').count(), 1);
    });
  } finally {
    await plain.close();
  }
});

test('without script the page says what it needs', async () => {
  await onSite({ ...phone, javaScriptEnabled: false }, '', async (page) => {
    await page.getByText('通过网页服务器访问').waitFor();
    for (const button of await page.locator('.script, button').all()) assert.equal(await button.isVisible(), false);
  });
});
