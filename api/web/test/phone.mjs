import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually, mapDrawn, phone, rows, somewhere, withPage } from './harness.mjs';

const top = (page) => page.evaluate(() => document.getElementById('panel').getBoundingClientRect().top);
const settled = (page, stop) =>
  page.waitForFunction((stop) => document.body.dataset.sheet === stop && document.getElementById('panel').getAnimations().length === 0, stop);

test('the sheet moves by presses and by its handle', async () => {
  await withPage(phone, '/', async (page) => {
    await rows(page);
    await settled(page, 'half');
    const half = await top(page);
    await page.click('#handle');
    await settled(page, 'full');
    const full = await top(page);
    await page.click('#handle');
    await settled(page, 'low');
    const low = await top(page);
    assert.ok(full < half && half < low, `${full} ${half} ${low}`);
    assert.equal(Math.round(740 - low), 168);
    const box = await page.locator('#handle').boundingBox();
    await page.mouse.move(180, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(180, 420, { steps: 5 });
    await page.mouse.up();
    await settled(page, 'half');
  });
});

test('the place that an address names is the middle of what the sheet leaves free', async () => {
  const { lon, lat } = await somewhere();
  await withPage(phone, `/?view=${lon},${lat},16`, async (page) => {
    await mapDrawn(page);
    const { y } = await page.evaluate((at) => window.gridatlas.map.project(at), [lon, lat]);
    const { map, sheet } = await page.evaluate(() => ({ map: document.getElementById('map').getBoundingClientRect().top, sheet: document.getElementById('panel').getBoundingClientRect().top }));
    assert.ok(Math.abs(y - (sheet - map) / 2) < 2, `at ${y} of ${sheet - map}`);
    assert.ok(await page.locator('#here').isHidden(), 'nothing else to search');
  });
});

test('a card covers the sheet and leaves its place on the map in sight', async () => {
  const { lon, lat } = await somewhere();
  await withPage(phone, `/?from=${lon},${lat}&of=repair`, async (page) => {
    await rows(page);
    await mapDrawn(page);
    await page.locator('.row').first().click();
    await page.locator('#card h2').waitFor();
    await mapDrawn(page);
    await eventually(async () => {
      const mark = await page.locator('.mark.selected').boundingBox();
      const card = await page.locator('#card').boundingBox();
      const chips = await page.locator('#chips').boundingBox();
      assert.ok(mark.y + mark.height / 2 < card.y && mark.y + mark.height / 2 > chips.y + chips.height, JSON.stringify({ mark, card, chips }));
    });
  });
});

test('everything to press is large enough, all text can be read', async () => {
  const { lon, lat, booth } = await somewhere();
  for (const target of [`/?from=${lon},${lat}`, `/?from=${lon},${lat}&show=booths/${booth.id}`, `/?from=${lon},${lat}&lang=en`]) {
    await withPage(phone, target, async (page) => {
      await rows(page);
      await mapDrawn(page);
      if (target.includes('show')) await page.locator('#card h2').waitFor();
      const faults = await page.evaluate(() => {
        const faults = [];
        const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1;
        for (const e of document.querySelectorAll('button, a, select, input, summary')) {
          if (!shown(e) || e.classList.contains('skip')) continue;
          const { width, height } = e.getBoundingClientRect();
          const least = e.matches('.link, #handle, #foot-more') ? 24 : 44;
          if (Math.min(width, height) < least - 0.5) faults.push(`${e.outerHTML.slice(0, 60)}: ${width} x ${height}`);
        }
        for (const e of document.querySelectorAll('body *')) {
          const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
          if (own && shown(e) && !e.closest('svg, script') && parseFloat(getComputedStyle(e).fontSize) < 14) faults.push(`${e.outerHTML.slice(0, 60)}: ${getComputedStyle(e).fontSize}`);
        }
        return faults;
      });
      assert.deepEqual(faults, []);
    });
  }
});
