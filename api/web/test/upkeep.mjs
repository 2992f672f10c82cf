// The page of what has to be looked after: its numbers are those of the server, and
// each leads to its list and the map.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { asStaff, desktop, eventually, json, mapDrawn, phone, serious, withPage } from './harness.mjs';

const number = (text) => Number(text.replaceAll(',', ''));

test('the numbers of the table lead to lists as long', async () => {
  const upkeep = await json('/upkeep', await asStaff());
  await withPage({ ...desktop, ...(await asStaff()) }, '/staff', async (page) => {
    await page.locator('.scroll tbody tr').nth(1).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.locator('.chip', { hasText: '超期未核查' }).click();
    await page.waitForURL(/finding=overdue/);
    const city = page.locator('.scroll .city');
    const all = Object.values(upkeep.total.layers).reduce((n, of) => n + of.overdue, 0);
    await eventually(async () => assert.equal(number(await city.locator('.sum').innerText()), all));
    const community = page.locator('.scroll tbody tr').nth(1);
    const link = community.locator('td a').last();
    const n = number(await link.innerText());
    assert.ok(n > 0 && n < all);
    await link.click();
    await eventually(async () => assert.equal(await page.locator('#desk .work button').count(), n));
    await mapDrawn(page);
    await page.waitForFunction((n) => window.gridatlas.map.getStyle().sources.worklist.data.features.length === n, n);
    const name = await page.locator('#desk .work b').first().innerText();
    await page.locator('#desk .work button').first().click();
    await page.locator('#card h2', { hasText: name }).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.goBack(); // the card
    await page.goBack(); // to the table, as it was left
    await page.locator('.chip[aria-pressed="true"]', { hasText: '超期未核查' }).waitFor();
  });
});

test('a community and a steward are found by a word, and a table is handed out', async () => {
  const { stewards } = await json('/upkeep/stewards', await asStaff());
  const { who } = stewards[0];
  await withPage({ ...desktop, colorScheme: 'dark', ...(await asStaff()) }, '/staff?lang=en', async (page) => {
    await page.locator('#community').fill('西南关');
    await page.waitForFunction(() => document.querySelectorAll('.scroll tbody tr').length === 1);
    await page.locator('.stewards + div button').click(); // more
    await page.getByPlaceholder('Find a steward').fill(who);
    const line = page.locator('.stewards li', { hasText: who }).first();
    const coming = page.waitForEvent('download');
    await line.locator('.csv').click();
    const file = await coming;
    assert.match(file.suggestedFilename(), new RegExp(`核查清单-${who}.*\\.csv`));
    const text = readFileSync(await file.path(), 'utf8');
    assert.ok(text.startsWith('\ufeffsteward,finding,why'));
    assert.equal(text.trim().split('\n').length - 1, (await json(`/upkeep/items?limit=1&steward=${encodeURIComponent(who)}`, await asStaff())).numberMatched);
    assert.deepEqual(await serious(page), []);
  });
});

test('on a phone the table scrolls by itself', async () => {
  await withPage({ ...phone, ...(await asStaff()) }, '/staff', async (page) => {
    await page.locator('.scroll tbody tr').first().waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'the page is wider than the phone');
    assert.deepEqual(await serious(page), []);
  });
});

test('large letters on the page of tables', async () => {
  await withPage({ ...phone, ...(await asStaff()) }, '/staff?big=1&lang=en', async (page) => {
    await page.locator('.scroll tbody tr').first().waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'the page is wider than the phone');
    assert.deepEqual(await serious(page), []);
  });
});
