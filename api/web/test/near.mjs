// What is near: with the position, without it, and without script.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, mapDrawn, phone, serious, somewhere, withPage } from './harness.mjs';

const minutes = (page) => page.locator('#rows .minutes').evaluateAll((all) => all.map((one) => Number.parseInt(one.textContent, 10)));

/** Presses the button for the position, and finds another way when there is none. */
const refused = (page) =>
  page.evaluate(() => {
    navigator.geolocation.getCurrentPosition = (found, failed) => setTimeout(failed, 50);
  });

async function fromSearchToPlate(page, { booth }) {
  await page.fill('#q', booth.name);
  await page.locator('main form button').click();
  await page.locator('#found .rows a').first().click();
  await page.locator('#rows li').first().waitFor();
  assert.equal(await page.locator('nav.chips [aria-current]').first().textContent(), '修理', 'the kind is kept');
  const list = await minutes(page);
  assert.deepEqual(list, list.toSorted((a, b) => a - b));
  assert.deepEqual(await serious(page), []);
  const row = page.locator('#rows a').first();
  const name = await row.locator('b').textContent();
  await row.click();
  await page.waitForURL(/\/b\/\d{12}\?from=booths\.\d+$/);
  assert.equal(await page.locator('h1').textContent(), name);
  await page.locator('#walk .steps li').first().waitFor();
}

test('who refuses the position searches, and comes to a plate with the way there', async () => {
  const from = await somewhere();
  await withPage(phone, '/near?of=booths', async (page) => {
    assert.deepEqual(await serious(page), []);
    await refused(page);
    await page.click('#locate');
    await page.getByText('没拿到您的位置').waitFor();
    await fromSearchToPlate(page, from);
  });
});

test('near me is whole without script', async () => {
  const from = await somewhere();
  await withPage({ ...phone, javaScriptEnabled: false }, '/near?of=booths', async (page) => {
    assert.equal(await page.locator('#locate').isVisible(), false);
    await page.fill('#q', from.booth.name);
    await page.locator('main form button').click();
    await page.locator('#found .rows a').first().click();
    await page.locator('.chips a', { hasText: '只看现在开着的' }).click();
    await page.waitForURL(/open=1/);
    assert.equal(await page.locator('.chips a', { hasText: '只看现在开着的' }).getAttribute('aria-current'), 'true');
    await page.getByRole('link', { name: '改', exact: true }).click();
    for (let press = 0; (await page.locator('#areas a').count()) > 0 && press < 6; press++) await page.locator('#areas a').first().click();
    await page.locator('.start').waitFor(); // a community
    assert.match(page.url(), /from=places\.\d+/);
  });
});

test('a wait for the position can be ended', async () => {
  await withPage(phone, '/near', async (page) => {
    await page.evaluate(() => {
      navigator.geolocation.getCurrentPosition = () => {};
    });
    await page.click('#locate');
    await page.getByRole('button', { name: '不等了' }).click();
    await page.getByText('没拿到您的位置').waitFor();
    assert.equal(await page.locator('#locate').isEnabled(), true);
  });
});

test('the position leads to the list, and the map has its numbers', async () => {
  const { lon, lat } = await somewhere();
  const there = { permissions: ['geolocation'], geolocation: { longitude: lon, latitude: lat } };
  await withPage({ ...desktop, ...there }, '/near?of=booths', async (page) => {
    await page.click('#locate');
    await page.waitForURL(/lon=/);
    await page.locator('#rows li').first().waitFor();
    assert.match(await page.locator('.start').textContent(), /您的位置/);
    await page.click('#map-show');
    await mapDrawn(page);
    const count = await page.locator('#rows li').count();
    assert.equal(await page.locator('.pin').count(), count);
    await page.locator('.pin', { hasText: new RegExp(`^${count}$`) }).press('Enter');
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.parentElement.id), `row-${count}`));
    assert.deepEqual(await serious(page), []);
  });
});
