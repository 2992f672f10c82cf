import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, mapDrawn, rows, somewhere, withPage } from './harness.mjs';

test('the whole page can be walked with the keyboard, in the order it is read', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}&of=repair`, async (page) => {
    const listed = await rows(page);
    await mapDrawn(page);
    const order = [];
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const e = document.activeElement;
        if (e.classList.contains('skip')) return 'skip';
        if (e.matches('canvas')) return 'map';
        return ['header', '#chips', '#panel', '#map-tools', 'footer'].find((s) => e.closest(s)) ?? e.tagName;
      });
      if (order.at(-1) !== name) order.push(name);
      if (name === 'map') break;
    }
    assert.deepEqual(order, ['skip', 'header', '#chips', '#panel', 'map']);

    await page.locator(`[data-key="${listed[0].key}"]`).focus();
    const ring = page.locator('.mark.ring');
    await ring.waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#card h2').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForFunction((key) => document.activeElement.dataset.key === key, listed[0].key);
  });
});

test('the map is a named region, moves by arrows and lets go by Escape', async () => {
  await withPage(desktop, '/', async (page) => {
    await mapDrawn(page);
    const canvas = page.getByRole('region', { name: /社区地图，方向键移动/ });
    await canvas.focus();
    const centre = () => page.evaluate(() => window.gridatlas.map.getCenter().lng);
    const before = await centre();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((lng) => window.gridatlas.map.getCenter().lng > lng, before);
    await mapDrawn(page);
    await page.keyboard.press('Enter');
    await page.locator('#card h2').waitFor();
    await page.keyboard.press('Escape');
    await canvas.focus();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement.id === 'summary');
  });
});

test('focus can be seen on every control', async () => {
  await withPage(desktop, '/', async (page) => {
    await rows(page);
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return { who: document.activeElement.outerHTML.slice(0, 80), width: style.outlineWidth, style: style.outlineStyle };
      });
      assert.deepEqual({ ...outline, who: '' }, { who: '', width: '3px', style: 'solid' }, outline.who);
    }
  });
});
