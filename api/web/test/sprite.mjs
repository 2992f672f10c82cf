import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import { base, desktop, json, mapDrawn, rows, somewhere, withPage } from './harness.mjs';

const folder = new URL('../../../tiles/style/icons/', import.meta.url);
const icons = readdirSync(folder).filter((name) => name.endsWith('.svg') && !name.startsWith('hatch-'));

/** What of a picture is light and what is dark, pixel by pixel, at so many pixels a side. */
function shades(name, side) {
  const image = new Resvg(readFileSync(new URL(name, folder), 'utf8'), { fitTo: { mode: 'width', value: side } }).render();
  const { pixels } = image;
  const out = [];
  for (let i = 0; i < pixels.length; i += 4) out.push(((pixels[i] + pixels[i + 1] + pixels[i + 2]) / 765) * (pixels[i + 3] / 255));
  return out;
}

test('no two glyphs in one body are alike at 16 px', () => {
  const body = (name) => /paint-order="stroke" d="([^"]+)"/.exec(readFileSync(new URL(name, folder), 'utf8'))[1];
  const drawn = icons.map((name) => ({ name, body: body(name), shades: shades(name, 16) }));
  let least = { sum: Infinity };
  for (const a of drawn) {
    for (const b of drawn) {
      if (a.name >= b.name || a.body !== b.body) continue;
      const sum = a.shades.reduce((total, shade, i) => total + Math.abs(shade - b.shades[i]), 0);
      if (sum < least.sum) least = { sum, of: `${a.name} and ${b.name}` };
    }
  }
  // In pixels from black to white. A glyph covers some 40 of the 256.
  assert.ok(least.sum > 8, `${least.of} differ by ${least.sum.toFixed(1)} pixels`);
});

test('the sprite has every picture at both scales, where its index says', async () => {
  const [once, twice] = [await json('/sprites/map.json'), await json('/sprites/map@2x.json')];
  assert.deepEqual(Object.keys(once).sort(), readdirSync(folder).map((name) => name.replace('.svg', '')).sort());
  for (const [name, at] of Object.entries(once)) {
    assert.equal(at.pixelRatio, 1);
    assert.deepEqual(twice[name], { x: 2 * at.x, y: 2 * at.y, width: 2 * at.width, height: 2 * at.height, pixelRatio: 2 }, name);
  }
  await withPage(desktop, '/', async (page) => {
    for (const [suffix, index] of [['', once], ['@2x', twice]]) {
      const middles = await page.evaluate(async ({ url, index }) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const alpha = (x, y) => context.getImageData(x, y, 1, 1).data[3];
        return Object.entries(index).map(([name, at]) => [name, alpha(at.x + at.width / 2, at.y + at.height / 2), alpha(at.x - 1, at.y - 1)]);
      }, { url: `/sprites/map${suffix}.png`, index });
      for (const [name, inside, outside] of middles) {
        if (!name.startsWith('hatch-')) assert.equal(inside, 255, `${name}${suffix} is not where its index says`);
        assert.equal(outside, 0, `${name}${suffix} touches its neighbour`);
      }
    }
  });
});

test('other clients find the sprite by the style, and the page asks for no other picture', async () => {
  const style = await json('/styles/map.json');
  assert.equal(style.sprite, `${base}/sprites/map`);
  const { lon, lat } = await somewhere();
  const missing = [];
  await withPage({ ...desktop, prepare: async (page) => page.on('console', (message) => /image .* could not be loaded/i.test(message.text()) && missing.push(message.text())) }, `/?view=${lon},${lat},16.5`, async (page) => {
    await rows(page);
    await mapDrawn(page);
    assert.ok((await page.evaluate(() => window.gridatlas.map.queryRenderedFeatures(undefined, { layers: ['icon-booths', 'icon-facilities', 'result'] }).length)) > 0);
    await page.waitForFunction(() => document.querySelector('#list .icon use').getBBox().width > 0);
  });
  assert.deepEqual(missing, []);
});
