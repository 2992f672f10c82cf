import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Resvg } from '@resvg/resvg-js';
import { base, desktop, eventually, mapDrawn, outside, somewhere, withPage } from './harness.mjs';

const skip = () => !outside.origin && 'the server at GRIDATLAS_URL has no underlay of ours';
const red = new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#f00"/></svg>').render().asPng();

/** The share of the map that is as red as the tiles of the other host. */
async function redness(page) {
  const shot = (await page.screenshot({ clip: { x: 500, y: 150, width: 500, height: 500 } })).toString('base64');
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 500, height: 500 });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, 500, 500).data;
    let count = 0;
    for (let i = 0; i < pixels.length; i += 4) count += pixels[i] > 200 && pixels[i + 1] < 60 && pixels[i + 2] < 60 ? 1 : 0;
    return count / 250_000;
  }, shot);
}

test('no other host is asked until a visitor lays its map under ours', async (t) => {
  if (skip()) return t.skip(skip());
  outside.asked.length = 0;
  outside.answer = (response) => response.writeHead(200, { 'Content-Type': 'image/png' }).end(red);
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, allow: [outside.origin] }, `/?view=${lon},${lat},16.5&from=${lon + 0.03},${lat}`, async (page) => {
    await mapDrawn(page);
    assert.deepEqual(outside.asked, []);
    assert.ok((await redness(page)) < 0.01);
    await page.click('#layers-button');
    assert.ok(await page.locator('#underlay-credit').isHidden());
    await page.getByLabel('外部底图').check();
    await mapDrawn(page);
    assert.ok(outside.asked.length > 0);
    for (const url of outside.asked) assert.match(url, /^\/wmts\?LAYER=vec&TILEMATRIX=1[678]&TILEROW=\d+&TILECOL=\d+$/);
    assert.match(await page.locator('#underlay-credit').innerText(), /示例图商/);
    const share = await redness(page);
    assert.ok(share > 0.3, `${share} of the map is the underlay`);
    assert.ok(share < 0.98, 'streets and names are gone');
    // It is remembered, by the next style too.
    const stillRed = async () => {
      await mapDrawn(page);
      await eventually(async () => assert.ok((await redness(page)) > 0.3));
    };
    await page.selectOption('#theme', 'night');
    await page.waitForFunction(() => window.gridatlas.map.getPaintProperty('background', 'background-color') === '#1B1F26');
    await stillRed();
    await page.reload();
    await stillRed();
    await page.click('#layers-button');
    await page.getByLabel('外部底图').uncheck();
    await mapDrawn(page);
    assert.ok((await redness(page)) < 0.01);
  });
});

test('the policy lets in that host and no other', async (t) => {
  if (skip()) return t.skip(skip());
  const policy = (await fetch(`${base}/?f=html`)).headers.get('Content-Security-Policy');
  assert.deepEqual(policy.match(/https?:[^ ;]+/g), [outside.origin]);
});

test('an underlay that does not come leaves the map as it is', async (t) => {
  if (skip()) return t.skip(skip());
  outside.answer = (response) => response.writeHead(500).end();
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, allow: [outside.origin], expect: /500/ }, `/?view=${lon},${lat},16.5`, async (page) => {
    await mapDrawn(page);
    await page.click('#layers-button');
    await page.getByLabel('外部底图').check();
    await page.getByText('外部底图没加载出来').waitFor();
    assert.equal(await page.locator('.map-message').count(), 0);
    assert.ok((await page.evaluate(() => window.gridatlas.map.queryRenderedFeatures(undefined, { layers: ['street-local'] }).length)) > 0);
  });
});
