// The description of the routes for people.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { base, desktop, json, phone, serious, withPage } from './harness.mjs';

const cases = [
  ['desktop', desktop, ''],
  ['desktop by night, in English', { ...desktop, colorScheme: 'dark' }, '?lang=en'],
  ['phone', phone, ''],
  ['narrowest phone, large, by night', { ...phone, viewport: { width: 320, height: 640 }, colorScheme: 'dark' }, '?big=1&lang=en'],
  ['high contrast', { ...desktop, contrast: 'more' }, ''],
];

for (const [name, options, query] of cases) {
  test(`/docs: nothing serious for axe, nothing wider than the screen: ${name}`, async () => {
    await withPage(options, `/docs${query}`, async (page) => {
      assert.deepEqual(await serious(page), []);
      const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= screen, `${wide} pixels on ${screen}`);
    });
  });
}

test('the page leads to /docs, whose contents lead to each chapter, and which asks nobody else', async () => {
  await withPage(desktop, '/?lang=en', async (page) => {
    await page.click('footer a[href="/docs"]');
    await page.waitForURL('**/docs');
    assert.equal(await page.locator('h1').textContent(), 'For programs');
    await page.click('nav a[href="#filters"]');
    assert.ok(await page.locator('#filters').isVisible());
    assert.equal(await page.locator('script').count(), 0);
    const first = await page.locator('pre code').first().textContent();
    assert.equal(first, `curl '${base}/collections'`);
    const routes = await page.locator('article').count();
    const paths = Object.values((await json('/openapi.json')).paths);
    assert.equal(routes, paths.flatMap((path) => Object.keys(path).filter((key) => key !== 'parameters')).length);
  });
});
