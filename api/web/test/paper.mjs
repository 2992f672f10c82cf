import { test } from 'node:test';
import assert from 'node:assert/strict';
import { approval, desktop, json, mapDrawn, outside, phone, rows, somewhere, withPage } from './harness.mjs';

test('the approval number stands on the page, on a phone too, and with the tiles', async (t) => {
  if (!outside.origin) return t.skip('the server at GRIDATLAS_URL has no approval number of ours');
  for (const size of [phone, desktop]) {
    await withPage(size, '/', async (page) => {
      await page.getByText(`审图号：${approval}`).waitFor();
    });
  }
  assert.match((await json('/tiles/map.json')).attribution, /审图号：鲁S\(2024\)012号$/);
});

test('a print has the map with scale and north, whose data it is and of when, and no buttons', async () => {
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, colorScheme: 'dark' }, `/?from=${lon},${lat}`, async (page) => {
    await rows(page);
    await mapDrawn(page);
    const onScreen = await page.evaluate(() => document.getElementById('scale').offsetWidth / window.gridatlas.map.getCanvas().clientWidth);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate(async () => {
      const image = document.querySelector('#print img');
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const colours = new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
      const bar = document.querySelector('#print .bar');
      return {
        colours,
        text: document.body.innerText,
        bar: bar.textContent,
        share: bar.getBoundingClientRect().width / image.getBoundingClientRect().width,
        ground: getComputedStyle(document.body).backgroundColor,
        buttons: [...document.querySelectorAll('button, select, input')].filter((e) => e.checkVisibility() && !e.closest('.row')).map((e) => e.outerHTML.slice(0, 60)),
      };
    });
    assert.ok(seen.colours > 50, 'the picture of the map is blank');
    assert.match(seen.bar, /^\d+ (米|公里)$/);
    assert.ok(Math.abs(seen.share / onScreen - 1) < 0.03, 'the scale is not that of the picture');
    assert.match(seen.text, /北/);
    assert.match(seen.text, /演示数据[\s\S]*数据 [\d月日 ]*\d\d:\d\d[\s\S]*版本 1/);
    assert.equal(seen.ground, 'rgb(255, 255, 255)');
    assert.deepEqual(seen.buttons, []);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('#print img').count(), 0);
  });
});
